from odoo import api, models
from odoo.fields import Domain


class ProductValue(models.Model):
    _inherit = "product.value"

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Odoo reads the prices that were set in all companies; the ledger wants its company's."""
        if self.env.context.get("valuation_ledger"):
            domain = Domain(domain) & Domain("company_id", "=", self.env.company.id)
        return super()._search(domain, *args, **kwargs)

    @api.model_create_multi
    def create(self, vals_list):
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            values = super().create(vals_list)
            for company, records in values.grouped("company_id").items():
                products = (
                    records.product_id | records.lot_id.product_id | records.move_id.product_id
                )
                writer._touch_products(products, company, document=records[:1])
        return values
