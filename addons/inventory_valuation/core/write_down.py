"""Write-downs under IAS 2: what stock is worth at the lower of cost and net realisable value.

Paragraphs are those of IAS 2 *Inventories*:

- 6, 28–29: net realisable value (NRV) is the expected selling price less the costs to complete and
  to sell; item by item, so that a gain on one part never makes up for a loss on another.
- 30: prices after the date are evidence as far as they confirm what was at the date.
- 31: what is held for firm contracts is worth the contract price; the rest the general price.
- 33: a write-down is reversed when NRV recovers, up to the original cost.
- 34: what was written down for goods that were sold or used goes with them.

Amounts are whole cents, prices of a unit are cents as floats.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .book import NOTHING
from .money import nearest, spread

#: Kinds of evidence, the strongest first.
EXPIRY, CONTRACT, SALES, PRICE_LIST, AGEING, NONE = (
    "expiry",
    "contract",
    "sales_after",
    "price_list",
    "ageing",
    "none",
)


@dataclass(frozen=True)
class Goods:
    """Units that came together.

    :param cost: of all of them, in cents
    :param age: days since they came
    :param dead: nobody has asked for such goods for long
    """

    quantity: float
    cost: int
    age: int = 0
    lot: int | None = None
    dead: bool = False


@dataclass(frozen=True)
class Price:
    """What a unit is expected to be sold for.

    :param quantity: that the price is for; None for any
    :param source: anything; the part carries it
    """

    kind: str
    unit_price: float
    quantity: float | None = None
    source: object = None


@dataclass(frozen=True)
class Part:
    """Units that have one net realisable value for one reason.

    :param unit_nrv: None where nothing says what they bring
    """

    kind: str
    quantity: float
    cost: int
    unit_price: float | None
    unit_nrv: float | None
    lot: int | None = None
    source: object = None


def get_unsellable(lots: Iterable[tuple[float, float]], daily_demand: float) -> list[float]:
    """Return how much of each lot expires before it is sold.

    :param lots: (days left, quantity), what expires first first; it is sold first
    """
    sold = 0.0
    left = []
    for days, quantity in lots:
        used = min(max(daily_demand * days - sold, 0.0), quantity)
        sold += used
        left.append(quantity - used)
    return left


def get_percent(age: int, rules: Sequence[tuple[int, float]]) -> float | None:
    """Return by how much goods of an age are written down, in percent; None if no rule says.

    :param rules: (from which age on, percent)
    """
    found = [(days, percent) for days, percent in rules if age >= days]
    return max(found)[1] if found else None


def assess(
    goods: Sequence[Goods],
    *,
    unsellable: Mapping[int, float] | None = None,
    contracts: Sequence[Price] = (),
    price: Price | None = None,
    cost_rate: float = 0.0,
    rules: Sequence[tuple[int, float]] = (),
) -> list[Part]:
    """Return a product's goods in parts, each with its net realisable value and evidence for it.

    :param goods: the oldest first; contracts are served from them in this order
    :param unsellable: quantity of a lot that brings nothing
    :param price: for what no contract is for; a price list says nothing about dead goods that a
        rule about their age is for
    :param cost_rate: costs to complete and to sell, as a part of the selling price
    """
    parts: list[Part] = []
    rest: list[Goods] = []
    lost = dict(unsellable or {})
    for one in goods:
        gone, kept = _carve(one, min(lost.get(one.lot, 0.0), one.quantity))
        if gone:
            lost[one.lot] -= gone.quantity
            parts.append(Part(EXPIRY, gone.quantity, gone.cost, 0.0, 0.0, gone.lot))
        if kept:
            rest.append(kept)
    for contract in contracts:
        taken, rest = _take(rest, contract.quantity or 0.0)
        parts += _sum(taken, contract, cost_rate)
    aged = [
        one
        for one in rest
        if (price is None or (price.kind == PRICE_LIST and one.dead))
        and get_percent(one.age, rules) is not None
    ]
    priced = [one for one in rest if one not in aged]
    if price is not None:
        parts += _sum(priced, price, cost_rate)
    elif priced:
        quantity = sum(one.quantity for one in priced)
        parts.append(Part(NONE, quantity, sum(one.cost for one in priced), None, None))
    if aged:
        quantity = sum(one.quantity for one in aged)
        worth = sum(one.cost * (100 - (get_percent(one.age, rules) or 0)) / 100 for one in aged)
        cost = sum(one.cost for one in aged)
        parts.append(Part(AGEING, quantity, cost, None, worth / quantity))
    return parts


def _carve(goods: Goods, quantity: float) -> tuple[Goods | None, Goods | None]:
    """Return the part of goods and what is left of them."""
    if quantity <= NOTHING:
        return None, goods
    left = goods.quantity - quantity
    if left <= NOTHING:
        return goods, None
    costs = spread(goods.cost, [quantity, left])
    return (
        replace(goods, quantity=quantity, cost=costs[0]),
        replace(goods, quantity=left, cost=costs[1]),
    )


def _take(goods: Sequence[Goods], quantity: float) -> tuple[list[Goods], list[Goods]]:
    taken, rest = [], []
    for one in goods:
        part, left = _carve(one, min(quantity, one.quantity))
        if part:
            quantity -= part.quantity
            taken.append(part)
        if left:
            rest.append(left)
    return taken, rest


def _sum(goods: Sequence[Goods], price: Price, cost_rate: float) -> list[Part]:
    if not goods:
        return []
    quantity = sum(one.quantity for one in goods)
    cost = sum(one.cost for one in goods)
    unit_nrv = price.unit_price * (1 - cost_rate)
    return [Part(price.kind, quantity, cost, price.unit_price, unit_nrv, None, price.source)]


def get_required(cost: int, nrv: int) -> int:
    """Return by how much the carrying amount has to be below cost: never above it, never below
    nothing (goods that cost money to get rid of need a provision under IAS 37)."""
    return min(max(cost - nrv, 0), max(cost, 0))


@dataclass(frozen=True)
class Change:
    """What happens to the allowance of a product, each amount zero or more."""

    write_down: int
    reversal: int
    used: int


def get_change(prior: int, required: int, kept: float) -> Change:
    """Return how an allowance becomes what it has to be.

    The part of it that was for goods which have gone since is used; what is left above the
    requirement is reversed, so that a reversal is never more than was written down.

    :param prior: what was written down before and neither reversed nor used
    :param kept: which part, 0 to 1, of the goods that it was for is still there
    """
    used = prior - nearest(prior * min(max(kept, 0.0), 1.0))
    left = prior - used
    return Change(max(required - left, 0), max(left - required, 0), used)
