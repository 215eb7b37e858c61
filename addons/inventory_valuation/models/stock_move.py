from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            writer._touch_new(self.filtered(lambda move: move.state != "done"))
            moves = super()._action_done(cancel_backorder=cancel_backorder)
            writer._touch_moves(moves, revalued=self.browse())
        return moves

    def _set_value(self, correction_quantity=None):
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            result = super()._set_value(correction_quantity=correction_quantity)
            writer._touch_moves(self, revalued=self.filtered(lambda m: m.is_in or m.is_dropship))
        return result

    def write(self, vals):
        """A done transfer that is given another date: its entries follow."""
        done = self.browse()
        if "date" in vals:
            date = fields.Datetime.to_datetime(vals["date"])
            done = self.filtered(lambda move: move.state == "done" and move.date != date)
        if not done:
            return super().write(vals)
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            result = super().write(vals)
            writer._touch_moves(done, revalued=done)
        return result
