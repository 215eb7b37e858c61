import pytest
from smart_reorder_engine.rejections import is_trusted, lasted


@pytest.mark.parametrize(
    ("position", "demand", "expected"),
    [(10, 9, True), (10, 10, False), (10, 12, False), (10, 0, True), (0, 0, False), (-3, 0, False)],
)
def test_stock_lasted_when_something_was_left(position, demand, expected):
    assert lasted(position, demand) is expected


def test_rule_of_succession():
    """(r + 1)/(r + w + 2): 2/3, 3/4, 3/5, 6/8, 5/7."""
    assert [is_trusted(*counts) for counts in ((1, 0), (2, 0), (2, 1), (5, 1), (4, 1), (0, 0))] == [
        False,
        True,
        False,
        True,
        False,
        False,
    ]
