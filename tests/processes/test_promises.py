"""16 clients at once, each a process of its own, over HTTP against a server with a thread for each.

Whatever they ask for, and in whatever order it arrives: what is held and sold of a product is
never more than there is, and nothing is left over that somebody wanted.
"""

import contextlib
import json
import random
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from devkit import databases, demo, process
from devkit.testing import bases, server_log

pytestmark = pytest.mark.slow

CLIENTS = 16
CLIENT = Path(__file__).with_name("promise_client.py")
RESERVE = "stock.soft.reservation/reserve"
RESULT = "RESULT "

PREPARE = """
import json
from datetime import datetime, timedelta
env.company.promise_policy = "refuse"
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
second = env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
env["stock.place.group"].create({
    "name": "Network", "code": "NET", "warehouse_ids": [(6, 0, (warehouse | second).ids)]})
def make(code, quantity, place=warehouse):
    product = env["product.product"].create(
        {"name": code, "default_code": code, "is_storable": True})
    env["stock.quant"]._update_available_quantity(product, place.lot_stock_id, quantity)
    return product
hot, kill, net = make("HOT", 60), make("KILL", 20), make("NET", 30)
same = make("SAME", 1000)
env["stock.quant"]._update_available_quantity(net, second.lot_stock_id, 30)
for number in range(200):
    make(f"SPREAD-{number}", 5)
customer = env["res.partner"].create({"name": "Jane"})
orders = env["sale.order"].create([{
    "partner_id": customer.id, "warehouse_id": warehouse.id,
    "order_line": [(0, 0, {"product_id": hot.id, "product_uom_qty": 1})]} for _n in range(20)])
user = env["res.users"].create({
    "name": "Shop", "login": "shop", "group_ids": [(6, 0, [
        env.ref("inventory_visibility.group_inventory_visibility_reserve").id,
        env.ref("sales_team.group_sale_salesman_all_leads").id,
        env.ref("base.group_user").id])]})
key = env(user=user)["res.users.apikeys"]._generate(
    None, "clients", datetime.now() + timedelta(days=1))
env.cr.commit()
print("RESULT " + json.dumps({"key": key, "warehouse": warehouse.code, "orders": orders.ids}))
"""

EXPIRE = """
env.ref("inventory_visibility.ir_cron_soft_reservation_expire").method_direct_trigger()
env.cr.commit()
print("RESULT null")
"""


class Shop:
    """A served database, and clients of it."""

    def __init__(self, environment, database, url, folder):
        self.env, self.database, self.url, self.folder = environment, database, url, folder
        self.number = 0
        self.__dict__.update(self.shell(PREPARE))

    def shell(self, script):
        command = self.env.odoo(
            "shell",
            f"--database={self.database}",
            "--no-http",
            "--shell-interface=python",
            "--log-level=critical",
        )
        done = subprocess.run(
            command,
            input=script,
            env=self.env.process_env(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        for line in done.stdout.splitlines():
            if RESULT in line:
                return json.loads(line.split(RESULT, 1)[1])
        pytest.fail(f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return None

    def query(self, statement, *values):
        return databases.execute(self.env, statement, *values, database=self.database)

    @contextlib.contextmanager
    def clients(self, plans, stay=0):
        """Start a process for each list of calls, all at the same moment; yields them and logs."""
        self.number += 1
        gun = self.folder / f"gun{self.number}"
        with contextlib.ExitStack() as stack:
            started = []
            for index, calls in enumerate(plans):
                plan = self.folder / f"plan{self.number}-{index}.json"
                plan.write_text(
                    json.dumps(
                        {
                            "url": self.url,
                            "key": self.key,
                            "gun": str(gun),
                            "calls": calls,
                            "stay": stay,
                        }
                    )
                )
                log = plan.with_suffix(".log")
                sink = stack.enter_context(log.open("w"))
                client = stack.enter_context(
                    process.running([sys.executable, CLIENT, plan], stdout=sink, stderr=sink)
                )
                started.append((client, log))
            for _client, log in started:
                wait_for(lambda log=log: "READY" in log.read_text())
            gun.touch()
            yield started

    def run(self, plans):
        """Let the clients make their calls; returns ``[status, answer]`` of all, by client."""
        with self.clients(plans) as started:
            for client, log in started:
                assert client.wait(timeout=400) == 0, log.read_text()[-2000:]
            return [answers(log) for _client, log in started]

    def line(self, reference, product, quantity=1, place=None, **values):
        line = {
            "reference": reference,
            "product": product,
            "place": place or {"warehouse": self.warehouse},
            "quantity": quantity,
        }
        return [RESERVE, {"lines": [{**line, **values}]}]

    def get_held(self, product):
        [(held,)] = self.query(
            "SELECT COALESCE(SUM(hold.quantity - hold.consumed_quantity), 0)"
            "  FROM stock_soft_reservation hold"
            "  JOIN product_product product ON product.id = hold.product_id"
            " WHERE product.default_code = %s AND hold.state = 'held'",
            product,
        )
        return float(held)

    def get_sold(self, product):
        [(sold,)] = self.query(
            "SELECT COALESCE(SUM(move.product_qty), 0)"
            "  FROM stock_move move"
            "  JOIN stock_location place ON place.id = move.location_dest_id"
            "  JOIN product_product product ON product.id = move.product_id"
            " WHERE product.default_code = %s AND place.usage = 'customer'"
            "   AND move.state NOT IN ('cancel', 'done', 'draft')",
            product,
        )
        return float(sold)


def answers(log):
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("[")]


def wait_for(condition, patience=120):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def states(results):
    """Return the states of the lines that were answered; an error is a failure."""
    found = []
    for status, answer in results:
        assert status == 200, answer
        found += [line["state"] for line in answer]
    return found


@pytest.fixture(scope="module")
def shop(environment, artefacts, new_database, tmp_path_factory):
    bases.ensure_addons(environment)
    database = new_database(bases.ADDONS, "promises")
    log = artefacts / f"server-{database}.log"
    port = free_port()
    # a thread and two connections for each client, at most
    options = ("--max-cron-threads=0", "--db_maxconn=64")
    with environment.server(database, port, *options, log=log) as server:
        demo.await_server(server, port, log)
        folder = tmp_path_factory.mktemp("promises")
        yield Shop(environment, database, f"http://127.0.0.1:{port}", folder)
    # a sale that met others five times in a row is given up and reported: that is Odoo's way
    problems = [
        text
        for text in server_log.problems(log)
        if server_log.RETRIED not in text and "could not obtain lock" not in text
    ]
    assert not problems, "\n\n".join(problems)


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_hot_product_held_and_sold(shop):
    """60 there; 12 clients want to hold 10 each, 4 confirm 5 sales each: exactly 60 are gone."""
    plans = [
        [shop.line(f"HOT-{client}-{number}", "HOT") for number in range(10)]
        for client in range(CLIENTS - 4)
    ]
    for client in range(4):
        orders = shop.orders[client * 5 : client * 5 + 5]
        plans.append([["sale.order/action_confirm", {"ids": [order]}] for order in orders])
    results = shop.run(plans)
    held = states(result for client in results[:12] for result in client).count("held")
    sold = sum(status == 200 for client in results[12:] for status, _answer in client)
    assert shop.get_held("HOT") == held
    assert shop.get_sold("HOT") == sold
    assert held + sold == 60


def test_spread_over_200_products(shop):
    """Everybody wants 1 to 3 of anything, of which there are 5 each."""
    generator = random.Random(3)
    plans = [
        [
            shop.line(
                f"S-{client}-{number}",
                f"SPREAD-{generator.randrange(200)}",
                generator.randint(1, 3),
            )
            for number in range(40)
        ]
        for client in range(CLIENTS)
    ]
    results = shop.run(plans)
    assert set(states(result for client in results for result in client)) == {"held", "refused"}
    rows = shop.query(
        "SELECT product.default_code, SUM(hold.quantity) FROM stock_soft_reservation hold"
        "  JOIN product_product product ON product.id = hold.product_id"
        " WHERE product.default_code LIKE 'SPREAD-%%' GROUP BY 1"
    )
    assert rows
    assert max(float(quantity) for _code, quantity in rows) <= 5
    # nobody was refused what was there
    held = {code: float(quantity) for code, quantity in rows}
    for client, calls in zip(results, plans, strict=True):
        for (_status, [answer]), (_path, call) in zip(client, calls, strict=True):
            if answer["state"] == "refused":
                [line] = call["lines"]
                assert held[line["product"]] + line["quantity"] > 5


def test_same_reference_at_once(shop):
    """16 clients send the same ten references: each is reserved once, and all hear of the one."""
    plan = [shop.line(f"SAME-{number}", "SAME", 2) for number in range(10)]
    results = shop.run([plan] * CLIENTS)
    for number in range(10):
        assert len({client[number][1][0]["id"] for client in results}) == 1
    assert shop.get_held("SAME") == 20


def test_group_and_its_members(shop):
    """30 in each of two warehouses; everybody wants from one of them or from the group."""
    places = [{"warehouse": shop.warehouse}, {"warehouse": "SEC"}, {"group": "NET"}]
    plans = [
        [
            shop.line(f"N-{client}-{number}", "NET", 1, places[(client + number) % 3])
            for number in range(8)
        ]
        for client in range(CLIENTS)
    ]
    results = shop.run(plans)
    held = states(result for client in results for result in client).count("held")
    assert shop.get_held("NET") == held == 60
    rows = shop.query(
        "SELECT hold.warehouse_id, SUM(hold.quantity) FROM stock_soft_reservation hold"
        "  JOIN product_product product ON product.id = hold.product_id"
        " WHERE product.default_code = 'NET' AND hold.warehouse_id IS NOT NULL GROUP BY 1"
    )
    assert all(quantity <= 30 for _warehouse, quantity in rows)


def test_killed_clients(shop):
    """Clients take all there is and die; the scheduled action gives it back."""
    until = datetime.now(timezone.utc) + timedelta(seconds=45)
    lines = [
        [shop.line(f"K-{n}", "KILL", 5, date_until=until.strftime("%Y-%m-%dT%H:%M:%SZ"))]
        for n in range(4)
    ]
    with shop.clients(lines, stay=600) as started:
        for _client, log in started:
            wait_for(lambda log=log: answers(log))
        assert states(one for _client, log in started for one in answers(log)) == ["held"] * 4
        for client, _log in started:
            client.send_signal(signal.SIGKILL)
        for client, _log in started:
            assert client.wait(timeout=30) == -signal.SIGKILL
    assert states(shop.run([[shop.line("K-5", "KILL")]])[0]) == ["refused"]
    while datetime.now(timezone.utc) < until + timedelta(seconds=1):
        time.sleep(0.2)
    shop.shell(EXPIRE)
    rows = shop.query(
        "SELECT DISTINCT state FROM stock_soft_reservation WHERE reference LIKE 'K-%%'"
    )
    assert rows == [("expired",)]
    assert states(shop.run([[shop.line("K-5", "KILL", 20)]])[0]) == ["held"]
