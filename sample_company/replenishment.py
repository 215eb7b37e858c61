"""Simulate how the stock came to where it is.

The source knows what was sold, not how it got there. Here every sale of the source can be served:
branches are replenished from the central warehouse by an order-up-to rule on the demand of the
last weeks, raised where the real demand to come would otherwise find an empty shelf; the central
warehouse orders from the suppliers in the same way. Knowing the future ends with the history: the
last replenishments rest on the rule alone, and for some places it had been put off. So some places
are short today, and some have too much.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .geography import Branch
from .suppliers import Supplier

#: Days of past demand that the order-up-to rule looks at.
WINDOW = 56
#: Part of the product-places whose replenishment was put off lately, and that got too much.
LEAN, FULL = 0.24, 0.07


@dataclass
class Flow:
    """One product at one place, by day of the history: what goes out and what comes back."""

    demand: list[int]
    returns: list[int]

    def rate(self, day: int) -> float:
        """Demand a day over the window before ``day`` (at the start: over the first window)."""
        start = max(day - WINDOW, 0)
        window = self.demand[start : start + WINDOW]
        return sum(window) / WINDOW


@dataclass
class Supply:
    """What a place gets: ``arrivals`` are (sent on day, arrives on day, quantity)."""

    opening: int = 0
    arrivals: list[tuple[int, int, int]] = field(default_factory=list)


def replenish_branch(flow: Flow, branch: Branch, phase: int, rng: random.Random) -> Supply:
    """Transfers from the central warehouse that serve ``flow``, none of them cancelled later."""
    days = len(flow.demand)
    mood = rng.random()
    inner = 6 if flow.rate(days - 1) * 7 > 60 else 1
    supply = Supply()
    reviews = range(phase, days, branch.review_every)
    first_arrival = reviews[0] + branch.transit_days
    start = flow.rate(0)
    supply.opening = sum(flow.demand[:first_arrival]) + round(
        start * (branch.review_every + branch.transit_days)
    )
    on_hand = _Balance(supply.opening, flow)
    for review in reviews:
        arrival = review + branch.transit_days
        following = arrival + branch.review_every
        before = on_hand.before(arrival)
        need = sum(flow.demand[arrival:following]) - before
        cover = branch.review_every + branch.transit_days
        target = flow.rate(review) * cover * 1.25 + 0.9 * (flow.rate(review) * cover) ** 0.5
        wanted = target - before
        if mood < LEAN and review >= days - 45:
            wanted = 0
        elif mood > 1 - FULL and days - 120 <= review < days - 120 + branch.review_every:
            wanted += flow.rate(review) * 150
        quantity = max(need, round(wanted), 0)
        if quantity:
            quantity = -(-quantity // inner) * inner
            supply.arrivals.append((review, arrival, quantity))
            on_hand.add(arrival, quantity)
    return supply


def replenish_central(
    outflow: Sequence[int],
    lead_times: Sequence[tuple[int, int]],
    order_quantity: Callable[[float], int],
    rng: random.Random,
) -> Supply:
    """Orders to a supplier that serve ``outflow``, what is sent to the branches by day.

    :param lead_times: (ordered on day, arrives on day) of the orders to choose from, rising
    :param order_quantity: rounds a need up to what the supplier sells
    """
    days = len(outflow)
    flow = Flow(list(outflow), [0] * days)
    mood = rng.random()
    supply = Supply()
    first_arrival = min(lead_times[0][1], days)
    supply.opening = sum(outflow[:first_arrival]) + round(flow.rate(0) * 14)
    on_hand = _Balance(supply.opening, flow)
    for index, (ordered, arrival) in enumerate(lead_times):
        following = lead_times[index + 1][1] if index + 1 < len(lead_times) else None
        before = on_hand.before(min(arrival, days))
        rate = flow.rate(ordered)
        if arrival >= days:
            # on its way today: it was ordered on the rule alone
            before -= rate * (arrival - days)
        cycle = (following or arrival + 28) - arrival
        need = sum(outflow[arrival:following]) - before if arrival < days else 0
        wanted = rate * (cycle + 10) - before
        if mood < LEAN and ordered >= days - 75:
            wanted = 0
        quantity = max(need, wanted)
        if quantity >= 1:
            quantity = order_quantity(quantity)
            supply.arrivals.append((ordered, arrival, quantity))
            on_hand.add(arrival, quantity)
    return supply


def lead_times(
    supplier: Supplier, days: int, every: int, rng: random.Random
) -> list[tuple[int, int]]:
    """When the orders to a supplier were placed, and when each arrived; arrivals never cross."""
    result: list[tuple[int, int]] = []
    for ordered in range(rng.randrange(2, 9), days, every):
        real = rng.gauss(supplier.lead_days + supplier.late_days, supplier.spread_days)
        arrival = ordered + max(round(real), 2)
        if result:
            arrival = max(arrival, result[-1][1] + 2)
        result.append((ordered, arrival))
    return result


class _Balance:
    """Stock of one place through the history, as far as it is known so far."""

    def __init__(self, opening: int, flow: Flow):
        self._flow = flow
        self._arrivals: dict[int, int] = {}
        self._day = 0
        self._stock = opening

    def add(self, day: int, quantity: int) -> None:
        self._arrivals[day] = self._arrivals.get(day, 0) + quantity

    def before(self, day: int) -> int:
        """Stock in the evening before ``day``; days may only rise from call to call."""
        while self._day < min(day, len(self._flow.demand)):
            self._stock += self._arrivals.pop(self._day, 0)
            self._stock += self._flow.returns[self._day] - self._flow.demand[self._day]
            self._day += 1
        return self._stock + sum(q for arrival, q in self._arrivals.items() if arrival < day)


def total_outflow(supplies: Iterable[Supply], days: int) -> list[int]:
    """What the central warehouse sends away by day, over all branches."""
    result = [0] * days
    for supply in supplies:
        for sent, _arrival, quantity in supply.arrivals:
            result[sent] += quantity
    return result
