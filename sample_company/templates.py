"""One document of each kind, made by Odoo's own methods, as the pattern for the history's rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from odoo import Command

from .bulk import Row, read_row, rolled_back
from .context import Build
from .geography import BRANCHES, CENTRAL

OPENING, RECEIPT, SENDING, ARRIVAL, DELIVERY, RETURN = (
    "opening",
    "receipt",
    "sending",
    "arrival",
    "delivery",
    "return",
)


@dataclass(frozen=True)
class Template:
    """Rows of a done document: its picking (none for an inventory), move and move line."""

    picking: Row | None
    move: Row
    line: Row


def make_templates(build: Build) -> dict[tuple[str, str], Template]:
    """Templates by kind and warehouse (for transfers: the branch). Leaves nothing behind."""
    templates: dict[tuple[str, str], Template] = {}
    with rolled_back(build.env.cr):
        product = build.env["product.product"].create(
            {"name": "Pattern", "type": "consu", "is_storable": True, "standard_price": 1.0}
        )
        for place, warehouse in build.warehouses.items():
            templates[OPENING, place] = _template(_take_stock(warehouse, product))
        templates[RECEIPT, CENTRAL] = _template(_receive(build, product))
        for branch in BRANCHES:
            warehouse = build.warehouses[branch.code]
            sending, arrival = _transfer(build, product, warehouse)
            templates[SENDING, branch.code] = _template(sending)
            templates[ARRIVAL, branch.code] = _template(arrival)
            delivery, back = _deliver(build, product, warehouse)
            templates[DELIVERY, branch.code] = _template(delivery)
            templates[RETURN, branch.code] = _template(back)
    return templates


def _template(move) -> Template:
    if move.state != "done":
        raise RuntimeError(f"{move.display_name} was not done, but is {move.state}.")
    picking = read_row(move.picking_id) if move.picking_id else None
    return Template(picking, read_row(move), read_row(move.move_line_ids))


def _do(move):
    move._action_assign()
    move.picked = True
    move._action_done()
    move.picking_id._action_done()
    return move


def _take_stock(warehouse, product):
    """Count 100 pieces where Odoo knew of none."""
    quant = warehouse.env["stock.quant"].create(
        {
            "product_id": product.id,
            "location_id": warehouse.lot_stock_id.id,
            "inventory_quantity": 100,
        }
    )
    quant.action_apply_inventory()
    return _last_move(product)


def _receive(build: Build, product):
    order = build.env["purchase.order"].create(
        {
            "partner_id": next(iter(build.suppliers.values())).id,
            "picking_type_id": build.warehouses[CENTRAL].in_type_id.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_qty": 10, "price_unit": 1.0})
            ],
        }
    )
    order.button_confirm()
    return _do(order.order_line.move_ids)


def procurement(build: Build, product, quantity: float, warehouse, name: str, date):
    """A branch's need, as Odoo's own replenishment states it."""
    return build.env["stock.rule"].Procurement(
        product,
        quantity,
        product.uom_id,
        warehouse.lot_stock_id,
        name,
        name,
        build.company,
        {
            "route_ids": warehouse.resupply_route_ids,
            "warehouse_id": warehouse,
            "date_planned": date,
        },
    )


def _transfer(build: Build, product, warehouse) -> Iterator:
    rule = build.env["stock.rule"]
    rule.run([procurement(build, product, 4, warehouse, "Pattern", build.now)])
    arrival = build.env["stock.move"].search(
        [
            ("product_id", "=", product.id),
            ("location_dest_id", "=", warehouse.lot_stock_id.id),
            ("state", "=", "waiting"),
        ]
    )
    return _do(arrival.move_orig_ids), _do(arrival)


def _deliver(build: Build, product, warehouse) -> Iterator:
    order = build.env["sale.order"].create(
        {
            "partner_id": next(iter(build.customers.values())).id,
            "warehouse_id": warehouse.id,
            "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 2})],
        }
    )
    order.action_confirm()
    delivery = _do(order.order_line.move_ids)
    wizard = build.env["stock.return.picking"].create({"picking_id": delivery.picking_id.id})
    wizard.product_return_moves.quantity = 1
    return delivery, _do(wizard._create_return().move_ids)


def _last_move(product):
    return product.env["stock.move"].search(
        [("product_id", "=", product.id)], order="id desc", limit=1
    )
