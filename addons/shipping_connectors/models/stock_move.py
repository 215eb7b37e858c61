from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_new_picking_values(self):
        values = super()._get_new_picking_values()
        if values.get("carrier_id"):
            order = self.reference_ids.sale_ids[:1]
            values["rate_service_id"] = order.rate_service_id.id
            values["shipping_service_code"] = order.shipping_service_code
            values["shipping_service_point"] = order.shipping_service_point
        return values
