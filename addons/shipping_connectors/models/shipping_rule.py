from datetime import timedelta

from odoo import api, fields, models

from ..core import choice


class ShippingRule(models.Model):
    """Which service ships which documents: the first rule whose conditions are met chooses."""

    _name = "shipping.rule"
    _description = "Shipping Rule"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company)

    # -- of which documents
    min_weight = fields.Float(digits="Stock Weight", help="Together with its boxes; 0: any.")
    max_weight = fields.Float(digits="Stock Weight", help="0: any.")
    min_value = fields.Monetary(help="Of the goods, in the company's currency; 0: any.")
    max_value = fields.Monetary(help="0: any.")
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", string="Company Currency"
    )
    country_ids = fields.Many2many("res.country", string="Countries", help="Empty: all.")
    zip_prefixes = fields.Char(
        string="Postal Codes Begin With", help="Separated by commas; empty: all."
    )
    product_categ_ids = fields.Many2many(
        "product.category", string="Product Categories", help="One product is enough."
    )
    partner_category_ids = fields.Many2many("res.partner.category", string="Customer Tags")

    # -- what is chosen
    carrier_ids = fields.Many2many(
        "delivery.carrier",
        string="Of These Methods",
        domain="[('delivery_type', 'in', ('rate_table', 'carrier_account'))]",
        help="Empty: of all that deliver there.",
    )
    strategy = fields.Selection(
        [(choice.CHEAPEST, "The Cheapest"), (choice.FASTEST, "The Fastest")],
        required=True,
        default=choice.CHEAPEST,
    )
    within_days = fields.Integer(
        string="Arrives Within Days", help="Counted from today; 0: whenever. Promised dates count."
    )
    before_deadline = fields.Boolean(
        string="Before the Promised Delivery Date",
        help="Of the order or transfer, where it has one.",
    )
    least_on_time = fields.Float(
        string="On Time at Least (%)",
        help="Lanes that were late more often are left out; lanes without a history stay in.",
    )

    _numbers_check = models.Constraint(
        "CHECK(within_days >= 0 AND least_on_time >= 0 AND least_on_time <= 100)",
        "Days cannot be negative, and a share is between 0 and 100 %.",
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for rule in self:
            rule.currency_id = (rule.company_id or self.env.company).currency_id

    # -- matching -------------------------------------------------------------------------------

    @api.model
    def _get_rule(self, document):
        """The first rule for an order or a picking; empty when none fits."""
        facts = self._get_facts(document)
        rules = self.sudo().search([("company_id", "in", [document.company_id.id, False])])
        return next((rule for rule in rules if rule._matches(facts)), self.browse())

    @api.model
    def _get_facts(self, document):
        """What the conditions are about."""
        is_order = document._name == "sale.order"
        order = document if is_order else document.sale_id
        partner = document.partner_shipping_id if is_order else document.partner_id
        if is_order:
            lines = self.env["delivery.carrier"]._get_shipping_order_lines(document)
            products = lines.product_id
            weight = sum(
                line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id)
                * line.product_id.weight
                for line in lines
            )
            value, currency = sum(lines.mapped("price_subtotal")), document.currency_id
        else:
            products = document.move_ids.product_id
            weight = sum(box.weight for box in document._get_shipping_boxes())
            value = sum(document.move_line_ids.mapped("sale_price"))
            currency = order.currency_id or document.company_id.currency_id
        day = fields.Date.context_today(self)
        company = document.company_id
        return {
            "weight": weight,
            "value": currency._convert(value, company.currency_id, company, day),
            "country": partner.country_id,
            "zip": (partner.zip or "").replace(" ", "").upper(),
            "categories": products.categ_id,
            "tags": (partner | partner.commercial_partner_id).category_id,
        }

    def _matches(self, facts):
        self.ensure_one()
        prefixes = [one.strip().upper() for one in (self.zip_prefixes or "").split(",")]
        prefixes = tuple(one.replace(" ", "") for one in prefixes if one)
        return (
            facts["weight"] >= self.min_weight
            and (not self.max_weight or facts["weight"] <= self.max_weight)
            and facts["value"] >= self.min_value
            and (not self.max_value or facts["value"] <= self.max_value)
            and (not self.country_ids or facts["country"] in self.country_ids)
            and (not prefixes or facts["zip"].startswith(prefixes))
            and (not self.product_categ_ids or self._is_below(facts["categories"]))
            and (not self.partner_category_ids or bool(facts["tags"] & self.partner_category_ids))
        )

    def _is_below(self, categories):
        """Whether one of the categories is one of the rule's, or lies below one."""
        own = set(self.product_categ_ids.ids)
        paths = categories.mapped("parent_path")
        return any(own.intersection(map(int, path.strip("/").split("/"))) for path in paths)

    # -- choosing -------------------------------------------------------------------------------

    def _choose(self, document, offers):
        """What the rule chooses of the offers of :meth:`delivery.carrier._shop`.

        :return: the offer or ``None``, and why
        """
        self.ensure_one()
        shares = self.env["shipping.parcel"]._get_on_time(document, offers)
        asked = {}
        for offer in offers:
            if offer.problem or (self.carrier_ids and offer.carrier not in self.carrier_ids):
                continue
            key = str(len(asked))
            asked[key] = offer
        core_offers = [
            choice.Offer(
                key,
                f"{offer.carrier.name} {offer.quote.service_name}",
                round(self.env["shipping.parcel"]._to_decimal(offer.price), 2),
                offer.get_arrival(fields.Date.context_today(self)),
                shares.get((offer.carrier.id, offer.quote.service_name)),
            )
            for key, offer in asked.items()
        ]
        found = choice.choose(
            core_offers,
            self.strategy,
            latest=self._get_latest(document),
            least_on_time=self.least_on_time / 100,
        )
        reason = self.env._("Rule “%(rule)s”: %(reason)s", rule=self.name, reason=found.reason)
        return (asked[found.offer.key] if found.offer else None), reason

    def _get_latest(self, document):
        """The last day on which it may arrive, ``None`` for any."""
        days = []
        if self.within_days:
            days.append(fields.Date.context_today(self) + timedelta(days=self.within_days))
        if self.before_deadline:
            is_order = document._name == "sale.order"
            deadline = document.commitment_date if is_order else document.date_deadline
            if deadline:
                days.append(deadline.date())
        return min(days, default=None)
