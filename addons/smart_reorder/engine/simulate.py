"""What a policy would have held, ordered and missed: stock played through demand that is known.

Each day begins with the receipts of that day; then the review, whose orders arrive ``lead`` days
after the day on which the vendor takes them; then the demand, of which the part that is not there
is lost. Many products and many settings of a policy are played at once.

Source: S. Axsäter, *Inventory Control*, 3rd ed., 5.1-5.3 (fill rate, lost sales, review systems).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

NOTHING = 1e-9  # in quantities of the unit
#: What becomes of the orders of a day: of the day, and (n, g) quantities, positions and minima.
Settle = Callable[[int, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Outcome:
    """Totals over the days that count, each (n, g): products × settings. Units of the product.

    :ivar stock: mean stock at the end of a day
    :ivar sold: demand served
    :ivar lost: demand not served
    :ivar orders: orders placed
    :ivar ordered: units ordered
    """

    stock: np.ndarray
    sold: np.ndarray
    lost: np.ndarray
    orders: np.ndarray
    ordered: np.ndarray

    def unit_fill(self, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """(g,) share of all units asked for that were served; NaN without demand."""
        sold, lost = self.sold[rows].sum(0), self.lost[rows].sum(0)
        return _share(sold, sold + lost)

    def product_fill(self, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """(g,) mean over the products with demand of their own fill."""
        fill = _share(self.sold[rows], self.sold[rows] + self.lost[rows])
        return np.nanmean(fill, axis=0) if fill.size else np.full(fill.shape[1], np.nan)

    def total_stock(self, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """(g,) mean units on hand of all products together."""
        return self.stock[rows].sum(0)


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)


def play(
    demand: np.ndarray,
    least: np.ndarray,
    most: np.ndarray,
    lead: np.ndarray,
    *,
    review: int = 1,
    refresh: int = 7,
    count_from: np.ndarray | int = 0,
    start: np.ndarray | None = None,
    multiple: np.ndarray | float = 1.0,
    minimum: np.ndarray | float = 0.0,
    wait: np.ndarray | None = None,
    settle: Settle | None = None,
) -> Outcome:
    """Play min/max policies whose figures are refreshed every ``refresh`` days.

    An order up to the level at every review is a minimum equal to the maximum. As Odoo's rules do,
    an order is placed when the position is strictly below the minimum.

    :param demand: (n, T) per day
    :param least: (k, n, g) minimum in force from day ``i·refresh`` on
    :param most: (k, n, g) maximum, likewise
    :param lead: (n,) or scalar int >= 0, days from order to receipt
    :param review: days between two looks at the position
    :param count_from: (n,) or scalar, first day whose stock, sales and orders count
    :param start: (n, g) stock at the beginning; by default the first maximum
    :param multiple: (n,) or scalar, orders are rounded up to whole multiples of it
    :param minimum: (n,) or scalar, what is ordered at least
    :param wait: (n, T) days until an order of the day counts, negative on days on which none is
        placed; by default orders count at once, every ``review`` days
    :param settle: what the products' orders of a day come to together
    :raises ValueError: fewer refreshed figures than the days need
    """
    n, days = demand.shape
    least, most = np.asarray(least, float), np.asarray(most, float)
    settings = least.shape[2]
    if least.shape[0] * refresh < days:
        raise ValueError("there are too few refreshed minima for the days")
    lead = np.broadcast_to(np.asarray(lead, dtype=np.int64), (n,))
    step = np.broadcast_to(np.asarray(multiple, float), (n,))[:, None]
    smallest = np.broadcast_to(np.asarray(minimum, float), (n,))[:, None]
    first = np.broadcast_to(np.asarray(count_from, dtype=np.int64), (n,))
    if wait is None:
        wait = np.where(np.arange(days) % review == 0, 0, -1)[None, :]
    wait = np.broadcast_to(wait, (n, days))
    ring = int(lead.max(initial=0)) + int(wait.max(initial=0)) + 1
    due = np.zeros((ring, n, settings))
    on_hand = np.array(most[0] if start is None else start, dtype=float)
    on_order = np.zeros((n, settings))
    zeros = (np.zeros((n, settings)) for _i in range(5))
    stock, sold, lost, orders, ordered = zeros
    for day in range(days):
        slot = day % ring
        on_hand += due[slot]
        on_order -= due[slot]
        due[slot] = 0.0
        counted = (day >= first)[:, None]
        taken = wait[:, day] >= 0
        if taken.any():
            low, high = least[day // refresh], most[day // refresh]
            position = on_hand + on_order
            below = taken[:, None] & (position < low - NOTHING)
            wanted = np.where(below, np.maximum(high - position, smallest), 0.0)
            quantity = np.ceil(np.maximum(wanted, 0.0) / step - NOTHING) * step
            if settle and below.any():
                quantity = settle(day, quantity, position, low)
            delay = lead + wait[:, day]
            at_once = taken & (delay == 0)
            on_hand[at_once] += quantity[at_once]
            later = np.flatnonzero(taken & (delay > 0))
            due[(day + delay[later]) % ring, later] += quantity[later]
            on_order[later] += quantity[later]
            orders += counted & (quantity > 0)
            ordered += np.where(counted, quantity, 0.0)
        asked = demand[:, day, None]
        served = np.minimum(on_hand, asked)
        on_hand -= served
        sold += np.where(counted, served, 0.0)
        lost += np.where(counted, asked - served, 0.0)
        stock += np.where(counted, on_hand, 0.0)
    return Outcome(stock / np.maximum(days - first, 1)[:, None], sold, lost, orders, ordered)


def at_fill(fill: np.ndarray, value: np.ndarray, target: float) -> float:
    """Value of a curve at a fill rate, between the two settings around it.

    Interpolated over ln(1 - fill), along which stock is nearly straight.

    :param fill: (g,) of the settings
    :param value: (g,) what the settings hold, cost …
    :return: NaN when no two settings enclose the target: nothing is extrapolated
    """
    order = np.argsort(fill)
    x = -np.log(np.maximum(1.0 - np.asarray(fill, float)[order], 1e-9))
    y = np.asarray(value, float)[order]
    goal = -np.log(1.0 - target)
    if not x.size or not np.isfinite(x).all() or goal < x[0] or goal > x[-1]:
        return float("nan")
    return float(np.interp(goal, x, y))
