from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    stock_valuation_state_at = fields.Datetime(
        string="In This State Since",
        readonly=True,
        copy=False,
        help="When it was posted, or taken back: whether a stock closing could know about it.",
    )
    stock_closing_at = fields.Datetime(
        string="Stock Closing Reckoned At",
        readonly=True,
        copy=False,
        help="Of a closing of the stock valuation: when the value of stock was read.",
    )
    stock_closing_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Of a closing of the stock valuation: up to when movements are part of it.",
    )

    _stock_closing_idx = models.Index("(company_id, date) WHERE stock_closing_at IS NOT NULL")

    def write(self, vals):
        if "state" in vals:
            vals = {**vals, "stock_valuation_state_at": fields.Datetime.now()}
        return super().write(vals)

    def _post(self, soft=True):
        """Bills change the value of what they are for."""
        bills = self.filtered(lambda move: move.is_purchase_document(include_receipts=True))
        if not bills:
            return super()._post(soft)
        with self.env["stock.valuation.writer"]._collect("bill_difference", bills):
            return super()._post(soft)
