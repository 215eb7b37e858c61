from odoo import api, models

from .stock_availability_moves import OPEN_STATES


class StockMove(models.Model):
    _inherit = "stock.move"

    # what is planned is a small part of all moves, and every availability is made of it
    _availability_open = models.Index(
        f"(product_id) WHERE state IN ({', '.join(map(repr, OPEN_STATES))})"
    )

    @api.model
    def _get_availability_fields(self):
        """Return the fields of a move that change what is available."""
        return {
            "date",
            "location_dest_id",
            "location_final_id",
            "location_id",
            "product_uom_qty",
            "quantity",
            "state",
        }

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        self.env["stock.availability"]._announce_change(moves.company_id)
        return moves

    def write(self, vals):
        if self._get_availability_fields() & vals.keys():
            self.env["stock.availability"]._announce_change(self.company_id)
        return super().write(vals)
