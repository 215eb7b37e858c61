"""Where safety stock sits in a network: the guaranteed-service model.

Each place promises the places that it supplies a service time ``S``: it delivers within so many
days whatever happens (up to the bound ``z·σ·√days`` on demand). A place that is itself promised
``SI`` days and needs ``T`` days to get and handle the goods must cover the *net replenishment time*
``SI + T - S`` by stock, which costs ``h·z·σ·√(SI + T - S)``. Holding it once at the centre pools
the places' risk (``√(σ₁² + σ₂²)`` instead of ``σ₁ + σ₂``), holding it at the places saves the days
in between; dynamic programming over the service times finds the least cost.

Source: S. Graves and S. Willems, *Optimizing strategic safety stock placement in supply chains*
(2000); L. Snyder and Z.-J. Shen, *Fundamentals of Supply Chain Theory*, 2nd ed., 6.3. Each place
has one supplier here, as Odoo's routes have it, so the tree is walked from the ends to the root.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """A place.

    :ivar supplier: key of the place that supplies it; None for a vendor
    :ivar days: T, to get and handle the goods, whole days
    :ivar holding: h, cost of holding a unit for a year
    :ivar deviation: σ of its own customers' demand a day, 0 without customers
    :ivar wait: days that its customers wait; what it promises to them
    :ivar inbound: SI of what comes from a vendor
    """

    key: int
    supplier: int | None
    days: int
    holding: float
    deviation: float = 0.0
    wait: int = 0
    inbound: int = 0


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


def place_safety_stock(nodes: Sequence[Node], z: float) -> Placement:
    """:param z: safety factor, so that demand of ``t`` days is bounded by its mean + z·σ·√t
    :raises ValueError: when places supply each other in a circle, or a supplier is missing
    """
    by_key = {node.key: node for node in nodes}
    children: dict[int, list[int]] = {node.key: [] for node in nodes}
    for node in nodes:
        if node.supplier is not None:
            if node.supplier not in by_key:
                raise ValueError(f"the supplier of {node.key} is not in the network")
            children[node.supplier].append(node.key)
    order = _downwards(nodes, children)
    variance = {node.key: node.deviation**2 for node in nodes}
    latest = {}  # the longest SI that a place can be promised
    for key in order:
        node = by_key[key]
        supplier = node.supplier
        latest[key] = (
            node.inbound
            if supplier is None
            else latest[supplier] + by_key[supplier].days + node.inbound
        )
    best: dict[int, list[tuple[float, int]]] = {}
    for key in reversed(order):
        for child in children[key]:
            variance[key] += variance[child]
        best[key] = [
            _best_service(by_key[key], inbound, children[key], best, variance[key], z)
            for inbound in range(latest[key] + 1)
        ]
    service, net, stock = {}, {}, {}
    cost = 0.0
    for key in order:
        node = by_key[key]
        inbound = node.inbound + (0 if node.supplier is None else service[node.supplier])
        service[key] = best[key][inbound][1]
        net[key] = inbound + node.days - service[key]
        stock[key] = z * math.sqrt(variance[key] * net[key])
        cost += node.holding * stock[key]
    return Placement(service, net, stock, cost)


def _downwards(nodes: Sequence[Node], children: dict[int, list[int]]) -> list[int]:
    order = [node.key for node in nodes if node.supplier is None]
    for key in order:
        order.extend(children[key])
    if len(order) != len(nodes):
        raise ValueError("places supply each other in a circle")
    return order


def _best_service(
    node: Node,
    inbound: int,
    children: Sequence[int],
    best: dict[int, list[tuple[float, int]]],
    variance: float,
    z: float,
) -> tuple[float, int]:
    """Least cost from here on down, and the service time that has it."""
    most = inbound + node.days
    # Who sells to customers promises them what they wait for, and the places below no less.
    choices = range(most + 1)
    if node.deviation > 0 or not children:
        choices = range(min(node.wait, most), min(node.wait, most) + 1)
    found = []
    for service in choices:
        cost = node.holding * z * math.sqrt(variance * (most - service))
        cost += sum(best[child][min(service, len(best[child]) - 1)][0] for child in children)
        found.append((cost, service))
    return min(found)
