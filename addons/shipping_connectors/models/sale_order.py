from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    rate_service_id = fields.Many2one(
        "delivery.rate.service",
        string="Shipping Service",
        ondelete="set null",
        help="Service of the rate table that was chosen for this order.",
    )

    def set_delivery_line(self, carrier, amount):
        """The service belongs to the method: another method forgets it."""
        service = self.env["delivery.rate.service"].browse(self.env.context.get("rate_service_id"))
        self.rate_service_id = service.sudo().filtered(lambda s: s.carrier_id == carrier)
        result = super().set_delivery_line(carrier, amount)
        for order in self.filtered(lambda order: order.state == "sale"):
            order.picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            ).rate_service_id = order.rate_service_id
        return result
