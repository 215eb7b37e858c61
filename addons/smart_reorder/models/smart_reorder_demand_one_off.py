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
            AND (move.picking_id IN (
                SELECT picking.id FROM stock_picking picking WHERE picking.smart_reorder_one_off
            )) IS NOT TRUE
            AND (move.origin_returned_move_id IN (
                SELECT returned.id
                  FROM stock_move returned
                  JOIN stock_picking picking ON picking.id = returned.picking_id
                 WHERE picking.smart_reorder_one_off
            )) IS NOT TRUE
            """,
            condition=super()._get_demand_condition(),
        )
