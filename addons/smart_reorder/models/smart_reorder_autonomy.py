from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .smart_reorder_service_class import ABC

MODES = [
    ("suggest", "Suggest"),
    ("minmax", "Update min and max"),
    ("automatic", "Order automatically"),
]


class SmartReorderAutonomy(models.Model):
    """What may happen by itself, by product, class, place and category; the first line that fits
    holds.
    """

    _name = "smart.reorder.autonomy"
    _description = "Autonomy"
    _order = "sequence, id"
    _rec_name = "mode"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    abc = fields.Selection(ABC, string="Class", help="By value of the demand. Empty: all.")
    warehouse_id = fields.Many2one(
        "stock.warehouse", string="Place", check_company=True, help="Empty: all."
    )
    category_id = fields.Many2one(
        "product.category", help="With the categories below it. Empty: all."
    )
    product_id = fields.Many2one("product.product", check_company=True, help="Empty: all.")
    mode = fields.Selection(
        MODES,
        required=True,
        default="suggest",
        help="For rules whose own mode is “As the policy says”. The limits hold for all that fit.",
    )
    max_value = fields.Monetary(
        string="Value up to", help="Of one order. What costs more waits for a planner. 0: any."
    )
    max_change = fields.Float(
        string="Change up to",
        help="In %, of the maximum, or of the quantity against the last one ordered. 0: any.",
    )
    min_confidence = fields.Float(
        string="Confidence from",
        help="In %: share of past intervals whose demand stayed within the reorder point. What was"
        " not measured waits for a planner. 0: any.",
    )

    @api.constrains("max_value", "max_change", "min_confidence")
    def _check_limits(self):
        for line in self:
            if line.max_value < 0 or line.max_change < 0 or not 0 <= line.min_confidence <= 100:
                raise ValidationError(
                    self.env._("Limits are 0 or more, and the confidence at most 100 %.")
                )

    @api.model
    def _get_lines(self, proposals):
        """:return: dict ``proposal -> first line that fits, or none``"""
        lines = self.sudo().search([("company_id", "in", proposals.company_id.ids)])
        return {
            proposal: next((line for line in lines if line._fits(proposal)), lines.browse())
            for proposal in proposals
        }

    def _fits(self, proposal):
        self.ensure_one()
        category = proposal.product_category_id
        return (
            self.company_id == proposal.company_id
            and (not self.abc or self.abc == proposal.abc)
            and (not self.product_id or self.product_id == proposal.product_id)
            and (not self.warehouse_id or self.warehouse_id == proposal.warehouse_id)
            and (
                not self.category_id
                or (category.parent_path or "").startswith(self.category_id.parent_path)
            )
        )

    def _get_mode(self, proposal):
        """The rule's own mode, or that of the line; suggest without either."""
        own = proposal.orderpoint_id.smart_reorder_mode
        return own if own != "policy" else self.mode or "suggest"

    def _find_refusal(self, proposal, cost, old, new):
        """Why a proposal may not act by itself, as a sentence of its reason; or None.

        :param cost: value of the order, 0 for a change of min and max
        :param old: quantity or maximum until now; 0 is not known
        """
        if proposal.forecast_origin != "engine":
            return ["refused_forecast", {}]
        if not self:
            return None
        if self.max_value and cost > self.max_value:
            return ["refused_value", {"value": cost, "limit": self.max_value}]
        if self.max_change and old > 0:
            change = 100 * abs(new - old) / old
            if change > self.max_change:
                return ["refused_change", {"change": change, "limit": self.max_change}]
        measured = proposal.coverage if proposal.evidence == "measured" else 0.0
        if self.min_confidence and measured < self.min_confidence:
            return ["refused_confidence", {"measured": measured, "limit": self.min_confidence}]
        return None
