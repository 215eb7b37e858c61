from odoo import api, fields, models

from .sale_order_line_promise import STATES


class SaleOrder(models.Model):
    _inherit = "sale.order"

    promise_state = fields.Selection(
        STATES,
        string="Promises",
        compute="_compute_promise_state",
        store=True,
        help="The worst of the promises of the order's lines.",
    )
    show_promise = fields.Boolean(compute="_compute_show_promise")

    @api.depends("order_line.promise_state")
    def _compute_promise_state(self):
        rank = [state for state, _label in STATES]
        for order in self:
            states = [line.promise_state for line in order.order_line if line.promise_state]
            order.promise_state = max(states, key=rank.index, default=False)

    @api.depends("order_line.show_promise", "state")
    def _compute_show_promise(self):
        for order in self:
            order.show_promise = order.state in ("draft", "sent") and any(
                line.show_promise for line in order.order_line
            )

    def action_promise(self):
        """Promise each line the earliest day on which it can be had."""
        self.check_access("write")
        self.order_line._take_promise()
        return True

    def _action_confirm(self):
        """Take the promises before the deliveries are planned: these follow the promised days."""
        self.order_line._take_promise()
        return super()._action_confirm()
