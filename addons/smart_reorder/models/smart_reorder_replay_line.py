from odoo import api, fields, models


class SmartReorderReplayLine(models.Model):
    """One product in one place, played."""

    _name = "smart.reorder.replay.line"
    _description = "Replayed Product"
    _order = "cost_change, id"
    _rec_name = "product_id"

    replay_id = fields.Many2one(
        "smart.reorder.replay", required=True, readonly=True, index=True, ondelete="cascade"
    )
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", required=True, readonly=True, ondelete="cascade", index=True
    )
    product_id = fields.Many2one(related="orderpoint_id.product_id", store=True, precompute=True)
    warehouse_id = fields.Many2one(
        related="orderpoint_id.warehouse_id", string="Place", store=True, precompute=True
    )
    company_id = fields.Many2one(related="replay_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    skipped = fields.Boolean(readonly=True)
    asked = fields.Float(string="Demand", digits="Product Unit", readonly=True)
    stock_present = fields.Monetary(readonly=True)
    stock_ours = fields.Monetary(readonly=True)
    fill_present = fields.Float(readonly=True, aggregator="avg", help="Units served, in %.")
    fill_ours = fields.Float(readonly=True, aggregator="avg", help="Units served, in %.")
    orders_present = fields.Integer(readonly=True)
    orders_ours = fields.Integer(readonly=True)
    bought_present = fields.Monetary(readonly=True, help="Ordered from the vendor.")
    bought_ours = fields.Monetary(readonly=True, help="Ordered from the vendor.")
    cost_present = fields.Monetary(readonly=True)
    cost_ours = fields.Monetary(readonly=True)
    cost_change = fields.Monetary(compute="_compute_cost_change", store=True)
    curve = fields.Json(readonly=True)

    @api.depends("cost_present", "cost_ours")
    def _compute_cost_change(self):
        for line in self:
            line.cost_change = line.cost_ours - line.cost_present
