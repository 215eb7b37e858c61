"""Two searches for exceptions at once, and one that is killed: nothing twice, nothing left out."""

import signal

import pytest

from devkit.testing.actors import wait_for

pytestmark = pytest.mark.slow

PREPARE = """
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
products = env["product.product"].create(
    [{"name": f"Counted {index}", "is_storable": True, "standard_price": 10} for index in range(5)]
)
for product in products:
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, -2)
env.cr.commit()
answer(products.ids)
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
together()
from odoo.addons.inventory_visibility.models.stock_exception_run import StockExceptionKind as Kind
done = Kind._done
def note(self, started):
    seen.append(self.kind)
    return done(self, started)
Kind._done = note
env["stock.exception.kind"]._cron_detect()
answer(seen)
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


def found(stage, products):
    """Number of exceptions that are not closed, by product."""
    rows = stage.query(
        "SELECT product_id, COUNT(*) FROM stock_exception WHERE product_id = ANY(%s)"
        " AND kind = 'negative_stock' AND state <> 'closed' GROUP BY 1",
        products,
    )
    return dict(rows)


def test_two_searches_share_the_kinds_out(stage):
    products = stage.act(PREPARE)[0]
    # a kind of an addon that came without one: both searches make it at the same moment
    stage.query("DELETE FROM stock_exception_kind WHERE kind = 'negative_stock' RETURNING id")
    first, second = stage.act(SLOWLY + RUN, SLOWLY + RUN)
    kinds = stage.query("SELECT kind FROM stock_exception_kind WHERE active")
    assert sorted(first + second) == sorted(kind for (kind,) in kinds)
    assert found(stage, products) == dict.fromkeys(products, 1)
    assert stage.query("SELECT COUNT(*) FROM stock_exception_kind WHERE due") == [(0,)]


def test_killed_search_goes_on(stage):
    products = stage.act(PREPARE)[0]
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
    rest = set(stage.act(RUN)[0])
    assert len(rest) == due
    assert not rest & done, "what was done is not done again"
    assert found(stage, products) == dict.fromkeys(products, 1)
