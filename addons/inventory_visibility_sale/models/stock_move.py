from odoo import fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    sale_sourcing_id = fields.Many2one(
        "sale.order.line.sourcing",
        string="Brought for",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="Share of a sales order line that this transfer brings stock for.",
    )

    def _prepare_procurement_values(self):
        """Let every leg of the transfer know what it is for."""
        values = super()._prepare_procurement_values()
        if self.sale_sourcing_id:
            values["sale_sourcing_id"] = self.sale_sourcing_id.id
        return values

    def _prepare_merge_moves_distinct_fields(self):
        """Keep transfers for different orders apart: each can be cancelled with its own."""
        return [*super()._prepare_merge_moves_distinct_fields(), "sale_sourcing_id"]
