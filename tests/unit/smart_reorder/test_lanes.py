"""Lanes against all combinations of three places, and against the greedy way."""

from itertools import product

import numpy as np
import pytest
from smart_reorder_engine import lanes, network
from smart_reorder_engine.network import Need, Option


def total(moves, costs):
    used = {move.lane for move in moves}
    return sum(move.gain for move in moves) - sum(costs.get(lane, 0.0) for lane in used)


def problem(seed, places=3):
    """Two places with excess, some needs; lanes are shared by the needs of a place."""
    generator = np.random.default_rng(seed)
    needs = {key: Need(float(generator.integers(5, 20))) for key in range(places)}
    stocks = {8: float(generator.integers(10, 40)), 9: float(generator.integers(10, 40))}
    options = [
        Option(key, stock, 10 * (key % 2) + stock, holding=float(generator.uniform(0.5, 5)))
        for key in needs
        for stock in stocks
    ]
    costs = {option.lane: float(generator.uniform(0, 30)) for option in options}
    return needs, stocks, options, costs


def best_of_all(needs, stocks, options, costs):
    """Every need from one place or none. A place's excess goes to the larger gain first, which is
    best within a choice: needs may be served in part.
    """
    by_pair = {(option.need, option.stock): option for option in options}
    best = 0.0
    for choice in product([None, *stocks], repeat=len(needs)):
        chosen = [by_pair[need, stock] for need, stock in zip(needs, choice, strict=True) if stock]
        left, value = dict(stocks), 0.0
        for option in sorted(chosen, key=lambda one: -one.holding):
            quantity = min(needs[option.need].quantity, left[option.stock])
            left[option.stock] -= quantity
            value += quantity * option.holding
        best = max(best, value - sum(costs[lane] for lane in {one.lane for one in chosen}))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_the_best_of_all_on_three_places(seed):
    needs, stocks, options, costs = problem(seed)
    moves = lanes.solve_moves(needs, stocks, options, costs, seconds=10)
    best = best_of_all(needs, stocks, options, costs)
    assert total(moves, costs) == pytest.approx(best, rel=lanes.GAP, abs=1e-6)
    for stock, excess in stocks.items():
        assert sum(move.quantity for move in moves if move.stock == stock) <= excess


def test_what_the_greedy_way_misses():
    """An excess earns 10·3 at need 1, and all is gone. At need 2 it earns 10·2.9, and need 1 is
    served from the other place for 10·2.8: 57 in all.
    """
    needs, stocks = {1: Need(10), 2: Need(10)}, {8: 10.0, 9: 10.0}
    options = [Option(1, 8, 1, 3.0), Option(2, 8, 1, 2.9), Option(1, 9, 1, 2.8)]
    assert total(network.plan_moves(needs, stocks, options), {}) == pytest.approx(57)


def test_least_step_and_urgent_units_hold():
    """In dozens, at least 20: 24 of 29. Urgent are 5, at 8 each; each unit costs 0.5 to move."""
    needs = {1: Need(30, least=20, urgent=5, step=12)}
    options = [Option(1, 9, 1, holding=-0.5, missed=8.0)]
    (move,) = lanes.solve_moves(needs, {9: 29.0}, options, {1: 1.0}, seconds=5)
    assert (move.quantity, move.gain) == (24, pytest.approx(5 * 8 - 24 * 0.5))
    assert lanes.solve_moves(needs, {9: 29.0}, options, {1: 28.5}, seconds=5) == []
    assert lanes.solve_moves(needs, {9: 23.0}, options, {}, seconds=5) == []


def test_without_time_nothing_is_solved():
    needs, stocks, options, costs = problem(1)
    assert lanes.solve_moves(needs, stocks, options, costs, seconds=0) is None


def test_without_a_solver_the_greedy_moves_stay(monkeypatch):
    needs, stocks, options, costs = problem(4)
    monkeypatch.setattr(lanes, "is_available", lambda: False)
    moves = network.plan_moves(needs, stocks, options, costs)
    assert total(moves, costs) >= 0.9 * best_of_all(needs, stocks, options, costs)


@pytest.mark.parametrize("seed", range(6))
def test_never_worse_than_the_greedy_way(seed):
    needs, stocks, options, costs = problem(seed, places=12)
    greedy = network.plan_moves_greedily(needs, stocks, options, costs)
    moves = network.plan_moves(needs, stocks, options, costs)
    assert total(moves, costs) >= total(greedy, costs) - 1e-9
