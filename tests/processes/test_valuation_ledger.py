"""Two users move one product at the same moment, a back-fill is killed: the ledger balances.

The transaction of an actor is repeated after a serialization failure, as the web server repeats it.
"""

import signal
from decimal import Decimal

import pytest

from devkit.testing.actors import wait_for

pytestmark = pytest.mark.slow

#: 7 at 10.00 and 4 at 3.33: no average of these is a whole cent
PREPARE = """
company = env.company
warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
annex = env["stock.location"].create(
    {{"name": "Annex", "location_id": warehouse.view_location_id.id, "usage": "internal"}})
customer = env.ref("stock.stock_location_customers")
supplier = env.ref("stock.stock_location_suppliers")
category = env["product.category"].create(
    {{"name": "{method}", "property_cost_method": "{method}"}})
product = env["product.product"].create({{
    "name": "Moved at once", "is_storable": True, "categ_id": category.id, "standard_price": 5}})

def make(source, target, quantity, price=None):
    move = env["stock.move"].create({{
        "product_id": product.id, "product_uom_qty": quantity, "company_id": company.id,
        "location_id": source.id, "location_dest_id": target.id}})
    move._action_confirm(merge=False)
    move.quantity, move.picked = quantity, True
    if price is not None:
        move._action_done()
        move.value_manual = price * quantity
    return move

stock = warehouse.lot_stock_id
make(supplier, stock, 7, 10)
make(supplier, annex, 4, 3.33)
open_moves = [
    make(stock, customer, 2), make(annex, customer, 1), make(supplier, annex, 3),
    make(stock, annex, 1),
]
env.cr.commit()
answer({{"product": product.id, "moves": [move.id for move in open_moves]}})
"""

VALIDATE = """
from odoo.service.model import retrying
attempts = []
def validate():
    attempts.append(1)
    env["stock.move"].browse({move})._action_done()
    env.flush_all()
    # long enough for the other one to be in the middle of it as well
    time.sleep(0.5)
together()
retrying(validate, env)
env.cr.commit()
answer(len(attempts))
"""

COMPARE = """
product = env["product.product"].browse({product})
book = env["stock.valuation.book"].search([("product_id", "=", product.id)])
env["stock.valuation.check"]._check(env.company, book)
answer({{"difference": book.difference, "gap": book.quantity_difference,
        "odoo": product.total_value, "ledger": book.ledger_value}})
"""


@pytest.mark.parametrize("method", ["standard", "average", "fifo"])
def test_one_product_moved_by_four_at_once(stage, method):
    """Whoever comes second is run again on what the first has left."""
    prepared = stage.act(PREPARE.format(method=method))[0]
    attempts = stage.act(*(VALIDATE.format(move=move) for move in prepared["moves"]))
    assert max(attempts) > 1, "nobody met: the test shows nothing"
    found = stage.act(COMPARE.format(product=prepared["product"]))[0]
    assert found["gap"] == 0
    assert found["difference"] == 0
    assert found["ledger"] == found["odoo"]
    # each move is booked once
    booked = stage.query(
        "SELECT move_id, SUM(quantity) FROM stock_valuation_entry"
        " WHERE move_id = ANY(%s) AND kind <> 'transfer' GROUP BY 1 ORDER BY 1",
        prepared["moves"],
    )
    assert [float(quantity) for _move, quantity in booked] == [-2, -1, 3]


HISTORY = """
category = env["product.category"].create({"name": "Old", "property_cost_method": "average"})
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
supplier = env.ref("stock.stock_location_suppliers")
products = env["product.product"]
for number in range(6):
    product = env["product.product"].create({
        "name": f"Old {number}", "is_storable": True, "categ_id": category.id})
    for quantity in (3, 4, 5):
        move = env["stock.move"].create({
            "product_id": product.id, "product_uom_qty": quantity, "company_id": env.company.id,
            "location_id": supplier.id, "location_dest_id": warehouse.lot_stock_id.id})
        move._action_confirm(merge=False)
        move.quantity, move.picked = quantity, True
        move._action_done()
        move.value_manual = quantity * quantity
    products |= product
# as if the addon were installed now
for table in ("stock_valuation_entry", "stock_valuation_book"):
    env.cr.execute(f"DELETE FROM {table} WHERE product_id = ANY(%s)", [products.ids])
env.cr.commit()
answer(products.ids)
"""

#: One product at a time; the third is written, and not committed
KILLED = """
from odoo.addons.inventory_valuation.models import stock_valuation_backfill as module
module.BATCH = 1
original = module.StockValuationBackfill._backfill
done = []
def slowly(self, company, product_ids):
    original(self, company, product_ids)
    done.extend(product_ids)
    if len(done) == 3:
        self.env.flush_all()
        open("{signal}", "w").close()
        time.sleep(120)
module.StockValuationBackfill._backfill = slowly
env["stock.valuation.backfill"]._cron_backfill()
"""

GO_ON = """
env["stock.valuation.backfill"]._cron_backfill()
env.cr.commit()
"""


def test_killed_backfill_goes_on(stage, tmp_path):
    products = stage.act(HISTORY)[0]
    reached = tmp_path / "third"
    with stage.actor(KILLED.format(signal=reached)) as (running, log):
        wait_for(reached.exists, running, log)
        running.send_signal(signal.SIGKILL)
        running.wait()
    state = """
        SELECT product_id, SUM(quantity), SUM(value) FROM stock_valuation_entry
         WHERE product_id = ANY(%s) GROUP BY 1 ORDER BY 1
    """
    # two were committed; the third left nothing, no book either
    assert [row[0] for row in stage.query(state, products)] == products[:2]
    books = "SELECT product_id FROM stock_valuation_book WHERE product_id = ANY(%s) ORDER BY 1"
    assert [row[0] for row in stage.query(books, products)] == products[:2]
    stage.act(GO_ON)
    # 3 + 4 + 5 pieces, worth 9 + 16 + 25
    assert [
        (product, Decimal(str(quantity)), value)
        for product, quantity, value in stage.query(state, products)
    ] == [(product, 12, 50) for product in products]
    found = stage.act(COMPARE.format(product=products[2]))[0]
    assert (found["difference"], found["gap"], found["ledger"]) == (0, 0, 50)
    stage.act(GO_ON)
    assert len(stage.query(books, products)) == len(products)
    assert [row[2] for row in stage.query(state, products)] == [50] * len(products)
