"""Incremental discounts: each price holds for the units above its minimum, not for the whole order.

Source: L. Snyder and Z.-J. Shen, *Fundamentals of Supply Chain Theory*, 2nd ed., 3.4.3. In region
``j`` an order of ``q`` costs ``F_j + c_j·q`` with ``F_j = Σ_{i<=j} b_i·(c_{i-1} - c_i)``: what was
paid more for the first units works like a cost of ordering.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .policy import DAYS_PER_YEAR, MAX_BREAK_COVER, PriceBreak, eoq, round_up


@dataclass(frozen=True)
class Region:
    """:ivar extra: F_j, what the units before the region cost more than its price
    :ivar ceiling: where the next region begins
    """

    line: PriceBreak
    extra: float
    ceiling: float


def regions(breaks: Sequence[PriceBreak]) -> list[Region]:
    """Of price lines, the lowest minimum first. Lines that are not cheaper are left out."""
    kept: list[PriceBreak] = []
    for line in sorted(breaks, key=lambda b: (b.minimum, b.price)):
        if not kept or line.price < kept[-1].price:
            kept.append(line)
    out, extra = [], 0.0
    for index, line in enumerate(kept):
        if index:
            extra += line.minimum * (kept[index - 1].price - line.price)
        ceiling = kept[index + 1].minimum if index + 1 < len(kept) else math.inf
        out.append(Region(line, extra, ceiling))
    return out


def order_value(quantity: float, breaks: Sequence[PriceBreak]) -> float:
    """What an order costs."""
    region = _region_of(quantity, breaks)
    return region.extra + region.line.price * quantity if region else 0.0


def average_price(quantity: float, breaks: Sequence[PriceBreak]) -> float:
    """What a unit of an order costs on average; the first price for an order of nothing."""
    if quantity > 0:
        return order_value(quantity, breaks) / quantity
    found = regions(breaks)
    return found[0].line.price if found else 0.0


def _region_of(quantity: float, breaks: Sequence[PriceBreak]) -> Region | None:
    found = regions(breaks)
    reached = [region for region in found if region.line.minimum <= quantity + 1e-9]
    return (reached or found[:1] or [None])[-1]


def yearly_cost(
    quantity: float,
    breaks: Sequence[PriceBreak],
    order_cost: float,
    yearly_demand: float,
    holding_rate: float,
) -> float:
    """Purchase, ordering and holding cost of a year when ``quantity`` is ordered each time."""
    value = order_value(quantity, breaks)
    return (order_cost + value) * yearly_demand / quantity + holding_rate * value / 2


def eoq_incremental_discount(
    order_cost: float, yearly_demand: float, holding_rate: float, breaks: Sequence[PriceBreak]
) -> tuple[float, PriceBreak, float]:
    """Best quantity, the price line of its region and the yearly cost."""
    best: tuple[float, PriceBreak, float] | None = None
    for region in regions(breaks):
        price = region.line.price
        quantity = eoq(order_cost + region.extra, yearly_demand, holding_rate * price)
        if not region.line.minimum <= quantity < region.ceiling:
            continue
        cost = yearly_cost(quantity, breaks, order_cost, yearly_demand, holding_rate)
        if best is None or cost < best[2]:
            best = (quantity, region.line, cost)
    if best is None:
        raise ValueError("no price line given")
    return best


def better_quantity(
    quantity: float,
    breaks: Sequence[PriceBreak],
    step: float,
    daily_demand: float,
    order_cost: float,
    holding_rate: float,
) -> tuple[float, float] | None:
    """A larger quantity whose cheaper units pay for holding it, and what it saves a year.

    Never more than :data:`~.policy.MAX_BREAK_COVER` days of demand.
    """
    if daily_demand <= 0 or holding_rate <= 0 or quantity <= 0:
        return None
    yearly = daily_demand * DAYS_PER_YEAR
    here = yearly_cost(quantity, breaks, order_cost, yearly, holding_rate)
    limit = daily_demand * MAX_BREAK_COVER
    best = None
    for region in regions(breaks)[1:]:
        wanted = eoq(order_cost + region.extra, yearly, holding_rate * region.line.price)
        wanted = min(max(wanted, region.line.minimum), region.ceiling, limit)
        larger = round_up(wanted, step)
        if larger <= quantity or larger > limit + step:
            continue
        cost = yearly_cost(larger, breaks, order_cost, yearly, holding_rate)
        if cost < here - 1e-9 and (best is None or cost < best[0]):
            best = (cost, larger)
    return (best[1], here - best[0]) if best else None
