"""The company's history day by day, and what is open today, from the extract alone.

Everything here is made of numbers of days (see `extract`): what was sold and returned is the
source's; receipts, transfers and stock are simulated around it (see `replenishment`). The same
extract gives the same plan, on every machine and every day.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field

from . import replenishment
from .extract import Extract, SaleLine
from .geography import BRANCHES, CENTRAL
from .lots import Lot, LotBook, Lots
from .replenishment import Flow, Supply
from .suppliers import SUPPLIERS, Offer, Supplier, offers

#: Sales orders (rather than the day's delivery of a warehouse) exist for these last days.
ORDER_DAYS = {"UK": 3, "IE": 28, "EU": 28, "ROW": 28}
#: Of these warehouses, of which the last morning has no order, yesterday's orders are open.
OPEN_YESTERDAY = {"IE", "ROW"}
#: Products of class B and C are ordered at every second and third order to their supplier.
ORDER_EVERY = {"A": 1, "B": 2, "C": 3}


@dataclass
class Line:
    """A quantity of a product in a document; ``price`` in GBP each, where it has one."""

    code: str
    quantity: int
    price: float = 0.0
    lots: Lots = ()


@dataclass
class PurchaseOrder:
    """``received`` is the day of the receipt; it is today or later for an open order."""

    supplier: Supplier
    ordered: int
    planned: int
    received: int
    lines: list[Line] = field(default_factory=list)


@dataclass
class Transfer:
    """From the central warehouse to a branch; in transit when it arrives today or later."""

    branch: str
    sent: int
    arrives: int
    lines: list[Line] = field(default_factory=list)


@dataclass
class SaleOrder:
    """A customer's order; delivered on its day unless it is an open one."""

    invoice: str
    day: int
    minute: int
    warehouse: str
    customer: str
    country: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class DailyDelivery:
    """What a warehouse sent out on a day, of orders that are not kept one by one."""

    warehouse: str
    day: int
    minute: int
    orders: int
    lines: list[Line] = field(default_factory=list)


@dataclass
class Return:
    """What customers sent back to a warehouse on a day."""

    warehouse: str
    day: int
    lines: list[Line] = field(default_factory=list)


@dataclass
class Plan:
    """All of it. ``opening`` is the stock in the evening before the first day, by place."""

    today: int
    offers: dict[str, list[Offer]]
    opening: dict[str, list[Line]]
    lots: dict[str, Lot]
    purchases: list[PurchaseOrder]
    transfers: list[Transfer]
    orders: list[SaleOrder]
    deliveries: list[DailyDelivery]
    returns: list[Return]
    open_orders: list[SaleOrder]

    @property
    def received(self) -> list[PurchaseOrder]:
        return [order for order in self.purchases if order.received < self.today]

    @property
    def arrived(self) -> list[Transfer]:
        return [transfer for transfer in self.transfers if transfer.arrives < self.today]

    def places(self) -> set[tuple[str, str]]:
        """(product, warehouse) of all places where a product is kept."""
        sold = {
            (line.code, document.warehouse)
            for documents in (self.orders, self.deliveries, self.open_orders)
            for document in documents
            for line in document.lines
        }
        return sold | {(code, CENTRAL) for code in self.offers}


def make_plan(extract: Extract) -> Plan:
    """Plan the company's history from an extract."""
    flows, sales, open_lines = _read_flows(extract)
    supplies: dict[tuple[str, str], Supply] = {}
    for (code, warehouse), flow in sorted(flows.items()):
        branch = next(b for b in BRANCHES if b.code == warehouse)
        phase = (extract.today - branch.last_sent) % branch.review_every
        rng = random.Random(f"branch {code} {warehouse}")
        supplies[code, warehouse] = replenishment.replenish_branch(flow, branch, phase, rng)

    plan = Plan(extract.today, {}, {}, {}, [], [], [], [], [], _orders(open_lines))
    rounds = {
        supplier.key: replenishment.lead_times(
            supplier, extract.today, supplier.review_every, random.Random(f"lead {supplier.key}")
        )
        for supplier in SUPPLIERS
    }
    for code, product in sorted(extract.products.items()):
        branches = [supply for (c, _), supply in supplies.items() if c == code]
        outflow = replenishment.total_outflow(branches, extract.today)
        plan.offers[code] = offers(product, sum(outflow) / extract.today * 30)
        main = plan.offers[code][0]
        rng = random.Random(f"central {code}")
        step = ORDER_EVERY[product.abc]
        chosen = rounds[main.supplier.key][rng.randrange(step) :: step]
        supplies[code, CENTRAL] = replenishment.replenish_central(
            outflow, chosen, main.order_quantity, rng
        )
    _add_purchases(plan, supplies)
    _add_transfers(plan, supplies)
    _add_sales(plan, sales)
    _add_opening(plan, supplies)
    _trace_lots(plan, {code for code, p in extract.products.items() if p.perishable})
    return plan


def _is_open(line: SaleLine, today: int) -> bool:
    return line.day >= today or (line.day == today - 1 and line.warehouse in OPEN_YESTERDAY)


def _read_flows(
    extract: Extract,
) -> tuple[dict[tuple[str, str], Flow], list[SaleLine], list[SaleLine]]:
    """Demand and returns by product and warehouse; the lines of the history; the open ones."""
    flows: dict[tuple[str, str], Flow] = {}
    sales, open_lines = [], []
    for line in extract.lines:
        if _is_open(line, extract.today):
            if line.quantity > 0:
                open_lines.append(line)
            continue
        sales.append(line)
        flow = flows.setdefault(
            (line.code, line.warehouse), Flow([0] * extract.today, [0] * extract.today)
        )
        if line.quantity > 0:
            flow.demand[line.day] += line.quantity
        else:
            flow.returns[line.day] -= line.quantity
    return flows, sales, open_lines


def _orders(lines: list[SaleLine]) -> list[SaleOrder]:
    """Sales orders from lines; what an invoice has twice at one price becomes one line."""
    result: dict[str, SaleOrder] = {}
    merged: dict[tuple[str, str, float], Line] = {}
    for line in lines:
        order = result.setdefault(
            line.invoice,
            SaleOrder(
                line.invoice, line.day, line.minute, line.warehouse, line.customer, line.country
            ),
        )
        key = (line.invoice, line.code, line.price)
        if key not in merged:
            merged[key] = Line(line.code, 0, line.price)
            order.lines.append(merged[key])
        merged[key].quantity += line.quantity
    return sorted(result.values(), key=lambda order: (order.day, order.minute, order.invoice))


def _add_purchases(plan: Plan, supplies: dict[tuple[str, str], Supply]) -> None:
    orders: dict[tuple[int, str], PurchaseOrder] = {}
    for code, (main, *_others) in plan.offers.items():
        for ordered, arrival, quantity in supplies[code, CENTRAL].arrivals:
            order = orders.setdefault(
                (ordered, main.supplier.key),
                PurchaseOrder(main.supplier, ordered, ordered + main.supplier.lead_days, arrival),
            )
            order.lines.append(Line(code, quantity, main.price(quantity, ordered)))
    plan.purchases = [orders[key] for key in sorted(orders)]


def _add_transfers(plan: Plan, supplies: dict[tuple[str, str], Supply]) -> None:
    transfers: dict[tuple[int, str], Transfer] = {}
    for (code, place), supply in sorted(supplies.items()):
        if place != CENTRAL:
            for sent, arrives, quantity in supply.arrivals:
                transfer = transfers.setdefault((sent, place), Transfer(place, sent, arrives))
                transfer.lines.append(Line(code, quantity))
    plan.transfers = [transfers[key] for key in sorted(transfers)]


def _add_sales(plan: Plan, sales: list[SaleLine]) -> None:
    recent, daily, returned = [], defaultdict(list), defaultdict(lambda: defaultdict(int))
    for line in sales:
        if line.quantity < 0:
            returned[line.day, line.warehouse][line.code] -= line.quantity
        elif line.day >= plan.today - ORDER_DAYS[line.warehouse]:
            recent.append(line)
        else:
            daily[line.day, line.warehouse].append(line)
    plan.orders = _orders(recent)
    for (day, warehouse), lines in sorted(daily.items()):
        sold: dict[str, Line] = {}
        for line in lines:
            total = sold.setdefault(line.code, Line(line.code, 0))
            # the price is the average of the day
            value = total.price * total.quantity + line.price * line.quantity
            total.quantity += line.quantity
            total.price = value / total.quantity
        plan.deliveries.append(
            DailyDelivery(
                warehouse,
                day,
                max(line.minute for line in lines),
                len({line.invoice for line in lines}),
                [sold[code] for code in sorted(sold)],
            )
        )
    plan.returns = [
        Return(warehouse, day, [Line(code, codes[code]) for code in sorted(codes)])
        for (day, warehouse), codes in sorted(returned.items())
    ]


def _add_opening(plan: Plan, supplies: dict[tuple[str, str], Supply]) -> None:
    for (code, place), supply in sorted(supplies.items()):
        if supply.opening:
            plan.opening.setdefault(place, []).append(Line(code, supply.opening))


#: Order of a day's events at the places: what comes in in the morning can go out on that day.
_RECEIPT, _SENDING, _ARRIVAL, _DELIVERY, _RETURN = range(5)
SHELF_LIFE = (270, 540)


def _trace_lots(plan: Plan, codes: set[str]) -> None:
    """Give the lines of the products in ``codes`` their lots, in the order of the events."""
    events = []
    for place, lines in plan.opening.items():
        events += [(-1, _RECEIPT, line, place, None) for line in lines]
    for purchase in plan.received:
        events += [(purchase.received, _RECEIPT, line, CENTRAL, None) for line in purchase.lines]
    for move in plan.transfers:
        # one in transit takes its lots when it is really sent (see open documents)
        if move.arrives < plan.today:
            events += [(move.sent, _SENDING, line, CENTRAL, None) for line in move.lines]
            events += [(move.arrives, _ARRIVAL, line, move.branch, None) for line in move.lines]
    for document in (*plan.orders, *plan.deliveries):
        events += [
            (document.day, _DELIVERY, line, document.warehouse, None) for line in document.lines
        ]
    for back in plan.returns:
        events += [(back.day, _RETURN, line, back.warehouse, None) for line in back.lines]
    events = [event for event in events if event[2].code in codes]
    events.sort(key=lambda event: event[:2])

    books: dict[str, LotBook] = defaultdict(LotBook)
    for day, kind, line, place, _ in events:
        book = books[line.code]
        if kind == _RECEIPT:
            line.lots = book.receive(place, _new_lot(line.code, day), line.quantity)
        elif kind == _ARRIVAL:
            book.put(place, line.lots)
        elif kind == _RETURN:
            line.lots = book.take_back(place, line.quantity)
        else:
            line.lots = book.take(place, line.quantity)
    for book in books.values():
        plan.lots.update(book.lots)


def _new_lot(code: str, day: int) -> Lot:
    """The lot that comes in on a day; the opening stock is half way through its life."""
    rng = random.Random(f"lot {code}")
    life = rng.randint(*SHELF_LIFE)
    age = life // 2 if day < 0 else rng.randint(10, 30)
    return Lot(f"L{code}-{max(day, 0):03d}", code, day + life - age)
