"""Two searches for exceptions at once, and one that is killed: nothing twice, nothing left out.

Each actor is an `odoo shell` process with its own connection, as in production; files are the
signals between them.
"""

import contextlib
import json
import signal
import time

import pytest

from devkit import databases, process
from devkit.testing import bases

pytestmark = pytest.mark.slow

PREPARE = """
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
products = env["product.product"].create(
    [{"name": f"Counted {index}", "is_storable": True, "standard_price": 10} for index in range(5)]
)
for product in products:
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, -2)
answer = {"products": products.ids}
env.cr.commit()
"""

# Every kind waits a little while it is locked, so that two searches meet.
SLOWLY = """
import time
from odoo.addons.inventory_visibility.models.stock_exception_run import StockExceptionKind as Kind
detect = Kind._detect
def slowly(self):
    time.sleep(0.3)
    return detect(self)
Kind._detect = slowly
"""

RUN = """
seen = []
from odoo.addons.inventory_visibility.models.stock_exception_run import StockExceptionKind as Kind
done = Kind._done
def note(self, started):
    seen.append(self.kind)
    return done(self, started)
Kind._done = note
env["stock.exception.kind"]._cron_detect()
answer = {"seen": seen}
"""

KILLED = """
from odoo.addons.inventory_visibility.models.stock_exception_run import StockExceptionKind as Kind
detect = Kind._detect
count = []
def stops(self):
    result = detect(self)
    count.append(self.kind)
    if len(count) == 3:
        open("SIGNAL", "w").close()
        time.sleep(120)
    return result
Kind._detect = stops
env["stock.exception.kind"]._cron_detect()
"""

FRAME = """
import json, os, time
print("READY", flush=True)
while not os.path.exists("{gun}"):
    time.sleep(0.005)
env.cr.rollback()
{body}
print("ANSWER " + json.dumps(answer), flush=True)
"""


@pytest.fixture(scope="module")
def database(environment, new_database):
    bases.ensure_addons(environment)
    return new_database(bases.ADDONS, "exceptions")


class Stage:
    """A database, and processes acting on it."""

    def __init__(self, environment, database, folder):
        self.env, self.database, self.folder = environment, database, folder
        self.count = 0

    @contextlib.contextmanager
    def actor(self, body, gun=None):
        self.count += 1
        script = self.folder / f"actor{self.count}.py"
        text = FRAME.format(body=body, gun=gun or self.folder)
        # the shell reads line by line: one exec keeps functions and blocks whole
        script.write_text(f"exec(compile({text!r}, 'actor', 'exec'), globals())\n")
        log = script.with_suffix(".log")
        command = self.env.odoo(
            "shell", f"--database={self.database}", "--no-http", "--shell-interface=python"
        )
        with (
            script.open() as stdin,
            log.open("w") as sink,
            process.running(
                command, stdin=stdin, stdout=sink, stderr=sink, env=self.env.process_env()
            ) as running,
        ):
            yield running, log

    def act(self, *bodies):
        """Run all at the same moment; returns their answers in order."""
        gun = self.folder / f"gun{self.count}"
        with contextlib.ExitStack() as stack:
            actors = [stack.enter_context(self.actor(body, gun)) for body in bodies]
            for running, log in actors:
                wait_for(lambda log=log: "READY" in log.read_text(), running, log)
            gun.touch()
            return [self.answer(*actor) for actor in actors]

    def answer(self, running, log):
        assert running.wait(timeout=300) == 0, log.read_text()[-3000:]
        lines = [line for line in log.read_text().splitlines() if "ANSWER " in line]
        assert lines, log.read_text()[-3000:]
        return json.loads(lines[-1].split("ANSWER ", 1)[1])

    def query(self, statement, *values):
        return databases.execute(self.env, statement, *values, database=self.database)


def wait_for(condition, running, log, patience=240):
    end = time.monotonic() + patience
    while not condition():
        assert running.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < end, log.read_text()[-3000:]
        time.sleep(0.05)


@pytest.fixture
def stage(environment, database, tmp_path):
    return Stage(environment, database, tmp_path)


def found(stage, products):
    """Number of exceptions that are not closed, by product."""
    rows = stage.query(
        "SELECT product_id, COUNT(*) FROM stock_exception WHERE product_id = ANY(%s)"
        " AND kind = 'negative_stock' AND state <> 'closed' GROUP BY 1",
        products,
    )
    return dict(rows)


def test_two_searches_share_the_kinds_out(stage):
    products = stage.act(PREPARE)[0]["products"]
    # a kind of an addon that came without one: both searches make it at the same moment
    stage.query("DELETE FROM stock_exception_kind WHERE kind = 'negative_stock' RETURNING id")
    first, second = stage.act(SLOWLY + RUN, SLOWLY + RUN)
    kinds = stage.query("SELECT kind FROM stock_exception_kind WHERE active")
    assert sorted(first["seen"] + second["seen"]) == sorted(kind for (kind,) in kinds)
    assert found(stage, products) == dict.fromkeys(products, 1)
    assert stage.query("SELECT COUNT(*) FROM stock_exception_kind WHERE due") == [(0,)]


def test_killed_search_goes_on(stage):
    products = stage.act(PREPARE)[0]["products"]
    flag = stage.folder / "third-kind"
    with stage.actor(KILLED.replace("SIGNAL", str(flag))) as (running, log):
        wait_for(flag.exists, running, log)
        running.send_signal(signal.SIGKILL)
        running.wait(timeout=30)
    total, due = stage.query(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE due) FROM stock_exception_kind WHERE active"
    )[0]
    assert due == total - 2, "two were committed, the third was undone"
    done = {kind for (kind,) in stage.query("SELECT kind FROM stock_exception_kind WHERE NOT due")}
    rest = set(stage.act(RUN)[0]["seen"])
    assert len(rest) == due
    assert not rest & done, "what was done is not done again"
    assert found(stage, products) == dict.fromkeys(products, 1)
