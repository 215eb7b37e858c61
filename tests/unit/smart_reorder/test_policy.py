"""Oracles: examples of Snyder & Shen, Fundamentals of Supply Chain Theory, 2nd edition."""

import math

import numpy as np
import pytest
from smart_reorder_engine.budget import normal_loss
from smart_reorder_engine.calendar import quantile_after
from smart_reorder_engine.distributions import negbin_loss, negbin_quantile, normal_quantile
from smart_reorder_engine.policy import (
    PriceBreak,
    critical_ratio,
    cycle_quantity,
    eoq,
    eoq_all_units_discount,
    implied_shortage_cost,
    order_quantity,
    price_for,
    round_up,
    yearly_cost,
)


def test_economic_order_quantity_example_3_1():
    quantity = eoq(8, 1300, 0.225)
    assert quantity == pytest.approx(304.046780, abs=1e-6)
    # Holding rate times price is the holding cost; the price of a year's demand is left out.
    cost = yearly_cost(quantity, 0.75, 8, 1300, 0.3) - 0.75 * 1300
    assert cost == pytest.approx(68.410526, abs=1e-6)


def test_all_units_discount_example_3_5():
    breaks = [PriceBreak(0, 0.75), PriceBreak(400, 0.72), PriceBreak(800, 0.68)]
    quantity, line, cost = eoq_all_units_discount(8, 1300, 0.3, breaks)
    assert (quantity, line, cost) == (800, breaks[2], pytest.approx(978.60))


def test_newsvendor_example_4_3():
    ratio = critical_ratio(0.70, 0.18)
    z = float(normal_quantile(ratio))
    assert 50 + 8 * z == pytest.approx(56.603956, abs=1e-6)
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    assert (0.70 + 0.18) * density * 8 == pytest.approx(1.997605, abs=1e-6)


def test_newsvendor_with_lead_time_example_4_4():
    """Demand of the four periods of the lead time and the one of the review."""
    one = 50 + 8 * float(normal_quantile(critical_ratio(0.70, 0.18)))
    level = quantile_after(5, 1, 50, one)
    assert level == pytest.approx(264.766894, abs=1e-6)
    short = normal_loss(level, 250, 8 * math.sqrt(5))
    assert 0.18 * (level - 250) + (0.18 + 0.70) * short == pytest.approx(4.466781, abs=1e-6)


def test_newsvendor_poisson_problem_4_8a():
    level = float(negbin_quantile(np.array([18.0]), np.zeros(1), critical_ratio(270, 200))[0])
    assert level == 19
    cost = 200 * (level - 18) + (200 + 270) * float(negbin_loss(level, 18.0, 0.0))
    assert cost == pytest.approx(786.088441, abs=1e-5)


def test_reorder_point_and_economic_quantity_example_5_1():
    """The approximation that Snyder and Shen call EOQ+SS is what proposals are made of: the
    quantile of demand over the lead time, here a month of a year's, and the economic quantity."""
    z = float(normal_quantile(critical_ratio(7.5, 0.225)))
    assert quantile_after(1 / 12, 1, 1300, 1300 + 150 * z) == pytest.approx(190.336997, abs=1e-5)
    assert eoq(8, 1300, 0.225) == pytest.approx(304.046780, abs=1e-6)


def test_shortage_cost_of_a_level():
    """Backwards from example 4.3: the level that 0.70 and 0.18 lead to is that of 0.70."""
    assert implied_shortage_cost(critical_ratio(0.70, 0.18), 0.18) == pytest.approx(0.70)
    assert implied_shortage_cost(1.0, 1.0) == pytest.approx(999), "certainty has no price"


def test_costs_must_make_sense():
    for call in (lambda: eoq(8, 1300, 0), lambda: critical_ratio(0, 1)):
        with pytest.raises(ValueError, match="positive"):
            call()


def test_cycle_quantity():
    daily, price = np.array([4.0, 0.0, 4.0]), np.array([2.0, 2.0, 0.0])
    assert cycle_quantity(daily, 7, price).tolist() == [28, 0, 28]
    # √(2·10·1460 / (0.2·2)) = 270.2 beats the week; free goods have no economic quantity.
    with_cost = cycle_quantity(daily, 7, price, order_cost=10, holding_rate=0.2)
    assert with_cost.tolist() == pytest.approx([270.185, 0, 28], abs=1e-3)
    # A cheap product is not bought for years: half a year at most.
    assert cycle_quantity(daily[:1], 7, price[:1] / 1000, 10, 0.2)[0] == 4 * 180


@pytest.mark.parametrize(
    ("quantity", "multiple", "expected"),
    [(10, 0, 10), (10, 12, 12), (12, 12, 12), (12.0000001, 12, 12), (0.3, 0.1, 0.3), (13, 12, 24)],
)
def test_round_up(quantity, multiple, expected):
    assert round_up(quantity, multiple) == pytest.approx(expected)


def test_order_only_below_the_reorder_point():
    assert order_quantity(20, 20, 50).quantity == 0
    order = order_quantity(19, 20, 50)
    assert (order.quantity, order.needed, order.effects) == (31, 31, ())


def test_negative_position_is_filled():
    assert order_quantity(-5, 0, 0).quantity == 5


def test_minimum_then_multiple():
    order = order_quantity(0, 5, 10, multiple=12, breaks=[PriceBreak(50, 1.0)])
    assert (order.quantity, order.needed) == (60, 10)
    assert order.effects == ("minimum", "multiple")


def test_price_break_only_when_it_pays():
    """10 a day: 3,650 a year. 100 at 2.00 against 200 at 1.98: saves 73 a year and holds more for
    0.2·(198 - 100)... = 19.8 - 20/2·2 < 73: taken. Against 1.999: 3.65 saved, 9.99 held: left."""
    arguments = {"daily_demand": 10.0, "holding_rate": 0.2}
    breaks = [PriceBreak(0, 2.0), PriceBreak(200, 1.98)]
    order = order_quantity(0, 50, 100, breaks=breaks, **arguments)
    assert (order.quantity, order.effects, order.price_break) == (200, ("price_break",), breaks[1])
    # 2·3650 + 0.2·2·50 = 7320; 1.98·3650 + 0.2·1.98·100 = 7266.6
    assert order.saving == pytest.approx(53.4)
    order = order_quantity(
        0, 50, 100, breaks=[PriceBreak(0, 2.0), PriceBreak(200, 1.999)], **arguments
    )
    assert (order.quantity, order.effects) == (100, ())


def test_price_break_is_never_bought_for_more_than_half_a_year():
    order = order_quantity(
        0, 50, 100, breaks=[PriceBreak(0, 2.0), PriceBreak(2000, 0.1)],
        daily_demand=10.0, holding_rate=0.2,
    )  # fmt: skip
    assert order.quantity == 100


def test_price_for():
    breaks = [PriceBreak(1, 5.0), PriceBreak(10, 4.0), PriceBreak(100, 3.0)]
    assert [price_for(q, breaks).price for q in (1, 9.99, 10, 500)] == [5, 5, 4, 3]
    assert price_for(0.5, breaks).price == 5, "the lowest minimum, which will be ordered"
    assert price_for(5, []) is None


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_nonsense_is_refused(bad):
    with pytest.raises(ValueError, match="finite"):
        order_quantity(0, bad, 10)
