from odoo import api, fields, models


class StockValuationReconcile(models.TransientModel):
    """Asks for which accounts and which day stock and the general ledger are compared."""

    _name = "stock.valuation.reconcile"
    _description = "Reconcile Stock With the General Ledger"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="Both ledgers are read at the end of this day, in your time zone.",
    )
    available_account_ids = fields.Many2many("account.account", compute="_compute_available")
    account_ids = fields.Many2many(
        "account.account",
        string="Valuation Accounts",
        domain="[('id', 'in', available_account_ids)]",
        help="Without any, all valuation accounts of the company that have stock or a balance.",
    )

    @api.depends("company_id")
    def _compute_available(self):
        ledgers = self.env["stock.valuation.ledgers"].sudo()
        for wizard in self:
            accounts = ledgers._get_accounts(wizard.company_id) if wizard.company_id else {}
            wizard.available_account_ids = [account.id for account in accounts if account]

    @api.onchange("company_id")
    def _onchange_company_id(self):
        self.account_ids = False

    def action_reconcile(self):
        self.ensure_one()
        made = self.env["stock.valuation.reconciliation"]._reconcile(
            self.company_id, self.date, self.account_ids
        )
        return made._get_records_action(
            name=self.env._("Reconciliation of %s", self.date), context={}
        )
