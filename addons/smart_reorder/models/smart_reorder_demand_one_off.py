from odoo import api, models
from odoo.tools import SQL


class SmartReorderDemand(models.AbstractModel):
    """One-off deliveries say nothing of the demand to come, and neither do their returns."""

    _inherit = "smart.reorder.demand"

    @api.model
    def _flush(self):
        self.env["stock.picking"].flush_model(["smart_reorder_one_off"])
        return super()._flush()

    @api.model
    def _get_demand_condition(self):
        return SQL(
            """
            %(condition)s
            AND NOT EXISTS (
                SELECT FROM stock_picking picking
                 WHERE picking.id = move.picking_id AND picking.smart_reorder_one_off
            )
            AND NOT EXISTS (
                SELECT FROM stock_move returned
                  JOIN stock_picking picking ON picking.id = returned.picking_id
                 WHERE returned.id = move.origin_returned_move_id AND picking.smart_reorder_one_off
            )
            """,
            condition=super()._get_demand_condition(),
        )
