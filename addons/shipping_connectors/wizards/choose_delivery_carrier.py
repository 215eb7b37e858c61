from odoo import api, fields, models


class ChooseDeliveryCarrier(models.TransientModel):
    _inherit = "choose.delivery.carrier"

    rate_service_id = fields.Many2one(
        "delivery.rate.service",
        string="Service",
        domain="[('carrier_id', '=', carrier_id)]",
        compute="_compute_rate_service_id",
        store=True,
        readonly=False,
    )

    @api.depends("carrier_id")
    def _compute_rate_service_id(self):
        """What was chosen before, while the method stays; else the method's default."""
        for wizard in self:
            service = wizard.rate_service_id or wizard.order_id.rate_service_id
            if service.carrier_id != wizard.carrier_id:
                service = wizard.carrier_id.rate_table_service_id
            wizard.rate_service_id = service

    @api.onchange("carrier_id", "total_weight", "rate_service_id")
    def _onchange_carrier_id(self):
        """A rate table answers at once: no button is needed to ask it."""
        result = super()._onchange_carrier_id()
        if self.delivery_type != "rate_table":
            return result
        rate = self._get_delivery_rate()
        if rate.get("error_message"):
            self.display_price = self.delivery_price = 0.0
            return {
                "warning": {
                    "title": self.env._("No price for %(method)s", method=self.carrier_id.name),
                    "message": rate["error_message"],
                    "type": "notification",
                }
            }
        return result

    def _get_delivery_rate(self):
        return super(
            ChooseDeliveryCarrier, self.with_context(rate_service_id=self.rate_service_id.id)
        )._get_delivery_rate()

    def button_confirm(self):
        return super(
            ChooseDeliveryCarrier, self.with_context(rate_service_id=self.rate_service_id.id)
        ).button_confirm()
