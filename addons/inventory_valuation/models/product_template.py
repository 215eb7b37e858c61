from odoo import models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        if "categ_id" not in vals and "lot_valuated" not in vals:
            return super().write(vals)
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            result = super().write(vals)
            writer._touch_products(self.with_context(active_test=False).product_variant_ids)
        return result
