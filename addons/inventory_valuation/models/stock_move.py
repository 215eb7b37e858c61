from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            moves = super()._action_done(cancel_backorder=cancel_backorder)
            # what comes in was valued on the way
            writer._touch_moves(moves, revalued=self.browse())
        return moves

    def _set_value(self, correction_quantity=None):
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            result = super()._set_value(correction_quantity=correction_quantity)
            writer._touch_moves(self, revalued=self.filtered(lambda m: m.is_in or m.is_dropship))
        return result
