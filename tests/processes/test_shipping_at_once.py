"""Parcels under several workers: each a real process with its own connection to the database."""

import json
import subprocess
import textwrap

import pytest

from devkit import databases
from devkit.testing import bases

START = 7_201_900  # number of the advisory lock that holds the workers back
RESULT = "RESULT "

PRELUDE = f"""
import json
from functools import partial
from psycopg2.errors import UniqueViolation
from odoo.service.model import retrying

def together():
    "Go on when the parent lets all workers go; the snapshot is taken after that."
    print("READY", flush=True)
    env.cr.execute("SELECT pg_advisory_lock_shared({START})")
    env.cr.rollback()

def answer(value):
    print("{RESULT}" + json.dumps(value), flush=True)
"""

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


@pytest.fixture(scope="module")
def database(new_database):
    return new_database(bases.ADDONS, "shipping")


class Workers:
    """Odoo shells that run a script each, all at the same moment."""

    def __init__(self, environment, database):
        self.environment = environment
        self.database = database

    def run(self, *scripts):
        """What the scripts answered, in their order."""
        with databases.connect(self.environment, self.database) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT pg_advisory_lock(%s)", [START])
            workers = [self._start(script) for script in scripts]
            for worker in workers:
                self._await_ready(worker)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [START])
            return [self._read(worker) for worker in workers]

    def _start(self, script):
        command = self.environment.odoo(
            "shell",
            "-d",
            self.database,
            "--no-http",
            "--log-level=critical",
            "--shell-interface=python",
        )
        worker = subprocess.Popen(
            command,
            env=self.environment.process_env(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        # the shell executes what it reads as one program
        worker.stdin.write(PRELUDE + textwrap.dedent(script))
        worker.stdin.close()
        return worker

    def _await_ready(self, worker):
        seen = []
        for line in worker.stdout:
            seen.append(line)
            if line.startswith("READY"):
                return
        pytest.fail("A worker ended before it was ready:\n" + "".join(seen))

    def _read(self, worker):
        lines = worker.stdout.read().splitlines()
        worker.wait(timeout=60)
        for line in lines:
            if line.startswith(RESULT):
                return json.loads(line.removeprefix(RESULT))
        pytest.fail("A worker gave no answer:\n" + "\n".join(lines))


@pytest.fixture
def workers(environment, database):
    return Workers(environment, database)


def test_no_number_is_given_twice(workers):
    """Four workers draw numbers, and every third transaction is rolled back."""
    script = """
        together()
        parcels, company, numbers = env["shipping.parcel"], env.company, []
        for n in range(150):
            numbers.append([parcels._next_tracking_number(company), parcels._next_sscc(company)])
            env.cr.rollback() if n % 3 == 0 else env.cr.commit()
        answer(numbers)
    """
    drawn = workers.run(script, script, script, script)
    tracking, sscc = zip(*(pair for numbers in drawn for pair in numbers), strict=True)
    assert len(tracking) == 600
    assert len(set(tracking)) == len(set(sscc)) == 600


def test_one_delivery_labelled_by_two_people(workers):
    """One label is made; the second user is told, or adopts it when asked to start over."""
    [picking_id] = workers.run(
        COMPANY + "\nenv.cr.commit()\ntogether()\nanswer(order.picking_ids.id)"
    )
    script = f"""
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
    answers = workers.run(script, script, script)
    outcomes = [outcome for outcome, _numbers in answers]
    assert "labelled" in outcomes
    refused = [outcome for outcome in outcomes if outcome != "labelled"]
    assert all("labelled meanwhile" in outcome for outcome in refused), refused
    last = max(answers, key=lambda one: len(one[1]))[1]
    assert len(last) == 1
    assert all(numbers in ([], last) for _outcome, numbers in answers)


def test_a_button_pressed_twice_at_once(workers):
    """The same form arrives by two connections: one event, and no error for anybody."""
    [parcel_id] = workers.run(
        COMPANY
        + "\norder.picking_ids.action_create_parcels()\nenv.cr.commit()\ntogether()\n"
        + "answer(order.picking_ids.parcel_ids.id)"
    )
    script = f"""
        parcel = env["shipping.parcel"].browse({parcel_id})
        together()
        def press():
            return parcel._driver_report("delivered", "5eed", recipient="Jane").id
        event = retrying(press, env)
        env.cr.commit()
        env.invalidate_all()
        answer([event, len(parcel.event_ids), parcel.state])
    """
    answers = workers.run(script, script, script)
    assert len({event for event, _count, _state in answers}) == 1
    assert {(count, state) for _event, count, state in answers} == {(1, "delivered")}
