from odoo import fields, models


class StockPicking(models.Model):
    """A delivery that will not come again: a project, a clearance, a trade fair."""

    _inherit = "stock.picking"

    smart_reorder_one_off = fields.Boolean(
        string="One-Off Demand",
        copy=False,
        help="Of a project, or another order that will not come again: forecasts leave it out, and"
        " what comes back of it too. It can be set and taken back at any time.",
    )

    _smart_reorder_one_off_idx = models.Index("(id) WHERE smart_reorder_one_off")
