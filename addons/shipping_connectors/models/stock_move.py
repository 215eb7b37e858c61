from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_new_picking_values(self):
        values = super()._get_new_picking_values()
        if values.get("carrier_id"):
            values["rate_service_id"] = self.reference_ids.sale_ids.rate_service_id[:1].id
        return values
