"""What to buy when the money does not suffice for all, and what another unit of money would bring.

Each product offers quantities; each is worth the missed sales that it avoids. With a budget the
best choice takes the products' steps in the order of worth per money until it is used up: that
ratio, of the last step, is the budget's shadow price λ, its Lagrange multiplier (L. Snyder and
Z.-J. Shen, *Fundamentals of Supply Chain Theory*, 2nd ed., on newsvendors with a budget; for
quantities in steps: the multiple-choice knapsack and its linear relaxation, P. Sinha and A.
Zoltners, 1979). Minimums make steps uneven, so only those on the upper concave hull are steps; what
is left of the money afterwards is spent by branch and bound when there are few products, else
greedily.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

EXACT_NODES = 20_000  # that branch and bound may look at
EPSILON = 1e-9
_NORMAL = NormalDist()


def normal_loss(level: float, mean: float, deviation: float) -> float:
    """``E[(D - level)+]`` of normal demand: ``σ·(φ(z) - z·(1 - Φ(z)))`` (Snyder & Shen, C.3)."""
    if deviation <= 0:
        return max(mean - level, 0.0)
    z = (level - mean) / deviation
    return deviation * (_NORMAL.pdf(z) - z * (1 - _NORMAL.cdf(z)))


def avoided(
    quantity: float, position: float, mean: float, deviation: float, missed: float
) -> float:
    """Worth of a quantity: the missed sales that it avoids.

    :param position: stock without it
    :param mean: demand until the next order arrives, with its standard deviation
    :param missed: what a missed unit costs
    """
    before = normal_loss(position, mean, deviation)
    return missed * (before - normal_loss(position + quantity, mean, deviation))


def deviation_of(mean: float, quantile: float, level: float) -> float:
    """Standard deviation of normal demand with that quantile; of Poisson demand where the level
    says nothing of it.
    """
    z = _NORMAL.inv_cdf(min(max(level, 1e-6), 1 - 1e-6))
    if z < 0.1 or quantile <= mean:
        return math.sqrt(max(mean, 0.0))
    return (quantile - mean) / z


@dataclass(frozen=True)
class Item:
    """Quantities to choose from, ascending; the first one is the least, usually nothing.

    :ivar cost: of each quantity, ascending
    :ivar worth: of each quantity
    """

    key: int
    quantity: tuple[float, ...]
    cost: tuple[float, ...]
    worth: tuple[float, ...]


@dataclass(frozen=True)
class Choice:
    """:ivar quantity: by key of the item
    :ivar spent: money
    :ivar worth: of all together
    :ivar shadow_price: what the next unit of money would be worth, 0 when there is enough
    """

    quantity: dict[int, float]
    spent: float
    worth: float
    shadow_price: float


def steps(wanted: float, step: float, least: float, most: int = 24) -> tuple[float, ...]:
    """Quantities to choose from: nothing, then from the minimum on in steps up to what is wanted.

    :param most: at most so many steps, so that products in single pieces do not offer thousands
    """
    first = min(max(least, step), wanted)
    count = max(math.ceil((wanted - first) / step - 1e-6), 0)
    stride = step * max(math.ceil(count / most), 1)
    out = [0.0, first]
    while out[-1] + stride < wanted - EPSILON:
        out.append(round(out[-1] + stride, 9))
    if out[-1] < wanted - EPSILON:
        out.append(wanted)
    return tuple(out)


def hull(item: Item) -> list[int]:
    """Indices of the choices on the upper concave hull of worth over cost."""
    kept: list[int] = []
    for index in range(len(item.cost)):
        if kept and item.worth[index] <= item.worth[kept[-1]] + EPSILON:
            continue
        while len(kept) > 1 and _ratio(item, kept[-1], index) >= _ratio(item, kept[-2], kept[-1]):
            kept.pop()
        kept.append(index)
    return kept


def _ratio(item: Item, low: int, high: int) -> float:
    cost = item.cost[high] - item.cost[low]
    worth = item.worth[high] - item.worth[low]
    return worth / cost if cost > EPSILON else math.inf


def spend(items: Sequence[Item], budget: float, exact_items: int = 30) -> Choice:
    """Choose a quantity of each item, worth most in all, for no more than the budget.

    :param exact_items: up to so many items the best choice is looked for by branch and bound
    """
    chosen = {item.key: 0 for item in items}
    spent = sum(item.cost[0] for item in items)
    hulls = {item.key: hull(item) for item in items}
    by_key = {item.key: item for item in items}
    queue: list[tuple[float, int, int]] = []

    def offer(item: Item, position: int) -> None:
        kept = hulls[item.key]
        if position + 1 < len(kept):
            ratio = _ratio(item, kept[position], kept[position + 1])
            heapq.heappush(queue, (-ratio, item.key, position))

    for item in items:
        offer(item, 0)
    shadow = 0.0
    while queue:
        negative, key, position = heapq.heappop(queue)
        item, kept = by_key[key], hulls[key]
        more = item.cost[kept[position + 1]] - item.cost[kept[position]]
        if spent + more > budget + EPSILON:
            # The first step without money sets the price; cheaper ones may still fit.
            shadow = shadow or -negative
            continue
        chosen[key] = kept[position + 1]
        spent += more
        offer(item, position + 1)
    if shadow and len(items) <= exact_items:
        chosen = _branch(items, budget, chosen)
    return _choice(items, chosen, shadow)


def _choice(items: Sequence[Item], chosen: dict[int, int], shadow: float) -> Choice:
    return Choice(
        {item.key: item.quantity[chosen[item.key]] for item in items},
        sum(item.cost[chosen[item.key]] for item in items),
        sum(item.worth[chosen[item.key]] for item in items),
        shadow,
    )


def _branch(items: Sequence[Item], budget: float, greedy: dict[int, int]) -> dict[int, int]:
    """Depth first over the items, bounded by the linear relaxation of those that are left."""
    best = dict(greedy)
    best_worth = sum(item.worth[greedy[item.key]] for item in items)
    ordered = sorted(items, key=lambda item: -(max(item.worth) - item.worth[0]))
    segments = [_segments(ordered[depth:]) for depth in range(len(ordered) + 1)]
    least = [sum(item.cost[0] for item in ordered[depth:]) for depth in range(len(ordered) + 1)]
    base = [sum(item.worth[0] for item in ordered[depth:]) for depth in range(len(ordered) + 1)]
    nodes = 0
    path: dict[int, int] = {}

    def visit(depth: int, money: float, worth: float) -> None:
        nonlocal best, best_worth, nodes
        nodes += 1
        if depth == len(ordered):
            if worth > best_worth + EPSILON:
                best, best_worth = dict(path), worth
            return
        item = ordered[depth]
        for index in sorted(range(len(item.cost)), key=lambda i: -item.worth[i]):
            left = money - item.cost[index]
            if nodes > EXACT_NODES or left < least[depth + 1] - EPSILON:
                continue
            bound = base[depth + 1] + _relaxed(segments[depth + 1], left - least[depth + 1])
            if worth + item.worth[index] + bound <= best_worth + EPSILON:
                continue
            path[item.key] = index
            visit(depth + 1, left, worth + item.worth[index])
        path.pop(item.key, None)

    visit(0, budget, 0.0)
    return best


def _segments(items: Sequence[Item]) -> list[tuple[float, float]]:
    """(cost, worth) of the hulls' steps, the best ratio first."""
    out = []
    for item in items:
        kept = hull(item)
        for low, high in pairwise(kept):
            out.append((item.cost[high] - item.cost[low], item.worth[high] - item.worth[low]))
    return sorted(out, key=lambda step: -(step[1] / step[0] if step[0] > EPSILON else math.inf))


def _relaxed(segments: Sequence[tuple[float, float]], money: float) -> float:
    total = 0.0
    for cost, worth in segments:
        if cost >= money:
            return total + (worth * money / cost if cost > EPSILON else 0.0)
        total, money = total + worth, money - cost
    return total
