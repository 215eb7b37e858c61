from datetime import date

import pytest
from shipping_core.working_days import add


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        # 2 March 2026 is a Monday
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 2), 5, date(2026, 3, 9)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 2, date(2026, 3, 10)),
    ],
)
def test_add(day, count, expected):
    assert add(day, count) == expected
