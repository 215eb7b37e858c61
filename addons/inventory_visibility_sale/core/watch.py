"""Are promises that were given still kept? Who gets what, and when.

What is there and what arrives is dealt out to the deliveries of one product in one place: first to
those that have it reserved, then in the order in which they are planned, as Odoo's forecast report
does. A promise is broken when its last unit arrives after the promised day.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date

from .promise import TOLERANCE

KEPT = "kept"
AT_RISK = "at_risk"
BROKEN = "broken"
DONE = "done"


@dataclass(frozen=True)
class Arrival:
    """A planned receipt. `overdue` when it was planned for a day that has passed."""

    day: date
    quantity: float
    overdue: bool = False


@dataclass(frozen=True)
class Demand:
    """A planned delivery.

    :param key: identifies it in the result
    :param quantity: not delivered yet
    :param reserved: the part of it that stock on hand is reserved for
    :param rank: orders deliveries of one day; smaller comes first
    """

    key: Hashable
    day: date
    quantity: float
    reserved: float = 0.0
    rank: tuple = ()


@dataclass(frozen=True)
class Cover:
    """When a delivery has all that it needs.

    :param day: None when nothing planned covers it
    :param missing: the part that nothing covers
    :param overdue: whether it waits for a receipt that should have been there already
    :param arrival: the day of the last receipt that it waits for, None when stock is enough
    """

    day: date | None
    missing: float = 0.0
    overdue: bool = False
    arrival: date | None = None


def deal(
    today: date, on_hand: float, arrivals: Iterable[Arrival], demands: Iterable[Demand]
) -> dict[Hashable, Cover]:
    """Give what is on hand and what arrives to the deliveries, each unit once.

    :param on_hand: usable stock, the reserved part included
    """
    demands = list(demands)
    reserved = sum(min(demand.reserved, demand.quantity) for demand in demands)
    free = max(on_hand - reserved, 0.0)
    lots = [Arrival(today, free)] if free > TOLERANCE else []
    first_arrival = len(lots)
    lots += sorted(arrivals, key=lambda arrival: (max(arrival.day, today), arrival.day))
    left = [lot.quantity for lot in lots]
    covers, position = {}, 0
    for demand in sorted(demands, key=lambda one: (one.day, one.rank)):
        need = demand.quantity - min(demand.reserved, demand.quantity)
        day, overdue, arrival = today, False, None
        while need > TOLERANCE and position < len(lots):
            taken = min(need, left[position])
            need -= taken
            left[position] -= taken
            if taken > TOLERANCE:
                lot = lots[position]
                day = max(day, lot.day)
                overdue |= lot.overdue
                arrival = max(lot.day, today) if position >= first_arrival else arrival
            if left[position] <= TOLERANCE:
                position += 1
        if need > TOLERANCE:
            covers[demand.key] = Cover(None, need, overdue, arrival)
        else:
            covers[demand.key] = Cover(day, 0.0, overdue, arrival)
    return covers


def judge(promised: date, today: date, covers: Iterable[Cover]) -> str:
    """Is a promise kept by what covers its deliveries?

    `BROKEN` when a part comes later than promised or not at all, or when the promised day has
    passed; `AT_RISK` when it is in time only if a receipt that is overdue comes after all.
    """
    covers = list(covers)
    if promised < today or any(cover.day is None or cover.day > promised for cover in covers):
        return BROKEN
    return AT_RISK if any(cover.overdue for cover in covers) else KEPT
