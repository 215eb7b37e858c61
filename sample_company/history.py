"""A year of done stock movements, written as likenesses of what Odoo made (see `bulk`)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from . import bulk
from .bulk import Row
from .context import Build
from .geography import BRANCHES, CENTRAL
from .master_data import opening_cost
from .plan import Line, Plan
from .templates import ARRIVAL, DELIVERY, OPENING, RECEIPT, RETURN, SENDING, Template
from .valuation import AverageCost

#: Minutes of the day: what comes in in the morning can go out on that day.
RECEIVED_AT, ARRIVED_AT, SENT_AT, RETURNED_AT = 8 * 60 + 30, 9 * 60, 11 * 60, 20 * 60 + 30
#: A sales order leaves so many minutes after it came in, if the day is that long.
HANDLING, CLOSING_TIME = 90, 20 * 60


#: What was small before the history and is not any more.
TABLES = (
    "stock_picking",
    "stock_move",
    "stock_move_line",
    "stock_move_move_rel",
    "stock_quant",
    "purchase_order",
    "purchase_order_line",
    "sale_order",
    "sale_order_line",
    "product_product",
    "product_value",
    "res_partner",
)


@dataclass
class Document:
    """A picking to be written, or an inventory: ``sources`` are the order lines of ``lines``."""

    kind: str
    place: str
    moment: datetime.datetime
    lines: list[Line]
    origin: str = ""
    partner: Any = None
    sale: Any = None
    planned: datetime.datetime | None = None
    reference: Any = None
    sources: Any = None
    #: the sending of the same transfer, for an arrival
    sending: Document | None = None
    picking_id: int | None = None
    name: str = ""
    move_ids: list[int] = field(default_factory=list)


@dataclass
class Ledger:
    """What the stock was worth: at the end of each month that is over, and after all."""

    opening: float = 0.0
    months: dict[datetime.date, float] = field(default_factory=dict)
    products: dict[str, AverageCost] = field(default_factory=lambda: defaultdict(AverageCost))

    @property
    def value(self) -> float:
        return sum(product.value for product in self.products.values())


def documents(build: Build, purchases, sales) -> list[Document]:
    """The plan's documents in the order of time.

    :param purchases: ``purchase.order`` of the plan's received orders, in its order
    :param sales: ``sale.order`` of the plan's orders, in its order
    """
    plan, result = build.plan, []
    for place, lines in plan.opening.items():
        moment = build.moment(-1, CLOSING_TIME)
        result.append(Document(OPENING, place, moment, lines, origin="Opening stock"))
    for order, record in zip(plan.received, purchases, strict=True):
        result.append(
            Document(
                RECEIPT,
                CENTRAL,
                build.moment(order.received, RECEIVED_AT),
                order.lines,
                origin=record.name,
                partner=record.partner_id,
                planned=record.date_planned,
                sources=record.order_line,
            )
        )
    result += _transfers(build, plan)
    for order, record in zip(plan.orders, sales, strict=True):
        result.append(
            Document(
                DELIVERY,
                order.warehouse,
                build.moment(order.day, min(order.minute + HANDLING, CLOSING_TIME)),
                order.lines,
                origin=record.name,
                partner=record.partner_shipping_id,
                sale=record,
                reference=record.stock_reference_ids,
                sources=record.order_line,
            )
        )
    for day in plan.deliveries:
        many = "1 order" if day.orders == 1 else f"{day.orders} orders"
        moment = build.moment(day.day, min(day.minute, CLOSING_TIME))
        result.append(Document(DELIVERY, day.warehouse, moment, day.lines, origin=many))
    for back in plan.returns:
        moment = build.moment(back.day, RETURNED_AT)
        result.append(Document(RETURN, back.warehouse, moment, back.lines, origin="Returns"))
    # Sorting is stable: at the same moment the order of above holds.
    return sorted(result, key=lambda document: document.moment)


def _transfers(build: Build, plan: Plan) -> list[Document]:
    branches = {branch.code: branch for branch in BRANCHES}
    result = []
    for transfer in plan.arrived:
        origin = f"Replenishment of {branches[transfer.branch].name}"
        sent = build.moment(transfer.sent, SENT_AT)
        sending = Document(SENDING, transfer.branch, sent, transfer.lines, origin=origin)
        arrives = build.moment(transfer.arrives, ARRIVED_AT)
        arrival = Document(ARRIVAL, transfer.branch, arrives, transfer.lines, origin=origin)
        arrival.partner = build.warehouses[transfer.branch].partner_id
        arrival.sending = sending
        result += [sending, arrival]
    return result


class HistoryWriter:
    """Writes documents as done; one instance for one build."""

    def __init__(self, build: Build, templates: dict[tuple[str, str], Template]):
        self._build = build
        self._templates = templates
        self.ledger = Ledger()
        self._numbers: dict[Any, int] = defaultdict(int)
        self._lots = {
            name: (lot.id, lot.expiration_date, lot.removal_date)
            for name, lot in build.lots.items()
        }
        self._weights = {code: product.weight for code, product in build.products.items()}
        #: last deliveries by product and warehouse: (move's id, quantity, value)
        self._last_out: dict[tuple[str, str], tuple[int, int, float]] = {}
        self._pickings: list[Row] = []
        self._moves: list[Row] = []
        self._lines: list[Row] = []
        self._chains: list[Row] = []
        self._references: list[Row] = []

    def write(self, history: list[Document]) -> None:
        """Write all documents, in the order of time, with the values that they had."""
        cr = self._build.env.cr
        pickings = [document for document in history if document.kind != OPENING]
        numbers = bulk.reserve_ids(cr, "stock_picking", len(pickings))
        for document, number in zip(pickings, numbers, strict=True):
            document.picking_id = number
        moves = iter(
            bulk.reserve_ids(cr, "stock_move", sum(len(document.lines) for document in history))
        )
        for document in history:
            document.move_ids = [next(moves) for _line in document.lines]
            self._close_months(document.moment.date())
            self._add(document)
            if document.kind == OPENING:
                self.ledger.opening = self.ledger.value
        self._close_months(self._build.today)
        bulk.insert(cr, "stock_picking", self._pickings)
        bulk.insert(cr, "stock_move", self._moves)
        bulk.insert(cr, "stock_move_line", self._lines)
        bulk.insert(cr, "stock_move_move_rel", self._chains)
        bulk.insert(cr, "stock_reference_move_rel", self._references)
        for picking_type, number in self._numbers.items():
            picking_type.sequence_id.number_next_actual = number + 1
        self._build.env.invalidate_all()

    def _close_months(self, date: datetime.date) -> None:
        """Keep the value at the end of each month before ``date`` that is not kept yet."""
        month_end = date.replace(day=1) - datetime.timedelta(days=1)
        if month_end > self._build.date(0):
            self.ledger.months.setdefault(month_end, self.ledger.value)

    def _add(self, document: Document) -> None:
        template = self._templates[document.kind, document.place]
        if document.kind != OPENING:
            self._pickings.append(self._picking(document, template.picking))
        sources = document.sources.ids if document.sources else [None] * len(document.lines)
        for index, (line, source) in enumerate(zip(document.lines, sources, strict=True)):
            move = self._move(document, template.move, index, line, source)
            self._moves.append(move)
            self._lines += self._move_lines(document, template.line, move, line)
            if document.sending:
                origin = document.sending.move_ids[index]
                self._chains.append({"move_orig_id": origin, "move_dest_id": move["id"]})
            for reference in document.reference.ids if document.reference else ():
                self._references.append({"move_id": move["id"], "reference_id": reference})

    def _common(self, document: Document) -> Row:
        uid = self._build.env.uid
        created = {"create_date": document.moment, "write_date": document.moment}
        return {"create_uid": uid, "write_uid": uid, **created}

    def _picking(self, document: Document, template: Row) -> Row:
        weight = sum(self._weights[line.code] * line.quantity for line in document.lines)
        document.name = self._next_name(template["picking_type_id"])
        return template | {
            "id": document.picking_id,
            "name": document.name,
            "origin": document.origin,
            "partner_id": document.partner.id if document.partner else None,
            "sale_id": document.sale.id if document.sale else None,
            "return_id": None,
            "user_id": self._build.env.uid,
            "scheduled_date": document.planned or document.moment,
            "date_deadline": document.planned,
            "date_done": document.moment,
            "weight": weight,
            "shipping_weight": weight,
            **self._common(document),
        }

    def _next_name(self, picking_type_id: int) -> str:
        picking_type = self._build.env["stock.picking.type"].browse(picking_type_id)
        self._numbers[picking_type] += 1
        return f"{picking_type.sequence_id.prefix}{self._numbers[picking_type]:05d}"

    def _move(
        self, document: Document, template: Row, index: int, line: Line, source: int | None
    ) -> Row:
        product = self._build.products[line.code]
        move_id = document.move_ids[index]
        row = template | {
            "id": move_id,
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "picking_id": document.picking_id,
            "partner_id": document.partner.id if document.partner else None,
            "origin": document.origin,
            "reference": document.name or document.origin,
            "product_qty": line.quantity,
            "product_uom_qty": line.quantity,
            "packaging_uom_qty": line.quantity,
            "quantity": line.quantity,
            "weight": self._weights[line.code] * line.quantity,
            "date": document.moment,
            "date_deadline": document.planned,
            "reservation_date": document.moment.date(),
            "origin_returned_move_id": None,
            "purchase_line_id": source if document.kind == RECEIPT else None,
            "sale_line_id": source if document.kind == DELIVERY else None,
            **self._common(document),
        }
        if document.kind == OPENING:
            row["inventory_name"] = document.origin
        elif document.kind == RECEIPT:
            row["price_unit"] = line.price
        self._value(document, row, line)
        return row

    def _value(self, document: Document, row: Row, line: Line) -> None:
        """Value a move that brings goods into the company or out of it."""
        cost = self.ledger.products[line.code]
        key = (line.code, document.place)
        if document.kind == OPENING:
            value = cost.receive(
                line.quantity, line.quantity * opening_cost(self._build, line.code)
            )
        elif document.kind == RECEIPT:
            value = cost.receive(line.quantity, round(line.quantity * line.price, 2))
        elif document.kind == DELIVERY:
            value = cost.issue(line.quantity)
            self._last_out[key] = (row["id"], line.quantity, round(value, 2))
        elif document.kind == RETURN:
            value = line.quantity * cost.average
            move_id, quantity, out_value = self._last_out.get(key, (None, 0, 0.0))
            if quantity >= line.quantity:
                # as a return of Odoo's: at the value at which the goods had left
                row["origin_returned_move_id"] = move_id
                value = out_value * line.quantity / quantity
            value = cost.receive(line.quantity, round(value, 2))
        else:
            return
        row["value"] = round(value, 2)

    def _move_lines(self, document: Document, template: Row, move: Row, line: Line) -> list[Row]:
        parts = line.lots or ((None, line.quantity),)
        result = []
        for name, quantity in parts:
            lot_id, expires, removal = self._lots[name] if name else (None, None, None)
            row = template | {
                "move_id": move["id"],
                "picking_id": document.picking_id,
                "product_id": move["product_id"],
                "product_uom_id": move["product_uom"],
                "lot_id": lot_id,
                "expiration_date": expires,
                "removal_date": removal,
                "quantity": quantity,
                "quantity_product_uom": quantity,
                "date": document.moment,
                **self._common(document),
            }
            result.append(row)
        return result


def create_quants(build: Build) -> None:
    """The stock that the movements leave, in every location, virtual ones included."""
    env = build.env
    env.cr.execute(
        """
        WITH moved AS (
            SELECT product_id, lot_id, location_dest_id AS location_id, date,
                   quantity_product_uom AS quantity
              FROM stock_move_line WHERE state = 'done'
         UNION ALL
            SELECT product_id, lot_id, location_id, NULL, -quantity_product_uom
              FROM stock_move_line WHERE state = 'done'
        )
        SELECT product_id, lot_id, location_id, sum(quantity) AS quantity, max(date) AS in_date
          FROM moved GROUP BY product_id, lot_id, location_id HAVING sum(quantity) <> 0
        """
    )
    rows = env.cr.dictfetchall()
    first = build.moment(-1, CLOSING_TIME)
    env["stock.quant"].create([row | {"in_date": row["in_date"] or first} for row in rows])
    env.flush_all()
    bulk.analyze(env.cr, *TABLES)


def recompute(build: Build, purchases, sales) -> None:
    """Let Odoo compute what its documents store about the movements behind them."""
    env = build.env
    env.invalidate_all()
    _compute(purchases, "picking_ids")
    _compute(purchases.order_line, "qty_received")
    _compute(sales.order_line, "qty_delivered")
    # Odoo does not follow what depends on a field that it was told to compute
    purchases.order_line.modified(["qty_received"])
    sales.order_line.modified(["qty_delivered"])
    _compute(purchases, "effective_date", "receipt_status")
    _compute(sales, "effective_date", "delivery_status")
    env["product.product"].concat(*build.products.values())._update_standard_price()
    env.flush_all()


def _compute(records, *names: str) -> None:
    for name in names:
        records.env.add_to_compute(records._fields[name], records)
    records.env.flush_all()


def link_references(build: Build, purchases) -> None:
    """Tie the receipts to the references of their orders, which these get when confirmed."""
    bulk.insert(
        build.env.cr,
        "stock_reference_move_rel",
        [
            {"move_id": move.id, "reference_id": order.reference_ids.id}
            for order in purchases
            for move in order.order_line.move_ids
        ],
    )
    build.env.invalidate_all()
