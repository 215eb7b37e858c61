"""Examples 3.5 and problem 3.12 of Snyder and Shen, 2nd ed., as computed by stockpyl 1.0.2."""

import pytest
from smart_reorder_engine.discounts import (
    average_price,
    better_quantity,
    eoq_incremental_discount,
    order_value,
)
from smart_reorder_engine.policy import PriceBreak, eoq_all_units_discount

EXAMPLE = [PriceBreak(0, 0.75), PriceBreak(400, 0.72), PriceBreak(800, 0.68)]
PROBLEM = [PriceBreak(0, 1490), PriceBreak(1200, 1220), PriceBreak(2400, 1100)]


@pytest.mark.parametrize(
    ("arguments", "breaks", "quantity", "region", "cost"),
    [
        ((8, 1300, 0.3), EXAMPLE, 304.046780, 0, 1043.410526),
        ((2250, 182500, 0.25), PROBLEM, 28553.060654, 2, 208678591.68),
    ],
)
def test_incremental_discounts_of_the_textbook(arguments, breaks, quantity, region, cost):
    found = eoq_incremental_discount(*arguments, breaks)
    assert found[0] == pytest.approx(quantity, abs=1e-5)
    assert found[1] is breaks[region]
    assert found[2] == pytest.approx(cost, rel=1e-9)


def test_all_units_of_the_same_problem():
    quantity, line, cost = eoq_all_units_discount(2250, 182500, 0.25, PROBLEM)
    assert (quantity, line.minimum) == (2400, 2400)
    assert cost == pytest.approx(201251093.75)


def test_each_price_holds_for_the_units_above_its_minimum():
    """500 cost 400·0.75 + 100·0.72 = 372; 1000: 300 + 400·0.72 + 200·0.68 = 724."""
    assert order_value(500, EXAMPLE) == pytest.approx(372)
    assert order_value(1000, EXAMPLE) == pytest.approx(724)
    assert average_price(1000, EXAMPLE) == pytest.approx(0.724)
    assert average_price(0, EXAMPLE) == 0.75
    assert order_value(10, []) == 0


def test_lines_that_are_not_cheaper_do_not_count():
    assert order_value(900, [*EXAMPLE, PriceBreak(600, 0.90)]) == order_value(900, EXAMPLE)


def test_more_is_bought_when_the_cheaper_units_pay():
    """10 a day, 100 at 2.00, from 100 on at 1.00: F = 100, so in the second region the best is
    √(2·100·3650/0.2) = 1910, bounded by 180 days: 1800. A year then costs (100 + 1800)/1800·3650
    + 0.2·1900/2 = 3852.8 + 190 = 4042.8, beside 2·3650 + 0.2·200/2 = 7320."""
    breaks = [PriceBreak(0, 2.0), PriceBreak(100, 1.0)]
    quantity, saving = better_quantity(100, breaks, 1.0, 10.0, 0.0, 0.2)
    assert quantity == 1800
    assert saving == pytest.approx(7320 - 4042.7778, abs=1e-3)
    assert (
        better_quantity(100, [PriceBreak(0, 2.0), PriceBreak(100, 1.9999)], 1, 10, 0, 0.2) is None
    )
    assert better_quantity(100, breaks, 1.0, 0.0, 0.0, 0.2) is None
