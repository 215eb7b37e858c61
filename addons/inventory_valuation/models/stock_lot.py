from odoo import api, models


class StockLot(models.Model):
    _inherit = "stock.lot"

    @api.depends_context("valuation_ledger", "location", "owners")
    def _compute_value(self):
        return super()._compute_value()

    def write(self, vals):
        if "standard_price" not in vals:
            return super().write(vals)
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            result = super().write(vals)
            # Odoo's own reckoning, not somebody's price
            reckoned = self.env.context.get("disable_auto_revaluation")
            writer._touch_products(self.product_id, self.env.company, revalued=not reckoned)
        return result
