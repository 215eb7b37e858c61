"""Which offer a rule chooses, and why: the same offers and rule always give the same answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

CHEAPEST = "cheapest"
FASTEST = "fastest"

#: fewer deliveries than this say nothing about a lane
LEAST_DELIVERIES = 10


@dataclass(frozen=True)
class Offer:
    """A service that can be chosen.

    :param arrival: the day on which it is promised, ``None`` when it is not
    :param on_time: share of deliveries of this lane that kept their promise, ``None``: unknown
    """

    key: str
    name: str
    price: Decimal
    arrival: date | None = None
    on_time: float | None = None


@dataclass(frozen=True)
class Choice:
    """:param offer: ``None`` when none fits; ``reason`` says why"""

    offer: Offer | None
    reason: str


def choose(
    offers: Sequence[Offer],
    strategy: str,
    *,
    latest: date | None = None,
    least_on_time: float = 0.0,
) -> Choice:
    """The offer of a rule.

    :param strategy: :data:`CHEAPEST` or :data:`FASTEST`; ties go to the other, then to the name
    :param latest: arrivals after it, and unknown ones, are out
    :param least_on_time: share below which a lane is out; lanes without a history stay in
    """
    if not offers:
        return Choice(None, "No service is offered.")
    fitting = [one for one in offers if latest is None or (one.arrival and one.arrival <= latest)]
    if not fitting:
        return Choice(None, f"None of {len(offers)} services is promised until {latest}.")
    late = len(offers) - len(fitting)
    reliable = [one for one in fitting if one.on_time is None or one.on_time >= least_on_time]
    if not reliable:
        return Choice(None, f"No lane is on time in {least_on_time:.0%} of its deliveries.")
    unreliable = len(fitting) - len(reliable)
    never = date.max
    if strategy == FASTEST:
        best = min(reliable, key=lambda one: (one.arrival or never, one.price, one.name))
    else:
        best = min(reliable, key=lambda one: (one.price, one.arrival or never, one.name))
    parts = [f"The {'fastest' if strategy == FASTEST else 'cheapest'} of {len(reliable)} services"]
    if latest:
        parts.append(f"promised until {latest}")
    out = []
    if late:
        out.append(f"{late} arrive later or promise nothing")
    if unreliable:
        out.append(f"{unreliable} are late too often")
    reason = ", ".join(parts) + (f" ({'; '.join(out)})" if out else "") + "."
    return Choice(best, reason)


def on_time_share(kept: int, delivered: int) -> float | None:
    """Share of promises that were kept; ``None`` for too few to say."""
    return kept / delivered if delivered >= LEAST_DELIVERIES else None
