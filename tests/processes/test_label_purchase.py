"""Labels under real workers: whatever dies, and whoever comes second, a label is paid once.

The workers are Odoo shells with connections of their own; the carrier runs in this process and says
at the end what it sold.
"""

import importlib.util
import signal
import textwrap
import time
from pathlib import Path

import pytest

from devkit.testing import actors

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

PRELUDE = """
from functools import partial
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.addons.shipping_connectors.models import label_desk
from odoo.addons.shipping_connectors.core.carriers.easypost import EasyPost

def stop_at(owner, name, when, say):
    "The worker stays for ever before or after this function, and says so."
    original = getattr(owner, name)
    def stopping(*args, **kwargs):
        if when == "after":
            original(*args, **kwargs)
        say()
        time.sleep(600)
    setattr(owner, name, stopping)
"""

PREPARE = """
env["ir.cron"].search([]).active = False
usa, california = env.ref("base.us"), env.ref("base.state_us_5")
address = {{"country_id": usa.id, "state_id": california.id, "phone": "5555555555"}}
env["res.currency"].with_context(active_test=False).search([("name", "=", "USD")]).active = True
env.company.partner_id.write(
    {{"street": "388 Townsend St", "city": "San Francisco", "zip": "94107", **address}})
account = env["shipping.account"].create(
    {{"name": "Loopback", "provider": "easypost", "base_url": "{url}"}})
account.credential_ids.value = "{key}"
service = env["product.product"].create({{"name": "Loopback", "type": "service"}})
carrier = env["delivery.carrier"].create({{
    "name": "Loopback", "delivery_type": "carrier_account", "product_id": service.id,
    "shipping_account_id": account.id, "shipping_buy_when": "validate"}})
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
warehouse.out_type_id.print_label = True  # as of warehouses that are made with delivery installed
lamp = env["product.product"].create(
    {{"name": "Lamp", "type": "consu", "is_storable": True, "weight": 1}})
env["stock.quant"]._update_available_quantity(lamp, warehouse.lot_stock_id, 1000)
customer = env["res.partner"].create({{
    "name": "Elizabeth Swan", "street": "179 N Harbor Dr", "city": "Redondo Beach",
    "zip": "90277", **address}})
orders = env["sale.order"].create([
    {{"partner_id": customer.id, "carrier_id": carrier.id,
      "order_line": [(0, 0, {{"product_id": lamp.id, "product_uom_qty": 1}})]}}
    for _number in range({count})])
orders.action_confirm()
env.cr.commit()
answer(orders.picking_ids.ids)
"""

BUY = "env['stock.picking'].browse({ids}).action_buy_labels()\nenv.cr.commit()\nanswer('bought')\n"
VALIDATE = """
pickings = env["stock.picking"].browse({ids})
pickings.move_ids.picked = True
pickings.with_context(skip_backorder=True, skip_sms=True).button_validate()
env.cr.commit()
answer(pickings.mapped("carrier_tracking_ref"))
"""
# workers as Odoo's own server makes them: forked, each with connections of its own
KILL = """
from odoo import api, sql_db
registry, uid = env.registry, env.uid
env.cr.rollback()

def buy(picking):
    picking.action_buy_labels()

def validate(picking):
    picking.move_ids.picked = True
    picking.with_context(skip_backorder=True, skip_sms=True).button_validate()

def reaches_and_dies(where, work, picking_id):
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            # the parent's connections stay open, and are not ours to use or to close
            inherited = sql_db._Pool, registry._db
            sql_db._Pool = None
            registry._db = sql_db.db_connect(registry.db_name)
            with registry.cursor() as cr:
                env = api.Environment(cr, uid, {{}})
                owner, name, when = eval(where, {{**globals(), "env": env}})
                stop_at(owner, name, when, lambda: os.write(writer, b"S"))
                work(env["stock.picking"].browse(picking_id))
        finally:
            os._exit(3)
    os.close(writer)
    reached = os.read(reader, 1) == b"S"
    os.close(reader)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return reached

answer([reaches_and_dies(where, {work}, picking) for where, picking in {deaths}])
"""
CANCEL = "env['stock.picking'].browse({ids}).action_cancel()\nenv.cr.commit()\nanswer(1)\n"
# twice, as if ten minutes had passed before each: what is found is attached in the second round
RECOVER = """
for _round in range(2):
    env.cr.execute(
        "UPDATE shipping_purchase SET sent_at = sent_at - interval '10 minutes',"
        " bought_at = bought_at - interval '10 minutes',"
        " next_check = next_check - interval '10 minutes'")
    env.cr.commit()
    env["shipping.purchase"]._cron_recover()
    env.cr.commit()
answer("recovered")
"""


def load_loopback():
    path = ROOT / "addons/shipping_connectors/tests/loopback_carrier.py"
    spec = importlib.util.spec_from_file_location("loopback_carrier", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


loopback = load_loopback()


class Desk:
    """A database with deliveries, and the carrier that sells it labels."""

    def __init__(self, stage, carrier):
        self.stage = stage
        self.query = stage.query
        self.carrier = carrier
        self.pickings = []

    def run(self, script, **values):
        [answer] = self.stage.act(self._text(script, values))
        return answer

    def start(self, script, **values):
        """A worker in the middle of its script, as a context."""
        return self.stage.actor(self._text(script, values))

    def _text(self, script, values):
        return PRELUDE + textwrap.dedent(script.format(**values) if values else script)

    def sold_for(self, picking):
        """What the carrier sold for a delivery, by the keys that it was asked with."""
        keys = self.query(f"SELECT key FROM shipping_purchase WHERE picking_ref = {picking}")
        return [one for one in self.carrier.sold if (one["reference"],) in keys]

    def await_sold(self, picking):
        end = time.monotonic() + 30
        while not self.sold_for(picking):
            assert time.monotonic() < end
            time.sleep(0.05)

    def take(self, count=1):
        taken, self.pickings = self.pickings[:count], self.pickings[count:]
        return taken

    def assert_balance(self):
        """The carrier's books and ours say the same, and no paid label is lost."""
        sold = sorted(one["tracking_code"] for one in self.carrier.kept)
        rows = self.query(
            "SELECT tracking_number, state, EXISTS (SELECT 1 FROM shipping_parcel parcel WHERE"
            " parcel.purchase_key = purchase.key AND parcel.state <> 'cancelled')"
            " FROM shipping_purchase purchase"
            " WHERE state NOT IN ('rejected', 'voided') ORDER BY tracking_number"
        )
        assert [number for number, _state, _attached in rows] == sold
        assert {state for _number, state, _attached in rows} <= {"bought"}
        assert all(attached for _number, _state, attached in rows)


@pytest.fixture(scope="module")
def desk(environment, database, tmp_path_factory):
    stage = actors.Stage(environment, database, tmp_path_factory.mktemp("labels"))
    with loopback.LoopbackCarrier() as carrier:
        desk = Desk(stage, carrier)
        desk.pickings = desk.run(PREPARE, url=carrier.url, key=loopback.API_KEY, count=30)
        yield desk


# where a worker dies, and how many labels the carrier has sold by then
STEPS = {
    "label_desk.Ledger, 'claim', 'before'": 0,
    "label_desk.Ledger, 'claim', 'after'": 0,
    "label_desk.Ledger, 'keep', 'before'": 0,
    "EasyPost, '_offers', 'after'": 0,
    "EasyPost, '_parse_bought', 'before'": 1,
    "label_desk.Ledger, 'record', 'before'": 1,
    "label_desk.Ledger, 'record', 'after'": 1,
    "type(env['delivery.carrier']), '_store_paid', 'after'": 1,
}


@pytest.mark.parametrize("work", ["buy", "validate"])
def test_killed_at_every_step(desk, work):
    pickings = desk.take(len(STEPS))
    before = len(desk.carrier.sold)
    deaths = list(zip(STEPS, pickings, strict=True))
    assert desk.run(KILL, work=work, deaths=deaths) == [True] * len(STEPS)
    assert [len(desk.sold_for(picking)) for picking in pickings] == list(STEPS.values())
    assert len(desk.carrier.sold) - before == sum(STEPS.values())
    desk.run(RECOVER)
    desk.assert_balance()
    # and whoever goes on pays nothing twice
    assert all(desk.run(VALIDATE, ids=pickings))
    assert [len(desk.sold_for(picking)) for picking in pickings] == [1] * len(pickings)
    desk.assert_balance()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_while_the_carrier_sells(desk, moment):
    """The request is on its way, or the answer is: only the carrier knows, and is asked."""
    [picking] = desk.take()
    desk.carrier.hold("buy", moment)
    with desk.start(BUY, ids=[picking]) as (worker, _log):
        desk.carrier.await_held("buy", timeout=240)
        # nobody waits for us meanwhile: what was read is all that the worker's transaction holds
        locks = desk.query(
            "SELECT DISTINCT mode FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            "   AND locktype <> 'virtualxid'"
        )
        assert locks in ([], [("AccessShareLock",)])
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=30)
    desk.carrier.release("buy")
    desk.await_sold(picking)
    desk.run(RECOVER)
    desk.assert_balance()
    desk.run(VALIDATE, ids=[picking])
    assert len(desk.sold_for(picking)) == 1
    desk.assert_balance()


def test_a_rollback_after_the_purchase(desk):
    [picking] = desk.take()
    before = len(desk.carrier.sold)
    message = desk.run(
        """
        picking = env["stock.picking"].browse({ids})
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        env.cr.rollback()
        env.invalidate_all()
        answer([picking.state, len(picking.parcel_ids)])
        """,
        ids=[picking],
    )
    assert message == ["assigned", 0]
    assert len(desk.carrier.sold) - before == 1
    [number] = desk.run(VALIDATE, ids=[picking])
    assert number == desk.carrier.sold[-1]["tracking_code"]
    assert len(desk.carrier.sold) - before == 1
    desk.assert_balance()


def test_a_serialization_failure_is_no_second_purchase(desk):
    """Odoo runs the request again: the second run adopts what the first one bought."""
    [picking] = desk.take()
    before = len(desk.carrier.sold)
    runs = desk.run(
        """
        runs = []
        def validate():
            runs.append(True)
            picking = env["stock.picking"].browse({ids})
            picking.move_ids.picked = True
            picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
            if len(runs) < 3:
                # somebody else changes a row, which we then want to change as well
                change = "UPDATE res_partner SET ref = ref WHERE id = %s"
                with env.registry.cursor() as other:
                    other.execute(change, [picking.partner_id.id])
                env.cr.execute(change, [picking.partner_id.id], log_exceptions=False)
        retrying(validate, env)
        env.cr.commit()
        answer(len(runs))
        """,
        ids=[picking],
    )
    assert runs == 3
    assert len(desk.carrier.sold) - before == 1
    desk.assert_balance()


def test_three_users_at_one_delivery(desk):
    """One buys; the others are told, or use what was bought."""
    [picking] = desk.take()
    before = len(desk.carrier.sold)
    desk.carrier.hold("buy", "before")
    script = """
    def press():
        return env["stock.picking"].browse({ids}).action_buy_labels()
    try:
        retrying(press, env)
        env.cr.commit()
        answer("bought")
    except UserError as error:
        env.cr.rollback()
        answer(str(error))
    """
    with desk.start(script, ids=[picking]) as (first, log):
        desk.carrier.await_held("buy", timeout=240)
        refused = desk.stage.act(*[desk._text(script, {"ids": [picking]})] * 2)
        assert all("is being bought by" in message for message in refused), refused
        desk.carrier.release("buy")
        assert first.wait(timeout=120) == 0
        assert actors.ANSWER + '"bought"' in log.read_text()
    assert desk.run(script, ids=[picking]) == "bought"
    assert len(desk.carrier.sold) - before == 1
    desk.assert_balance()


def test_a_batch_with_one_that_fails(desk):
    pickings = desk.take(3)
    before = len(desk.carrier.sold)
    desk.carrier.fail("buy", "rate_limited")
    numbers = desk.run(VALIDATE, ids=pickings)
    assert [bool(number) for number in numbers] == [False, True, True]
    assert len(desk.carrier.sold) - before == 2
    desk.assert_balance()


def test_a_label_of_a_deleted_delivery_is_given_back(desk):
    """The delivery was cancelled while the worker was dead: the label goes back."""
    [picking] = desk.take()
    deaths = [("label_desk.Ledger, 'record', 'after'", picking)]
    assert desk.run(KILL, work="buy", deaths=deaths) == [True]
    kept = len(desk.carrier.kept)
    desk.run(CANCEL, ids=[picking])
    desk.run(RECOVER)
    assert len(desk.carrier.kept) == kept - 1
    desk.assert_balance()
