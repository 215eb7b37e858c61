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

    def write(self, vals):
        result = super().write(vals)
        if "smart_reorder_one_off" in vals:
            self._touch_moves()
        return result

    def _touch_moves(self):
        """Their demand is read anew, and that of what came back of them."""
        moves = self.sudo().move_ids  # returns may have come to places that the user does not see
        moves |= moves.returned_move_ids
        moves._write({})  # no more than the moment at which they were written
        moves.invalidate_recordset(["write_date", "write_uid"], flush=False)
