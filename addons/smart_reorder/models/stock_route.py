from odoo import api, fields, models
from odoo.exceptions import ValidationError


class StockRoute(models.Model):
    """What it costs to move goods from one warehouse to another."""

    _inherit = "stock.route"

    smart_reorder_currency_id = fields.Many2one(
        "res.currency", string="Transport Currency", compute="_compute_smart_reorder_currency_id"
    )
    smart_reorder_lane_cost = fields.Monetary(
        string="Cost per Transfer",
        currency_field="smart_reorder_currency_id",
        help="Of going there at all, whatever is moved.",
    )
    smart_reorder_unit_cost = fields.Monetary(
        string="Cost per Unit",
        currency_field="smart_reorder_currency_id",
        help="Transport and handling of a piece.",
    )
    smart_reorder_kg_cost = fields.Monetary(
        string="Cost per kg", currency_field="smart_reorder_currency_id"
    )

    @api.depends("company_id")
    def _compute_smart_reorder_currency_id(self):
        for route in self:
            route.smart_reorder_currency_id = (route.company_id or self.env.company).currency_id

    @api.constrains("smart_reorder_lane_cost", "smart_reorder_unit_cost", "smart_reorder_kg_cost")
    def _check_smart_reorder_costs(self):
        for route in self:
            costs = (
                route.smart_reorder_lane_cost,
                route.smart_reorder_unit_cost,
                route.smart_reorder_kg_cost,
            )
            if min(costs) < 0:
                raise ValidationError(self.env._("Costs of transport cannot be negative."))
