"""Turns, days on hand, GMROI and carrying cost: by hand."""

from datetime import datetime

import pytest
from valuation_core.figures import RATIOS, get_carrying_cost, get_value_days
from valuation_core.rates import Rates, choose

START, END = datetime(2026, 4, 1), datetime(2026, 5, 1)


class TestValueDays:
    def test_a_change_counts_for_the_rest(self):
        """100 for 30 days; 50 more for the last 10; 30 less for the last half day."""
        changes = [(datetime(2026, 4, 21), 50), (datetime(2026, 4, 30, 12), -30)]
        assert get_value_days(100, changes, START, END) == 3000 + 500 - 15

    def test_nothing_at_first(self):
        assert get_value_days(0, [(datetime(2026, 4, 16), 80)], START, END) == 15 * 80


class TestRatios:
    """A year: on average 50,000 in stock, 200,000 sold for 290,000; 3,000 lost, 500 found; 198,000
    received, 9,900 of it landed costs."""

    AMOUNTS = {
        "value_days": 50_000 * 365,
        "cost_value": 200_000,
        "margin": 90_000,
        "shrinkage_value": 2_500,
        "receipt_value": 198_000,
        "landed_value": 9_900,
    }

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("turns", 4.0),
            ("days_on_hand", 91.25),
            ("gmroi", 1.8),
            ("shrinkage_rate", 0.0125),
            ("landed_share", 0.05),
        ],
    )
    def test_by_hand(self, name, expected):
        assert RATIOS[name].compute(self.AMOUNTS) == pytest.approx(expected)

    @pytest.mark.parametrize("name", list(RATIOS))
    def test_nothing_to_divide_by(self, name):
        assert RATIOS[name].compute(dict.fromkeys(self.AMOUNTS, 0)) is None

    def test_months_add_up(self):
        """Two months of 30 days: 100 and 300 on average, 50 and 150 sold: 365 × 200 ÷ 12,000."""
        months = [(100 * 30, 50), (300 * 30, 150)]
        days, cost = (sum(part) for part in zip(*months, strict=True))
        amounts = {"value_days": days, "cost_value": cost}
        assert RATIOS["turns"].compute(amounts) == pytest.approx(365 * 200 / 12_000)

    def test_carrying_cost(self):
        """10,000 for 73 days at 25 % a year: a fifth of 2,500."""
        assert get_carrying_cost(10_000 * 73, 0.25) == pytest.approx(500)


class TestRates:
    LINES = [
        Rates(capital=0.08),
        Rates(warehouse="cold", storage=0.2),
        Rates(category="food", capital=0.1, risk=0.05),
        Rates(category="food", warehouse="cold", storage=0.3, insurance=0.01),
        Rates(category="fish", risk=0.4),
    ]

    @pytest.mark.parametrize(
        ("categories", "warehouse", "expected"),
        [
            (["tools"], None, 0.08),
            (["tools"], "main", 0.08),
            (["tools"], "cold", 0.2),
            (["tea", "food"], "main", 0.15),
            (["tea", "food"], "cold", 0.31),
            (["fish", "food"], "cold", 0.4),
        ],
    )
    def test_the_most_specific_line_counts_as_a_whole(self, categories, warehouse, expected):
        assert choose(self.LINES, categories, warehouse).carrying == pytest.approx(expected)

    def test_no_line(self):
        assert choose([], ["food"]).carrying == 0
