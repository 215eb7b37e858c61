"""The projected balance of a product in a place, and what can be promised for a day.

The balance at the end of a day is the opening one plus all changes up to and including that day.
What can be promised for day *d* (available to promise, ATP) is the minimum of the balance from *d*
on, less the safety stock: what leaves on *d* is missing on every later day, where it must not be
missing for a promise that was made before. This is cumulative ATP without look-ahead (APICS
Dictionary). It never falls from one day to a later one.

Quantities are in the unit of the product; days are those of the place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Line:
    """A part of what is known of a product in a place.

    :ivar day: when it is planned for; None for what is there now
    :ivar opening: what could be sold if nothing were planned
    :ivar safety: quantity kept back
    :ivar incoming: quantity that crosses the border of the place inwards
    :ivar outgoing: quantity that crosses it outwards
    :ivar change: what they add to the stock that may be sold
    """

    day: date | None
    opening: float = 0.0
    safety: float = 0.0
    incoming: float = 0.0
    outgoing: float = 0.0
    change: float = 0.0


@dataclass(frozen=True)
class Step:
    """A day on which something changes: the balance at its end, and the ATP from then on."""

    day: date
    incoming: float
    outgoing: float
    balance: float
    atp: float


def project(today: date, lines: Iterable[Line], digits: int = 6) -> list[Step]:
    """Return the steps of the projection; the first is today, also when nothing is planned then.

    :param lines: in any order; what lies before today counts today
    :param digits: decimal places of the quantities
    """
    opening = safety = 0.0
    days: dict[date, list[float]] = {today: [0.0, 0.0, 0.0]}
    for line in lines:
        opening += line.opening
        safety += line.safety
        if line.day:
            sums = days.setdefault(max(line.day, today), [0.0, 0.0, 0.0])
            for index, quantity in enumerate((line.incoming, line.outgoing, line.change)):
                sums[index] += quantity
    balance, rows = round(opening, digits), []
    for day in sorted(days):
        incoming, outgoing, change = (round(quantity, digits) for quantity in days[day])
        balance = round(balance + change, digits)
        rows.append((day, incoming, outgoing, balance))
    lowest, steps = float("inf"), []
    for day, incoming, outgoing, balance in reversed(rows):
        lowest = min(lowest, balance)
        steps.append(Step(day, incoming, outgoing, balance, round(lowest - safety, digits)))
    return steps[::-1]


def atp_on(steps: list[Step], day: date) -> float:
    """Return what can be promised for `day`: nothing for a day that is past."""
    index = bisect_right([step.day for step in steps], day)
    return steps[index - 1].atp if index else 0.0
