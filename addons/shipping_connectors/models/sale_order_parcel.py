from odoo import api, fields, models


class SaleOrder(models.Model):
    """Where the parcels of an order are, and what comes back."""

    _inherit = "sale.order"

    parcel_count = fields.Integer(compute="_compute_parcel_count", compute_sudo=True)
    shipping_return_count = fields.Integer(
        compute="_compute_shipping_return_count", compute_sudo=True
    )

    @api.depends("picking_ids.parcel_ids.state")
    def _compute_parcel_count(self):
        for order in self:
            order.parcel_count = len(order.picking_ids.parcel_ids._filter_outbound())

    @api.depends("picking_ids.shipping_return_ids")
    def _compute_shipping_return_count(self):
        for order in self:
            order.shipping_return_count = len(order.picking_ids.shipping_return_ids)

    def action_view_parcels(self):
        self.ensure_one()
        return self.picking_ids._get_parcels_action()

    def action_view_returns(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Returns of %s", self.name),
            "res_model": "shipping.return",
            "view_mode": "list,form",
            "domain": [("picking_id", "in", self.picking_ids.ids)],
            "context": {"create": False},
        }
