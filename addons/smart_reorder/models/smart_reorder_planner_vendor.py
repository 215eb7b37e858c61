import math

import numpy as np

from odoo import api, models

from ..engine.checks import MAX_INTERVAL
from ..engine.policy import cycle_quantity
from ..engine.vendors import vendor_cost

# Demand that vendors are compared by: what happened lately, not the whole history.
COMPARED_DAYS = 182


class SmartReorderPlanner(models.AbstractModel):
    """The vendor of each orderpoint: the rule's own, else the one that costs least in all."""

    _inherit = "smart.reorder.planner"

    @api.model
    def _choose_vendors(self, orderpoints, sources, history, services, lead_times):
        """Replace sources and lead times of orderpoints that several vendors could serve.

        :return: dict ``orderpoint id -> what was compared``, for the reason
        """
        position = {op.id: index for index, op in enumerate(orderpoints)}
        # What is blocked stays so, whoever could deliver it.
        options = {
            op.id: [sources[op.id], *(() if sources[op.id].issue else sources[op.id].alternatives)]
            for op in orderpoints
        }
        leads = {op.id: [lead_times[op.id]] for op in orderpoints}
        for rank in range(1, max(map(len, options.values()), default=1)):
            some = orderpoints.filtered(lambda op, rank=rank: len(options[op.id]) > rank)
            learned = (
                self.env["smart.reorder.lead.time"]
                .sudo()
                ._get_lead_times(some, {op.id: options[op.id][rank] for op in some})
            )
            for orderpoint in some:
                leads[orderpoint.id].append(learned[orderpoint.id])
        compared = {}
        for orderpoint in orderpoints.filtered(lambda op: len(options[op.id]) > 1):
            index = position[orderpoint.id]
            costs = [
                self._get_vendor_cost(
                    orderpoint, source, lead, history, index, services[index].level
                )
                for source, lead in zip(options[orderpoint.id], leads[orderpoint.id], strict=True)
            ]
            # The first by sequence stays unless another one is cheaper.
            best = min(range(len(costs)), key=lambda rank, costs=costs: (costs[rank], rank))
            first = sources[orderpoint.id]
            sources[orderpoint.id] = options[orderpoint.id][best]
            lead_times[orderpoint.id] = leads[orderpoint.id][best]
            saving = costs[0] - costs[best]
            known = best and math.isfinite(saving)
            compared[orderpoint.id] = {
                "count": len(costs),
                "other": first.partner.display_name if known else "",
                "saving": saving if known else 0.0,
            }
        return compared

    @api.model
    def _get_vendor_cost(self, orderpoint, source, lead, history, index, level):
        if source.issue or not 0 <= lead.mean <= MAX_INTERVAL:
            return math.inf
        company = orderpoint.company_id
        days = max(min(COMPARED_DAYS, history.n_days - int(history.first_day[index])), 1)
        recent = history.quantity[index, -days:]
        mean, variance = float(recent.mean()), float(recent.var())
        rate = company.smart_reorder_holding_rate / 100
        price = max((line.price for line in source.breaks), default=0.0)
        lot = cycle_quantity(
            np.array([mean]),
            company.smart_reorder_cycle_days,
            np.array([price]),
            company.smart_reorder_order_cost,
            rate,
        )
        return vendor_cost(
            source.breaks,
            multiple=source.multiple,
            lot=float(lot[0]),
            daily_mean=mean,
            daily_variance=variance,
            level=min(max(level, 0.5), 0.999),
            interval=lead.mean + source.review_days,
            spread=lead.spread,
            order_cost=company.smart_reorder_order_cost,
            holding_rate=rate,
            incremental=source.incremental,
        )
