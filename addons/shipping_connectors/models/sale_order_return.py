from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_return_label(self):
        """A return of what the order delivered."""
        self.ensure_one()
        pickings = self._get_delivered_pickings()
        if not pickings:
            raise UserError(self.env._("Nothing of %s was delivered yet.", self.name))
        return pickings[0].action_return_label()

    def _get_delivered_pickings(self):
        """The order's deliveries that are done, the newest first."""
        return self.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing" and picking.state == "done"
        ).sorted("date_done", reverse=True)

    def _get_portal_returns(self):
        """What the customer asked for or was sent a label for, the newest first."""
        self.ensure_one()
        return self.sudo().picking_ids.shipping_return_ids.sorted("id", reverse=True)

    def _get_portal_returnable(self):
        """Deliveries that the customer may return online today: the company allows it, and they
        are young enough."""
        self.ensure_one()
        company = self.company_id.sudo()
        if company.shipping_return_portal == "no":
            return self.env["stock.picking"]
        pickings = self.sudo()._get_delivered_pickings()
        if company.shipping_return_days:
            since = fields.Datetime.now() - timedelta(days=company.shipping_return_days)
            pickings = pickings.filtered(lambda one: one.date_done and one.date_done >= since)
        return pickings.filtered(
            lambda one: any(quantity > 0 for quantity in one.move_ids._get_returnable().values())
        )
