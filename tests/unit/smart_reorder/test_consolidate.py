from itertools import product

import pytest
from smart_reorder_engine.consolidate import Line, Terms, consolidate, measure

RATE = 0.365  # a thousandth a day


def test_an_order_above_the_minimum_stays():
    lines = [Line(1, 10, price=20, daily=1)]
    outcome = consolidate(lines, Terms({"value": 200}), RATE)
    assert (outcome.decision, outcome.quantity) == ("enough", {1: 10})


def test_without_need_there_is_no_order():
    outcome = consolidate([Line(1, 0, price=20, daily=1)], Terms({"value": 200}), RATE)
    assert (outcome.decision, outcome.quantity) == ("enough", {1: 0})


def test_what_is_needed_soonest_fills_up():
    """120 of 200. The next of A is needed in 10 days, of B in 3, of C in 40: B at 10 a piece and 2
    a day is needed in 3, 3.5, … 6.5 days: the 8 missing pieces all come before A's first."""
    lines = [
        Line(1, 12, price=10, daily=1, spare=10),
        Line(2, 0, price=10, daily=2, spare=3),
        Line(3, 0, price=1, daily=1, spare=40),
    ]
    outcome = consolidate(lines, Terms({"value": 200}), RATE)
    assert (outcome.decision, outcome.quantity) == ("filled", {1: 12, 2: 8, 3: 0})
    assert (outcome.measure, outcome.needed, outcome.wanted) == ("value", 120, 200)
    # 10 a piece, a thousandth a day, (3 + 3.5 + … + 6.5) = 38 days.
    assert outcome.cost == pytest.approx(0.38)


def test_a_minimum_by_weight_is_filled_with_what_is_cheap_to_hold():
    """Ten kilograms are missing. Lead is needed later than gold, but costs nothing to hold."""
    lines = [
        Line(1, 30, price=1, daily=1, spare=99, weight=1),
        Line(2, 0, price=1000, daily=1, spare=1, weight=1),
        Line(3, 0, price=1, daily=1, spare=20, weight=1),
    ]
    outcome = consolidate(lines, Terms({"weight": 40}), RATE)
    assert outcome.quantity == {1: 30, 2: 0, 3: 10}


def test_too_far_below_the_minimum_waits():
    lines = [Line(1, 9, price=10, daily=1, spare=5)]
    outcome = consolidate(lines, Terms({"value": 200}, least_share=0.5), RATE)
    assert (outcome.decision, outcome.quantity) == ("wait", {1: 0})
    assert (outcome.needed, outcome.wanted) == (90, 200)


def test_nothing_is_ordered_more_than_the_allowed_days_early():
    """Needed in 5, 6, … days; until day 10 six pieces fit, and ten are missing."""
    lines = [Line(1, 10, price=10, daily=1, spare=5)]
    assert consolidate(lines, Terms({"value": 160}, early_days=10), RATE).decision == "filled"
    assert consolidate(lines, Terms({"value": 200}, early_days=10), RATE).decision == "wait"


def test_the_open_request_counts():
    lines = [Line(1, 10, price=10, daily=1, spare=5)]
    outcome = consolidate(lines, Terms({"value": 200}), RATE, {"value": 100.0})
    assert outcome.decision == "enough"


def test_packagings_minimum_of_the_line_and_caps_are_kept():
    """B comes in dozens, 24 at least; A cannot take more. 24·2 = 48 reach the 140."""
    lines = [
        Line(1, 10, price=10, daily=1, spare=0, most=10),
        Line(2, 0, price=2, daily=4, spare=1, step=12, least=24),
    ]
    outcome = consolidate(lines, Terms({"value": 140}), RATE)
    assert outcome.quantity == {1: 10, 2: 24}


def test_all_minimums_are_reached():
    lines = [
        Line(1, 10, price=10, daily=1, spare=3, weight=1),
        Line(2, 0, price=1, daily=10, spare=3, weight=5),
    ]
    outcome = consolidate(lines, Terms({"value": 110, "weight": 20}), RATE)
    assert outcome.decision == "filled"
    assert measure(lines, outcome.quantity, "value") >= 110
    assert measure(lines, outcome.quantity, "weight") >= 20


def test_truck_is_filled_when_it_is_full_enough():
    """A truck holds 100 kg: 170 are needed, 30 more make two full ones."""
    lines = [Line(1, 170, price=1, daily=10, spare=7, weight=1)]
    outcome = consolidate(lines, Terms(load={"weight": 100}), RATE)
    assert (outcome.decision, outcome.loads, outcome.quantity) == ("filled", 2, {1: 200})


def test_truck_that_would_drive_nearly_empty_is_left():
    """120 kg: the 20 that are least urgent wait, of those that are needed last."""
    lines = [
        Line(1, 60, price=1, daily=10, spare=7, weight=1, urgent=20),
        Line(2, 60, price=1, daily=1, spare=7, weight=1, urgent=20),
    ]
    outcome = consolidate(lines, Terms(load={"weight": 100}), RATE)
    # Of the second 40 days' worth can wait, of the first 4.
    assert (outcome.decision, outcome.loads, outcome.quantity) == ("trimmed", 1, {1: 60, 2: 40})


def test_what_is_urgent_drives_in_any_truck():
    lines = [Line(1, 120, price=1, daily=10, weight=1, urgent=120)]
    outcome = consolidate(lines, Terms(load={"weight": 100}), RATE)
    assert (outcome.loads, outcome.quantity) == (2, {1: 120})


def test_first_truck_waits_until_it_is_worth_it():
    lines = [Line(1, 20, price=1, daily=10, weight=1)]
    outcome = consolidate(lines, Terms(load={"weight": 100}, least_share=0.5), RATE)
    assert (outcome.decision, outcome.quantity) == ("wait", {1: 0})


def test_a_truck_is_full_by_weight_or_volume():
    """50 kg of 100, but 0.9 m³ of 1: filling by volume must not burst the weight."""
    lines = [
        Line(1, 9, price=1, daily=1, weight=50 / 9, volume=0.1),
        Line(2, 0, price=1, daily=1, weight=90, volume=0.1),
    ]
    outcome = consolidate(lines, Terms(load={"weight": 100, "volume": 1.0}), RATE)
    assert (outcome.measure, outcome.quantity) == ("volume", {1: 10, 2: 0})


def test_filling_is_as_cheap_as_any_filling():
    """Against all ways to fill 60 that are missing in steps of 10 (unit prices, so no last step
    sticks out): cost of holding by hand, Σ price·days/1000 over the pieces."""
    lines = [
        Line(1, 14, price=10, daily=2, spare=2),
        Line(2, 0, price=10, daily=1, spare=1),
        Line(3, 0, price=10, daily=0.5, spare=4),
    ]
    outcome = consolidate(lines, Terms({"value": 200}), RATE)

    def cost(pieces):
        return sum(
            0.01 * (line.spare + index / line.daily)
            for line, count in zip(lines, pieces, strict=True)
            for index in range(count)
        )

    best = min(cost(pieces) for pieces in product(range(7), repeat=3) if sum(pieces) == 6)
    assert outcome.cost == pytest.approx(best)
