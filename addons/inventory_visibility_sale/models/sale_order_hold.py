from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    stock_channel_id = fields.Many2one(
        "stock.channel",
        compute="_compute_stock_channel_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        help="Channel whose allocations the quotation holds stock from.",
    )
    is_held = fields.Boolean(
        compute="_compute_is_held", help="Whether the quotation keeps stock from others."
    )

    @api.depends("team_id", "company_id")
    def _compute_stock_channel_id(self):
        for order in self:
            channel = order.team_id.stock_channel_id
            order.stock_channel_id = channel if channel.company_id == order.company_id else False

    @api.depends("order_line.soft_reservation_ids.state")
    def _compute_is_held(self):
        for order in self:
            order.is_held = bool(order.order_line._origin._get_holds())

    def action_hold(self):
        """Keep what the lines can be promised from others, for as long as the company says.

        :return: a notification of what is held, and of what is not
        :raise UserError: nothing can be held
        """
        self.ensure_one()
        self.check_access("write")
        lines = self.order_line.filtered(lambda line: not line._get_holds())
        found = lines._find_promises()
        requests, owners = [], {}
        for line in lines:
            for request in line._prepare_hold_requests(found.get(line, [])):
                requests.append(request)
                owners[request["reference"]] = line.id
        if not requests:
            raise UserError(
                self.env._("Nothing can be held: no line can be promised, or all are held already.")
            )
        until = fields.Datetime.now() + timedelta(hours=self.company_id.promise_hold_hours)
        answers = (
            self.env["stock.soft.reservation"]
            .sudo()
            .with_context(hold_sale_lines=owners)
            .reserve(
                requests,
                channel=self.stock_channel_id.id or None,
                date_until=fields.Datetime.to_string(until),
                together="line",
            )
        )
        return self._get_hold_notification(lines, answers, owners)

    @api.model
    def _get_hold_notification(self, lines, answers, owners):
        refused = [answer for answer in answers if answer["state"] != "held"]
        held_ids = {owners[answer["reference"]] for answer in answers if answer not in refused}
        messages = [
            self.env._(
                "Held: %(held)s of %(all)s lines.",
                held=len(held_ids),
                all=len(lines.filtered("show_promise")),
            )
        ]
        for answer in refused:
            line = self.env["sale.order.line"].browse(owners[answer["reference"]])
            messages.append(f"{line.product_id.display_name}: {answer['reason']}")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if refused else "success",
                "message": "\n".join(messages),
                "sticky": bool(refused),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_release_hold(self):
        """Give back what the quotation keeps from others."""
        self.check_access("write")
        self.order_line._release_holds(self.env._("Released on the quotation."))
        return True
