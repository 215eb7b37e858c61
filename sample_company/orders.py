"""Purchase and sales orders of the history: ordered here, received and delivered in `history`."""

from __future__ import annotations

import datetime

from odoo import Command

from .context import Build
from .geography import CENTRAL
from .plan import Line, PurchaseOrder, SaleOrder

ORDERED_AT, DUE_AT = 10 * 60, 9 * 60


def create_purchase_orders(build: Build, orders: list[PurchaseOrder]):
    """Purchase orders as drafts, their lines in the order of the plan's.

    :return: ``purchase.order`` records, one for each of ``orders``
    """
    return build.env["purchase.order"].create(
        [
            {
                "partner_id": build.suppliers[order.supplier.key].id,
                "picking_type_id": build.warehouses[CENTRAL].in_type_id.id,
                "user_id": build.env.uid,
                "payment_term_id": build.payment_term.id,
                "date_order": build.moment(order.ordered, ORDERED_AT),
                "date_planned": build.moment(order.planned, DUE_AT),
                "order_line": [_purchase_line(build, order, line) for line in order.lines],
            }
            for order in orders
        ]
    )


def _purchase_line(build: Build, order: PurchaseOrder, line: Line):
    """Complete, so that Odoo need not look up what is known."""
    product = build.products[line.code]
    partner = build.suppliers[order.supplier.key]
    taxes = build.tax_ids(partner, build.company.account_purchase_tax_id)
    return Command.create(
        {
            "product_id": product.id,
            "name": product.display_name,
            "product_qty": line.quantity,
            "product_uom_id": product.uom_id.id,
            "price_unit": line.price,
            "discount": 0.0,
            "tax_ids": [Command.set(taxes)],
            "date_planned": build.moment(order.planned, DUE_AT),
        }
    )


def mark_purchased(build: Build, orders: list[PurchaseOrder], records) -> None:
    """Confirm orders whose receipt the history has: without planning another one."""
    references = build.env["stock.reference"].create([{"name": r.name} for r in records])
    for order, record, reference in zip(orders, records, references, strict=True):
        moment = build.moment(order.ordered, ORDERED_AT)
        links = [Command.link(reference.id)]
        record.write({"state": "purchase", "date_approve": moment, "reference_ids": links})
    build.env.flush_all()


def create_sale_orders(build: Build, orders: list[SaleOrder]):
    """Sales orders as quotations, their lines in the order of the plan's.

    :return: ``sale.order`` records, one for each of ``orders``
    """
    return build.env["sale.order"].create(
        [
            {
                "partner_id": build.customer(order).id,
                "warehouse_id": build.warehouses[order.warehouse].id,
                "user_id": build.env.uid,
                "client_order_ref": order.invoice,
                "date_order": _not_ahead(build, order, len(orders) - number),
                "order_line": [_sale_line(build, order, line) for line in order.lines],
            }
            for number, order in enumerate(orders)
        ]
    )


def _not_ahead(build: Build, order: SaleOrder, later: int) -> datetime.datetime:
    """When it was ordered; what is for later today came in just now, before ``later`` others."""
    moment = build.moment(order.day, order.minute)
    return min(moment, build.now - datetime.timedelta(minutes=7 * later))


def _sale_line(build: Build, order: SaleOrder, line: Line):
    product = build.products[line.code]
    taxes = build.tax_ids(build.customer(order), build.company.account_sale_tax_id)
    return Command.create(
        {
            "product_id": product.id,
            "name": product.display_name,
            "product_uom_qty": line.quantity,
            "product_uom_id": product.uom_id.id,
            "price_unit": line.price,
            "discount": 0.0,
            "tax_ids": [Command.set(taxes)],
        }
    )


def mark_sold(build: Build, records) -> None:
    """Confirm orders whose delivery the history has: without planning another one."""
    references = build.env["stock.reference"].create([{"name": r.name} for r in records])
    for record, reference in zip(records, references, strict=True):
        record.write({"state": "sale", "stock_reference_ids": [Command.link(reference.id)]})
    build.env.flush_all()
