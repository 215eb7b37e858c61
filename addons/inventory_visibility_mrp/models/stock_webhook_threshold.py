from odoo import models

from ..core import kits


class StockWebhookThreshold(models.Model):
    _inherit = "stock.webhook.threshold"

    def _get_changed_product_ids(self):
        """A kit changes with its components."""
        changed = super()._get_changed_product_ids()
        every = self.env["product.product"].sudo().search([("is_kits", "=", True)])
        for company in self.company_id:
            changed |= kits.users_of(every._get_kit_parts(company), changed)
        return changed
