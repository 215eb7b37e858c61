from odoo import api, fields, models


class StockSoftReservation(models.Model):
    _inherit = "stock.soft.reservation"

    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        help="Order line that the quantity is held for, and that consumes it.",
    )

    @api.model
    def _prepare_hold(self, request):
        """Tie what a quotation holds to its line, see `sale.order.action_hold`."""
        lines = self.env.context.get("hold_sale_lines", {})
        values = super()._prepare_hold(request)
        if line_id := lines.get(request["reference"]):
            values["sale_line_id"] = line_id
        return values
