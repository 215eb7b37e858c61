from odoo import api, models
from odoo.fields import Domain


class StockAvailabilityLookup(models.AbstractModel):
    _inherit = "stock.availability.lookup"

    @api.model
    def _get_counted(self, products):
        """Kits are counted by what is tracked of them, tracked themselves or not."""
        counted = super()._get_counted(products)
        others = products - counted
        if not others:
            return counted
        kits = others.filtered_domain(Domain("type", "=", "consu"))
        for company in self.env.companies:
            parts = (kits - counted)._get_kit_parts(company)
            counted |= products.browse(kit_id for kit_id, own in parts.items() if own)
        return counted
