"""People who promise the last unit at the same moment, each in a process of its own."""

import pytest

pytestmark = pytest.mark.slow

DEFINE = """
from odoo.exceptions import UserError
from odoo.service.model import retrying

def confirm(order):
    try:
        retrying(order.action_confirm, env)
        env.cr.commit()
        return "confirmed"
    except UserError as error:
        env.cr.rollback()
        return str(error)
"""

CONFIRM = (
    DEFINE
    + """
order = env["sale.order"].browse(ORDER)
together()
# what was on the screen of each, before anybody confirmed
order.order_line.mapped("available_status")
answer(confirm(order))
"""
)

PREPARE = """
env.company.promise_policy = "refuse"
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
product = env["product.product"].create({"name": "Last One", "is_storable": True})
env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, UNITS)
customer = env["res.partner"].create({"name": "Customer"})
orders = env["sale.order"].create([{
    "partner_id": customer.id, "warehouse_id": warehouse.id,
    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 1})],
} for _index in range(COUNT)])
env.cr.commit()
answer(orders.ids)
"""


@pytest.mark.parametrize(("units", "count"), [(1, 2), (2, 4)])
def test_the_last_units_are_sold_once(stage, units, count):
    prepare = PREPARE.replace("UNITS", str(units)).replace("COUNT", str(count))
    [orders] = stage.act(prepare)
    outcomes = stage.act(*(CONFIRM.replace("ORDER", str(order)) for order in orders))
    assert outcomes.count("confirmed") == units
    refused = [outcome for outcome in outcomes if outcome != "confirmed"]
    assert all("more than can be promised" in outcome for outcome in refused), refused


PREPARE_KITS = """
env.company.promise_policy = "refuse"
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
leg, top = env["product.product"].create(
    [{"name": name, "is_storable": True} for name in ("Leg", "Top")])
kit = env["product.product"].create({"name": "Stool", "type": "consu"})
env["mrp.bom"].create({
    "product_tmpl_id": kit.product_tmpl_id.id, "type": "phantom",
    "bom_line_ids": [
        (0, 0, {"product_id": leg.id, "product_qty": 2}),
        (0, 0, {"product_id": top.id, "product_qty": 1})]})
env["stock.quant"]._update_available_quantity(leg, warehouse.lot_stock_id, 6)
env["stock.quant"]._update_available_quantity(top, warehouse.lot_stock_id, 100)
customer = env["res.partner"].create({"name": "Customer"})
orders = env["sale.order"].create([{
    "partner_id": customer.id, "warehouse_id": warehouse.id,
    "order_line": [(0, 0, {"product_id": kit.id, "product_uom_qty": QUANTITY})],
} for _index in range(COUNT)])
env.cr.commit()
answer({"orders": orders.ids, "leg": leg.id, "kit": kit.id, "warehouse": warehouse.id})
"""

RESERVE = """
together()
line = {"reference": "REFERENCE", "product": PRODUCT, "place": {"warehouse": WAREHOUSE},
        "quantity": QUANTITY}
[told] = env["stock.soft.reservation"].reserve([line])
answer("confirmed" if told["state"] == "held" else told["reason"])
"""

COUNT_LEGS = """
leg = env["product.product"].browse(LEG)
warehouse = env["stock.warehouse"].browse(WAREHOUSE)
figures = env["stock.availability"]._get_availability(leg, warehouse)[leg.id, warehouse.id]
answer({name: figures["qty_" + name] for name in ("outgoing", "soft_reserved", "atp")})
"""


ATTACH = (
    DEFINE
    + """
line = env["sale.order"].browse(ORDER).order_line
held = line.attach_reservation("CART")
env.cr.commit()
told = confirm(line.order_id)
answer([held, told, line.soft_reservation_ids.state])
"""
)


def fill(script, **values):
    for name, value in values.items():
        script = script.replace(name.upper(), str(value))
    return script


def test_kits_and_their_components_are_promised_once(stage):
    """Six legs, ten wanted: by orders of kits, reservations of kits and of legs, all at once."""
    [shop] = stage.act(fill(PREPARE_KITS, count=2, quantity=1))
    place = {"warehouse": shop["warehouse"]}
    outcomes = stage.act(
        *(fill(CONFIRM, order=order) for order in shop["orders"]),
        fill(RESERVE, reference="KIT 1", product=shop["kit"], quantity=1, **place),
        fill(RESERVE, reference="KIT 2", product=shop["kit"], quantity=1, **place),
        fill(RESERVE, reference="LEGS", product=shop["leg"], quantity=2, **place),
    )
    assert outcomes.count("confirmed") == 3, outcomes
    refused = [outcome for outcome in outcomes if outcome != "confirmed"]
    assert all("can be promised" in outcome for outcome in refused), refused
    [legs] = stage.act(fill(COUNT_LEGS, leg=shop["leg"], **place))
    assert legs["outgoing"] + legs["soft_reserved"] == 6
    assert legs["atp"] == 0


def test_order_takes_over_what_was_held_of_a_kit(stage):
    [shop] = stage.act(fill(PREPARE_KITS, count=1, quantity=3))
    place = {"warehouse": shop["warehouse"]}
    [held] = stage.act(fill(RESERVE, reference="CART", product=shop["kit"], quantity=3, **place))
    assert held == "confirmed"
    [told] = stage.act(fill(ATTACH, order=shop["orders"][0]))
    assert told == [3, "confirmed", "consumed"]
    [legs] = stage.act(fill(COUNT_LEGS, leg=shop["leg"], **place))
    assert legs == {"outgoing": 6, "soft_reserved": 0, "atp": 0}
