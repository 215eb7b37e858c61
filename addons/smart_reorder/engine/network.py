"""Excess in one place moved to another before anything is bought.

A unit moved saves what it would cost to hold it where nobody needs it, and the sales that are
missed until the vendor delivers; it costs its transport. Units are moved in the order of that gain
(marginal analysis). A lane that is used at all may cost something once; a lane whose moves do not
pay for it is left out, and the rest decided anew, until no lane's absence would be better or the
time is over. Where there is a solver (``lanes.py``) it looks for something better in what is left
of the time.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from . import lanes

MOST_DAYS = 730.0  # of holding that are saved by moving what nobody needs


@dataclass(frozen=True)
class Option:
    """A product that could go over a lane.

    :ivar need: key of the need that it serves
    :ivar stock: key of the excess that it comes from
    :ivar lane: key of the lane
    :ivar holding: gain of each unit, transport taken off
    :ivar missed: gain on top of each of the first ``urgent`` units of the need
    """

    need: int
    stock: int
    lane: int
    holding: float
    missed: float = 0.0


@dataclass(frozen=True)
class Need:
    """:ivar quantity: wanted
    :ivar least: below this nothing is moved: the rest would have to be bought all the same
    :ivar urgent: units that would be missed until the vendor delivers
    :ivar step: in which it is moved
    """

    quantity: float
    least: float = 0.0
    urgent: float = 0.0
    step: float = 1.0


@dataclass(frozen=True)
class Move:
    need: int
    stock: int
    lane: int
    quantity: float
    gain: float


def holding_saved(price: float, rate: float, days: float) -> float:
    """Of a unit that would lie for so many days, at most what it is worth."""
    return min(price * rate * min(days, MOST_DAYS) / 365.0, price)


def plan_moves(
    needs: Mapping[int, Need],
    stocks: Mapping[int, float],
    options: Sequence[Option],
    lane_costs: Mapping[int, float] | None = None,
    seconds: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
) -> list[Move]:
    """Moves with a gain, a need from one place each; never more than a place's excess.

    :param stocks: excess by key
    :param lane_costs: of a lane that is used, once
    :param seconds: after which nothing better is looked for
    """
    end = clock() + seconds
    moves = plan_moves_greedily(needs, stocks, options, lane_costs, seconds / 2, clock)
    if not lanes.is_available():
        return moves
    costs = lane_costs or {}
    solved = lanes.solve_moves(needs, stocks, options, costs, end - clock())
    return solved if solved and _total(solved, costs) > _total(moves, costs) + 1e-9 else moves


def plan_moves_greedily(
    needs: Mapping[int, Need],
    stocks: Mapping[int, float],
    options: Sequence[Option],
    lane_costs: Mapping[int, float] | None = None,
    seconds: float = 5.0,
    clock: Callable[[], float] = time.monotonic,
) -> list[Move]:
    """The same without a solver: lanes are closed and opened one at a time."""
    costs = lane_costs or {}
    end = clock() + seconds
    ordered = sorted(options, key=lambda o: (-_unit_gain(o, needs[o.need]), o.need, o.stock))
    paid = sorted({o.lane for o in options if costs.get(o.lane, 0.0) > 0})
    closed: set[int] = set()
    moves = _greedy(needs, stocks, ordered, closed)
    best = _total(moves, costs)
    improved = True
    while improved and clock() < end:
        improved = False
        gains = _by_lane(moves)
        # Close what pays least for itself first, and open again what may be missing now.
        for lane in sorted(paid, key=lambda key: (gains.get(key, 0.0) - costs[key], key)):
            if clock() >= end:
                break
            if lane not in closed and lane not in gains:
                continue
            trial = _greedy(needs, stocks, ordered, closed ^ {lane})
            total = _total(trial, costs)
            if total > best + 1e-9:
                closed ^= {lane}
                moves, best, improved = trial, total, True
                gains = _by_lane(moves)
    # What still does not pay for its lane stays where it is.
    gains = _by_lane(moves)
    return [move for move in moves if gains[move.lane] > costs.get(move.lane, 0.0)]


def _total(moves: Sequence[Move], costs: Mapping[int, float]) -> float:
    lanes = {move.lane for move in moves}
    return sum(move.gain for move in moves) - sum(costs.get(lane, 0.0) for lane in lanes)


def _by_lane(moves: Sequence[Move]) -> dict[int, float]:
    gains: dict[int, float] = defaultdict(float)
    for move in moves:
        gains[move.lane] += move.gain
    return gains


def _gain(option: Option, need: Need, quantity: float) -> float:
    return option.holding * quantity + option.missed * min(quantity, need.urgent)


def _unit_gain(option: Option, need: Need) -> float:
    """Of a unit, on average over what is wanted."""
    return _gain(option, need, need.quantity) / need.quantity if need.quantity > 0 else 0.0


def _greedy(
    needs: Mapping[int, Need],
    stocks: Mapping[int, float],
    ordered: Sequence[Option],
    closed: Collection[int],
) -> list[Move]:
    """The units that gain most first; a need is served from one place."""
    left, served, moves = dict(stocks), set(), []
    for option in ordered:
        if option.need in served or option.lane in closed:
            continue
        move = _move(option, needs[option.need], left[option.stock])
        if move and move.gain > 1e-9:
            moves.append(move)
            served.add(option.need)
            left[option.stock] -= move.quantity
    return moves


def _move(option: Option, need: Need, available: float) -> Move | None:
    quantity = min(need.quantity, available)
    quantity = round(math.floor(quantity / need.step + 1e-6) * need.step, 9)
    if quantity <= 0 or quantity < need.least - 1e-9:
        return None
    # Of units that cost more to move than they save only the urgent ones go.
    if option.holding < 0:
        urgent = round(math.ceil(need.urgent / need.step - 1e-6) * need.step, 9)
        quantity = min(quantity, max(urgent, need.least))
    gain = _gain(option, need, quantity)
    return Move(option.need, option.stock, option.lane, quantity, gain)
