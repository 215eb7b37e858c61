from decimal import Decimal

import pytest
from shipping_core.pack_check import Tolerance, Verdict, dimensional_weight, judge


@pytest.mark.parametrize(
    ("expected", "weighed", "verdict"),
    [
        # 5 % of 4 kg are 0.2 kg
        ("4", "4", Verdict.RIGHT),
        ("4", "4.2", Verdict.RIGHT),
        ("4", "3.8", Verdict.RIGHT),
        ("4", "4.201", Verdict.TOO_HEAVY),
        ("4", "3.799", Verdict.TOO_LIGHT),
        # 5 % of 0.4 kg are less than the 0.05 kg that are always allowed
        ("0.4", "0.45", Verdict.RIGHT),
        ("0.4", "0.451", Verdict.TOO_HEAVY),
        ("0", "3", Verdict.UNKNOWN),
    ],
)
def test_judge(expected, weighed, verdict):
    assert (
        judge(Decimal(expected), Decimal(weighed), Tolerance(Decimal(5), Decimal("0.05")))
        is verdict
    )


def test_dimensional_weight():
    """60 × 40 × 40 cm are 96,000 cm³: 19.2 kg at 5000 cm³/kg."""
    assert dimensional_weight(Decimal(600), Decimal(400), Decimal(400), Decimal(5000)) == Decimal(
        "19.2"
    )
    assert dimensional_weight(Decimal(600), Decimal(0), Decimal(400), Decimal(5000)) == 0
    assert dimensional_weight(Decimal(600), Decimal(400), Decimal(400), Decimal(0)) == 0
