"""Salespeople who confirm the last unit at the same moment, each in a process of its own."""

import pytest

pytestmark = pytest.mark.slow

CONFIRM = """
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

order = env["sale.order"].browse(ORDER)
together()
# what was on the screen of each, before anybody confirmed
order.order_line.mapped("available_status")
answer(confirm(order))
"""

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
