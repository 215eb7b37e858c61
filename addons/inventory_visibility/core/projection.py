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
class Change:
    """What is planned for one day: `incoming` and `outgoing` cross the border of the place,
    `change` is what they add to the stock that may be sold.
    """

    day: date
    incoming: float
    outgoing: float
    change: float


@dataclass(frozen=True)
class Step:
    """A day on which something changes: the balance at its end, and the ATP from then on."""

    day: date
    incoming: float
    outgoing: float
    balance: float
    atp: float


def project(
    today: date, opening: float, safety: float, changes: Iterable[Change], digits: int = 6
) -> list[Step]:
    """Return the steps of the projection; the first is today, also when nothing is planned then.

    :param opening: what could be sold if nothing were planned
    :param safety: quantity kept back
    :param changes: in any order; what lies before today counts today
    :param digits: decimal places of the results
    """
    days: dict[date, list[float]] = {today: [0.0, 0.0, 0.0]}
    for one in changes:
        sums = days.setdefault(max(one.day, today), [0.0, 0.0, 0.0])
        for index, quantity in enumerate((one.incoming, one.outgoing, one.change)):
            sums[index] += quantity
    balance, rows = opening, []
    for day in sorted(days):
        incoming, outgoing, change = days[day]
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
