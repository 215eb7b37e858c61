"""Many deliveries rated, bought and labelled by four workers, as fast as the carrier answers.

The carrier is the addon's loopback one and takes 100 ms for every answer. A label takes four of
them: rates, a draft, the purchase, the file. Four workers could so sell ten labels a second, if
Odoo took no time at all.
"""

from __future__ import annotations

import importlib.util
import os
import time
from pathlib import Path

from .figures import Figure

GROUP = "shipping"
MODULES = ("shipping_connectors",)

COUNT = 1000
WORKERS = 4
DELAY = 0.1
ANSWERS = 4
REFERENCE = "BENCH-LABEL"


def load_loopback():
    path = Path(__file__).parents[1] / "addons/shipping_connectors/tests/loopback_carrier.py"
    spec = importlib.util.spec_from_file_location("loopback_carrier", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(env):
    loopback = load_loopback()
    with loopback.LoopbackCarrier(delay=DELAY) as server:
        pickings = prepare(env, server.url, loopback.API_KEY)
        env.cr.commit()
        try:
            started = time.perf_counter()
            reader, writer = os.pipe()
            children = work(env, pickings.ids, writer)
            os.close(writer)
            failed = sum(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0 for pid in children)
            elapsed = time.perf_counter() - started
            locked = len(os.read(reader, 65536))
            os.close(reader)
            sold = len(server.sold)
        finally:
            env.cr.rollback()
            env.invalidate_all()
            clean(env, pickings)
            env.cr.commit()
    ideal = WORKERS / (DELAY * ANSWERS)
    rate = sold / elapsed
    yield Figure("shipping.labels", sold, "labels", at_least=COUNT, at_most=COUNT)
    yield Figure("shipping.failed_workers", failed, "workers", at_most=0)
    yield Figure("shipping.labels_per_second", rate, "/s")
    yield Figure(
        "shipping.share_of_ideal",
        100 * rate / ideal,
        "%",
        at_least=60,
        why=f"{ideal:g} labels/s if only the carrier's {DELAY * 1000:.0f} ms took time",
    )
    yield Figure(
        "shipping.calls_with_locks",
        locked,
        "calls",
        at_most=0,
        why="nobody waits for a carrier that somebody else asks",
    )


def prepare(env, url, key, count=COUNT):
    """Deliveries that are reserved and wait for their labels."""
    usa = env.ref("base.us")
    address = {"country_id": usa.id, "state_id": env.ref("base.state_us_5").id, "phone": "5555555"}
    currencies = env["res.currency"].with_context(active_test=False)
    currencies.search([("name", "=", "USD")]).active = True
    warehouse = env["stock.warehouse"].search([], limit=1)
    sender = env["res.partner"].create(
        {
            "name": REFERENCE,
            "street": "388 Townsend St",
            "city": "San Francisco",
            "zip": "94107",
            **address,
        }
    )
    warehouse.partner_id = sender
    account = env["shipping.account"].create(
        {"name": REFERENCE, "provider": "easypost", "base_url": url}
    )
    account.credential_ids.value = key
    service = env["product.product"].create({"name": REFERENCE, "type": "service"})
    carrier = env["delivery.carrier"].create(
        {
            "name": REFERENCE,
            "delivery_type": "carrier_account",
            "product_id": service.id,
            "shipping_account_id": account.id,
        }
    )
    lamp = env["product.product"].create(
        {"name": REFERENCE, "type": "consu", "is_storable": True, "weight": 1}
    )
    env["stock.quant"]._update_available_quantity(lamp, warehouse.lot_stock_id, count)
    customer = sender.copy({"name": "Elizabeth Swan", "zip": "90277", "city": "Redondo Beach"})
    customers = env.ref("stock.stock_location_customers")
    pickings = env["stock.picking"].create(
        [
            {
                "picking_type_id": warehouse.out_type_id.id,
                "partner_id": customer.id,
                "carrier_id": carrier.id,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": customers.id,
                "origin": REFERENCE,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": lamp.id,
                            "product_uom_qty": 1,
                            "location_id": warehouse.lot_stock_id.id,
                            "location_dest_id": customers.id,
                        },
                    )
                ],
            }
            for _number in range(count)
        ]
    )
    pickings.action_confirm()
    pickings.action_assign()
    return pickings


def work(env, ids, writer):
    """Fork the workers, as Odoo's own server does."""
    children = []
    for number in range(WORKERS):
        pid = os.fork()
        if not pid:
            code = 1
            try:
                label(env.registry, env.uid, ids[number::WORKERS], writer)
                code = 0
            finally:
                os._exit(code)
        children.append(pid)
    return children


#: connections of the parent in a worker: never used, and never closed, as both share the socket
_inherited = []


def label(registry, uid, ids, writer):
    from odoo import api, sql_db

    _inherited.extend((sql_db._Pool, registry._db))
    sql_db._Pool = None
    registry._db = sql_db.db_connect(registry.db_name)
    LockProbe(registry, writer)
    for number in ids:
        with registry.cursor() as cr:
            picking = api.Environment(cr, uid, {})["stock.picking"].browse(number)
            picking.carrier_id._shop(picking)
            picking.action_buy_labels()


class LockProbe:
    """Asks PostgreSQL, whenever this worker calls the carrier, what its connections hold then.

    The answer is written to a pipe, one byte for each call during which something was locked.
    """

    def __init__(self, registry, writer):
        from odoo.addons.shipping_connectors.core.carrier_session import CarrierSession

        self._registry, self._writer = registry, writer
        send = CarrierSession._send

        def probed(session, *args):
            self.look()
            return send(session, *args)

        CarrierSession._send = probed

    def look(self):
        from odoo import sql_db

        with self._registry.cursor() as cr:
            cr.execute(
                """
                SELECT COUNT(*) FROM pg_locks
                 WHERE pid = ANY(%s) AND pid <> pg_backend_pid() AND granted
                   AND mode <> 'AccessShareLock' AND locktype <> 'virtualxid'
                """,
                [[one.info.backend_pid for one in sql_db._Pool._connections if not one.closed]],
            )
            if cr.fetchone()[0]:
                os.write(self._writer, b"!")


def clean(env, pickings):
    """Leave nothing that another benchmark would count."""
    ids = tuple(pickings.ids)
    purchases = "SELECT id FROM shipping_purchase WHERE picking_ref IN %s"
    parcels = "SELECT id FROM shipping_parcel WHERE picking_id IN %s"
    files = "DELETE FROM ir_attachment WHERE res_model = '{}' AND res_id IN ({})"
    for statement in (
        files.format("shipping.purchase", purchases),
        files.format("shipping.parcel", parcels),
        "DELETE FROM shipping_purchase WHERE picking_ref IN %s",
        "DELETE FROM shipping_parcel WHERE picking_id IN %s",
        "DELETE FROM stock_move_line WHERE picking_id IN %s",
        "DELETE FROM stock_move WHERE picking_id IN %s",
        "DELETE FROM stock_picking WHERE id IN %s",
    ):
        env.cr.execute(statement, [ids])
    products = env["product.product"].search([("name", "=", REFERENCE)])
    env.cr.execute("DELETE FROM stock_quant WHERE product_id IN %s", [tuple(products.ids)])
    products.active = False
    carriers = env["delivery.carrier"].search([("name", "=", REFERENCE)])
    accounts = carriers.shipping_account_id
    carriers.active = False
    accounts.active = False
