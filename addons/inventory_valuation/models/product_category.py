from odoo import models


class ProductCategory(models.Model):
    _inherit = "product.category"

    def write(self, vals):
        if "property_cost_method" not in vals:
            return super().write(vals)
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            result = super().write(vals)
            writer._touch_products(
                self.env["product.product"]
                .with_context(active_test=False)
                .search([("categ_id", "in", self.ids), ("is_storable", "=", True)]),
                self.env.company,
            )
        return result
