"""Two accountants close at the same moment: the closings stay a chain."""

import pytest

pytestmark = pytest.mark.slow

COMPANY = """
from datetime import timedelta
from odoo import fields
company = env["res.company"].create({"name": "Two Closings TCW"})
env.user.company_ids += company
env = env(context={"allowed_company_ids": company.ids})
warehouses = env["stock.warehouse"]
store = (warehouses.search([("company_id", "=", company.id)]) or warehouses.create(
    {"name": "Store", "code": "TCW", "company_id": company.id})).lot_stock_id
product = env["product.product"].create(
    {"name": "Lamp", "is_storable": True, "standard_price": 10})
move = env["stock.move"].create({
    "product_id": product.id, "product_uom_qty": 5, "company_id": company.id,
    "location_id": env.ref("stock.stock_location_suppliers").id, "location_dest_id": store.id})
move._action_confirm()
move.quantity, move.picked = 5, True
move._action_done()
move.date = fields.Datetime.now() - timedelta(days=9)
env.cr.commit()
answer(company.id)
"""


@pytest.mark.parametrize("days", [(3, 3), (3, 2)], ids=["the same day", "two days"])
def test_two_close_at_once(stage, days):
    [company_id] = stage.act(COMPANY.replace("TCW", f"T{sum(days)}"))

    def script(ago):
        return f"""
            from datetime import timedelta
            from odoo import fields
            from odoo.service.model import retrying
            env = env(context={{"allowed_company_ids": [{company_id}]}})
            periods = env["stock.valuation.period"]
            company = env["res.company"].browse({company_id})
            day = fields.Date.context_today(company) - timedelta(days={ago})
            periods._get_last(company)  # both see that nothing is closed yet
            together()
            try:
                retrying(lambda: periods._close(company, day), env)
                env.cr.commit()
                outcome = "closed"
            except Exception as error:
                env.cr.rollback()
                outcome = str(error)
            answer(outcome)
        """

    outcomes = stage.act(*(script(ago) for ago in days))
    assert "closed" in outcomes
    for outcome in outcomes:
        # whoever came second was told, or came so late that he closed on top of the first
        assert outcome == "closed" or "closed just now" in outcome or "is closed up to" in outcome
    chain = stage.query(
        "SELECT digest, previous_digest FROM stock_valuation_period WHERE company_id = %s"
        " ORDER BY date",
        company_id,
    )
    assert len(chain) == outcomes.count("closed")
    assert [previous for _digest, previous in chain] == [
        None,
        *(digest for digest, _previous in chain[:-1]),
    ]
