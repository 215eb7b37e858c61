from odoo import fields, models


class SmartReorderReplayPoint(models.Model):
    """A point of the curve of stock against service."""

    _name = "smart.reorder.replay.point"
    _description = "Stock against Service"
    _order = "replay_id, level"
    _rec_name = "level"

    replay_id = fields.Many2one(
        "smart.reorder.replay", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="replay_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    level = fields.Float(string="Service Level", readonly=True, aggregator=None, help="In %.")
    fill = fields.Float(
        string="Units Served", readonly=True, digits=(16, 1), aggregator="avg", help="In %."
    )
    stock = fields.Monetary(readonly=True, help="Mean value on hand.")
    orders = fields.Integer(readonly=True)
    cost = fields.Monetary(readonly=True, help="A year of holding, ordering and margins missed.")
