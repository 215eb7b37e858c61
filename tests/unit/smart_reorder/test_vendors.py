import math

import pytest
from smart_reorder_engine.policy import PriceBreak, eoq
from smart_reorder_engine.vendors import safety_stock, vendor_cost

SURE = {
    "multiple": 1,
    "daily_mean": 1300 / 365,
    "daily_variance": 0.0,
    "level": 0.95,
    "interval": 7.0,
    "spread": 0.0,
    "order_cost": 8.0,
    "holding_rate": 0.3,
}


def test_safety_stock_by_hand():
    """z = 1.644854 at 95 %. 9 days of variance 4: √36 = 6. With 2 a day and ±4 days: √(36 + 64)."""
    assert safety_stock(0.95, 2, 4, 9, 0) == pytest.approx(1.644854 * 6, abs=1e-5)
    assert safety_stock(0.95, 2, 4, 9, 4) == pytest.approx(1.644854 * 10, abs=1e-5)
    assert safety_stock(0.5, 2, 4, 9, 4) == 0


def test_certain_demand_costs_what_the_textbook_says():
    """Snyder & Shen, ex. 3.1: K = 8, h = 0.225 = 0.3 × 0.75, λ = 1300: 68.410526 beside the
    purchases; with whole pieces 304 or 305 instead of 304.05, so a little more."""
    lot = eoq(8, 1300, 0.225)
    cost = vendor_cost([PriceBreak(0, 0.75)], lot=lot, **SURE)
    assert cost - 0.75 * 1300 == pytest.approx(68.410526, abs=1e-3)
    assert cost - 0.75 * 1300 >= 68.410526


def test_price_breaks_of_the_textbook():
    """Snyder & Shen, ex. 3.5: 800 at a time at 0.68: 978.60. The half year's cover of 642 is what
    we allow, so the break at 400 is the best: 0.72·1300 + 8·1300/400 + 0.3·0.72·400/2."""
    breaks = [PriceBreak(0, 0.75), PriceBreak(400, 0.72), PriceBreak(800, 0.68)]
    cost = vendor_cost(breaks, lot=eoq(8, 1300, 0.225), **SURE)
    assert cost == pytest.approx(0.72 * 1300 + 8 * 1300 / 400 + 0.3 * 0.72 * 400 / 2)
    # More demand, and the half year allows 800: the oracle of the textbook with ten times as much.
    more = SURE | {"daily_mean": 13000 / 365}
    cost = vendor_cost(breaks, lot=eoq(8, 13000, 0.225), **more)
    best = max(eoq(8, 13000, 0.3 * 0.68), 800)
    expected = 0.68 * 13000 + 8 * 13000 / math.ceil(best) + 0.3 * 0.68 * math.ceil(best) / 2
    assert cost == pytest.approx(expected, rel=1e-3)


def test_unreliable_vendor_costs_its_safety_stock():
    """±10 days at 1300/365 a day: z·μ·10 pieces more at 0.3 × 0.75."""
    breaks = [PriceBreak(0, 0.75)]
    more = vendor_cost(breaks, lot=300, **(SURE | {"spread": 10.0}))
    less = vendor_cost(breaks, lot=300, **SURE)
    assert more - less == pytest.approx(1.644854 * 13000 / 365 * 0.3 * 0.75, abs=1e-4)


def test_minimum_costs_what_it_ties_up():
    bound = vendor_cost([PriceBreak(2600, 0.75)], lot=300, **SURE)
    assert bound == pytest.approx(0.75 * 1300 + 8 * 1300 / 2600 + 0.3 * 0.75 * 2600 / 2)


def test_nothing_to_compare():
    assert vendor_cost([], lot=1, **SURE) == math.inf
    assert vendor_cost([PriceBreak(0, 1)], lot=0, **(SURE | {"daily_mean": 0.0})) == 0


def test_without_a_lot_a_days_demand_is_ordered():
    cost = vendor_cost([PriceBreak(0, 1.0)], lot=0, **(SURE | {"multiple": 0, "daily_mean": 2.0}))
    assert cost == pytest.approx(730 + 8 * 365 + 0.3 * 2 / 2)
