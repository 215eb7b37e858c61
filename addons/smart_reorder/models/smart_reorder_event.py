from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SmartReorderEvent(models.Model):
    """Something that changes demand on some days: a promotion, a holiday, a price change.

    Its effect is learned from its past occurrences, or set by a planner. Forecasts learn from the
    history without it, and add it where it occurs again. Archiving it undoes all of that in the
    next run.
    """

    _name = "smart.reorder.event"
    _description = "Demand Event"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True, help="Archived events change nothing.")
    kind = fields.Selection(
        [
            ("promotion", "Promotion"),
            ("holiday", "Holiday"),
            ("price", "Price Change"),
            ("other", "Other"),
        ],
        required=True,
        default="promotion",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    product_ids = fields.Many2many("product.product", string="Products", help="Empty: all.")
    category_ids = fields.Many2many(
        "product.category", string="Categories", help="With those below them. Empty: all."
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse", string="Places", check_company=True, help="Empty: all."
    )
    occurrence_ids = fields.One2many("smart.reorder.event.occurrence", "event_id", copy=True)
    next_date = fields.Date(string="Next", compute="_compute_next_date")
    effect_mode = fields.Selection(
        [("learned", "Learned from the past"), ("set", "Set by hand")],
        string="Effect",
        required=True,
        default="learned",
    )
    effect_set = fields.Float(
        string="Set Effect",
        digits=(16, 1),
        help="Change of demand in %: 50 is half as much again, -100 none.",
    )
    effect_learned = fields.Float(
        string="Learned Effect",
        digits=(16, 1),
        readonly=True,
        help="Change of demand in %, of all products together, in the past occurrences. Products"
        " with evidence of their own have their own.",
    )
    days_seen = fields.Integer(
        string="Days Compared",
        readonly=True,
        help="Days × products × places of past occurrences that could be compared with the same"
        " weekday in the eight weeks before.",
    )
    qty_expected = fields.Float(
        string="Expected Then",
        digits=(16, 1),
        readonly=True,
        help="Demand that was to be expected on them, each product in its own unit.",
    )
    qty_actual = fields.Float(string="Demand Then", digits=(16, 1), readonly=True)
    run_id = fields.Many2one("smart.reorder.run", string="Learned by", readonly=True)

    @api.constrains("effect_set")
    def _check_effect(self):
        for event in self:
            if not -100 <= event.effect_set <= 1900:
                raise ValidationError(
                    self.env._(
                        "The effect of %(event)s must be between -100 %% (no demand) and 1900 %%"
                        " (20 times as much).",
                        event=event.name,
                    )
                )

    @api.depends("occurrence_ids.date_to")
    def _compute_next_date(self):
        today = fields.Date.context_today(self)
        for event in self:
            coming = event.occurrence_ids.filtered(lambda o: o.date_to and o.date_to >= today)
            event.next_date = min(coming.mapped("date_from"), default=False)

    @api.model
    def _get_active(self, company):
        return self.sudo().search(
            [("company_id", "=", company.id), ("occurrence_ids", "!=", False)]
        )

    def _concerns(self, orderpoints):
        """:return: list of bool, one per orderpoint"""
        self.ensure_one()
        places = self.warehouse_ids
        categories = self.env["product.category"]
        if self.category_ids:
            categories = categories.search([("id", "child_of", self.category_ids.ids)])
        return [
            (not places or orderpoint.warehouse_id in places)
            and (not self.product_ids or orderpoint.product_id in self.product_ids)
            and (not self.category_ids or orderpoint.product_id.categ_id in categories)
            for orderpoint in orderpoints
        ]

    def _get_days(self):
        """Days of all occurrences.

        :return: set of dates
        """
        return {
            occurrence.date_from + timedelta(days=offset)
            for occurrence in self.occurrence_ids
            for offset in range((occurrence.date_to - occurrence.date_from).days + 1)
        }

    def _add_evidence(self, run, actual, expected, days):
        """Add up what the batches of a run saw; the first one begins anew."""
        self.ensure_one()
        if self.run_id != run:
            self.write({"run_id": run.id, "qty_actual": 0.0, "qty_expected": 0.0, "days_seen": 0})
        self.write(
            {
                "qty_actual": self.qty_actual + actual,
                "qty_expected": self.qty_expected + expected,
                "days_seen": self.days_seen + days,
            }
        )
