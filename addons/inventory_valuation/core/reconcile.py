"""Why the ledger of stock and the general ledger differ on a valuation account.

Both sides are told as items: what stock gained or lost by the valuation ledger, and what was
posted on the account. Items of one business event (an order line, a journal entry of a transfer)
share a *matter*. What both sides have of a matter cancels out; what only one has becomes a finding
with the reason that fits.

A closing of Odoo's sets the account to the value of stock as it was known. So reasons are looked
for since the last closing: what it knew counts as *before*, and there only the sums are compared.
What it could not know although it is of an earlier date is *late*. Items *after* the date that is
reconciled tell a cut-off (the other half exists, on the other side of the date) from something
that is missing.

Amounts are whole cents, quantities floats in the product's unit. Whatever is found, the findings
add up to the difference exactly: nothing is left out, what fits no reason is *unexplained*.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from .book import NOTHING
from .money import nearest, spread

STOCK, LEDGER = "stock", "ledger"
BEFORE, LATE, WITHIN, AFTER = "before", "late", "within", "after"
#: Posted when the closing was computed, and taken back since.
WITHDRAWN = "withdrawn"

#: Everything that a difference can come from, in the order in which it is shown.
CATEGORIES = (
    "manual",
    "no_entry",
    "awaiting_closing",
    "cut_off",
    "edit",
    "revaluation",
    "price_difference",
    "received_not_billed",
    "billed_not_received",
    "delivered_not_invoiced",
    "invoiced_not_delivered",
    "consignment",
    "rounding",
    "unexplained",
)
#: Reasons of what stock has more and what the account has more, by matter; +1 where goods come.
TRADES = {
    "purchase": (1, "received_not_billed", "billed_not_received"),
    "sale": (-1, "delivered_not_invoiced", "invoiced_not_delivered"),
}
#: Documents that a finding names.
MAX_DOCUMENTS = 100

Document = tuple[str, int]


@dataclass(frozen=True)
class Item:
    """What one side has of a matter.

    :param side: ``stock`` or ``ledger``
    :param when: ``before``, ``late``, ``within``, ``after`` or ``withdrawn``
    :param matter: ``purchase``, ``sale`` (matched by quantity), ``entry`` (a transfer with a
        journal entry), ``own`` (a movement without one), ``revaluation`` (a cost that was set),
        ``landed`` (a landed cost), ``cost`` (what follows from costs), ``manual`` (posted by
        hand) or ``closing``
    :param reference: which one, among those of its matter
    :param value: stock gained, or debit less credit, in cents
    :param consigned: quantity of goods that belong to somebody else; they have no value
    :param ordered: value of the quantity by the order's prices, in cents, if known
    :param periodic: of a product that is only posted by closings
    :param kind: of the movement; what is periodic is told by it
    """

    side: str
    when: str
    matter: str
    reference: Hashable = None
    product: int | None = None
    quantity: float = 0.0
    value: int = 0
    consigned: float = 0.0
    ordered: float = 0.0
    periodic: bool = False
    kind: str = ""
    documents: tuple[Document, ...] = ()
    count: int = 1


@dataclass(frozen=True)
class Finding:
    """A part of the difference, with its reason.

    :param value: of the difference (stock less account), in cents
    :param count: items behind it
    """

    category: str
    value: int
    product: int | None = None
    quantity: float = 0.0
    kind: str = ""
    documents: tuple[Document, ...] = ()
    count: int = 1


def get_difference(items: Iterable[Item]) -> int:
    """Return by how much stock is worth more than the account says, in cents."""
    signs = {STOCK: 1, LEDGER: -1}
    return sum(
        signs[item.side] * item.value for item in items if item.when not in (AFTER, WITHDRAWN)
    )


def explain(items: Iterable[Item], limit: int = 1000) -> list[Finding]:
    """Return why both sides differ; the findings add up to :func:`get_difference`.

    :param limit: findings of a category that are told one by one, the largest; the others are
        added up into one
    """
    return _Explanation(list(items)).get_findings(limit)


class _Explanation:
    def __init__(self, items: list[Item]) -> None:
        self.findings: list[Finding] = []
        #: product -> what differs although both sides have it: (value, documents)
        self.costs: dict[int | None, list[tuple[int, tuple[Document, ...]]]] = defaultdict(list)
        self._explain_closing([item for item in items if item.when in (BEFORE, WITHDRAWN)])
        matters: dict[tuple[str, Hashable], list[Item]] = defaultdict(list)
        for item in items:
            if item.when == WITHDRAWN:
                continue
            if item.periodic:
                self._explain_periodic(item)
            else:
                matters[item.matter, item.reference].append(item)
        handlers: dict[str, Callable[[list[Item]], None]] = {
            "entry": self._explain_entry,
            "landed": self._explain_landed,
            **dict.fromkeys(TRADES, self._explain_trade),
        }
        for (matter, _reference), of_matter in matters.items():
            handlers.get(matter, self._explain_single)(of_matter)
        self._explain_costs()

    def get_findings(self, limit: int) -> list[Finding]:
        by_category = defaultdict(list)
        for finding in self.findings:
            if finding.value:
                by_category[finding.category].append(finding)
        return [
            finding
            for category in CATEGORIES
            for finding in _shorten(by_category.get(category, []), limit)
        ]

    def _add(self, category: str, value: int, items: Sequence[Item], **values) -> None:
        products = {item.product for item in items}
        found = Finding(
            category,
            value,
            product=products.pop() if len(products) == 1 else None,
            quantity=sum(item.quantity for item in items),
            documents=_join(item.documents for item in items),
            count=sum(item.count for item in items),
        )
        self.findings.append(replace(found, **values))

    # -- reasons, one by one ------------------------------------------------------------------

    def _explain_closing(self, items: list[Item]) -> None:
        """The closing left nothing, but for half a cent of each product that Odoo adds up."""
        withdrawn = [item for item in items if item.when == WITHDRAWN]
        for item in withdrawn:
            # the closing counted on it
            self._add("edit", item.value, [item])
        before = [item for item in items if item.when == BEFORE]
        gap = get_difference(before) - sum(item.value for item in withdrawn)
        products = {item.product for item in before if item.side == STOCK}
        small = abs(gap) <= max(1, len(products) / 2)
        closings = [item for item in before if item.matter == "closing"]
        self._add("rounding" if small else "unexplained", gap, closings, product=None, quantity=0)

    def _explain_periodic(self, item: Item) -> None:
        """What is only posted by closings waits for the next one."""
        if item.when in (BEFORE, AFTER):
            return
        if item.side == LEDGER:
            self._add("manual", -item.value, [item])
        elif item.when == LATE:
            self._add("edit", item.value, [item], kind=item.kind)
        else:
            self._add("awaiting_closing", item.value, [item], kind=item.kind)

    def _explain_single(self, items: list[Item]) -> None:
        """What the other side cannot have."""
        items = [item for item in items if item.when not in (BEFORE, AFTER)]
        by_hand = [item for item in items if item.side == LEDGER and item.matter != "cost"]
        # an entry and its reversal are nothing
        self._add("manual", get_difference(by_hand), by_hand)
        for item in items:
            if item.matter == "cost":
                if value := get_difference([item]):
                    self.costs[item.product].append((value, item.documents))
            elif item.side == LEDGER:
                continue
            elif item.when == LATE:
                self._add("edit", item.value, [item], kind=item.kind)
            elif item.matter == "revaluation":
                self._add("revaluation", item.value, [item])
            else:
                self._add("no_entry", item.value, [item], kind=item.kind)

    def _explain_entry(self, items: list[Item]) -> None:
        """A transfer and its journal entry: on two sides of a date, or no longer the same."""
        inside, gap = self._explain_sides(items)
        if gap:
            self._add("edit", gap, inside, quantity=_quantity(inside))

    def _explain_landed(self, items: list[Item]) -> None:
        """A landed cost and its journal entry: on two sides of a date, or another value."""
        inside, gap = self._explain_sides(items)
        if gap:
            documents = _join(item.documents for item in inside)
            self.costs[items[0].product].append((gap, documents))

    def _explain_sides(self, items: list[Item]) -> tuple[list[Item], int]:
        """Tell a cut-off; returns what is on this side of the date, and what is left to explain."""
        inside = [item for item in items if item.when in (LATE, WITHIN)]
        outside = [item for item in items if item.when in (BEFORE, AFTER)]
        gap = get_difference(inside)
        sides = {item.side for item in inside}
        if gap and len(sides) == 1 and {item.side for item in outside} - sides:
            self._add("cut_off", gap, [*inside, *outside], quantity=_quantity(inside))
            gap = 0
        return inside, gap

    def _explain_trade(self, items: list[Item]) -> None:
        """An order's goods and its bills or invoices, matched by quantity."""
        sign, stock_more, ledger_more = TRADES[items[0].matter]
        inside = {
            side: [item for item in items if item.side == side and item.when in (LATE, WITHIN)]
            for side in (STOCK, LEDGER)
        }
        gap = get_difference([*inside[STOCK], *inside[LEDGER]])
        quantities = {side: sign * _quantity(inside[side]) for side in inside}
        open_quantity = quantities[STOCK] - quantities[LEDGER]
        if abs(open_quantity) > NOTHING:
            side = STOCK if open_quantity * quantities[STOCK] > 0 else LEDGER
            value = self._value_open(inside[side], open_quantity, quantities[side], sign)
            category = stock_more if side == STOCK else ledger_more
            self._add_open(items, inside[side], (category, value), (side, sign, open_quantity))
            gap -= value
        if gap:
            everything = [*inside[STOCK], *inside[LEDGER]]
            self.costs[items[0].product].append((gap, _join(item.documents for item in everything)))

    def _add_open(self, items, evidence, found, where) -> None:
        """Tell what of an open quantity is on the other side of a date, and what is missing.

        :param found: category of what is missing, and value of all of it
        :param where: side that has more, sign of the trade, open quantity
        """
        category, value = found
        _side, sign, open_quantity = where
        missing = abs(open_quantity)
        portions: list[tuple[str, float, Sequence[Item]]] = []
        for reason, there, there_evidence in self._get_parts(items, *where):
            part = min(missing, max(there, 0.0))
            missing -= part
            portions.append((reason, part, there_evidence))
        portions.append((category, missing, evidence))
        direction = sign if open_quantity > 0 else -sign
        amounts = spread(value, [part for _reason, part, _evidence in portions])
        for (reason, part, part_evidence), amount in zip(portions, amounts, strict=True):
            if amount:
                self._add(
                    reason,
                    amount,
                    part_evidence,
                    product=items[0].product,
                    quantity=direction * part,
                )

    @staticmethod
    def _value_open(items: list[Item], open_quantity: float, quantity: float, sign: int) -> int:
        """Return the part of the difference that the open quantity is, in cents.

        Received goods that wait for a bill are worth what was ordered, whatever became of them;
        other goods what they were booked with.
        """
        ordered = sum(item.ordered for item in items)
        value = float(sum(item.value for item in items))
        if items[0].side == STOCK and sign > 0 and abs(ordered) > NOTHING:
            value = ordered
        return nearest(value * open_quantity / quantity)

    @staticmethod
    def _get_parts(items: list[Item], side: str, sign: int, open_quantity: float):
        """Return where the other half of an open quantity is: (reason, quantity, evidence)."""
        other = LEDGER if side == STOCK else STOCK
        # in the direction of what is open, which is negative where the account has more
        towards = sign if open_quantity * (1 if side == STOCK else -1) > 0 else -sign
        before = {
            one: [item for item in items if item.side == one and item.when == BEFORE]
            for one in (STOCK, LEDGER)
        }
        after = [item for item in items if item.side == other and item.when == AFTER]
        yield (
            "cut_off",
            towards * (_quantity(before[other]) - _quantity(before[side])),
            before[other],
        )
        yield "cut_off", towards * _quantity(after), after
        if side == LEDGER:
            own = [item for item in items if item.when in (LATE, WITHIN) and item.side == LEDGER]
            consigned = sum(item.consigned for item in items if item.when != AFTER)
            yield "consignment", towards * consigned, own

    def _explain_costs(self) -> None:
        """What both sides have of a product, at another value."""
        rounded = []
        for product, parts in self.costs.items():
            value = sum(amount for amount, _documents in parts)
            documents = _join(documents for _amount, documents in parts)
            found = Finding("price_difference", value, product, 0.0, "", documents, len(parts))
            if abs(value) > len(parts):
                self.findings.append(found)
            elif value:
                rounded.append(found)
        if rounded:
            self.findings.append(_add_up("rounding", rounded))


def _quantity(items: Iterable[Item]) -> float:
    return sum(item.quantity for item in items)


def _join(documents: Iterable[tuple[Document, ...]]) -> tuple[Document, ...]:
    return tuple(dict.fromkeys(one for several in documents for one in several))[:MAX_DOCUMENTS]


def _add_up(category: str, findings: Sequence[Finding]) -> Finding:
    return Finding(
        category,
        sum(finding.value for finding in findings),
        documents=_join(finding.documents for finding in findings),
        count=sum(finding.count for finding in findings),
    )


def _shorten(findings: list[Finding], limit: int) -> list[Finding]:
    """Return the largest, and one that adds the others up."""
    findings = sorted(findings, key=lambda finding: -abs(finding.value))
    if len(findings) <= limit:
        return findings
    return [*findings[: limit - 1], _add_up(findings[0].category, findings[limit - 1 :])]
