"""When to order and how much.

Sources: L. Snyder and Z.-J. Shen, *Fundamentals of Supply Chain Theory*, 2nd ed.: economic order
quantity 3.2, all-units discount 3.4.2, newsvendor 4.3; E. Silver, D. Pyke and D. Thomas,
*Inventory and Production Management in Supply Chains*, 4th ed., ch. 6: the (R, s, S) policy with
undershoot covered by including the review period in the protection interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .caps import round_to_packaging

DAYS_PER_YEAR = 365.0
# Never order more than this many days of demand for the sake of a lower price.
MAX_BREAK_COVER = 180.0


def eoq(order_cost: float, yearly_demand: float, holding_cost: float) -> float:
    """Economic order quantity ``√(2Kλ/h)`` (Snyder & Shen, 3.2).

    :param order_cost: K, per order
    :param yearly_demand: λ, units per year
    :param holding_cost: h, per unit and year, > 0
    """
    if holding_cost <= 0:
        raise ValueError("the holding cost must be positive")
    return math.sqrt(2 * max(order_cost, 0) * max(yearly_demand, 0) / holding_cost)


def yearly_cost(
    quantity: float, price: float, order_cost: float, yearly_demand: float, holding_rate: float
) -> float:
    """Purchase, ordering and holding cost of a year when ``quantity`` is ordered each time."""
    return (
        price * yearly_demand
        + order_cost * yearly_demand / quantity
        + holding_rate * price * quantity / 2
    )


def critical_ratio(shortage_cost: float, holding_cost: float) -> float:
    """Newsvendor's service level ``p / (p + h)`` (Snyder & Shen, 4.3.2)."""
    if shortage_cost <= 0 or holding_cost <= 0:
        raise ValueError("both costs must be positive")
    return shortage_cost / (shortage_cost + holding_cost)


def implied_shortage_cost(level: float, holding_cost: float) -> float:
    """What a shortage must cost for a level to be right: the newsvendor's ratio backwards, ``p =
    h·level/(1 - level)``.

    :param level: taken as 0.5 to 0.999
    """
    level = min(max(level, 0.5), 0.999)
    return holding_cost * level / (1 - level)


def cycle_quantity(
    daily_demand: np.ndarray,
    cycle_days: float,
    unit_cost: np.ndarray,
    order_cost: float = 0.0,
    holding_rate: float = 0.0,
) -> np.ndarray:
    """What an order should last for: the cycle's demand, or the EOQ when that is more.

    :param daily_demand: (n,) units per day
    :param cycle_days: days between two orders that are wanted at least
    :param unit_cost: (n,) value of a unit
    :param order_cost: cost of placing and receiving an order line; 0 leaves the EOQ out
    :param holding_rate: cost of holding, share of the value per year
    """
    quantity = np.maximum(daily_demand, 0) * cycle_days
    if order_cost > 0 and holding_rate > 0:
        holding = holding_rate * np.maximum(unit_cost, 0)
        square = 2 * order_cost * np.maximum(daily_demand, 0) * DAYS_PER_YEAR
        economic = np.sqrt(np.divide(square, holding, out=np.zeros_like(square), where=holding > 0))
        # A cheap product would be bought for years.
        economic = np.minimum(economic, np.maximum(daily_demand, 0) * MAX_BREAK_COVER)
        quantity = np.maximum(quantity, economic)
    return quantity


def round_up(quantity: float, multiple: float) -> float:
    """Smallest multiple not below ``quantity``; tolerates binary rounding errors of 1e-6
    multiples.
    """
    if multiple <= 0:
        return quantity
    return round(math.ceil(quantity / multiple - 1e-6) * multiple, 9)


def promised_later(
    days: Sequence[float], quantity: Sequence[float], interval: float, mean: float
) -> float:
    """Part of the open deliveries that the position need not give up now.

    What is due after the protection interval can still be ordered for in time. What is due within
    it is part of the demand that the reorder point covers already, as far as that much was
    expected: a forecast is *consumed* by the orders that fulfil it. What is overdue counts in full.

    :param days: days until each open delivery is due; 0 or less is overdue
    :param quantity: what is to be delivered
    :param interval: days of the protection interval
    :param mean: demand expected over the interval
    """
    after = sum(q for d, q in zip(days, quantity, strict=True) if d > interval)
    within = sum(q for d, q in zip(days, quantity, strict=True) if 0 < d <= interval)
    return after + min(within, max(mean, 0.0))


@dataclass(frozen=True)
class PriceBreak:
    """A price per unit that holds for the whole order from ``minimum`` on. Both in product
    units.
    """

    minimum: float
    price: float
    key: int = 0  # the caller's own


@dataclass(frozen=True)
class Order:
    """What to order.

    :ivar quantity: final quantity, 0 when nothing is needed
    :ivar needed: quantity before minimum, multiple and price breaks
    :ivar effects: what changed it, in order: ``minimum``, ``multiple``, ``price_break``
    :ivar price_break: the price line that applies, None without prices
    :ivar saving: of a year, by the price break
    :ivar unit_price: of the order, on average
    """

    quantity: float
    needed: float
    effects: tuple[str, ...] = ()
    price_break: PriceBreak | None = None
    saving: float = 0.0
    unit_price: float = 0.0


def order_quantity(
    position: float,
    reorder_point: float,
    order_up_to: float,
    *,
    rounding: float = 1.0,
    multiple: float = 0.0,
    breaks: Sequence[PriceBreak] = (),
    daily_demand: float = 0.0,
    order_cost: float = 0.0,
    holding_rate: float = 0.0,
    incremental: bool = False,
    nearest: bool = False,
    most: float = math.inf,
) -> Order:
    """Order up to the level once the position is below the reorder point.

    Strictly below, as Odoo's own rules do: at the reorder point the demand of the protection
    interval is still covered with the probability wanted.

    :param position: on hand + on order - promised
    :param rounding: step of the unit of measure
    :param multiple: packaging to fill, 0 for none
    :param breaks: price lines of the chosen supplier; the lowest minimum is the least one may order
    :param incremental: each price holds for the units above its minimum, not for the whole order
    :param nearest: round to the nearest packaging as long as the reorder point is reached
    :param most: what lower prices may lead to at most
    """
    if not all(map(math.isfinite, (position, reorder_point, order_up_to))):
        raise ValueError("position, reorder point and order-up-to level must be finite")
    if position >= reorder_point - 1e-9 * max(1.0, abs(reorder_point)):
        return Order(0.0, 0.0)
    needed = max(order_up_to, reorder_point) - position
    quantity = round_up(needed, rounding)
    effects: list[str] = []
    minimum = min((b.minimum for b in breaks), default=0.0)
    if quantity < minimum - 1e-9:
        quantity = round_up(minimum, rounding)
        effects.append("minimum")
    if multiple > 0:
        rounded = round_to_packaging(
            quantity, multiple, nearest=nearest, floor=max(reorder_point - position, minimum)
        )
        if abs(rounded - quantity) > 1e-9:
            effects.append("multiple" if rounded > quantity else "multiple_down")
        quantity = rounded
    if incremental:
        return _incremental_order(
            Order(quantity, needed, tuple(effects)),
            breaks,
            multiple or rounding,
            daily_demand,
            order_cost,
            holding_rate,
            most,
        )
    line = price_for(quantity, breaks)
    saving = 0.0
    offered = [line for line in breaks if line.minimum <= most]
    better = _better_break(
        quantity, line, offered, multiple or rounding, daily_demand, order_cost, holding_rate
    )
    if better and line:
        quantity, new_line, saving = better
        line = new_line
        effects.append("price_break")
    price = line.price if line else 0.0
    return Order(quantity, needed, tuple(effects), line, saving, price)


def _incremental_order(
    order: Order,
    breaks: Sequence[PriceBreak],
    step: float,
    daily_demand: float,
    order_cost: float,
    holding_rate: float,
    most: float,
) -> Order:
    from . import discounts  # it builds on this module

    quantity, effects, saving = order.quantity, order.effects, 0.0
    better = discounts.better_quantity(
        quantity, breaks, step, daily_demand, order_cost, holding_rate
    )
    if better and better[0] <= most:
        quantity, saving = better
        effects = (*effects, "price_break")
    price = discounts.average_price(quantity, breaks)
    line = price_for(quantity, breaks)
    return Order(quantity, order.needed, effects, line, saving, price)


def price_for(quantity: float, breaks: Sequence[PriceBreak]) -> PriceBreak | None:
    """The cheapest price line whose minimum the quantity reaches; the lowest minimum otherwise."""
    reached = [b for b in breaks if b.minimum <= quantity + 1e-9]
    if reached:
        return min(reached, key=lambda b: b.price)
    return min(breaks, key=lambda b: b.minimum, default=None)


def _better_break(
    quantity: float,
    line: PriceBreak | None,
    breaks: Sequence[PriceBreak],
    step: float,
    daily_demand: float,
    order_cost: float,
    holding_rate: float,
) -> tuple[float, PriceBreak, float] | None:
    """A larger quantity whose lower price pays for holding it (all-units discount)."""
    if line is None or daily_demand <= 0 or holding_rate <= 0:
        return None
    yearly = daily_demand * DAYS_PER_YEAR
    here = yearly_cost(quantity, line.price, order_cost, yearly, holding_rate)
    best = None
    for candidate in breaks:
        if candidate.price >= line.price or candidate.minimum <= quantity:
            continue
        larger = round_up(candidate.minimum, step)
        if larger > max(daily_demand * MAX_BREAK_COVER, quantity):
            continue
        there = yearly_cost(larger, candidate.price, order_cost, yearly, holding_rate)
        if there < here - 1e-9 and (best is None or there < best[0]):
            best = (there, larger, candidate)
    if best is None:
        return None
    return best[1], best[2], here - best[0]


def eoq_all_units_discount(
    order_cost: float, yearly_demand: float, holding_rate: float, breaks: Sequence[PriceBreak]
) -> tuple[float, PriceBreak, float]:
    """Best quantity, its price line and yearly cost under all-units discounts (Snyder & Shen,
    3.4.2).
    """
    ordered = sorted(breaks, key=lambda b: b.minimum)
    best: tuple[float, PriceBreak, float] | None = None
    for index, line in enumerate(ordered):
        ceiling = ordered[index + 1].minimum if index + 1 < len(ordered) else math.inf
        quantity = max(eoq(order_cost, yearly_demand, holding_rate * line.price), line.minimum)
        if quantity >= ceiling:
            continue
        cost = yearly_cost(quantity, line.price, order_cost, yearly_demand, holding_rate)
        if best is None or cost < best[2]:
            best = (quantity, line, cost)
    if best is None:
        raise ValueError("no price line given")
    return best
