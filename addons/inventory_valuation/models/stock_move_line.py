from odoo import api, models

#: What Odoo lets people change of a product move that is done, and the ledger tells apart.
VALUED_FIELDS = frozenset(
    (
        "quantity",
        "product_uom_id",
        "location_id",
        "location_dest_id",
        "lot_id",
        "owner_id",
        "quant_id",
        "move_id",
    )
)


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            lines = super().create(vals_list)
            moves = lines.move_id
            writer._touch_moves(moves, revalued=moves.filtered(lambda move: move.state == "done"))
        return lines

    def write(self, vals):
        if VALUED_FIELDS.isdisjoint(vals) or not any(line.state == "done" for line in self):
            return super().write(vals)
        writer = self.env["stock.valuation.writer"]
        with writer._collect():
            moves = self.move_id
            result = super().write(vals)
            moves |= self.move_id
            writer._touch_moves(moves, revalued=moves)
        return result
