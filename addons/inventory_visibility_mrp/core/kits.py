"""What a kit consists of, and how many kits the stock of its components makes.

A kit is never in stock itself. It can be put together as often as its scarcest component allows,
and only whole: of 7 legs and 4 to a table there is one table. What is short of a component is
short of kits as well: with -1 leg, one table that is promised cannot be delivered.

Quantities of components are in their own units, for one unit of the kit.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

Product = TypeVar("Product")

#: Decimal places of a number of kits that are told apart; beyond is what floats make of thirds.
DIGITS = 6

#: Figures that are a part of what is on hand or of what is planned, in the order in which the one
#: after the other is taken away; each counts the kits that cannot be made because of it.
TAKEN = (
    ("qty_reserved", 1),
    ("qty_blocked", 1),
    ("qty_external", -1),
    ("qty_soft_reserved", 1),
    ("qty_safety_stock", 1),
)
OPTIONAL = ("shortage_date", "next_receipt_date")


class EndlessKit(ValueError):
    """A kit contains itself."""


def explode(
    boms: Mapping[Product, Iterable[tuple[Product, float]]],
) -> dict[Product, dict[Product, float]]:
    """Return what each kit takes of what is no kit itself.

    :param boms: for each kit, its lines: component, which may be a kit too, and quantity
    :raise EndlessKit: a kit contains itself
    """
    done: dict[Product, dict[Product, float]] = {}

    def parts_of(kit: Product, path: tuple[Product, ...]) -> dict[Product, float]:
        if kit in path:
            raise EndlessKit(kit)
        if kit not in done:
            parts: dict[Product, float] = {}
            for component, quantity in boms[kit]:
                inner = parts_of(component, (*path, kit)) if component in boms else {component: 1.0}
                for part, each in inner.items():
                    parts[part] = parts.get(part, 0.0) + quantity * each
            done[kit] = parts
        return done[kit]

    return {kit: parts_of(kit, ()) for kit in boms}


def count(quantities: Mapping[Product, float], parts: Mapping[Product, float]) -> float:
    """Return how many whole kits quantities of components make; below zero, how many are short."""
    return float(
        min(
            (math.floor(round(quantities[part] / each, DIGITS)) for part, each in parts.items()),
            default=0,
        )
    )


def need(parts: Mapping[Product, float], quantity: float, scale: int) -> dict[Product, int]:
    """Return what a quantity of kits takes, in smallest quantities: rounded up, never too little.

    :param scale: how many smallest quantities are in one unit
    """
    return {part: math.ceil(round(each * quantity * scale, DIGITS)) for part, each in parts.items()}


def compose_figures(
    parts: Mapping[Product, float],
    figures: Mapping[Product, Mapping[str, Any]],
    states: Sequence[str],
) -> dict[str, Any]:
    """Return the figures of a kit from those of its components.

    What the stock makes when it is reduced step by step adds up: on hand - reserved - blocked -
    soft reserved - safety stock = available, as for every other product; so does on hand +
    incoming - outgoing = forecasted. Demand is that of the components, a kit has none of its own.

    :param parts: at least one
    :param figures: of each component at least, see `stock.availability`
    :param states: from the most to the least urgent
    """
    rows = {part: figures[part] for part in parts}

    def kits(*terms: tuple[str, int]) -> float:
        return count(
            {
                part: sum(sign * row.get(name, 0.0) for name, sign in terms)
                for part, row in rows.items()
            },
            parts,
        )

    on_hand = ("qty_on_hand", 1)
    result: dict[str, Any] = dict.fromkeys(next(iter(rows.values())), 0.0)
    terms, left = [on_hand], kits(on_hand)
    for name, sign in TAKEN:
        terms.append((name, -sign))
        rest = kits(*terms)
        if name in result:
            result[name] = sign * (left - rest)
        left = rest
    without_outgoing = kits(on_hand, ("qty_outgoing", -1))
    result["qty_on_hand"] = kits(on_hand)
    result["qty_free"] = kits(on_hand, ("qty_reserved", -1))
    result["qty_available"] = left
    result["qty_forecast"] = kits(("qty_forecast", 1))
    result["qty_outgoing"] = result["qty_on_hand"] - without_outgoing
    result["qty_incoming"] = result["qty_forecast"] - without_outgoing
    result["qty_in_transit"] = kits(on_hand, ("qty_in_transit", 1)) - result["qty_on_hand"]
    result["qty_consigned"] = result["qty_on_hand"] - kits(on_hand, ("qty_consigned", -1))
    result["qty_atp"] = kits(("qty_atp", 1))
    for name in OPTIONAL:
        result[name] = min((row[name] for row in rows.values() if row[name]), default=False)
    covers = [row["days_of_cover"] for row in rows.values()]
    result["days_of_cover"] = min((days for days in covers if days is not False), default=False)
    result["state"] = min((row["state"] for row in rows.values()), key=states.index)
    result["as_of"] = min(row["as_of"] for row in rows.values())
    if "external_as_of" in result:
        moments = [row["external_as_of"] for row in rows.values() if row["external_as_of"]]
        result["external_as_of"] = min(moments, default=False)
    return result


def compose_steps(
    parts: Mapping[Product, float], steps: Mapping[Product, Sequence[Any]]
) -> list[tuple[date, float, float]]:
    """Return the projection of a kit: ``[(day, balance, atp), ...]``, the first is today.

    :param parts: at least one
    :param steps: of each component at least: steps with ``day``, ``balance`` and ``atp``,
        ascending, the first is today
    """
    days = sorted({step.day for part in parts for step in steps[part]})
    known = {part: [step.day for step in steps[part]] for part in parts}
    result = []
    for day in days:
        # a place far west may still have yesterday: its first step counts for all that is before
        now = {part: steps[part][max(bisect_right(known[part], day) - 1, 0)] for part in parts}
        balance = count({part: step.balance for part, step in now.items()}, parts)
        atp = count({part: step.atp for part, step in now.items()}, parts)
        result.append((day, balance, atp))
    return result


def users_of(parts: Mapping[Product, Mapping[Product, float]], changed: Collection[Product]) -> set:
    """Return the kits that consist of something that changed."""
    return {kit for kit, own in parts.items() if not own.keys().isdisjoint(changed)}
