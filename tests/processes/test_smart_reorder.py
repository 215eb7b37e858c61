"""Two planners click, the nightly run overlaps, a process is killed: nothing is ordered twice.

The transaction of an actor is repeated after a serialization failure, as the web server repeats it.
"""

import signal

import pytest

from devkit.testing.actors import wait_for

pytestmark = pytest.mark.slow

PREPARE = """
from datetime import datetime, timedelta
company = env.company
warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
vendor = env["res.partner"].create({"name": "Concurrent Vendor"})
customers = env.ref("stock.stock_location_customers")
orderpoints = env["stock.warehouse.orderpoint"]
for index in range(3):
    product = env["product.product"].create({
        "name": f"Concurrent {index}",
        "is_storable": True,
        "route_ids": [(6, 0, warehouse.buy_pull_id.route_id.ids)],
        "seller_ids": [(0, 0, {"partner_id": vendor.id, "price": 3, "delay": 5})],
    })
    for days_ago in range(1, 31):
        move = env["stock.move"].create({
            "product_id": product.id, "product_uom": product.uom_id.id, "product_uom_qty": 2,
            "location_id": warehouse.lot_stock_id.id, "location_dest_id": customers.id,
        })
        move._action_confirm(merge=False)
        move.quantity = 2
        move.picked = True
        move._action_done()
        move.date = datetime.now() - timedelta(days=days_ago)
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 60)
    orderpoints |= env["stock.warehouse.orderpoint"].create({
        "product_id": product.id, "warehouse_id": warehouse.id,
        "location_id": warehouse.lot_stock_id.id, "trigger": "manual", "smart_reorder": True,
    })
env["smart.reorder.run"].action_run_now()
proposals = orderpoints.smart_reorder_proposal_ids
env.cr.commit()
answer({
    "proposals": proposals.ids, "orderpoints": orderpoints.ids, "states": proposals.mapped("state"),
})
"""

ATTEMPT = """
from odoo.exceptions import UserError
from odoo.service.model import retrying
def attempt(function):
    together()
    try:
        return {"done": str(retrying(function, env))}
    except UserError as error:
        env.cr.rollback()
        return {"refused": str(error)}
"""

NIGHT = (
    ATTEMPT
    + """
answer(attempt(lambda: env["smart.reorder.run"]._cron_run() or "ran"))
"""
)

KILLED = """
from odoo.addons.smart_reorder.models import smart_reorder_run_planning as module
module.BATCH_SIZE = 1
original = module.SmartReorderRun._plan_batch
def slowly(self, orderpoints, circular):
    if self.computed:
        open("{signal}", "w").close()
        time.sleep(120)
    original(self, orderpoints, circular)
module.SmartReorderRun._plan_batch = slowly
env["smart.reorder.run"]._cron_run()
"""


def accept(proposals):
    return f"""{ATTEMPT}
proposals = env["smart.reorder.proposal"].browse({proposals})
answer(attempt(lambda: proposals.action_accept()["params"]["message"]))
"""


@pytest.fixture
def prepared(stage):
    answer = stage.act(PREPARE)[0]
    assert answer["states"] == ["draft"] * 3, answer
    yield answer
    stage.query(
        "UPDATE stock_warehouse_orderpoint SET smart_reorder = FALSE WHERE id = ANY(%s)"
        " RETURNING id",
        answer["orderpoints"],
    )


def quantities(stage, prepared):
    rows = stage.query(
        "SELECT orderpoint_id, 1, qty_proposed FROM smart_reorder_proposal WHERE id = ANY(%s)"
        " ORDER BY 1",
        prepared["proposals"],
    )
    return [(op, count, float(quantity)) for op, count, quantity in rows]


def ordered(stage, prepared):
    rows = stage.query(
        "SELECT orderpoint_id, COUNT(*), SUM(product_qty) FROM purchase_order_line"
        " WHERE orderpoint_id = ANY(%s) GROUP BY 1 ORDER BY 1",
        prepared["orderpoints"],
    )
    return [(op, count, float(quantity)) for op, count, quantity in rows]


def test_four_planners_accept_the_same(stage, prepared):
    expected = quantities(stage, prepared)
    answers = stage.act(*[accept(prepared["proposals"])] * 4)
    assert sum("done" in answer for answer in answers) == 1, answers
    refused = [answer["refused"] for answer in answers if "refused" in answer]
    assert all("already decided" in text or "working on" in text for text in refused), refused
    assert ordered(stage, prepared) == expected


def test_planner_and_nightly_run(stage, prepared):
    stage.query(
        "UPDATE stock_warehouse_orderpoint SET smart_reorder_mode = 'automatic'"
        " WHERE id = ANY(%s) RETURNING id",
        prepared["orderpoints"],
    )
    stage.query(
        "UPDATE smart_reorder_proposal SET mode = 'automatic' WHERE id = ANY(%s) RETURNING id",
        prepared["proposals"],
    )
    stage.act(accept(prepared["proposals"]), NIGHT, NIGHT)
    found = ordered(stage, prepared)
    assert [count for _op, count, _quantity in found] == [1, 1, 1]
    # What both wanted to order is there once.
    assert found == quantities(stage, prepared)


def test_killed_run_goes_on(stage, prepared):
    flag = stage.folder / "second-batch"
    with stage.actor(KILLED.format(signal=flag)) as (running, log):
        wait_for(flag.exists, running, log)
        running.send_signal(signal.SIGKILL)
        running.wait(timeout=30)
    [(run, computed)] = stage.query(
        "SELECT id, computed FROM smart_reorder_run WHERE state = 'running'"
    )
    assert computed == 1, "one batch was committed"
    assert "done" in stage.act(NIGHT)[0]
    assert stage.query(
        "SELECT state, computed, total FROM smart_reorder_run WHERE id = %s", run
    ) == [("done", 3, 3)]
    current = stage.query(
        "SELECT orderpoint_id, COUNT(*) FROM smart_reorder_proposal WHERE run_id = %s GROUP BY 1",
        run,
    )
    assert sorted(op for op, _count in current) == sorted(prepared["orderpoints"])
    assert {count for _op, count in current} == {1}
