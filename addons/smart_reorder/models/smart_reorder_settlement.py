import numpy as np

from odoo import api, models

from ..engine.risk import chance_of_running_out, expected_short


class SmartReorderSettlement(models.AbstractModel):
    """What is decided across products, once a run has planned them all.

    It changes quantities of the run's own proposals, and says on each why. What a planner has set
    by hand, or is deciding on at this moment, counts but stays.
    """

    _name = "smart.reorder.settlement"
    _description = "Settlement across Products"

    @api.model
    def _settle(self, run):
        """Hook: the steps, one after the other. Each reads no more than it needs: a run may have
        a hundred thousand proposals."""
        if run.company_id.smart_reorder_levels == "minmax":
            return  # what Odoo's own rules would order, and nothing else
        self._suggest_pooling(run)
        self._settle_transfers(run)
        self._suggest_places(run)
        self._settle_minimums(run)
        self._settle_budgets(run)

    @api.model
    def _get_proposals(self, run, domain=(), fixed=False):
        """Current proposals of the run, with their rows locked.

        :param fixed: those too that a planner has locked
        """
        if not fixed:
            domain = [*domain, ("is_locked", "=", False)]
        proposals = (
            self.env["smart.reorder.proposal"]
            # Histories are large, and not asked for here.
            .with_context(prefetch_fields=False)
            .search([("run_id", "=", run.id), ("is_current", "=", True), *domain], order="id")
        )
        free = proposals.try_lock_for_update()
        free.invalidate_recordset(["state", "qty_to_order", "is_edited", "is_locked"])
        return free.filtered(lambda p: p.is_current and (fixed or not p.is_locked))

    @api.model
    def _set_quantity(self, proposal, quantity, *sentences, values=None):
        """Change what is proposed, and say why.

        :param values: what else changes
        """
        values = values or {}
        price = values.get("price_unit", proposal.price_unit)
        reason = values.get("reason_data", proposal.reason_data) or []
        proposal.with_context(smart_reorder_planning=True).write(
            values
            | {
                "qty_proposed": quantity,
                "state": "draft" if quantity > 0 else "ok",
                **self._prepare_risk_left(proposal, quantity, price),
                "reason_data": [*reason, *map(list, sentences)],
            }
        )

    @api.model
    def _prepare_risk_left(self, proposal, quantity, price):
        """What is at stake with another quantity, at a unit cost."""
        demand = (
            np.array([proposal.forecast_qty]),
            np.array([proposal.reorder_point]),
            np.array([proposal.service_level / 100]),
        )
        filled = np.array([proposal.qty_position + quantity])
        planner = self.env["smart.reorder.planner"].with_company(proposal.company_id)
        missed = planner._get_missed_value(proposal.orderpoint_id, price)
        return {
            "risk_left_value": float(expected_short(filled, *demand)[0]) * missed,
            "stockout_chance_left": 100 * float(chance_of_running_out(filled, *demand)[0]),
        }

    @api.model
    def _hold_back(self, proposal, issue, *sentences):
        """Leave a need open, and say why and at what cost."""
        risk = self._prepare_risk_left(proposal, 0.0, proposal.price_unit)
        cost = risk["risk_left_value"] - proposal.risk_left_value
        if cost >= 0.005:
            sentences = (*sentences, ["kept_short", {"value": cost}])
        proposal.with_context(smart_reorder_planning=True).write(
            {
                "qty_proposed": 0.0,
                **risk,
                "state": "exception",
                "issue": issue,
                "reason_data": [*(proposal.reason_data or []), *map(list, sentences)],
            }
        )
