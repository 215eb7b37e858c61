"""What is going on today: goods in transit, orders of suppliers and customers that are open."""

from __future__ import annotations

import datetime
import random

from odoo import Command

from . import bulk, orders
from .context import Build
from .geography import BRANCHES
from .history import ARRIVED_AT, SENT_AT
from .plan import PurchaseOrder
from .templates import procurement

#: What marks the order to begin with, in the sales orders' tags.
READY_TAG = "Ready to ship"


def send_transfers(build: Build) -> None:
    """Send what is in transit today through Odoo's own replenishment, on its real day."""
    names = {branch.code: branch.name for branch in BRANCHES}
    for transfer in build.plan.transfers:
        if transfer.arrives < build.plan.today:
            continue
        warehouse = build.warehouses[transfer.branch]
        arrives = build.moment(transfer.arrives, ARRIVED_AT)
        origin = f"Replenishment of {names[transfer.branch]}"
        rule = build.env["stock.rule"]
        rule.run(
            [
                procurement(
                    build, build.products[line.code], line.quantity, warehouse, origin, arrives
                )
                for line in transfer.lines
            ]
        )
        arrivals = build.env["stock.move"].search(
            [
                ("location_dest_id", "=", warehouse.lot_stock_id.id),
                ("origin", "=", origin),
                ("state", "not in", ("done", "cancel")),
            ]
        )
        sendings = arrivals.move_orig_ids
        sendings._action_assign()
        short = sendings.filtered(lambda move: move.state != "assigned")
        if short:
            raise RuntimeError(f"Not in stock for {origin}: {short.product_id.mapped('name')}")
        sendings.picked = True
        sendings.picking_id._action_done()
        _date_sending(build, sendings, build.moment(transfer.sent, SENT_AT))
        arrivals.date = arrives
        arrivals.picking_id.scheduled_date = arrives


def _date_sending(build: Build, moves, moment: datetime.datetime) -> None:
    """Odoo did it now; it was done on its day."""
    build.env.flush_all()
    cr = build.env.cr
    for table, column, records in (
        ("stock_move", "date", moves),
        ("stock_move_line", "date", moves.move_line_ids),
        ("stock_picking", "date_done", moves.picking_id),
        ("stock_picking", "scheduled_date", moves.picking_id),
    ):
        bulk.update(cr, table, column, dict.fromkeys(records.ids, moment))
    transit = moves.location_dest_id
    quants = build.env["stock.quant"].search(
        [("location_id", "in", transit.ids), ("product_id", "in", moves.product_id.ids)]
    )
    bulk.update(cr, "stock_quant", "in_date", dict.fromkeys(quants.ids, moment))
    build.env.invalidate_all()


def confirm_purchases(build: Build) -> None:
    """Open orders at the suppliers, some of them overdue, and one that is still a draft."""
    waiting = [order for order in build.plan.purchases if order.received >= build.plan.today]
    records = orders.create_purchase_orders(build, waiting)
    records.button_confirm()
    for order, record in zip(waiting, records, strict=True):
        record.date_approve = build.moment(order.ordered, orders.ORDERED_AT)
    _draft_purchase(build, waiting)


def _draft_purchase(build: Build, waiting: list[PurchaseOrder]) -> None:
    """A request for quotation to somebody who is a second source."""
    ordered = {line.code for order in waiting for line in order.lines}
    codes = [
        code
        for code, offers in build.plan.offers.items()
        if len(offers) > 1 and code not in ordered and offers[1].supplier.key == "porto"
    ][:4]
    offers = {code: build.plan.offers[code][1] for code in codes}
    build.env["purchase.order"].create(
        {
            "partner_id": build.suppliers["porto"].id,
            "picking_type_id": build.warehouses["CEN"].in_type_id.id,
            "user_id": build.env.uid,
            "order_line": [
                Command.create(
                    {
                        "product_id": build.products[code].id,
                        "product_qty": offer.order_quantity(offer.minimum * 2),
                    }
                )
                for code, offer in offers.items()
            ],
        }
    )


def confirm_sales(build: Build):
    """Today's orders: promised within days, reserved where there is stock.

    :return: the confirmed ``sale.order`` records
    """
    records = orders.create_sale_orders(build, build.plan.open_orders)
    for order, record in zip(build.plan.open_orders, records, strict=True):
        rng = random.Random(f"promise {order.invoice}")
        record.commitment_date = build.moment(build.plan.today + rng.randint(0, 4), 16 * 60)
    dates = {record: record.date_order for record in records}
    records.action_confirm()
    for record, date in dates.items():
        record.date_order = date
    build.env.flush_all()
    return records


def quote(build: Build) -> None:
    """Quotations that wait for an answer: customers of last month, the same basket again."""
    basket = sorted(
        (order for order in build.plan.orders if 3 <= len(order.lines) <= 6 and order.customer),
        key=lambda order: (order.day, order.invoice),
    )[:4]
    records = orders.create_sale_orders(build, basket)
    records.write({"date_order": build.now, "client_order_ref": False})
    records[:2].write({"state": "sent"})


def mark_ready(build: Build, records, carrier):
    """Give one completely reserved order its delivery method, and mark it for the beginner.

    :return: the ``sale.order``
    """
    tag = build.env["crm.tag"].create({"name": READY_TAG, "color": 10})
    ready = records.filtered(
        lambda order: (
            order.warehouse_id == build.warehouses["UK"]
            and order.partner_id.ref
            and len(order.order_line) >= 2
            and order.picking_ids.state == "assigned"
        )
    ).sorted(lambda order: (-len(order.order_line), order.id))[:1]
    if not ready:
        raise RuntimeError("No open order of the United Kingdom is completely reserved.")
    rate = carrier.rate_shipment(ready)
    if not rate["success"]:
        raise RuntimeError(f"{carrier.name} does not rate {ready.name}: {rate['error_message']}")
    ready.set_delivery_line(carrier, rate["price"])
    ready.tag_ids = [Command.link(tag.id)]
    ready.picking_ids.carrier_id = carrier
    return ready
