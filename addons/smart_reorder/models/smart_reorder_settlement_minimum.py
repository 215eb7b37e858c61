from collections import defaultdict

from odoo import api, models

from ..engine.consolidate import MEASURES, Line, consolidate
from ..engine.policy import round_up
from .smart_reorder_source import BUY


class SmartReorderSettlement(models.AbstractModel):
    """Order minimums of vendors, and loads that are to be filled."""

    _inherit = "smart.reorder.settlement"

    @api.model
    def _settle_minimums(self, run):
        """Fill up orders that are too small, or let them wait: one order per vendor and place."""
        company = run.company_id
        vendors = self.env["smart.reorder.terms"]._get_limiting_vendors(company)
        buying = self._get_proposals(
            run,
            [
                ("source", "=", BUY),
                ("state", "in", ("draft", "ok")),
                ("partner_id", "child_of", vendors.ids),
            ],
            fixed=True,
        )
        orders = self._group_by_order(buying)
        rate = company.smart_reorder_holding_rate / 100
        for key, (limits, already) in self._get_limits(company, orders).items():
            group = orders[key]
            fixed = group.filtered(lambda p: p.is_edited or p.is_locked)
            for proposal in fixed:
                line = self._prepare_line(proposal)
                for name in MEASURES:
                    already[name] += proposal.qty_to_order * line.measure(name)
            lines = [self._prepare_line(proposal) for proposal in group - fixed]
            outcome = consolidate(lines, limits, rate, already)
            self._apply_outcome(group - fixed, outcome)
            for line in lines:
                for name in MEASURES:
                    already[name] += outcome.quantity[line.key] * line.measure(name)
            self._say_what_is_missing(fixed, limits, already)

    @api.model
    def _say_what_is_missing(self, fixed, limits, reached):
        """What was set by hand is never changed; that the order stays too small is said."""
        for name, minimum in limits.minimum.items():
            if reached[name] >= minimum - 1e-6:
                continue
            values = {"measure": name, "needed": reached[name], "wanted": minimum}
            for proposal in fixed.filtered(lambda p: not p.is_locked and p.qty_to_order > 0):
                proposal.reason_data = [*(proposal.reason_data or []), ["minimum_missed", values]]

    @api.model
    def _group_by_order(self, proposals):
        """:return: dict ``(vendor, warehouse) -> proposals``, which become one order"""
        return proposals.grouped(lambda p: (p.partner_id, p.warehouse_id))

    @api.model
    def _get_limits(self, company, keys):
        """:return: dict ``(vendor, warehouse) -> (limits, measures of open requests)``, of those
        whose vendor has limits
        """
        vendors = self.env["res.partner"].union(*(vendor for vendor, _warehouse in keys))
        get_terms = self.env["smart.reorder.terms"]._get_terms(company, vendors)
        limits = {key: get_terms(*key)._get_limits() for key in keys}
        limits = {key: limit for key, limit in limits.items() if limit}
        requests = self._get_open_requests(company, list(limits)) if limits else {}
        return {key: (limit, requests[key]) for key, limit in limits.items()}

    @api.model
    def _get_open_requests(self, company, keys):
        """What vendors' open requests for quotation hold: Odoo adds to them.

        :return: dict ``(vendor, warehouse) -> dict of measures``
        """
        totals = defaultdict(lambda: dict.fromkeys(MEASURES, 0.0))
        lines = self.env["purchase.order.line"].search(
            [
                ("order_id.state", "=", "draft"),
                ("company_id", "=", company.id),
                ("partner_id", "in", [partner.id for partner, _warehouse in keys]),
                ("display_type", "=", False),
            ]
        )
        for line in lines:
            order = line.order_id
            total = totals[order.partner_id, order.picking_type_id.warehouse_id]
            quantity = line.product_uom_qty
            rate = order.currency_rate or 1.0
            total["value"] += line.price_subtotal / rate
            total["quantity"] += quantity
            total["weight"] += quantity * line.product_id.weight
            total["volume"] += quantity * line.product_id.volume
        return totals

    @api.model
    def _prepare_line(self, proposal):
        bounds = proposal.bounds or {}
        step = bounds.get("step") or proposal.uom_id.rounding
        daily = proposal.daily_demand
        spare = proposal.qty_position + proposal.qty_proposed - proposal.reorder_point
        urgent = max(proposal.reorder_point - proposal.qty_position, 0.0)
        return Line(
            key=proposal.id,
            quantity=proposal.qty_proposed,
            price=proposal.price_unit,
            daily=daily,
            spare=max(spare, 0.0) / daily if daily > 0 else 0.0,
            step=step,
            least=bounds.get("least", 0.0),
            most=bounds.get("most", float("inf")),
            urgent=min(round_up(urgent, step), proposal.qty_proposed),
            weight=proposal.product_id.weight,
            volume=proposal.product_id.volume,
        )

    @api.model
    def _apply_outcome(self, group, outcome):
        if outcome.decision == "enough":
            return
        values = {
            "measure": outcome.measure,
            "needed": outcome.needed,
            "wanted": outcome.wanted,
            "cost": outcome.cost,
            "loads": outcome.loads,
        }
        for proposal in group:
            old, new = proposal.qty_proposed, outcome.quantity[proposal.id]
            if outcome.decision == "wait" and old > 0:
                self._hold_back(
                    proposal, "order_minimum", ["minimum_wait", self._prepare_wait(group, values)]
                )
            elif abs(new - old) > 1e-9:
                code = (
                    f"minimum_{outcome.decision}"
                    if not outcome.loads
                    else f"load_{outcome.decision}"
                )
                self._set_quantity(
                    proposal, new, [code, {**values, "quantity": new, "before": old}]
                )

    @api.model
    def _prepare_wait(self, group, values):
        """When the minimum is likely to be reached by itself."""
        a_day = sum(
            proposal.daily_demand * self._prepare_line(proposal).measure(values["measure"])
            for proposal in group
        )
        missing = values["wanted"] - values["needed"]
        return {**values, "days": missing / a_day if a_day > 0 else 9999.0}
