from odoo import models


class StockMove(models.Model):
    """Finds the moves that were written since the demand history was last read."""

    _inherit = "stock.move"

    # Moves lie in the table much as they were written: of all of it, a block range index is some
    # pages.
    _smart_reorder_write_date_idx = models.Index("USING brin (write_date)")
