"""When a vendor takes orders, and what that means for the days that an order has to cover.

Under periodic review what is ordered now must last until the *next possible* order has arrived: the
protection interval is the time to the next order after this one, plus its lead time (E. Silver, D.
Pyke and D. Thomas, *Inventory and Production Management in Supply Chains*, 4th ed., 6.9: the (R, S)
system). Order days and cut-offs make R what the vendor's calendar says instead of a constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import TypeVar

import numpy as np

Number = TypeVar("Number", float, np.ndarray)


@dataclass(frozen=True)
class OrderCalendar:
    """Days on which a vendor takes orders.

    :ivar weekdays: 0 is Monday … 6 Sunday; empty is every day
    :ivar cutoff: hours since midnight until which an order still counts for the day, 24 the whole
        day; on the vendor's clock
    :ivar review: days that lie between two orders at least
    """

    weekdays: frozenset[int] = frozenset()
    cutoff: float = 24.0
    review: int = 1


def order_moment(calendar: OrderCalendar, day: date, zone: tzinfo) -> datetime:
    """Last moment at which an order counts for a day, with the time zone.

    In the hour that a clock change leaves out or repeats, the earlier moment counts: to be late
    costs more than to be early.
    """
    minutes = min(round(calendar.cutoff * 60), 24 * 60)
    if minutes >= 24 * 60:
        wall = datetime.combine(day, time(23, 59, 59))
    else:
        wall = datetime.combine(day, time(minutes // 60, minutes % 60))
    localize = getattr(zone, "localize", None)
    # pytz: is_dst=True is the earlier of two; other zones have ``fold`` 0 for it.
    return localize(wall, is_dst=True) if localize else wall.replace(tzinfo=zone)


def order_moments(
    calendar: OrderCalendar, now: datetime, zone: tzinfo
) -> tuple[datetime, datetime]:
    """The next moment by which one can order, and the one after it.

    :param now: with a time zone
    :raises ValueError: without one
    """
    if now.tzinfo is None:
        raise ValueError("the moment needs a time zone")
    today = now.astimezone(zone).date()
    first = _next(calendar, today, now, zone)
    second = _next(calendar, first + timedelta(days=max(calendar.review, 1)), now, zone)
    return order_moment(calendar, first, zone), order_moment(calendar, second, zone)


def _next(calendar: OrderCalendar, day: date, now: datetime, zone: tzinfo) -> date:
    # Eight days: this weekday's cut-off may be over.
    days = [day + timedelta(days=step) for step in range(8)]
    return next(
        day
        for day in days
        if (not calendar.weekdays or day.weekday() in calendar.weekdays)
        and order_moment(calendar, day, zone) >= now
    )


def order_schedule(
    calendar: OrderCalendar, moments: Sequence[datetime], zone: tzinfo
) -> tuple[list[int], list[int]]:
    """When orders are placed by somebody who looks at the stock once a day.

    What can wait for the next look without missing an order day waits for it.

    :param moments: of looking, in order, on the clock of whoever orders
    :param zone: of the vendor
    :return: for each moment but the last, the days until an order of that moment counts, -1 when
        none is placed; and the days until the order after it counts, 0 where that is not known
    """
    placed: list[tuple[int, date, date]] = []
    for index, (now, then) in enumerate(pairwise(moments)):
        day = _next(calendar, now.astimezone(zone).date(), now, zone)
        moment = order_moment(calendar, day, zone)
        soon = placed and (day - placed[-1][1]).days < calendar.review
        if moment < then and not soon:
            placed.append((index, day, moment.astimezone(now.tzinfo).date()))
    wait, review = [-1] * (len(moments) - 1), [0] * (len(moments) - 1)
    for index, _day, counts in placed:
        wait[index] = (counts - moments[index].date()).days
    for (index, _day, _counts), (_index, _next_day, counts) in pairwise(placed):
        review[index] = (counts - moments[index].date()).days
    return wait, review


def quantile_after(days: Number, interval: Number, mean: Number, quantile: Number) -> Number:
    """Demand not exceeded over another number of days, from that over the interval.

    The mean grows in proportion to the days, the deviation from it with their square root, as for
    a sum of independent days.

    :param days: >= 0; all may be arrays
    :param interval: days that ``mean`` and ``quantile`` are for, > 0
    """
    share = days / interval
    return mean * share + (quantile - mean) * share**0.5


def latest_order_day(calendar: OrderCalendar, day: date, now: datetime, zone: tzinfo) -> date:
    """The last day on which one can order so that it counts not later than a day.

    Both are days as whoever orders counts them; the vendor's order day may be another one on its
    own clock. An order day of today's whose cut-off is over is gone.

    :param now: in the time zone of whoever orders
    :param zone: of the vendor
    """
    # The order day may be tomorrow there; back to the same weekday a week ago.
    for each in (day - timedelta(days=back) for back in range(-1, 15)):
        if calendar.weekdays and each.weekday() not in calendar.weekdays:
            continue
        moment = order_moment(calendar, each, zone).astimezone(now.tzinfo)
        if moment.date() <= day and (moment >= now or moment.date() < now.date()):
            return moment.date()
    return day
