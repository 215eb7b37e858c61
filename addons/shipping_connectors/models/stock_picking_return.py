"""Deliveries whose goods come back."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .shipping_return import APPROVED, OPEN, RECEIVED


class StockPicking(models.Model):
    _inherit = "stock.picking"

    shipping_return_ids = fields.One2many("shipping.return", "picking_id", string="Return Labels")
    shipping_return_count = fields.Integer(compute="_compute_shipping_return_count")

    @api.depends("shipping_return_ids")
    def _compute_shipping_return_count(self):
        for picking in self:
            picking.shipping_return_count = len(picking.shipping_return_ids)

    def action_return_label(self):
        """A return of this delivery, to be filled in; open ones are shown."""
        self.ensure_one()
        if self.picking_type_code != "outgoing" or self.state != "done":
            raise UserError(
                self.env._("%s was not delivered: there is nothing to come back.", self.name)
            )
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Return of %s", self.name),
            "res_model": "shipping.return",
            "view_mode": "form",
            "context": {"default_picking_id": self.id},
        }
        known = self.shipping_return_ids
        if known and not self.env.context.get("new_return"):
            action.update(view_mode="list,form", domain=[("id", "in", known.ids)])
        return action

    def _action_done(self):
        result = super()._action_done()
        done = self.filtered(lambda picking: picking.state == "done")
        self.env["shipping.return"].sudo().search(
            [("return_picking_id", "in", done.ids), ("state", "=", APPROVED)]
        ).state = RECEIVED
        return result


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_returnable(self, but=None):
        """What of delivered moves can still come back, in the moves' units.

        :param but: ``shipping.return`` records whose own quantities do not count
        :return: ``{move: quantity}`` of those that are done
        """
        moves = self.filtered(
            lambda move: move.state == "done" and move.location_dest_usage != "inventory"
        )
        lines = self.env["shipping.return.line"].sudo()
        asked = lines._read_group(
            [
                ("move_id", "in", moves.ids),
                ("return_id.state", "in", OPEN),
                ("return_id.return_picking_id", "=", False),
                ("return_id", "not in", but.ids if but else []),
            ],
            ["move_id"],
            ["quantity:sum"],
        )
        waiting = {move.id: quantity for move, quantity in asked}
        result = {}
        for move in moves:
            back = move.returned_move_ids.filtered(lambda one: one.state != "cancel")
            returned = sum(
                one.product_uom._compute_quantity(
                    one.quantity if one.state == "done" else one.product_uom_qty, move.product_uom
                )
                for one in back
            )
            result[move] = max(move.quantity - returned - waiting.get(move.id, 0.0), 0.0)
        return result
