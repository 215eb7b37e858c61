"""How old stock is: the layers that remain of receipts, place by place, and what they are worth.

Physical age has nothing to do with the cost method: goods leave a place first in, first out, and
what is carried to another place takes its age along. So the units that lie at a place are the
youngest that came to it, each as old as the receipt (or the found, made or returned goods) with
which it entered the company.

A place that delivered more than it had owes goods; what comes next pays that first. What a transfer
carries without having had it is as old as the transfer.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from .book import NOTHING
from .money import spread

Place = Hashable

#: Bounds in days between the buckets where nobody has set others.
BOUNDS = (30, 60, 90, 180, 365)


# tuples, not data classes: there are as many as movements, and these are made faster
class Flow(NamedTuple):
    """What came to a place (quantity above zero) or left it.

    :param key: what leaves one place and what comes to another under the same key are the same
        goods: a product move
    :param origin: anything; the layer that a receipt opens carries it
    """

    key: Hashable
    place: Place
    quantity: float
    moment: datetime
    origin: object = None


class Layer(NamedTuple):
    """Goods that came in one receipt. A negative quantity (without moment) is owed."""

    quantity: float
    moment: datetime | None = None
    origin: object = None


class _Queue:
    """Goods at a place, the oldest first."""

    def __init__(self) -> None:
        self.layers: deque[Layer] = deque()
        self.owed = 0.0

    def take(self, quantity: float) -> list[Layer]:
        """Return the oldest layers; what is missing is owed."""
        taken = []
        while self.layers and quantity > NOTHING:
            first = self.layers.popleft()
            part = min(first.quantity, quantity)
            taken.append(Layer(part, first.moment, first.origin))
            quantity -= part
            if first.quantity - part > NOTHING:
                self.layers.appendleft(Layer(first.quantity - part, first.moment, first.origin))
        if quantity > NOTHING:
            self.owed += quantity
        return taken

    def put(self, layer: Layer) -> None:
        quantity = layer.quantity - self.owed
        self.owed = max(self.owed - layer.quantity, 0.0)
        if quantity <= NOTHING:
            return
        # what a transfer brings may be older than what is there; a queue by age, not by arrival
        position = len(self.layers)
        while position and self.layers[position - 1].moment > layer.moment:
            position -= 1
        before = self.layers[position - 1] if position else None
        if before and (before.moment, before.origin) == (layer.moment, layer.origin):
            whole = Layer(before.quantity + quantity, layer.moment, layer.origin)
            self.layers[position - 1] = whole
        else:
            self.layers.insert(position, Layer(quantity, layer.moment, layer.origin))


def get_layers(flows: Iterable[Flow]) -> dict[Place, list[Layer]]:
    """Return what remains at each place, the oldest layer first.

    :param flows: in the order in which they happened; of a key, what leaves before what comes
    """
    queues: dict[Place, _Queue] = defaultdict(_Queue)
    under_way: dict[Hashable, deque[Layer]] = {}
    for flow in flows:
        queue = queues[flow.place]
        if flow.quantity < 0:
            taken = queue.take(-flow.quantity)
            if taken:
                under_way.setdefault(flow.key, deque()).extend(taken)
            continue
        missing = flow.quantity
        carried = under_way.get(flow.key)
        while carried and missing > NOTHING:
            layer = carried.popleft()
            part = min(layer.quantity, missing)
            queue.put(Layer(part, layer.moment, layer.origin))
            missing -= part
            if layer.quantity - part > NOTHING:
                carried.appendleft(Layer(layer.quantity - part, layer.moment, layer.origin))
        if missing > NOTHING:
            queue.put(Layer(missing, flow.moment, flow.origin))
    remaining = {}
    for place, queue in queues.items():
        if queue.owed > NOTHING:
            remaining[place] = [Layer(-queue.owed)]
        elif queue.layers:
            remaining[place] = list(queue.layers)
    return remaining


def share_value(
    value: int, layers: Sequence[Layer], costs: Sequence[tuple[float, float]] = ()
) -> list[int]:
    """Share a place's value out over its layers, by largest remainder: nothing is lost.

    :param value: in cents
    :param costs: under FIFO (quantity, unit cost) of the cost layers that the place holds, the
        oldest first: the oldest goods have the oldest cost. Without them, or where they say
        nothing, each unit is worth the same.
    """
    quantities = [layer.quantity for layer in layers]
    weights = _weigh(quantities, costs) if costs and min(quantities) > 0 else quantities
    if min(weights) < 0 or not any(weights):
        weights = [abs(quantity) for quantity in quantities]
    return spread(value, weights)


def _weigh(quantities: Sequence[float], costs: Sequence[tuple[float, float]]) -> list[float]:
    """Return what layers cost when both they and the costs are used up from the oldest."""
    pool = deque((quantity, cost) for quantity, cost in costs if quantity > NOTHING)
    weights = []
    last = pool[-1][1] if pool else 0.0
    for quantity in quantities:
        weight, missing = 0.0, quantity
        while pool and missing > NOTHING:
            held, cost = pool.popleft()
            part = min(held, missing)
            weight += part * cost
            missing -= part
            if held - part > NOTHING:
                pool.appendleft((held - part, cost))
        weights.append(weight + max(missing, 0.0) * last)
    return weights


def parse_bounds(text: str) -> list[int]:
    """Return the bounds of the buckets from a text such as ``30, 60, 90``.

    :raise ValueError: it is not a list of growing numbers of days above zero
    """
    bounds = [int(part) for part in text.replace(";", ",").split(",")]
    if any(bound <= 0 for bound in bounds) or bounds != sorted(set(bounds)):
        raise ValueError(f"{text!r} are not growing numbers of days")
    return bounds


def get_bucket(days: int | None, bounds: Sequence[int]) -> tuple[int | None, int | None]:
    """Return from which day to which the bucket of an age goes, both included.

    The last bucket has no end; what has no age (it is owed) has a bucket of its own without either.

    >>> get_bucket(31, [30, 60])
    (31, 60)
    """
    if days is None:
        return None, None
    begin = 0
    for bound in bounds:
        if days <= bound:
            return begin, bound
        begin = bound + 1
    return begin, None


@dataclass(frozen=True)
class Limits:
    """From how many days on stock is slow or dead, and beyond how many days of cover in excess."""

    slow: int = 90
    dead: int = 180
    excess: int = 180


def get_state(age: int | None, idle: int | None, limits: Limits) -> str:
    """Return whether goods move: ``moving``, ``slow`` or ``dead``.

    Goods have their chance first: neither what came lately nor what has left lately is slow.

    :param age: days since they came; None for what is owed
    :param idle: days since anything of the product left the warehouse; None if it never did
    """
    if age is None:
        return "moving"
    still = age if idle is None else min(age, idle)
    if still >= limits.dead:
        return "dead"
    return "slow" if still >= limits.slow else "moving"


def get_excess(quantities: Sequence[float], daily_demand: float, days: int) -> list[float]:
    """Return how much of each layer is more than is asked for within `days`.

    The oldest is sold first, so the excess is in the youngest layers. Without demand nothing is
    said: such stock is slow or dead instead.

    :param quantities: of all layers in a warehouse, the oldest first
    """
    if daily_demand <= 0:
        return [0.0] * len(quantities)
    needed = daily_demand * days
    excess = []
    for quantity in quantities:
        used = min(max(needed, 0.0), max(quantity, 0.0))
        needed -= used
        excess.append(max(quantity - used, 0.0))
    return excess
