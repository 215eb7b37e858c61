"""Where safety stock sits in a network: the guaranteed-service model.

Each place promises the places that it supplies a service time ``S``: it delivers within so many
days whatever happens (up to the bound ``z·σ·√days`` on demand). A place that is itself promised
``SI`` days and needs ``T`` days to get and handle the goods must cover the *net replenishment time*
``SI + T - S`` by stock, which costs ``h·z·σ·√(SI + T - S)``. Holding it once at the centre pools
the places' risk (``√(σ₁² + σ₂²)`` instead of ``σ₁ + σ₂``), holding it at the places saves the days
in between; dynamic programming over the service times finds the least cost.

Source: S. Graves and S. Willems, *Optimizing strategic safety stock placement in supply chains*
(2000); L. Snyder and Z.-J. Shen, *Fundamentals of Supply Chain Theory*, 2nd ed., 6.3. A place may
have several suppliers and several customers as long as the network is a tree, whichever way the
goods go along its edges; Odoo's routes, one supplier each, are a special case.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from .distributions import FloatArray


@dataclass(frozen=True)
class Node:
    """A place.

    :ivar supplier: key of the place that supplies it, the keys of several when it needs goods of
        all of them; None for a vendor
    :ivar days: T, to get and handle the goods, whole days
    :ivar holding: h, cost of holding a unit for a year
    :ivar deviation: σ of its own customers' demand a day, 0 without customers
    :ivar wait: days that its customers wait; what it promises to them at most
    :ivar inbound: SI of what comes from a vendor
    """

    key: int
    supplier: int | tuple[int, ...] | None
    days: int
    holding: float
    deviation: float = 0.0
    wait: int = 0
    inbound: int = 0

    @property
    def suppliers(self) -> tuple[int, ...]:
        if self.supplier is None:
            return ()
        return (self.supplier,) if isinstance(self.supplier, int) else self.supplier


@dataclass(frozen=True)
class Placement:
    """:ivar service: S of each place, by its key
    :ivar net_days: net replenishment time that each covers
    :ivar stock: safety stock of each
    :ivar cost: of holding it, a year
    """

    service: dict[int, int]
    net_days: dict[int, int]
    stock: dict[int, float]
    cost: float


@dataclass
class _Place:
    """A place as the tree is walked.

    :ivar variance: of a day's demand, of all places that it supplies
    :ivar latest: the longest SI that it can be promised
    :ivar cost: (SI, S) least cost of it and of all that is further from the root
    """

    node: Node
    customers: list[int] = field(default_factory=list)
    variance: float = 0.0
    latest: int = 0
    cost: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))


def place_safety_stock(nodes: Sequence[Node], z: float) -> Placement:
    """:param z: safety factor, so that demand of ``t`` days is bounded by its mean + z·σ·√t
    :raises ValueError: when places supply each other in a circle, a supplier is missing, or goods
        reach a place in two ways
    """
    places = {node.key: _Place(node, variance=node.deviation**2) for node in nodes}
    for node in nodes:
        for supplier in node.suppliers:
            if supplier not in places:
                raise ValueError(f"the supplier of {node.key} is not in the network")
            places[supplier].customers.append(node.key)
    downwards = _downwards(nodes, places)
    for key in reversed(downwards):
        places[key].variance += sum(places[one].variance for one in places[key].customers)
    for key in downwards:
        node = places[key].node
        promised = (places[one].latest + places[one].node.days for one in node.suppliers)
        places[key].latest = max(node.inbound, *promised, 0)
    inbound, service = {}, {}
    walk = list(_from_roots(nodes, places))
    for key, parent in reversed(walk):
        places[key].cost = _costs(places, key, parent, z)
    for key, parent in walk:
        place = places[key]
        if parent is None:
            best = np.unravel_index(int(place.cost.argmin()), place.cost.shape)
            inbound[key], service[key] = int(best[0]), int(best[1])
        elif parent in place.node.suppliers:
            # No sooner than what it needs is delivered.
            least = service[parent]
            inbound[key] = least + int(place.cost[least:].min(axis=1).argmin())
            service[key] = int(place.cost[inbound[key]].argmin())
        else:
            # In time for whom it supplies.
            service[key] = int(place.cost[:, : inbound[parent] + 1].min(axis=0).argmin())
            inbound[key] = int(place.cost[:, service[key]].argmin())
    net = {key: inbound[key] + places[key].node.days - service[key] for key in downwards}
    stock = {key: z * math.sqrt(places[key].variance * net[key]) for key in downwards}
    cost = sum(places[key].node.holding * stock[key] for key in downwards)
    return Placement(service, net, stock, cost)


def _downwards(nodes: Sequence[Node], places: dict[int, _Place]) -> list[int]:
    """Keys, each after all its suppliers."""
    missing = {node.key: len(node.suppliers) for node in nodes}
    order = [key for key, count in missing.items() if not count]
    for key in order:
        for customer in places[key].customers:
            missing[customer] -= 1
            if not missing[customer]:
                order.append(customer)
    if len(order) != len(nodes):
        raise ValueError("places supply each other in a circle")
    return order


def _from_roots(
    nodes: Sequence[Node], places: dict[int, _Place]
) -> Iterator[tuple[int, int | None]]:
    """Each place after its parent, whichever of both supplies the other; roots have none."""
    seen: set[int] = set()
    for root in nodes:
        ways: list[tuple[int, int | None]] = [] if root.key in seen else [(root.key, None)]
        for key, parent in ways:
            if key in seen:
                raise ValueError(f"goods reach {key} in two ways")
            seen.add(key)
            yield key, parent
            ways += [(one, key) for one in _neighbours(places[key]) if one != parent]


def _neighbours(place: _Place) -> tuple[int, ...]:
    return *place.node.suppliers, *place.customers


def _costs(places: dict[int, _Place], key: int, parent: int | None, z: float) -> FloatArray:
    """(SI, S) least cost of a place and of all beyond it, infinite where they cannot be."""
    place, node = places[key], places[key].node
    most = place.latest + node.days
    if node.deviation > 0 or not place.customers:
        most = min(node.wait, most)
    net = np.arange(place.latest + 1)[:, None] + node.days - np.arange(most + 1)[None, :]
    factor = node.holding * z * math.sqrt(place.variance)
    cost = np.where(net >= 0, factor * np.sqrt(np.maximum(net, 0)), np.inf)
    cost[: node.inbound] = np.inf
    for other in _neighbours(place):
        if other == parent:
            continue
        table = places[other].cost
        if other in node.suppliers:
            # It may be quicker than it has to be.
            least = np.minimum.accumulate(table.min(axis=0))
            cost += least[np.minimum(np.arange(place.latest + 1), least.size - 1)][:, None]
        else:
            least = np.minimum.accumulate(table.min(axis=1)[::-1])[::-1]
            cost += least[: most + 1]
    return cost
