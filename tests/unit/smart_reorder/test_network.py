from itertools import product

import numpy as np
import pytest
from smart_reorder_engine.network import Need, Option, holding_saved, plan_moves


def test_what_a_unit_saves_by_not_lying_there():
    """10 of value at 20 % for half a year; never more than it is worth."""
    assert holding_saved(10, 0.2, 182.5) == pytest.approx(1.0)
    assert holding_saved(10, 0.2, 9999) == pytest.approx(4.0), "two years at most"
    assert holding_saved(10, 2.0, 9999) == 10


def test_the_dearest_need_is_served_first_and_no_place_below_its_own():
    needs = {1: Need(30), 2: Need(30)}
    options = [Option(1, 9, 1, holding=1.0), Option(2, 9, 2, holding=2.0)]
    moves = plan_moves(needs, {9: 40.0}, options)
    assert [(m.need, m.quantity, m.gain) for m in moves] == [(2, 30, 60), (1, 10, 10)]


def test_below_the_least_nothing_is_moved():
    needs = {1: Need(30, least=20)}
    assert plan_moves(needs, {9: 19.0}, [Option(1, 9, 1, holding=1.0)]) == []


def test_missed_sales_count_for_the_urgent_units_alone():
    """8 a unit for the first 5, and 1 less for each: 5·8 - 5·1; the others would cost."""
    needs = {1: Need(30, urgent=5)}
    moves = plan_moves(needs, {9: 40.0}, [Option(1, 9, 1, holding=-1.0, missed=8.0)])
    assert [(m.quantity, m.gain) for m in moves] == [(5, 35)]


def test_whole_packagings():
    moves = plan_moves({1: Need(30, step=12)}, {9: 29.0}, [Option(1, 9, 1, holding=1.0)])
    assert moves[0].quantity == 24


def test_a_lane_must_pay_for_itself():
    needs, options = {1: Need(10)}, [Option(1, 9, 1, holding=1.0)]
    assert plan_moves(needs, {9: 10.0}, options, {1: 9.0})
    assert plan_moves(needs, {9: 10.0}, options, {1: 10.0}) == []


def test_two_half_empty_lanes_become_one():
    """Each need is served best by another place; over one lane it costs 3 of gain and saves 20."""
    needs = {1: Need(10), 2: Need(10)}
    options = [
        Option(1, 8, 1, holding=5.0),
        Option(1, 9, 2, holding=4.7),
        Option(2, 9, 2, holding=5.0),
    ]
    moves = plan_moves(needs, {8: 50.0, 9: 50.0}, options, {1: 20.0, 2: 20.0})
    assert {move.lane for move in moves} == {2}
    assert sum(move.gain for move in moves) == pytest.approx(97)


def test_no_lane_is_tried_after_the_time():
    needs, options = {1: Need(10)}, [Option(1, 9, 1, holding=5.0)]
    ticks = iter(range(100))
    moves = plan_moves(
        needs, {9: 10.0}, options, {1: 5.0}, seconds=0.5, clock=lambda: float(next(ticks))
    )
    assert [move.quantity for move in moves] == [10]


@pytest.mark.parametrize("seed", range(10))
def test_close_to_the_best_of_all_on_three_places(seed):
    """Two places with excess, three needs, each from one place or none: all combinations."""
    generator = np.random.default_rng(seed)
    needs = {key: Need(float(generator.integers(5, 20))) for key in range(3)}
    stocks = {8: float(generator.integers(10, 40)), 9: float(generator.integers(10, 40))}
    options = [
        Option(key, stock, 10 * key + stock, holding=float(generator.uniform(0.5, 5)))
        for key in needs
        for stock in stocks
    ]
    costs = {option.lane: float(generator.uniform(0, 15)) for option in options}
    by_pair = {(o.need, o.stock): o for o in options}
    best = 0.0
    for choice in product([None, 8, 9], repeat=3):
        # Within a choice the place's excess goes to the larger gain first.
        left, total = dict(stocks), 0.0
        chosen = [by_pair[key, stock] for key, stock in enumerate(choice) if stock]
        for option in sorted(chosen, key=lambda o: -o.holding):
            quantity = min(needs[option.need].quantity, left[option.stock])
            left[option.stock] -= quantity
            total += quantity * option.holding - costs[option.lane]
        best = max(best, total)
    moves = plan_moves(needs, stocks, options, costs)
    total = sum(move.gain - costs[move.lane] for move in moves)
    assert total <= best + 1e-6
    assert total >= 0.9 * best
    for stock, excess in stocks.items():
        assert sum(m.quantity for m in moves if m.stock == stock) <= excess
