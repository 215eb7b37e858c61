"""When can a quantity be had from a place, and from what?

The available-to-promise quantity (ATP) of a day is the minimum of the projected balance from that
day on (cumulative ATP without look-ahead, see the APICS Dictionary): what leaves on that day is
missing on every later day, and must not be missing for anybody who has been promised before. As
the minimum is taken over fewer days the later the day is, ATP never falls from one day to the
next; the earliest day on which it covers a quantity is the day on which the whole quantity can be
had without breaking another promise.

Quantities are in the unit of the product, days are those of the place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

#: Quantities closer than this are equal; finer than any unit's rounding, coarser than float noise.
TOLERANCE = 1e-7

STOCK = "stock"
INCOMING = "incoming"
TRANSFER = "transfer"
NONE = "none"


@dataclass(frozen=True)
class Supply:
    """The projected balance of one product in one place.

    :param today: the first day that is looked at
    :param balances: ``((day, balance at the end of the day), ...)``, one a day, ascending, of the
        days on which something changes. What may not be promised (safety stock, holds of others,
        blocked stock) is already deducted.
    :param opening: balance before the first of them: what is in stock now. A receipt that is due
        today, or overdue, raises today's balance but not this.
    """

    today: date
    opening: float = 0.0
    balances: tuple[tuple[date, float], ...] = ()

    def _curve(self) -> list[tuple[date, float]]:
        """Balances from today on; today's is the opening one when nothing changes today."""
        curve = [(max(day, self.today), balance) for day, balance in self.balances]
        if not curve or curve[0][0] > self.today:
            curve.insert(0, (self.today, self.opening))
        return curve

    def steps(self) -> list[tuple[date, float]]:
        """``[(day, ATP from that day on), ...]``: non-decreasing, the first is today."""
        steps, lowest = [], float("inf")
        for day, balance in reversed(self._curve()):
            lowest = min(lowest, balance)
            steps.append((day, lowest))
        return steps[::-1]

    def atp(self, day: date) -> float:
        """What can be promised to leave on `day`; before today it is nothing."""
        steps = self.steps()
        index = bisect_right([step[0] for step in steps], day)
        return steps[index - 1][1] if index else 0.0

    def earliest(self, quantity: float) -> date | None:
        """The first day on which the whole quantity can be promised; None if there is none."""
        for day, atp in self.steps():
            if atp >= quantity - TOLERANCE:
                return day
        return None

    def claim(self, day: date, quantity: float) -> Supply:
        """The supply that is left once `quantity` leaves on `day`; a negative one comes back."""
        day = max(day, self.today)
        curve = self._curve()
        if all(known != day for known, _balance in curve):
            index = bisect_right([known for known, _balance in curve], day)
            curve.insert(index, (day, curve[index - 1][1]))
        balances = tuple(
            (known, balance - quantity if known >= day else balance) for known, balance in curve
        )
        opening = self.opening - quantity if day == self.today else self.opening
        return Supply(self.today, opening, balances)

    def now(self) -> float:
        """What can be promised from stock: today, and without waiting for a receipt."""
        return min(self.atp(self.today), self.opening)


@dataclass(frozen=True)
class Resupply:
    """A way to bring stock from another place.

    :param route: id of the route, whatever the caller identifies it by
    :param place: where it comes from
    :param supply: what that place has
    :param days: lead time from there to here
    """

    route: int
    place: int
    supply: Supply
    days: int = 0


@dataclass(frozen=True)
class Option:
    """How a place can serve a quantity.

    :param day: the first day on which the whole quantity can be had, None if there is none
    :param source: `STOCK` (promisable from stock), `INCOMING` (once planned receipts are there),
        `TRANSFER` (a part is brought from another place) or `NONE`
    :param quantity: what was asked for
    :param now: the part of it that can be promised from the stock of the place itself
    :param resupply: where a transfer comes from
    :param transfer: quantity to bring
    :param leave: day on which it has to leave there
    """

    quantity: float
    day: date | None = None
    source: str = NONE
    now: float = 0.0
    resupply: Resupply | None = None
    transfer: float = 0.0
    leave: date | None = None


def find(supply: Supply, quantity: float, resupplies: Iterable[Resupply] = ()) -> Option:
    """The earliest way for a place to serve the whole quantity.

    On the same day stock of the place itself is preferred to a transfer, and the first of several
    transfers to the later ones.
    """
    now = min(max(supply.now(), 0.0), quantity)
    day = supply.earliest(quantity)
    best = Option(quantity, now=now)
    if day is not None:
        source = STOCK if now >= quantity - TOLERANCE else INCOMING
        best = Option(quantity, day=day, source=source, now=now)
    for resupply in resupplies:
        option = _find_transfer(supply, quantity, now, resupply)
        if option and (best.day is None or option.day < best.day):
            best = option
    return best


def _find_transfer(supply: Supply, quantity: float, now: float, resupply: Resupply):
    """The earliest day on which the place's own ATP and a transfer together cover the quantity.

    What the place cannot promise itself on that day has to be promisable at the other place when
    it leaves there, `days` earlier. A negative ATP here is made good too: it belongs to deliveries
    that were promised before.
    """
    lead = timedelta(days=resupply.days)
    first = max(resupply.supply.today + lead, supply.today)
    days = {first}
    days.update(day for day, _atp in supply.steps() if day > first)
    days.update(day + lead for day, _atp in resupply.supply.steps() if day + lead > first)
    for day in sorted(days):
        missing = quantity - supply.atp(day)
        if missing <= TOLERANCE:
            return None  # from then on the place serves it alone
        if resupply.supply.atp(day - lead) >= missing - TOLERANCE:
            return Option(
                quantity,
                day=day,
                source=TRANSFER,
                now=now,
                resupply=resupply,
                transfer=missing,
                leave=day - lead,
            )
    return None


def promise_day(option: Option, wanted: date, margin: int = 0) -> date | None:
    """The day to promise: the wanted one, or later when the goods are.

    :param margin: days of safety added to what is not in stock yet
    """
    if option.day is None:
        return None
    if option.source == STOCK:
        return max(option.day, wanted)
    return max(option.day + timedelta(days=margin), wanted)
