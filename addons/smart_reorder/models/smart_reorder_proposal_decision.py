import math
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .smart_reorder_proposal import CURRENT_STATES

REJECT_REASONS = [
    ("not_needed", "Demand is over-estimated"),
    ("too_early", "Too early"),
    ("phase_out", "Phased out, or succeeded by another"),
    ("source", "Bought elsewhere, or another way"),
    ("money", "No budget or no room"),
    ("data", "Stock or lead time is wrong"),
    ("other", "Other"),
]

#: Reasons that claim that the stock lasts without the order: what came of them is learned from.
WAITING_REASONS = ("not_needed", "too_early")
REMEMBERED_DAYS = 365


class SmartReorderProposal(models.Model):
    """What a planner does with a proposal beside accepting it, and where its buttons lead."""

    _inherit = "smart.reorder.proposal"

    reject_reason = fields.Selection(REJECT_REASONS, readonly=True, index="btree_not_null")
    reject_note = fields.Char(readonly=True)
    reject_outcome = fields.Selection(
        [("right", "The Stock Lasted"), ("wrong", "It Was Needed")],
        string="What Came of It",
        readonly=True,
        help="Found by the runs when the days are over that the order was for, of what was rejected"
        " as too early or over-estimated. Where planners were right, the next proposals wait by"
        " themselves until the latest day to order.",
    )
    is_locked = fields.Boolean(
        string="Locked",
        readonly=True,
        help="Runs leave the proposal as it is, and nothing of it is ordered by itself.",
    )
    locked_by_id = fields.Many2one("res.users", readonly=True)
    locked_at = fields.Datetime(string="Locked on", readonly=True)
    propose_again = fields.Date(
        readonly=True, help="Until this day proposals for the product here are snoozed."
    )

    # ------------------------------------------------------------------
    # Decisions other than acceptance
    # ------------------------------------------------------------------

    def _check_open(self):
        closed = self.filtered(lambda p: p.state not in CURRENT_STATES)
        if closed:
            raise UserError(
                self.env._(
                    "%(proposal)s was already decided by %(user)s.",
                    proposal=closed[0].display_name,
                    user=closed[0].decided_by_id.name or self.env._("the nightly run"),
                )
            )

    def action_reject(self):
        """Ask for the reason."""
        self._check_planner()
        self._check_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": "smart.reorder.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_proposal_ids": self.ids},
        }

    def _reject(self, reason, note=False, propose_again=False):
        """Reject, and leave the product alone until a day: what the runs propose is snoozed."""
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        self._check_open()
        self.write(
            {
                "state": "rejected",
                "reject_reason": reason,
                "reject_note": note,
                "propose_again": propose_again,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    @api.model
    def _get_rejected_until(self, orderpoint_ids):
        """Days until which planners want nothing proposed.

        :return: dict ``orderpoint id -> date``
        """
        groups = self._read_group(
            [
                ("orderpoint_id", "in", orderpoint_ids),
                ("state", "=", "rejected"),
                ("propose_again", ">", fields.Date.context_today(self)),
            ],
            ["orderpoint_id"],
            ["propose_again:max"],
        )
        return {orderpoint.id: day for orderpoint, day in groups}

    def _get_end_of_rejection(self):
        """Last of the days that the order was to cover."""
        self.ensure_one()
        return self.decided_at.date() + timedelta(days=math.ceil(self.protection_days))

    def action_snooze(self):
        """Leave the proposal alone for a week."""
        self._check_open()
        self.snoozed_until = fields.Date.add(fields.Date.context_today(self), days=7)

    def action_unsnooze(self):
        self.snoozed_until = False

    def action_lock(self):
        """Keep proposals as they are: quantity, source and reason, whatever the runs find."""
        self._check_planner()
        self._check_open()
        self.write(
            {
                "is_locked": True,
                "locked_by_id": self.env.uid,
                "locked_at": fields.Datetime.now(),
            }
        )

    def action_unlock(self):
        """Give proposals back to the runs; the next one rewrites them."""
        self._check_planner()
        self.write({"is_locked": False, "locked_by_id": False, "locked_at": False})

    @api.model
    def action_run_now(self):
        return self.env["smart.reorder.run"].action_run_now()

    # ------------------------------------------------------------------
    # Smart buttons
    # ------------------------------------------------------------------

    def _get_pickings(self):
        return (self.move_ids | self.move_ids.move_orig_ids).picking_id

    def action_view_purchases(self):
        orders = self.purchase_line_ids.order_id
        action = self.env["ir.actions.act_window"]._for_xml_id("purchase.purchase_rfq")
        action["context"] = {}
        return self._open_records(action, orders, "purchase.purchase_order_form")

    def action_view_pickings(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.action_picking_tree_all")
        action["context"] = {}
        return self._open_records(action, self._get_pickings(), "stock.view_picking_form")

    def action_view_scores(self):
        """Forecasts of this product in this place, beside what then happened."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "smart_reorder.smart_reorder_score_action"
        )
        action["domain"] = [("orderpoint_id", "=", self.orderpoint_id.id)]
        action["context"] = {}
        return action

    def action_view_unusual(self):
        """Unusual days of this product in this place, to leave out or to take in."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "smart_reorder.smart_reorder_unusual_action"
        )
        action["domain"] = [
            ("product_id", "=", self.product_id.id),
            ("warehouse_id", "=", self.warehouse_id.id),
        ]
        return action

    def action_view_deliveries(self):
        """What the vendor, or the supplying warehouse, delivered of this product, and what is still
        open.
        """
        self.ensure_one()
        if self.source == "transfer":
            return self._action_view_transfers()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "smart_reorder.smart_reorder_delivery_action"
        )
        action["domain"] = [
            ("partner_id", "=", self.partner_id.commercial_partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        action["context"] = {
            "search_default_product_id": self.product_id.id,
            "search_default_warehouse_id": self.warehouse_id.id,
        }
        return action

    def _action_view_transfers(self):
        """Moves into the place from other warehouses."""
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.stock_move_action")
        action["domain"] = [
            ("product_id", "=", self.product_id.id),
            ("location_dest_id.warehouse_id", "=", self.warehouse_id.id),
            ("location_id.warehouse_id", "!=", self.warehouse_id.id),
            ("location_id.usage", "in", ("transit", "internal")),
            ("state", "not in", ("draft", "cancel")),
        ]
        action["context"] = {}
        return action

    @api.model
    def _open_records(self, action, records, form_view):
        action["domain"] = Domain("id", "in", records.ids)
        if len(records) == 1:
            action.update(
                views=[(self.env.ref(form_view).id, "form")], view_mode="form", res_id=records.id
            )
        action["domain"] = list(action["domain"])
        return action
