from odoo import api, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    # What depends on the context is cached by it. Odoo leaves out `owners`, which it sets for
    # valuation alone, so that a quantity with consigned goods and one without get mixed up.
    @api.depends_context("owners")
    def _compute_quantities(self):
        return super()._compute_quantities()

    @api.depends_context("valuation_ledger")
    def _compute_value(self):
        return super()._compute_value()

    def _with_valuation_context(self):
        """Odoo looks at valued locations of all companies that the user is allowed, and under FIFO
        at consigned goods too; the ledger asks for one company's own goods."""
        products = super()._with_valuation_context()
        if not self.env.context.get("valuation_ledger"):
            return products
        company = self.env.company
        locations = self.env["stock.location"].search(
            [("is_valued_internal", "=", True), ("company_id", "=", company.id)]
        )
        return products.with_context(location=locations.ids, owners=[False, company.partner_id.id])

    def write(self, vals):
        if "standard_price" not in vals:
            return super().write(vals)
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            result = super().write(vals)
            # Odoo's own reckoning, not somebody's price
            reckoned = self.env.context.get("disable_auto_revaluation")
            writer._touch_products(self, self.env.company, revalued=not reckoned)
        return result
