from datetime import timedelta

from odoo import fields, models


class StockValuationClose(models.TransientModel):
    _name = "stock.valuation.close"
    _description = "Close a Stock Valuation Period"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        string="Close Up To",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1) - timedelta(days=1),
        help="The value at the end of this day is frozen.",
    )

    def action_close(self):
        self.ensure_one()
        period = self.env["stock.valuation.period"]._close(self.company_id, self.date)
        return period._get_records_action()
