from datetime import datetime, time

from pytz import UTC, timezone

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SmartReorderBudget(models.Model):
    """Money that a company may spend on purchases in a period.

    What is ordered in the period, by whomever, is taken off; runs propose for the rest what avoids
    most missed sales, and say what more money would bring.
    """

    _name = "smart.reorder.budget"
    _description = "Purchase Budget"
    _order = "date_from desc, id desc"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(string="Until", required=True)
    amount = fields.Monetary(required=True)
    committed = fields.Monetary(
        compute="_compute_committed",
        help="Purchase orders and requests for quotation of the period, without taxes.",
    )
    remaining = fields.Monetary(compute="_compute_committed")
    proposed = fields.Monetary(readonly=True, help="What the last run would have bought.")
    kept = fields.Monetary(
        string="Proposed within it", readonly=True, help="What the last run proposes to buy."
    )
    cut_count = fields.Integer(
        string="Products Cut", readonly=True, help="By the last run, for want of money."
    )
    shadow_price = fields.Float(
        digits=(16, 2),
        readonly=True,
        aggregator=None,
        help="What one more unit of money would bring in sales not missed, by the last run. 0: the"
        " budget suffices. Below 1, more money would not come back by it.",
    )
    run_id = fields.Many2one("smart.reorder.run", string="Last Run", readonly=True)

    @api.constrains("date_from", "date_to", "amount")
    def _check_budget(self):
        for budget in self:
            if budget.date_to < budget.date_from:
                raise ValidationError(self.env._("The budget ends before it begins."))
            if budget.amount < 0:
                raise ValidationError(self.env._("A budget cannot be negative."))

    @api.depends("company_id", "date_from", "date_to", "amount")
    def _compute_committed(self):
        for budget in self:
            budget.committed = budget._get_committed() if budget.date_to else 0.0
            budget.remaining = budget.amount - budget.committed

    def _get_period(self):
        """First and last moment, in UTC, of the days as the company counts them."""
        zone = timezone(self.company_id.partner_id.tz or "UTC")
        return [
            zone.localize(datetime.combine(day, clock)).astimezone(UTC).replace(tzinfo=None)
            for day, clock in ((self.date_from, time.min), (self.date_to, time.max))
        ]

    def _get_committed(self):
        """What the orders of the period come to, in the company's currency."""
        start, end = self._get_period()
        groups = (
            self.env["purchase.order"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", self.company_id.id),
                    ("state", "!=", "cancel"),
                    ("date_order", ">=", start),
                    ("date_order", "<=", end),
                ],
                ["currency_rate"],
                ["amount_untaxed:sum"],
            )
        )
        return sum(amount / (rate or 1.0) for rate, amount in groups)

    @api.model
    def _get_current(self, company, today):
        return self.search(
            [
                ("company_id", "=", company.id),
                ("date_from", "<=", today),
                ("date_to", ">=", today),
            ]
        )

    def action_view_proposals(self):
        """Open what the last run cut."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "smart_reorder.smart_reorder_proposal_action"
        )
        action["domain"] = [("budget_id", "=", self.id), ("is_current", "=", True)]
        action["context"] = {}
        return action
