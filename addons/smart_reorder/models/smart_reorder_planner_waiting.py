from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models

from ..engine.rejections import is_trusted, lasted
from .smart_reorder_proposal_decision import REMEMBERED_DAYS, WAITING_REASONS


class SmartReorderPlanner(models.AbstractModel):
    """Learns from rejections: whoever was right that it was too early is believed the next time.

    The latest day to order is read, so that this is imported after the risk.
    """

    _inherit = "smart.reorder.planner"

    @api.model
    def _plan(self, orderpoints, circular=frozenset(), run=None, **kwargs):
        values, seconds = super()._plan(orderpoints, circular, run, **kwargs)
        if run:
            self._judge_rejections(orderpoints)
            self._wait_as_learned(orderpoints, values)
        return values, seconds

    @api.model
    def _judge_rejections(self, orderpoints):
        """Compare rejections whose interval is over with the demand that then came."""
        today = self._get_today(orderpoints.company_id)
        rejected = (
            self.env["smart.reorder.proposal"]
            .sudo()
            .search(
                [
                    ("orderpoint_id", "in", orderpoints.ids),
                    ("state", "=", "rejected"),
                    ("reject_reason", "in", WAITING_REASONS),
                    ("reject_outcome", "=", False),
                    ("decided_at", "!=", False),
                ]
            )
        )
        ends = {p: p._get_end_of_rejection() for p in rejected}
        due = rejected.filtered(lambda p: ends[p] < today)
        if not due:
            return
        since = min(due.mapped("decided_at")).date()
        demand = defaultdict(dict)
        rows = (
            self.env["smart.reorder.demand"]
            .sudo()
            ._get_demand(due.product_id, due.warehouse_id, since, today)
        )
        for product, warehouse, _receiver, day, quantity in rows:
            place = demand[product, warehouse]
            place[day] = place.get(day, 0.0) + quantity
        for proposal in due:
            place = demand[proposal.product_id.id, proposal.warehouse_id.id]
            first = proposal.decided_at.date()
            after = [q for day, q in place.items() if first < day <= ends[proposal]]
            right = lasted(proposal.qty_position, sum(after))
            proposal.reject_outcome = "right" if right else "wrong"

    @api.model
    def _wait_as_learned(self, orderpoints, values):
        """Leave what planners rightly found too early until the latest day to order it."""
        today = self._get_today(orderpoints.company_id)
        groups = (
            self.env["smart.reorder.proposal"]
            .sudo()
            ._read_group(
                [
                    ("orderpoint_id", "in", orderpoints.ids),
                    ("reject_outcome", "!=", False),
                    ("decided_at", ">=", fields.Datetime.now() - timedelta(days=REMEMBERED_DAYS)),
                ],
                ["orderpoint_id", "reject_outcome"],
                ["__count"],
            )
        )
        judged = defaultdict(lambda: {"right": 0, "wrong": 0})
        for orderpoint, outcome, count in groups:
            judged[orderpoint.id][outcome] = count
        for orderpoint_id, counts in judged.items():
            value = values[orderpoint_id]
            day = value.get("order_by")
            if value["state"] != "draft" or not day or day <= today:
                continue
            if is_trusted(**counts):
                total = sum(counts.values())
                note = {
                    "total": total,
                    "right": counts["right"],
                    "date": fields.Date.to_string(day),
                }
                value["reason_data"] = [*value["reason_data"], ["patient", note]]
                value["wait_until"] = day
