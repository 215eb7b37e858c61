"""Parcels under several workers: each a real process with its own connection to the database."""

import pytest

pytestmark = pytest.mark.slow

COMPANY = """
gb = env.ref("base.uk")
product = env["product.product"].create({"name": "Vans", "type": "service"})
carrier = env["delivery.carrier"].create(
    {"name": "Own vans", "delivery_type": "rate_table", "product_id": product.id})
carrier._rate_table_import_csv("service,zone,countries,base_price\\nDay,World,*,5\\n")
warehouse = env["stock.warehouse"].search([], limit=1)
lamp = env["product.product"].create(
    {"name": "Lamp", "type": "consu", "is_storable": True, "weight": 1})
env["stock.quant"]._update_available_quantity(lamp, warehouse.lot_stock_id, 10)
customer = env["res.partner"].create({"name": "Jane", "country_id": gb.id, "zip": "E1"})
order = env["sale.order"].create({"partner_id": customer.id, "carrier_id": carrier.id,
    "order_line": [(0, 0, {"product_id": lamp.id, "product_uom_qty": 1})]})
order.action_confirm()
"""


def test_no_number_is_given_twice(stage):
    """Four workers draw numbers, and every third transaction is rolled back."""
    script = """
        together()
        parcels, company, numbers = env["shipping.parcel"], env.company, []
        for n in range(150):
            numbers.append([parcels._next_tracking_number(company), parcels._next_sscc(company)])
            env.cr.rollback() if n % 3 == 0 else env.cr.commit()
        answer(numbers)
    """
    drawn = stage.act(script, script, script, script)
    tracking, sscc = zip(*(pair for numbers in drawn for pair in numbers), strict=True)
    assert len(tracking) == 600
    assert len(set(tracking)) == len(set(sscc)) == 600


def test_one_delivery_labelled_by_two_people(stage):
    """One label is made; the second user is told, or adopts it when asked to start over."""
    [picking_id] = stage.act(COMPANY + "\nenv.cr.commit()\nanswer(order.picking_ids.id)")
    script = f"""
        from functools import partial
        from odoo.service.model import retrying
        picking = env["stock.picking"].browse({picking_id})
        together()
        try:
            retrying(partial(picking.action_create_parcels), env)
            env.cr.commit()
            outcome = "labelled"
        except Exception as error:
            env.cr.rollback()
            outcome = str(error)
        env.invalidate_all()
        answer([outcome, picking.parcel_ids.mapped("tracking_number")])
    """
    answers = stage.act(script, script, script)
    outcomes = [outcome for outcome, _numbers in answers]
    assert "labelled" in outcomes
    refused = [outcome for outcome in outcomes if outcome != "labelled"]
    assert all("labelled meanwhile" in outcome for outcome in refused), refused
    last = max(answers, key=lambda one: len(one[1]))[1]
    assert len(last) == 1
    assert all(numbers in ([], last) for _outcome, numbers in answers)


def test_a_button_pressed_twice_at_once(stage):
    """The same form arrives by two connections: one event, and no error for anybody."""
    [parcel_id] = stage.act(
        COMPANY
        + "\norder.picking_ids.action_create_parcels()\nenv.cr.commit()\n"
        + "answer(order.picking_ids.parcel_ids.id)"
    )
    script = f"""
        from odoo.service.model import retrying
        parcel = env["shipping.parcel"].browse({parcel_id})
        together()
        def press():
            return parcel._driver_report("delivered", "5eed", recipient="Jane").id
        event = retrying(press, env)
        env.cr.commit()
        env.invalidate_all()
        answer([event, len(parcel.event_ids), parcel.state])
    """
    answers = stage.act(script, script, script)
    assert len({event for event, _count, _state in answers}) == 1
    assert {(count, state) for _event, count, state in answers} == {(1, "delivered")}
