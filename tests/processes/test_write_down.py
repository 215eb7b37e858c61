"""Two accountants at once: what is written down is written down once."""

import pytest

pytestmark = pytest.mark.slow

COMPANY = """
company = env["res.company"].create({"name": "Two Accountants"})
env.user.company_ids += company
env = env(context={"allowed_company_ids": company.ids})
accounts = env["account.account"].create([
    {"name": "Allowance", "code": "TA1", "account_type": "asset_current"},
    {"name": "Expense", "code": "TA2", "account_type": "expense"}])
company.write({
    "valuation_allowance_account_id": accounts[0].id,
    "valuation_write_down_account_id": accounts[1].id,
    "account_stock_journal_id": env["account.journal"].create(
        {"name": "Stock", "code": "TAS", "type": "general"}).id})
warehouses = env["stock.warehouse"]
store = (warehouses.search([("company_id", "=", company.id)]) or warehouses.create(
    {"name": "Store", "code": "TAW", "company_id": company.id})).lot_stock_id
product = env["product.product"].create(
    {"name": "Lamp", "is_storable": True, "standard_price": 10, "list_price": 9})
env["stock.quant"].with_context(inventory_mode=True).create(
    {"product_id": product.id, "location_id": store.id, "inventory_quantity": 100}
).action_apply_inventory()
from odoo import fields
proposals = env["stock.valuation.write.down"].create(
    [{"company_id": company.id, "date": fields.Date.context_today(product)} for _ in range(2)])
for proposal in proposals:
    proposal.action_compute()
    proposal.line_ids.action_accept()
"""


def test_two_proposals_become_entries_at_once(stage):
    """100 pieces at 10.00 that bring 9.00 each: 100.00 are written down, not twice."""
    [[company_id, *proposal_ids]] = stage.act(
        COMPANY + "\nenv.cr.commit()\nanswer([company.id, *proposals.ids])"
    )

    def script(proposal_id):
        return f"""
            from odoo.service.model import retrying
            env = env(context={{"allowed_company_ids": [{company_id}]}})
            proposal = env["stock.valuation.write.down"].browse({proposal_id})
            together()
            try:
                retrying(proposal.action_create_entry, env)
                env.cr.commit()
                outcome = "made"
            except Exception as error:
                env.cr.rollback()
                outcome = str(error)
            answer(outcome)
        """

    outcomes = stage.act(*(script(proposal_id) for proposal_id in proposal_ids))
    assert outcomes.count("made") == 1, outcomes
    [refused] = [outcome for outcome in outcomes if outcome != "made"]
    assert "is still a draft" in refused
    [balances] = stage.act(
        f"""
        lines = env["account.move.line"].search([("company_id", "=", {company_id})])
        answer(sorted(lines.mapped("balance")))
        """
    )
    assert balances == [-100, 100]
