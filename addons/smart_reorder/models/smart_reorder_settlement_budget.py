from odoo import api, fields, models

from ..engine.budget import Item, avoided, deviation_of, spend, steps
from ..engine.policy import DAYS_PER_YEAR
from .smart_reorder_source import BUY


class SmartReorderProposal(models.Model):
    _inherit = "smart.reorder.proposal"

    budget_id = fields.Many2one(
        "smart.reorder.budget", string="Cut by Budget", readonly=True, index="btree_not_null"
    )


class SmartReorderSettlement(models.AbstractModel):
    """Budgets: of what is to be bought, what avoids most missed sales for the money."""

    _inherit = "smart.reorder.settlement"

    @api.model
    def _settle_budgets(self, run):
        today = self.env["smart.reorder.planner"]._get_today(run.company_id)
        budgets = self.env["smart.reorder.budget"]._get_current(run.company_id, today)
        self._get_proposals(run, [("budget_id", "!=", False)]).budget_id = False
        for budget in budgets:
            domain = [("source", "=", BUY), ("state", "=", "draft")]
            buying = self._get_proposals(run, domain, fixed=True)
            self._settle_budget(run, budget, buying)

    @api.model
    def _settle_budget(self, run, budget, buying):
        fixed = buying.filtered(lambda p: p.is_edited or p.is_locked)
        free = buying - fixed
        left = max(budget.remaining - sum(fixed.mapped("cost")), 0.0)
        items = {proposal: self._prepare_item(proposal) for proposal in free}
        dropped = self.env["smart.reorder.proposal"]
        limits = self._get_limits(run.company_id, self._group_by_order(free))
        while True:
            choice = spend([item for p, item in items.items() if p not in dropped], left)
            below = self._find_below_minimum(free - dropped, choice.quantity, limits)
            if not below:
                break
            dropped |= below
        cut = self._apply_choice(budget, left, free - dropped, items, choice)
        for proposal in dropped:
            self._hold_back(proposal, "budget", ["budget_minimum", {"budget": budget.name}])
        (cut | dropped).budget_id = budget
        budget.write(
            {
                "run_id": run.id,
                "proposed": sum(items[p].cost[-1] for p in free) + sum(fixed.mapped("cost")),
                "kept": choice.spent + sum(fixed.mapped("cost")),
                "cut_count": len(cut | dropped),
                "shadow_price": choice.shadow_price,
            }
        )

    @api.model
    def _apply_choice(self, budget, left, proposals, items, choice):
        """:return: the proposals that were cut"""
        cut = self.env["smart.reorder.proposal"]
        for proposal in proposals:
            item, quantity = items[proposal], choice.quantity[proposal.id]
            before = proposal.qty_proposed
            if before - quantity < 1e-9:
                continue
            index = item.quantity.index(quantity)
            values = {
                "budget": budget.name,
                "left": left,
                "before": before,
                "quantity": quantity,
                "shadow_price": choice.shadow_price,
                "value": item.worth[-1] - item.worth[index],
            }
            if quantity > 0:
                self._set_quantity(proposal, quantity, ["budget_cut", values])
            else:
                self._hold_back(proposal, "budget", ["budget_cut", values])
            cut |= proposal
        return cut

    @api.model
    def _prepare_item(self, proposal):
        line = self._prepare_line(proposal)
        quantities = steps(proposal.qty_proposed, line.step, line.least)
        mean, level = proposal.forecast_qty, proposal.service_level / 100
        deviation = deviation_of(mean, proposal.reorder_point, level)
        missed = self._get_missed_cost(proposal)
        return Item(
            proposal.id,
            quantities,
            tuple(proposal.price_unit * quantity for quantity in quantities),
            tuple(
                avoided(quantity, proposal.qty_position, mean, deviation, missed)
                for quantity in quantities
            ),
        )

    @api.model
    def _get_missed_cost(self, proposal):
        """What a missed sale costs: its margin × the company's factor. Where there is none, what
        the service level says of it: p = h·level/(1 - level), the newsvendor's ratio backwards.
        """
        company = proposal.company_id
        planner = self.env["smart.reorder.planner"].with_company(company)
        margin = planner._get_sales_price(proposal.orderpoint_id) - proposal.price_unit
        if margin > 0:
            return margin * company.smart_reorder_shortage_factor
        days = max(company.smart_reorder_cycle_days, company.smart_reorder_review_days)
        rate = company.smart_reorder_holding_rate / 100
        level = min(max(proposal.service_level / 100, 0.5), 0.999)
        return proposal.price_unit * rate * days / DAYS_PER_YEAR * level / (1 - level)

    @api.model
    def _find_below_minimum(self, proposals, quantity, limits):
        """Proposals of one vendor and place whose order the money leaves too small.

        The one that is furthest below goes first: what it would have cost may help the others.

        :param limits: of :meth:`_get_limits`
        """
        orders = self._group_by_order(proposals)
        worst, least = proposals.browse(), 1 - 1e-6
        for key, (limit, requested) in limits.items():
            group = orders.get(key, worst.browse())
            if not limit.minimum or not any(quantity[p.id] > 0 for p in group):
                continue
            share = min(
                (
                    requested[name]
                    + sum(quantity[p.id] * self._prepare_line(p).measure(name) for p in group)
                )
                / wanted
                for name, wanted in limit.minimum.items()
            )
            if share < least:
                worst, least = group, share
        return worst
