"""Orders made of what products need: large enough for the vendor, and within the money.

What a night's settlement decides from proposals, for each day of a replay: orders below the
vendor's minimum are filled up or wait (:mod:`.consolidate`); when the money of a period does not
suffice, it goes where it avoids most missed sales (:mod:`.budget`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .budget import Item, avoided, deviation_of, spend, steps
from .consolidate import MEASURES, Line, Terms, consolidate, minimum_shares
from .distributions import FloatArray
from .policy import round_up

MOST_STEPS = 8  # that a product offers to a budget: a replay asks thousands of times


@dataclass(frozen=True)
class Budget:
    """Money for the orders of days ``first`` … ``last``."""

    first: int
    last: int
    amount: float


@dataclass(frozen=True)
class Supply:
    """The terms under which n products are ordered, quantities in their units.

    :ivar order: (n,) which of the orders with limits each is part of, -1 for none
    :ivar limits: of each of these orders
    :ivar is_bought: (n,) bool, of a vendor; what is not needs no money
    :ivar price: (n,) of a unit, likewise ``weight`` and ``volume``
    :ivar missed: (n,) what a missed unit costs
    :ivar step: (n,) in which quantities grow
    :ivar least: (n,) what is ordered at least
    :ivar holding_rate: share of the value a year
    """

    order: np.ndarray
    limits: Sequence[Terms]
    is_bought: np.ndarray
    price: FloatArray
    weight: FloatArray
    volume: FloatArray
    missed: FloatArray
    step: FloatArray
    least: FloatArray
    holding_rate: float


@dataclass(frozen=True)
class Demand:
    """What is known of the demand, as it was forecast in each of k weeks, each (k, n).

    :ivar mean: over the protection interval
    :ivar quantile: not exceeded over it at the product's level
    :ivar daily: mean of a day
    :ivar level: (n,) between 0 and 1
    """

    mean: FloatArray
    quantile: FloatArray
    daily: FloatArray
    level: FloatArray


class Buyer:
    """Buys day after day for one policy, and remembers what it spent."""

    def __init__(self, supply: Supply, demand: Demand, budgets: Sequence[Budget] = ()) -> None:
        self.supply, self.demand, self.budgets = supply, demand, budgets
        self.spent = [0.0] * len(budgets)
        self.members = [np.flatnonzero(supply.order == one) for one in range(len(supply.limits))]
        measures = (supply.price, np.ones(supply.price.size), supply.weight, supply.volume)
        self.minimums = [
            (measure, np.array([one.minimum.get(name, 0.0) for one in supply.limits]))
            for name, measure in zip(MEASURES, measures, strict=True)
        ]
        self.least_share = np.array([one.least_share for one in supply.limits])
        self.loaded = np.array([bool(one.load) for one in supply.limits])

    def settle(
        self, day: int, quantity: FloatArray, position: FloatArray, reorder: FloatArray
    ) -> FloatArray:
        """(n, 1) what is ordered on a day of the (n, 1) quantities wanted.

        :param position: (n, 1) stock and what is on order
        :param reorder: (n, 1) minimum that the position should have
        """
        wanted = quantity[:, 0].copy()
        if self.supply.limits:
            self._reach_minimums(day, wanted, position[:, 0], reorder[:, 0])
        self._keep_budgets(day, wanted, position[:, 0])
        return wanted[:, None]

    # ------------------------------------------------------------------
    # Minimums
    # ------------------------------------------------------------------

    def _reach_minimums(
        self, day: int, wanted: FloatArray, position: FloatArray, reorder: FloatArray
    ) -> None:
        for order in self._wanting(wanted):
            rows, limits = self.members[order], self.supply.limits[order]
            lines = self._lines(day, rows, wanted, position, reorder)
            outcome = consolidate(lines, limits, self.supply.holding_rate)
            if outcome.decision != "enough":
                wanted[rows] = [outcome.quantity[line.key] for line in lines]

    def _wanting(self, wanted: FloatArray) -> np.ndarray:
        """Orders to be filled up or loaded; what is plainly too small waits, in place.

        Half a year has thousands of orders that are large enough or wait: they are told apart
        here for all at once, as :func:`.consolidate` tells one.
        """
        inside = self.supply.order >= 0
        order, count = self.supply.order[inside], len(self.supply.limits)
        asked = np.bincount(order, wanted[inside] > 0, count) > 0
        share = np.full(count, np.inf)
        for measure, minimum in self.minimums:
            total = np.bincount(order, (wanted * measure)[inside], count)
            reached = np.divide(total, minimum, out=np.full(count, np.inf), where=minimum > 0)
            share = np.minimum(share, reached)
        waits = asked & (share < self.least_share - 1e-9)
        wanted[inside] = np.where(waits[order], 0.0, wanted[inside])
        return np.flatnonzero(asked & ~waits & ((share < 1 - 1e-9) | self.loaded))

    def _lines(
        self,
        day: int,
        rows: np.ndarray,
        wanted: FloatArray,
        position: FloatArray,
        reorder: FloatArray,
    ) -> list[Line]:
        supply, daily = self.supply, self.demand.daily[day // 7, rows]
        spare = np.maximum(position[rows] + wanted[rows] - reorder[rows], 0.0)
        days = np.divide(spare, daily, out=np.zeros(rows.size), where=daily > 0)
        urgent = np.maximum(reorder[rows] - position[rows], 0.0)
        columns = (
            *(rows, wanted[rows], supply.price[rows], daily, days, supply.step[rows]),
            *(supply.least[rows], urgent, supply.weight[rows], supply.volume[rows]),
        )
        return [
            Line(
                key,
                quantity,
                price,
                daily=each_day,
                spare=cover,
                step=step,
                least=least,
                urgent=min(round_up(need, step), quantity),
                weight=weight,
                volume=volume,
            )
            for key, quantity, price, each_day, cover, step, least, need, weight, volume in zip(
                *(column.tolist() for column in columns), strict=True
            )
        ]

    # ------------------------------------------------------------------
    # Money
    # ------------------------------------------------------------------

    def _keep_budgets(self, day: int, wanted: FloatArray, position: FloatArray) -> None:
        valid = [i for i, one in enumerate(self.budgets) if one.first <= day <= one.last]
        for index in valid:
            left = self.budgets[index].amount - self.spent[index]
            if self._cost(wanted) > left + 1e-6:
                self._cut(day, wanted, position, left)
        for index in valid:
            self.spent[index] += self._cost(wanted)

    def _cost(self, wanted: FloatArray) -> float:
        return float((wanted * self.supply.price)[self.supply.is_bought].sum())

    def _cut(self, day: int, wanted: FloatArray, position: FloatArray, left: float) -> None:
        """Leave out what brings least for the money, and orders that would be too small then."""
        rows = np.flatnonzero((wanted > 0) & self.supply.is_bought)
        items = {
            row: self._item(day, row, wanted, position)
            for row in self._affordable(rows, wanted, left)
        }
        wanted[rows] = 0.0
        while items:
            # Greedily: what is right for one night would take too long for a half year of them.
            choice = spend(list(items.values()), left, exact_items=0).quantity
            small = self._smallest_order(choice)
            if not small:
                wanted[list(choice)] = list(choice.values())
                return
            for row in small:
                del items[row]

    def _affordable(self, rows: np.ndarray, wanted: FloatArray, left: float) -> list[int]:
        """Rows whose least quantity, and the least order that it is part of, can be paid."""
        supply = self.supply
        least = np.minimum(np.maximum(supply.least, supply.step)[rows], wanted[rows])
        needed = least * supply.price[rows]
        if supply.limits:
            _price, minimum = self.minimums[0]
            order = supply.order[rows]
            needed = np.where(order >= 0, np.maximum(needed, minimum[order]), needed)
        return rows[needed <= left + 1e-6].tolist()

    def _item(self, day: int, row: int, wanted: FloatArray, position: FloatArray) -> Item:
        supply, demand, week = self.supply, self.demand, day // 7
        mean, price = float(demand.mean[week, row]), float(supply.price[row])
        quantile, level = float(demand.quantile[week, row]), float(demand.level[row])
        deviation = deviation_of(mean, quantile, level)
        offered = steps(
            float(wanted[row]), float(supply.step[row]), float(supply.least[row]), MOST_STEPS
        )
        there, missed = float(position[row]), float(supply.missed[row])
        return Item(
            row,
            offered,
            tuple(price * quantity for quantity in offered),
            tuple(avoided(quantity, there, mean, deviation, missed) for quantity in offered),
        )

    def _smallest_order(self, choice: dict[int, float]) -> list[int]:
        """Products of the order that is furthest below its minimum; none when all reach it."""
        supply, worst, least = self.supply, [], 1 - 1e-6
        orders: dict[int, list[int]] = {}
        for row, quantity in choice.items():
            if quantity > 0 and supply.order[row] >= 0:
                orders.setdefault(int(supply.order[row]), []).append(row)
        for order, rows in orders.items():
            lines = [
                Line(
                    row,
                    choice[row],
                    float(supply.price[row]),
                    daily=0.0,
                    weight=float(supply.weight[row]),
                    volume=float(supply.volume[row]),
                )
                for row in rows
            ]
            shares = minimum_shares(lines, choice, supply.limits[order])
            share = min(shares.values(), default=1.0)
            if share < least:
                worst, least = rows, share
        return worst
