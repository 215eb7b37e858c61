import math

import pytest
from smart_reorder_engine.caps import (
    Cap,
    apply_caps,
    left_at_arrival,
    phase_out_cap,
    round_to_packaging,
    shelf_life_cap,
    storage_cap,
)
from smart_reorder_engine.policy import PriceBreak, order_quantity


def test_what_is_left_at_arrival():
    assert left_at_arrival(100, 4, 10) == 60
    assert left_at_arrival(20, 4, 10) == 0
    assert left_at_arrival(-5, 0, 10) == 0


def test_shelf_life():
    """4 a day for 30 days are 120; 60 of the position are still there and go first."""
    assert shelf_life_cap(100, 4, 10, 30).quantity == 60
    assert shelf_life_cap(300, 4, 10, 30).quantity == 0
    assert shelf_life_cap(0, 0, 10, 30).quantity == 0, "what is not sold expires"


def test_storage():
    assert storage_cap(100, 4, 10, 150).quantity == 90
    assert storage_cap(300, 4, 10, 150).quantity == 0


def test_end_of_a_product():
    assert phase_out_cap(30, 50).quantity == 20
    assert phase_out_cap(80, 50).quantity == 0


@pytest.mark.parametrize(
    ("quantity", "cap", "step", "least", "expected"),
    [
        (50, 60, 1, 0, (50, False)),
        (100, 60, 1, 0, (60, False)),
        (100, 60, 24, 0, (48, False)),
        (100, 60, 24, 48, (48, False)),
        (100, 60, 24, 72, (0, True)),
        (100, 20, 24, 0, (0, True)),
        (0, 20, 24, 0, (0, False)),
    ],
)
def test_cut_in_whole_steps(quantity, cap, step, least, expected):
    capped = apply_caps(
        quantity, [Cap("storage", cap, 99), Cap("shelf_life", 1000, 9)], step, least
    )
    assert (capped.quantity, capped.contradiction) == expected


def test_tightest_cap_decides_and_an_end_is_no_contradiction():
    caps = [Cap("storage", 50, 0), Cap("phase_out", 3, 0)]
    capped = apply_caps(100, caps, 10, 10)
    assert (capped.quantity, capped.cap, capped.contradiction) == (0, caps[1], False)


@pytest.mark.parametrize(
    ("quantity", "nearest", "floor", "expected"),
    [
        (25, False, 0, 36),
        (25, True, 0, 24),
        (31, True, 0, 36),
        (25, True, 25, 36),
        (5, True, 0, 12),
    ],
)
def test_rounding_policy(quantity, nearest, floor, expected):
    assert round_to_packaging(quantity, 12, nearest=nearest, floor=floor) == expected


def test_rounding_down_never_goes_below_the_reorder_point():
    """25 are missing up to the level of 30: two dozen, unless the reorder point needs 25."""
    arguments = {"multiple": 12, "nearest": True}
    order = order_quantity(5, 20, 30, **arguments)
    assert (order.quantity, order.effects) == (24, ("multiple_down",))
    assert order_quantity(5, 30, 30, **arguments).quantity == 36


def test_price_break_stays_within_the_cap():
    breaks = [PriceBreak(0, 2.0), PriceBreak(200, 1.5)]
    arguments = {"breaks": breaks, "daily_demand": 10.0, "holding_rate": 0.2}
    assert order_quantity(0, 50, 100, **arguments).quantity == 200
    assert order_quantity(0, 50, 100, most=150, **arguments).quantity == 100
    assert order_quantity(0, 50, 100, most=math.inf, **arguments).quantity == 200
