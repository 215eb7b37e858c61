from collections import defaultdict

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError

from .sale_order_line_promise import STATES

# From the best to the worst.
RANK = ["done", "kept", "at_risk", "broken"]


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
        for order in self:
            states = [line.promise_state for line in order.order_line if line.promise_state]
            order.promise_state = max(states, key=RANK.index, default=False)

    @api.depends("order_line.show_promise", "state")
    def _compute_show_promise(self):
        for order in self:
            order.show_promise = order.state in ("draft", "sent") and any(
                line.show_promise for line in order.order_line
            )

    # ------------------------------------------------------------------
    # Promising
    # ------------------------------------------------------------------

    def action_promise(self):
        """Promise each line the earliest day on which it can be had."""
        self.check_access("write")
        self.order_line._take_promise()
        return True

    def action_confirm(self):
        """Take the promises before the deliveries are planned: these follow the promised days."""
        self.filtered(lambda order: order.state in ("draft", "sent"))._promise_and_enforce()
        result = super().action_confirm()
        self.order_line._consume_holds()
        return result

    def _promise_and_enforce(self):
        """Take the promises, and do as the company wants with what is beyond them."""
        self.order_line._lock_promises()
        self.order_line._take_promise()._enforce_policy()

    def _warn_beyond(self, lines):
        """Leave a note on the order about lines that it cannot keep."""
        self.ensure_one()
        self.message_post(
            body=self._get_promise_note(
                self.env._("Confirmed beyond what can be promised:"),
                [(line, line._get_beyond_reason() or "") for line in lines],
            ),
            subtype_xmlid="mail.mt_note",
        )

    @api.model
    def _get_promise_note(self, title, rows):
        """Return a note of a title and ``[(line, text), ...]``."""
        items = Markup().join(
            Markup("<li><b>%s</b>: %s</li>")
            % (line.product_id.display_name, Markup("<br/>").join(map(escape, text.split("\n"))))
            for line, text in rows
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (title, items)

    # ------------------------------------------------------------------
    # Cancelling
    # ------------------------------------------------------------------

    def _action_cancel(self):
        """Take back the transfers that were ordered for the lines, as far as they have not left."""
        result = super()._action_cancel()
        moves = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("sale_sourcing_id", "in", self.order_line.sourcing_ids.ids),
                    ("state", "not in", ("done", "cancel")),
                ]
            )
        )
        # what is on its way goes on: it has to arrive somewhere
        moves.filtered(
            lambda move: all(origin.state != "done" for origin in move.move_orig_ids)
        )._action_cancel()
        self.order_line._release_holds(self.env._("The order was cancelled."))
        self.order_line._forget_promise()
        return result

    # ------------------------------------------------------------------
    # Broken promises
    # ------------------------------------------------------------------

    def _report_promises(self, broken, mended):
        """Tell whoever is responsible what has changed since the last check.

        :param broken: lines whose promise broke
        :param mended: lines whose promise was broken, and is kept again
        """
        lines = defaultdict(lambda: (broken.browse(), broken.browse()))
        for line in broken:
            lines[line.order_id] = (lines[line.order_id][0] | line, lines[line.order_id][1])
        for line in mended:
            lines[line.order_id] = (lines[line.order_id][0], lines[line.order_id][1] | line)
        for order, (worse, better) in lines.items():
            order = order.with_context(lang=(order.user_id or self.env.user).lang)
            if worse:
                order._report_broken(worse)
            if better:
                order.message_post(
                    body=order._get_promise_note(
                        order.env._("Kept again:"),
                        [(line, line._explain_expected()) for line in better],
                    ),
                    subtype_xmlid="mail.mt_note",
                )
            if not order.order_line.filtered(lambda line: line.promise_state == "broken"):
                order._get_promise_activities().action_feedback(
                    feedback=order.env._("The promises are kept again.")
                )

    def _report_broken(self, lines):
        note = self._get_promise_note(
            self.env._("A promise to the customer is broken:"),
            [(line, line.promise_warning) for line in lines],
        )
        self.message_post(body=note, subtype_xmlid="mail.mt_note")
        activities = self._get_promise_activities()
        if activities:
            activities.note = note
        else:
            self.activity_schedule(
                "inventory_visibility_sale.mail_activity_type_broken_promise",
                note=note,
                user_id=(self.user_id or self.env.user).id,
            )

    def _get_promise_activities(self):
        kind = self.env.ref(
            "inventory_visibility_sale.mail_activity_type_broken_promise", raise_if_not_found=False
        )
        return self.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def action_view_broken_promises(self):
        """Open the lines of the order with what they were promised and what is expected now."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "inventory_visibility_sale.sale_order_line_promise_action"
        )
        action["domain"] = [("order_id", "=", self.id), ("promise_date", "!=", False)]
        action["context"] = {}
        return action

    @api.model
    def _raise_beyond(self, lines):
        raise UserError(
            self.env._(
                "The order cannot be confirmed: it asks for more than can be promised.\n\n"
                "%(lines)s\n\n"
                "Take another warehouse, split the line, lower the quantity, or agree on a later"
                " delivery date.",
                lines="\n".join(
                    f"• {line.product_id.display_name}: {line._get_beyond_reason()}"
                    for line in lines
                ),
            )
        )
