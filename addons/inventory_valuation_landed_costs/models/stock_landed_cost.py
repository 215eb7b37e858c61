from odoo import models


class StockLandedCost(models.Model):
    _inherit = "stock.landed.cost"

    def button_validate(self):
        """What it adds to goods that are still there is entered as a landed cost."""
        with self.env["stock.valuation.writer"]._collect("landed_cost", self):
            return super().button_validate()
