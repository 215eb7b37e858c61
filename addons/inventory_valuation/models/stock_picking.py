from odoo import models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _action_done(self):
        """Odoo dates the movements anew once all of them are done: entries are written after."""
        with self.env["stock.valuation.writer"]._collect():
            return super()._action_done()
