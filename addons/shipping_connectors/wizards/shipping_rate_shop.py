from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang


class ShippingRateShop(models.TransientModel):
    """All services of all methods for one order or transfer; one is chosen."""

    _name = "shipping.rate.shop"
    _description = "Compare Shipping Rates"

    order_id = fields.Many2one("sale.order", readonly=True, ondelete="cascade")
    picking_id = fields.Many2one("stock.picking", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    line_ids = fields.One2many("shipping.rate.shop.line", "shop_id", readonly=True)
    offer_ids = fields.One2many(
        "shipping.rate.shop.line", "shop_id", domain=[("problem", "=", False)], readonly=True
    )
    refusal_ids = fields.One2many(
        "shipping.rate.shop.line", "shop_id", domain=[("problem", "!=", False)], readonly=True
    )
    rule_reason = fields.Char(string="Chosen", readonly=True)
    distance_text = fields.Char(string="Distance", readonly=True)

    @api.model
    def _open(self, document):
        """Ask all methods for the document, and show what they say."""
        document.ensure_one()
        is_order = document._name == "sale.order"
        order = document if is_order else document.sale_id
        partner = order.partner_shipping_id if is_order else document.partner_id
        if not partner:
            raise UserError(self.env._("Enter the delivery address first."))
        methods = self.env["delivery.carrier"].search(
            self.env["delivery.carrier"]._check_company_domain(document.company_id)
        )
        methods = methods._filter_shoppable().available_carriers(partner, document)
        if not methods:
            raise UserError(
                self.env._(
                    "No delivery method with a carrier account or a rate table delivers there. "
                    "Create one under Inventory ▸ Configuration ▸ Delivery Methods."
                )
            )
        offers = methods._shop(document)
        cheapest = next((offer for offer in offers if not offer.problem), None)
        rule = self.env["shipping.rule"]._get_rule(document)
        chosen, reason = rule._choose(document, offers) if rule else (None, False)
        shares = self.env["shipping.parcel"]._get_on_time(document, offers)
        shop = self.create(
            {
                "order_id": order.id if is_order else False,
                "picking_id": False if is_order else document.id,
                "company_id": document.company_id.id,
                "currency_id": (order.currency_id or document.company_id.currency_id).id,
                "rule_reason": self._get_rule_text(chosen, reason),
                "distance_text": self._get_distance_text(offers, partner),
                "line_ids": [
                    fields.Command.create(
                        {
                            **self._prepare_line(offer, offer is cheapest),
                            **self._prepare_line_history(offer, shares),
                            "is_chosen": offer is chosen,
                        }
                    )
                    for offer in offers
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare Shipping Rates: %s", document.display_name),
            "res_model": self._name,
            "res_id": shop.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _get_rule_text(self, chosen, reason):
        """What a rule chooses, and why; why nothing where it chooses nothing."""
        if chosen is None:
            return reason
        return self.env._(
            "%(method)s, %(service)s. %(reason)s",
            method=chosen.carrier.name,
            service=chosen.quote.service_name,
            reason=reason,
        )

    @api.model
    def _get_distance_text(self, offers, partner):
        """What the estimates of emissions suppose; nothing where there is none."""
        estimated = next((offer for offer in offers if offer.emissions is not None), None)
        if estimated is None:
            return False
        return estimated.carrier._get_distance_text(estimated.distance, partner.country_id)

    def _prepare_line_history(self, offer, shares):
        """How the lane kept its promises; nothing is said of one without a history."""
        key = (offer.carrier.id, offer.quote.service_name if offer.quote else "")
        share = shares.get(key)
        return {"on_time": self.env._("%s %%", round(share * 100)) if share is not None else False}

    def _prepare_line(self, offer, is_cheapest):
        quote = offer.quote
        values = {
            "carrier_id": offer.carrier.id,
            "problem": offer.problem or False,
            "is_cheapest": is_cheapest,
        }
        if quote is None:
            return values
        listed = 0.0
        if quote.list_amount and quote.amount:
            listed = offer.price * float(quote.list_amount / quote.amount)
        return {
            **values,
            "service_code": quote.service,
            "service_name": quote.service_name,
            "price": offer.price,
            "list_price": listed,
            "transit_days": quote.transit_days or 0,
            "promised_date": offer.get_arrival(fields.Date.context_today(self)) or False,
            "is_guaranteed": quote.is_guaranteed,
            "reason": quote.reason or False,
            "emissions": self._get_emissions_text(offer.emissions),
        }

    def _get_emissions_text(self, emissions):
        """With its unit; nothing for what is not known."""
        if emissions is None:
            return False
        digits = 2 if emissions < 10 else 0
        return self.env._("≈ %s kg", formatLang(self.env, emissions, digits=digits))


class ShippingRateShopLine(models.TransientModel):
    _name = "shipping.rate.shop.line"
    _description = "Offered Shipping Service"
    _order = "id"

    shop_id = fields.Many2one("shipping.rate.shop", required=True, ondelete="cascade")
    carrier_id = fields.Many2one(
        "delivery.carrier", string="Delivery Method", readonly=True, ondelete="cascade"
    )
    service_code = fields.Char(readonly=True)
    service_name = fields.Char(string="Service", readonly=True)
    currency_id = fields.Many2one(related="shop_id.currency_id")
    price = fields.Monetary(readonly=True)
    list_price = fields.Monetary(readonly=True, help="What the carrier asks without your contract.")
    transit_days = fields.Integer(string="Days", readonly=True)
    promised_date = fields.Date(string="Promised", readonly=True)
    is_guaranteed = fields.Boolean(string="Guaranteed", readonly=True)
    reason = fields.Char(string="Explained", readonly=True)
    # a text, so that lists show the whole of it
    problem = fields.Text(readonly=True)
    is_cheapest = fields.Boolean(readonly=True)
    is_chosen = fields.Boolean(string="By Rule", readonly=True)
    on_time = fields.Char(
        readonly=True,
        help="Share of this service's deliveries to that country that kept their promise in the "
        "last 180 days; empty for fewer than ten.",
    )

    emissions = fields.Char(
        string="CO₂e",
        readonly=True,
        help="Estimate of greenhouse gases, tank to wheel: weight × distance as the crow flies × "
        "the average of trucks (0.102 kg per tonne-km), vans (0.631) or planes (1.278, and 0.899 "
        "beyond 3,700 km), from the UK Government GHG Conversion Factors 2025. The distance is "
        "told below. Empty where the transport is not known.",
    )

    def action_choose(self):
        """Ship by this service."""
        self.ensure_one()
        if self.problem:
            raise UserError(self.problem)
        shop = self.shop_id
        (shop.order_id or shop.picking_id)._choose_shipping_service(
            self.carrier_id, self.service_code, self.price
        )
        return {"type": "ir.actions.act_window_close"}
