"""Salespeople who confirm the last unit at the same moment, each in a process of its own."""

import json
import subprocess
import textwrap

import pytest

from devkit import databases
from devkit.testing import bases

pytestmark = pytest.mark.slow

START = 7_201_960  # number of the advisory lock that holds the salespeople back
RESULT = "RESULT "

PRELUDE = f"""
import json
from odoo.exceptions import UserError
from odoo.service.model import retrying

def together():
    "Go on when the parent lets all go; what is read after that is what was on the screen."
    print("READY", flush=True)
    env.cr.execute("SELECT pg_advisory_lock_shared({START})")
    env.cr.rollback()

def confirm(order):
    try:
        retrying(order.action_confirm, env)
        env.cr.commit()
        return "confirmed"
    except UserError as error:
        env.cr.rollback()
        return str(error)
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
answer = orders.ids
"""

CONFIRM = """
order = env["sale.order"].browse(ORDER)
together()
order.order_line.mapped("available_status")
answer = confirm(order)
"""


@pytest.fixture(scope="module")
def database(new_database):
    return new_database(bases.ADDONS, "sale_promise")


class Salespeople:
    def __init__(self, environment, database):
        self.environment, self.database = environment, database

    def run(self, *scripts):
        """What the scripts answered, in their order; those that wait begin at the same moment."""
        with databases.connect(self.environment, self.database) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT pg_advisory_lock(%s)", [START])
            workers = [self._start(script) for script in scripts]
            for worker, script in zip(workers, scripts, strict=True):
                if "together()" in script:
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
        body = PRELUDE + textwrap.dedent(script)
        body += f'\nprint("{RESULT}" + json.dumps(answer), flush=True)\n'
        # one exec keeps functions and blocks whole in a shell that reads line by line
        worker.stdin.write(f"exec(compile({body!r}, 'salesperson', 'exec'), globals())\n")
        worker.stdin.close()
        return worker

    def _await_ready(self, worker):
        seen = []
        for line in worker.stdout:
            seen.append(line)
            if line.startswith("READY"):
                return
        pytest.fail("A process ended before it was ready:\n" + "".join(seen))

    def _read(self, worker):
        lines = worker.stdout.read().splitlines()
        worker.wait(timeout=120)
        for line in lines:
            if line.startswith(RESULT):
                return json.loads(line.removeprefix(RESULT))
        pytest.fail("A process gave no answer:\n" + "\n".join(lines))


@pytest.fixture
def salespeople(environment, database):
    return Salespeople(environment, database)


@pytest.mark.parametrize(("units", "count"), [(1, 2), (2, 4)])
def test_the_last_units_are_sold_once(salespeople, units, count):
    prepare = PREPARE.replace("UNITS", str(units)).replace("COUNT", str(count))
    [orders] = salespeople.run(prepare)
    outcomes = salespeople.run(*(CONFIRM.replace("ORDER", str(order)) for order in orders))
    assert outcomes.count("confirmed") == units
    refused = [outcome for outcome in outcomes if outcome != "confirmed"]
    assert all("more than can be promised" in outcome for outcome in refused), refused
