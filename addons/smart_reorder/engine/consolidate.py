"""Orders that have to be large enough: a vendor's order minimum, and full trucks or containers.

What is missing is filled with what would be ordered next anyway. A step of a product that is needed
only ``t`` days from now costs ``rate · price · step · t / 365`` to hold until then; steps are taken
in the order of that cost per unit of what is missing, which for a minimum in money is simply what
will be needed soonest (marginal analysis as in B. Fox, *Discrete optimization via marginal
analysis*, 1966: the cost of each product's steps rises with its cover, so taking the cheapest step
each time is optimal but for the last one).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .policy import DAYS_PER_YEAR

EPSILON = 1e-9
MEASURES = ("value", "quantity", "weight", "volume")


@dataclass(frozen=True)
class Line:
    """What is to be ordered of a product.

    :ivar quantity: in the product's unit, 0 when nothing is needed yet
    :ivar spare: days until the quantity after ``quantity`` is needed
    :ivar daily: demand per day
    :ivar step: in which quantities grow
    :ivar least: quantity with which an order begins, the vendor's minimum for the product
    :ivar most: quantity that can be taken at most
    :ivar urgent: quantity that cannot be put off
    """

    key: int
    quantity: float
    price: float
    daily: float
    spare: float = 0.0
    step: float = 1.0
    least: float = 0.0
    most: float = math.inf
    urgent: float = 0.0
    weight: float = 0.0
    volume: float = 0.0

    def measure(self, name: str) -> float:
        """Of one unit."""
        return {
            "value": self.price,
            "quantity": 1.0,
            "weight": self.weight,
            "volume": self.volume,
        }[name]


@dataclass(frozen=True)
class Terms:
    """:ivar minimum: what an order must reach, by measure
    :ivar load: what a truck or container holds, by measure; empty without
    :ivar least_share: of a minimum or load that must be needed, to fill up the rest
    :ivar early_days: how many days before its time something may be ordered
    """

    minimum: Mapping[str, float] = field(default_factory=dict)
    load: Mapping[str, float] = field(default_factory=dict)
    least_share: float = 0.5
    early_days: float = 60.0


@dataclass(frozen=True)
class Outcome:
    """:ivar quantity: by key of the line
    :ivar decision: ``enough``, ``filled``, ``trimmed`` or ``wait``
    :ivar measure: what decided: of the minimum or load that was missed
    :ivar needed: how much of it was needed before
    :ivar wanted: the minimum, or the loads filled, in the measure
    :ivar cost: of holding what is ordered before its time, until then
    :ivar loads: trucks or containers
    """

    quantity: dict[int, float]
    decision: str
    measure: str = ""
    needed: float = 0.0
    wanted: float = 0.0
    cost: float = 0.0
    loads: int = 0


def consolidate(
    lines: Sequence[Line],
    terms: Terms,
    holding_rate: float,
    already: Mapping[str, float] | None = None,
) -> Outcome:
    """Make an order of lines that meets the terms, or say that it waits.

    :param holding_rate: share of the value a year
    :param already: what the vendor's open request holds already, by measure
    """
    already = already or {}
    before = {line.key: line.quantity for line in lines}
    if not any(quantity > EPSILON for quantity in before.values()):
        return Outcome(before, "enough")
    outcome = _reach_minimum(lines, terms, holding_rate, already)
    if outcome.decision == "wait" or not terms.load:
        return outcome
    return _fill_loads(lines, terms, holding_rate, already, outcome)


def _reach_minimum(
    lines: Sequence[Line], terms: Terms, rate: float, already: Mapping[str, float]
) -> Outcome:
    quantity = {line.key: line.quantity for line in lines}
    # The one that is furthest away decides.
    shares = minimum_shares(lines, quantity, terms, already)
    name = min(shares, key=lambda key: shares[key], default="")
    if not name or shares[name] >= 1 - EPSILON:
        return Outcome(quantity, "enough")
    needed = already.get(name, 0.0) + measure(lines, quantity, name)
    wanted = terms.minimum[name]
    waiting = Outcome(dict.fromkeys(quantity, 0.0), "wait", name, needed, wanted)
    if shares[name] < terms.least_share - EPSILON:
        return waiting
    cost = 0.0
    for each in sorted(shares, key=lambda key: shares[key]):
        missing = terms.minimum[each] - already.get(each, 0.0) - measure(lines, quantity, each)
        more, spent = _fill(lines, quantity, each, missing, terms.early_days, rate, {})
        if more < missing - EPSILON:
            return waiting
        cost += spent
    return Outcome(quantity, "filled", name, needed, wanted, cost)


def _fill_loads(
    lines: Sequence[Line],
    terms: Terms,
    rate: float,
    already: Mapping[str, float],
    outcome: Outcome,
) -> Outcome:
    """Fill the last truck when it is full enough, else leave what can wait for the next one."""
    quantity = dict(outcome.quantity)
    used = {
        name: (already.get(name, 0.0) + measure(lines, quantity, name)) / holds
        for name, holds in terms.load.items()
        if holds > EPSILON
    }
    name = max(used, key=lambda key: used[key], default="")
    if not name or used[name] <= EPSILON:
        return outcome
    full = math.floor(used[name] + 1e-6)
    rest = used[name] - full
    holds, needed = terms.load[name], used[name] * terms.load[name]
    if rest <= 1e-6:
        return Outcome(quantity, outcome.decision, name, needed, needed, outcome.cost, full)
    if rest < terms.least_share - EPSILON and full:
        loads, decision, cost = full, "trimmed", 0.0
        if not _trim(lines, quantity, name, rest * holds):
            # What is urgent does not fit: it comes in a truck that is not full.
            return Outcome(
                dict(outcome.quantity),
                outcome.decision,
                name,
                needed,
                needed,
                outcome.cost,
                full + 1,
            )
    elif rest < terms.least_share - EPSILON:
        return Outcome(dict.fromkeys(quantity, 0.0), "wait", name, needed, holds)
    else:
        loads, decision = full + 1, "filled"
        room = {
            each: loads * size - already.get(each, 0.0) - measure(lines, quantity, each)
            for each, size in terms.load.items()
        }
        cost = _fill(lines, quantity, name, room[name], terms.early_days, rate, room)[1]
    return Outcome(quantity, decision, name, needed, loads * holds, outcome.cost + cost, loads)


def minimum_shares(
    lines: Sequence[Line],
    quantity: Mapping[int, float],
    terms: Terms,
    already: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """By measure, how much of its minimum an order reaches; empty without minimums.

    :param already: as for :func:`consolidate`
    """
    already = already or {}
    return {
        name: (already.get(name, 0.0) + measure(lines, quantity, name)) / wanted
        for name, wanted in terms.minimum.items()
        if wanted > EPSILON
    }


def measure(lines: Sequence[Line], quantity: Mapping[int, float], name: str) -> float:
    """Value, quantity, weight or volume of an order."""
    return sum(quantity[line.key] * line.measure(name) for line in lines)


def _fill(
    lines: Sequence[Line],
    quantity: dict[int, float],
    name: str,
    missing: float,
    early_days: float,
    rate: float,
    room: Mapping[str, float],
) -> tuple[float, float]:
    """Raise quantities in place until ``missing`` is reached, never beyond ``room``.

    :return: what was added of the measure, and the cost of holding it until it is needed
    """
    queue: list[tuple[float, int]] = []
    by_key = {line.key: line for line in lines}
    left = dict(room)
    for line in lines:
        _offer(queue, line, quantity[line.key], name, early_days)
    added, cost = 0.0, 0.0
    while queue and added < missing - EPSILON:
        _cost, key = heapq.heappop(queue)
        line = by_key[key]
        step = _next_step(line, quantity[key])
        if any(step * line.measure(each) > left[each] + 1e-6 for each in left):
            continue  # another product may still fit
        cost += rate * line.price * step * _days_early(line, quantity[key]) / DAYS_PER_YEAR
        quantity[key] = round(quantity[key] + step, 9)
        added += step * line.measure(name)
        for each in left:
            left[each] -= step * line.measure(each)
        _offer(queue, line, quantity[key], name, early_days)
    return added, cost


def _next_step(line: Line, quantity: float) -> float:
    return max(line.least, line.step) if quantity <= EPSILON else line.step


def _days_early(line: Line, quantity: float) -> float:
    """Days until the next step would be needed."""
    return line.spare + max(quantity - line.quantity, 0.0) / line.daily


def _offer(
    queue: list[tuple[float, int]], line: Line, quantity: float, name: str, early_days: float
) -> None:
    step = _next_step(line, quantity)
    if line.daily <= 0 or line.measure(name) <= 0 or quantity + step > line.most + EPSILON:
        return
    days = _days_early(line, quantity)
    # The last piece of the step is the one that waits longest.
    if days + (step - line.step) / line.daily > early_days + EPSILON:
        return
    heapq.heappush(queue, (days * line.price / line.measure(name), line.key))


def _trim(lines: Sequence[Line], quantity: dict[int, float], name: str, excess: float) -> bool:
    """Take off what is needed last, in place, but nothing urgent.

    :return: whether that was enough
    """
    while excess > EPSILON:
        able = [
            line
            for line in lines
            if quantity[line.key] - line.step >= max(line.urgent, line.least) - EPSILON
            and line.measure(name) > 0
            and line.daily > 0
        ]
        if not able:
            return False
        line = max(able, key=lambda each: (quantity[each.key] - each.urgent) / each.daily)
        quantity[line.key] = round(quantity[line.key] - line.step, 9)
        excess -= line.step * line.measure(name)
    return True
