"""Which lanes are worth their cost, solved exactly: an integer programme for HiGHS.

HiGHS comes with scipy, which is optional: without it, or when the time is over before it finds
something better, the greedy moves of ``network.py`` stay.

For each option *o* (a need served from an excess over a lane) with quantity ``x = step · k``, its
urgent part ``u`` and whether it is used ``z``, and for each lane with a cost whether it is used
``y``::

    max  Σ holding·x + missed·u − Σ cost·y
    Σ z of a need ≤ 1,   Σ x of an excess ≤ excess
    least·z ≤ x ≤ wanted·z,   u ≤ x,   u ≤ urgent·z,   z ≤ y of its lane

It is the fixed-charge transportation problem (W. Hirsch and G. Dantzig, *The fixed charge problem*,
Naval Research Logistics Quarterly 15, 1968), with a need served from one place.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .network import Move, Need, Option

#: Share of the best gain at which a solution is good enough.
GAP = 0.005
#: Of more options the programme alone takes longer to write than there is time to solve it.
MOST_OPTIONS = 20_000


def is_available() -> bool:
    """Whether there is a solver here."""
    return find_spec("scipy") is not None


def solve_moves(
    needs: Mapping[int, Need],
    stocks: Mapping[int, float],
    options: Sequence[Option],
    lane_costs: Mapping[int, float],
    seconds: float,
) -> list[Move] | None:
    """Moves of the best total gain less the costs of their lanes.

    :param seconds: after which the best that was found so far is returned
    :return: None when nothing was found in time
    :raise ImportError: scipy is not installed
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    from .network import Move

    if not options or seconds <= 0 or len(options) > MOST_OPTIONS:
        return None
    lanes = sorted({o.lane for o in options if lane_costs.get(o.lane, 0.0) > 0})
    count, total = len(options), 3 * len(options) + len(lanes)
    steps, urgent, used = range(count), range(count, 2 * count), range(2 * count, 3 * count)
    paid = {lane: 3 * count + index for index, lane in enumerate(lanes)}
    gain, upper, whole = np.zeros(total), np.ones(total), np.ones(total)
    rows = _Rows()
    for o, option in enumerate(options):
        need = needs[option.need]
        most = _most_steps(need, stocks[option.stock])
        gain[steps[o]], gain[urgent[o]] = option.holding * need.step, option.missed
        upper[steps[o]], upper[urgent[o]] = most, max(need.urgent, 0.0)
        whole[urgent[o]] = 0
        rows.add({steps[o]: 1.0, used[o]: -most})
        rows.add({used[o]: math.ceil(need.least / need.step - 1e-6), steps[o]: -1.0})
        rows.add({urgent[o]: 1.0, steps[o]: -need.step})
        rows.add({urgent[o]: 1.0, used[o]: -need.urgent})
        if option.lane in paid:
            rows.add({used[o]: 1.0, paid[option.lane]: -1.0})
    for lane, column in paid.items():
        gain[column] = -lane_costs[lane]
    by_need, by_stock = defaultdict(dict), defaultdict(dict)
    for o, option in enumerate(options):
        by_need[option.need][used[o]] = 1.0
        by_stock[option.stock][steps[o]] = needs[option.need].step
    for shares in by_need.values():
        rows.add(shares, 1.0)
    for key, shares in by_stock.items():
        rows.add(shares, stocks[key])
    matrix = coo_array(
        (rows.values, (rows.rows, rows.columns)), shape=(len(rows.limits), total)
    ).tocsr()
    result = milp(
        -gain,
        integrality=whole,
        bounds=Bounds(0, upper),
        constraints=LinearConstraint(matrix, -np.inf, np.array(rows.limits)),
        options={"time_limit": seconds, "mip_rel_gap": GAP},
    )
    if result.x is None:
        return None
    moves = []
    for o, option in enumerate(options):
        need = needs[option.need]
        quantity = round(round(float(result.x[steps[o]])) * need.step, 9)
        if quantity > 0 and result.x[used[o]] > 0.5:
            value = option.holding * quantity + option.missed * min(quantity, need.urgent)
            moves.append(Move(option.need, option.stock, option.lane, quantity, value))
    return moves


def _most_steps(need: Need, available: float) -> float:
    return float(max(math.floor(min(need.quantity, available) / need.step + 1e-6), 0))


class _Rows:
    """Constraints ``Σ coefficient · variable ≤ limit``, as they are collected."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.limits: list[float] = []

    def add(self, coefficients: Mapping[int, float], limit: float = 0.0) -> None:
        self.rows += [len(self.limits)] * len(coefficients)
        self.columns += coefficients.keys()
        self.values += coefficients.values()
        self.limits.append(limit)
