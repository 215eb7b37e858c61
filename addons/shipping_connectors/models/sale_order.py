from odoo import api, fields, models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "shipping.service.point.mixin"]

    rate_service_id = fields.Many2one(
        "delivery.rate.service",
        string="Shipping Service",
        ondelete="set null",
        help="Service of the rate table that was chosen for this order.",
    )

    shipping_service_code = fields.Char(
        string="Carrier's Service",
        copy=False,
        help="Service of the carrier account that was chosen for this order.",
    )

    def set_delivery_line(self, carrier, amount):
        """The service belongs to the method: another method forgets it."""
        service = self.env["delivery.rate.service"].browse(self.env.context.get("rate_service_id"))
        self.rate_service_id = service.sudo().filtered(lambda s: s.carrier_id == carrier)
        self.shipping_service_code = self.env.context.get("shipping_service_code")
        result = super().set_delivery_line(carrier, amount)
        for order in self.filtered(lambda order: order.state == "sale"):
            order.picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            ).write(
                {
                    "rate_service_id": order.rate_service_id.id,
                    "shipping_service_code": order.shipping_service_code,
                }
            )
        return result

    has_shipping_account = fields.Boolean(compute="_compute_has_shipping_account")

    @api.depends("carrier_id")
    def _compute_has_shipping_account(self):
        for order in self:
            order.has_shipping_account = bool(order.carrier_id.sudo().shipping_account_id)

    def action_check_shipping_address(self):
        """What the carrier makes of the delivery address."""
        self.ensure_one()
        account = self.carrier_id.sudo().shipping_account_id
        return self.env["shipping.address.check"]._open(self.partner_shipping_id, account)

    def action_compare_shipping(self):
        """All services of all methods side by side."""
        self.ensure_one()
        return self.env["shipping.rate.shop"]._open(self)

    def _choose_shipping_service(self, carrier, service_code, price):
        """Ship by a service of the rate shop, for its price with the method's margins."""
        self.ensure_one()
        if carrier.delivery_type == "rate_table":
            context = {"rate_service_id": int(service_code)}
        else:
            context = {"shipping_service_code": service_code}
        amount = carrier._apply_margins(price, self)
        if carrier.free_over:
            total = carrier._compute_currency(
                self, self._compute_amount_total_without_delivery(), "pricelist_to_company"
            )
            amount = 0.0 if total >= carrier.amount else amount
        self.with_context(**context).set_delivery_line(carrier, amount)
