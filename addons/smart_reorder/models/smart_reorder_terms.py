from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..engine.calendar import OrderCalendar
from ..engine.consolidate import Terms as Limits

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class SmartReorderTerms(models.Model):
    """When a vendor takes orders, and from how much on: for all places of a company, or for one.

    The terms of a place replace those for all places as a whole.
    """

    _name = "smart.reorder.terms"
    _description = "Ordering Terms"
    _order = "partner_id, company_id, warehouse_id, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner", string="Vendor", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="Place",
        check_company=True,
        ondelete="cascade",
        help="Empty: orders for every place.",
    )
    monday = fields.Boolean()
    tuesday = fields.Boolean()
    wednesday = fields.Boolean()
    thursday = fields.Boolean()
    friday = fields.Boolean()
    saturday = fields.Boolean()
    sunday = fields.Boolean()
    cutoff = fields.Float(
        string="Cut-off",
        default=24.0,
        help="Until when an order still counts for the day. 24:00: all day.",
    )
    tz = fields.Selection(
        _tz_get, string="Time Zone", help="Of the cut-off. Empty: the vendor's, or the company's."
    )
    review_days = fields.Integer(
        string="Order every",
        help="Days between two orders to the vendor at least. 0: as often as the company reviews.",
    )

    minimum_value = fields.Monetary(string="Least Value", help="Of an order. 0: none.")
    minimum_quantity = fields.Float(
        string="Least Quantity", digits="Product Unit", help="Of all products of an order together."
    )
    minimum_weight = fields.Float(digits="Stock Weight", string="Least Weight", help="In kg.")
    load_quantity = fields.Float(
        string="Pieces a Load",
        digits="Product Unit",
        help="What a truck or container holds; orders are made to fill whole ones. 0: no limit.",
    )
    load_weight = fields.Float(digits="Stock Weight", string="Weight a Load", help="In kg.")
    load_volume = fields.Float(digits="Volume", string="Volume a Load", help="In m³.")
    least_share = fields.Float(
        string="Fill up from",
        default=50.0,
        help="Share of the minimum or load, in %, that must be needed: the rest is filled with what"
        " will be needed soonest. With less the order waits, or what is above a full load.",
    )
    early_days = fields.Integer(
        string="Order early up to",
        default=60,
        help="Days before its time that something is ordered to fill up.",
    )
    discount = fields.Selection(
        [("all_units", "All units"), ("incremental", "Units above the minimum")],
        string="Lower Prices for",
        default="all_units",
        required=True,
        help="All units: the price of the quantity holds for the whole order, as in Odoo.\n"
        "Units above the minimum: each price holds for the units from its minimum on.",
    )

    _one_per_place = models.UniqueIndex(
        "(partner_id, company_id, COALESCE(warehouse_id, 0))",
        "The vendor already has ordering terms for this place.",
    )

    @api.constrains("cutoff", "review_days")
    def _check_calendar(self):
        for terms in self:
            if not 0 < terms.cutoff <= 24:
                raise ValidationError(
                    self.env._(
                        "The cut-off must be between 0:01 and 24:00, not %(hours)s hours.",
                        hours=terms.cutoff,
                    )
                )
            if not 0 <= terms.review_days <= 90:
                raise ValidationError(
                    self.env._(
                        "Orders must be 0 to 90 days apart, not %(days)s.", days=terms.review_days
                    )
                )

    @api.constrains(
        "minimum_value",
        "minimum_quantity",
        "minimum_weight",
        "load_quantity",
        "load_weight",
        "load_volume",
        "least_share",
        "early_days",
    )
    def _check_minimum(self):
        for terms in self:
            values = [*terms._get_measures("minimum"), *terms._get_measures("load")]
            if any(terms[name] < 0 for name, _measure in values) or terms.early_days < 0:
                raise ValidationError(
                    self.env._("Minimums, loads and days of ordering terms cannot be negative.")
                )
            if not 0 <= terms.least_share <= 100:
                raise ValidationError(
                    self.env._(
                        "The share from which orders are filled up must be 0 to 100 %%, not"
                        " %(share)s.",
                        share=terms.least_share,
                    )
                )

    @api.model
    def _get_measures(self, kind):
        """:return: pairs of a field and what it measures"""
        names = {
            "minimum": ("value", "quantity", "weight"),
            "load": ("quantity", "weight", "volume"),
        }
        return [(f"{kind}_{measure}", measure) for measure in names[kind]]

    def _get_limits(self):
        """As the engine takes them; None when orders of any size are taken."""
        limits = {
            kind: {m: self[name] for name, m in self._get_measures(kind) if self[name] > 0}
            for kind in ("minimum", "load")
        }
        if not self or not any(limits.values()):
            return None
        return Limits(**limits, least_share=self.least_share / 100, early_days=self.early_days)

    @api.model
    def _get_limiting_vendors(self, company):
        """Vendors that do not take orders of any size."""
        terms = self.sudo().search([("company_id", "=", company.id)])
        return terms.filtered(lambda t: t._get_limits()).partner_id

    @api.depends("partner_id", "warehouse_id")
    def _compute_display_name(self):
        for terms in self:
            names = [terms.partner_id.display_name or "", terms.warehouse_id.name]
            terms.display_name = " @ ".join(name for name in names if name)

    @api.model
    def _get_terms(self, company, partners):
        """Terms of vendors, read at once.

        :return: function of a vendor and a warehouse that gives the terms, empty ones without
        """
        found = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", partners.commercial_partner_id.ids),
            ]
        )
        by_place = {(t.partner_id.id, t.warehouse_id.id): t for t in found}

        def get(partner, warehouse):
            vendor = partner.commercial_partner_id.id
            general = by_place.get((vendor, False), self.sudo().browse())
            return by_place.get((vendor, warehouse.id), general)

        return get

    def _get_weekdays(self):
        """:return: list of 0 (Monday) … 6; empty: every day"""
        return [index for index, name in enumerate(WEEKDAYS) if self and self[name]]

    def _get_calendar(self, review_days):
        """:param review_days: the company's"""
        return OrderCalendar(
            frozenset(self._get_weekdays()),
            self.cutoff if self else 24.0,
            max(self.review_days or review_days, 1),
        )

    def _get_timezone(self):
        """Name of the zone of the cut-off."""
        return self.tz or self.partner_id.tz or self.company_id.partner_id.tz or "UTC"
