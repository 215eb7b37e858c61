from odoo import fields, models
from odoo.exceptions import UserError


class StockPicking(models.Model):
    """Which service a transfer goes by: compared, chosen by rules, fetched at a service point."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "shipping.service.point.mixin"]

    # what is left behind goes to the same place
    shipping_service_point = fields.Json(copy=True)

    def action_compare_shipping(self):
        """All services of all methods side by side, for what is packed."""
        self.ensure_one()
        return self.env["shipping.rate.shop"]._open(self)

    def action_check_shipping_address(self):
        """What the carrier makes of the address, before a label is bought."""
        self.ensure_one()
        account = self.carrier_id.sudo().shipping_account_id
        return self.env["shipping.address.check"]._open(self.partner_id, account)

    def action_choose_by_rules(self):
        """Let the rules choose method and service of these deliveries; each says why.

        Carriers are asked for one delivery after the other; what fails is told, the rest is done.
        """
        chosen, failures = [], []
        for picking in self:
            try:
                chosen.append((picking, *picking._ask_rules()))
            except UserError as error:
                failures.append(
                    self.env._("%(picking)s: %(problem)s", picking=picking.name, problem=str(error))
                )
        for picking, offer, reason in chosen:
            picking._choose_shipping_service(offer.carrier, offer.quote.service, offer.price)
            picking.message_post(
                body=self.env._(
                    "%(method)s, %(service)s. %(reason)s",
                    method=offer.carrier.name,
                    service=offer.quote.service_name,
                    reason=reason,
                )
            )
        if failures and not chosen:
            raise UserError("\n".join(failures))
        message = self.env._("%s deliveries have their service.", len(chosen))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failures else "success",
                "message": "\n".join([message, *failures]),
                "sticky": bool(failures),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _ask_rules(self):
        """:return: the chosen offer, and why
        :raises UserError: when no rule fits, or none of the services fits the rule
        """
        self.ensure_one()
        if self.parcel_count or self.state in ("done", "cancel"):
            raise UserError(self.env._("It has labels already, or is closed."))
        rule = self.env["shipping.rule"]._get_rule(self)
        if not rule:
            raise UserError(self.env._("No shipping rule fits it."))
        methods = self.env["delivery.carrier"].search(
            self.env["delivery.carrier"]._check_company_domain(self.company_id)
        )
        methods = methods._filter_shoppable().available_carriers(self.partner_id, self)
        offer, reason = rule._choose(self, (methods & rule.carrier_ids or methods)._shop(self))
        if offer is None:
            raise UserError(reason)
        return offer, reason

    def _choose_shipping_service(self, carrier, service_code, _price):
        """Ship by a service of the rate shop."""
        self.ensure_one()
        is_table = carrier.delivery_type == "rate_table"
        self.write(
            {
                "carrier_id": carrier.id,
                "rate_service_id": int(service_code) if is_table else False,
                "shipping_service_code": False if is_table else service_code,
            }
        )
