from datetime import timedelta

import numpy as np

from odoo import api, fields, models

from ..engine.budget import deviation_of, normal_loss
from ..engine.calendar import quantile_after
from ..engine.network import MOST_DAYS, Need, Option, holding_saved, plan_moves
from ..engine.policy import round_up
from ..engine.risk import days_to_order
from .smart_reorder_source import TRANSFER

#: What the reason says of the way that is not taken.
OF_THE_USUAL_WAY = {
    *("calendar", "late", "supplier_waits"),
    *("lead_own", "lead_vendor", "lane_own", "lane_other"),
    *("vendor_cheaper", "vendor_first", "minimum", "multiple", "multiple_down", "extra_cost"),
    *("price_break", "source_short", "source_empty"),
}
SECONDS = 5.0  # for trying which lanes are worth it


class SmartReorderProposal(models.Model):
    _inherit = "smart.reorder.proposal"

    is_excess_moved = fields.Boolean(
        string="From Excess", readonly=True, help="Taken from a place that has too much."
    )
    usual_lead_days = fields.Float(
        string="Usual Lead Time",
        digits=(16, 1),
        readonly=True,
        aggregator=None,
        help="Of what is taken from excess: days that it takes the usual way. Forecast, reorder"
        " point and order-up-to level are for that one.",
    )


class SmartReorderSettlement(models.AbstractModel):
    """Excess in one place moved to another before anything is bought.

    Only what a place has above its own order-up-to level, and has free, is moved, and only when it
    lifts the other place above its reorder point: else that one would have to buy all the same.
    """

    _inherit = "smart.reorder.settlement"

    @api.model
    def _settle_transfers(self, run):
        lanes = self._get_lanes(run.company_id)
        if not lanes:
            return
        supplied = [supplied.id for _supplying, supplied in lanes]
        needy = self._get_proposals(
            run,
            [
                ("qty_needed", ">", 0),
                ("is_edited", "=", False),
                ("warehouse_id", "in", supplied),
                "|",
                ("state", "=", "draft"),
                ("issue", "=", "source_empty"),
            ],
        )
        holders = self._get_proposals(
            run,
            [
                ("state", "=", "ok"),
                ("qty_needed", "=", 0),
                ("product_id", "in", needy.product_id.ids),
                ("warehouse_id", "in", [supplying.id for supplying, _supplied in lanes]),
            ],
        )
        if holders:
            self._move_excess(run, needy, holders, lanes)

    @api.model
    def _get_lanes(self, company):
        """Routes on which one warehouse supplies another.

        :return: dict ``(supplying warehouse, supplied warehouse) -> stock.route``
        """
        routes = self.env["stock.route"].search(
            [
                ("supplier_wh_id.company_id", "=", company.id),
                ("supplied_wh_id.company_id", "=", company.id),
            ]
        )
        return {(route.supplier_wh_id, route.supplied_wh_id): route for route in routes}

    @api.model
    def _move_excess(self, run, needy, holders, lanes):
        excess = self._get_excess(run, holders)
        by_product = holders.filtered(lambda p: p.id in excess).grouped("product_id")
        needs, options, facts = {}, [], {}
        for proposal in needy:
            for holder in by_product.get(proposal.product_id, ()):
                route = lanes.get((holder.warehouse_id, proposal.warehouse_id))
                if not route or holder.warehouse_id == proposal.source_warehouse_id:
                    continue
                option, known = self._prepare_option(proposal, holder, route, excess[holder.id])
                options.append(option)
                facts[option.need, option.stock] = (holder, route, known)
                needs[proposal.id] = self._prepare_need(proposal, known["urgent"])
        costs = {route.id: route.smart_reorder_lane_cost for route in lanes.values()}
        moves = plan_moves(needs, excess, options, costs, SECONDS)
        # together, so that what is read of one is read of all
        for proposal, move in zip(needy.browse([m.need for m in moves]), moves, strict=True):
            holder, route, known = facts[move.need, move.stock]
            self._apply_move(proposal, holder, route, move, known)

    @api.model
    def _get_excess(self, run, holders):
        """What places have free above their own order-up-to level.

        :return: dict ``proposal id -> quantity``, those with some only
        """
        planner = self.env["smart.reorder.planner"]
        products, warehouses = holders.product_id, holders.warehouse_id
        figures = self.env["stock.availability"].sudo()._get_availability(products, warehouses)
        taken = planner._get_taken(products, warehouses, run)
        excess = {}
        for holder in holders:
            key = (holder.product_id.id, holder.warehouse_id.id)
            free = (figures.get(key) or {}).get("qty_available", 0.0) - taken.get(key, 0.0)
            above = holder.qty_position - holder.order_up_to
            if min(free, above) > 0:
                excess[holder.id] = min(free, above)
        return excess

    @api.model
    def _prepare_option(self, proposal, holder, route, excess):
        company = proposal.company_id
        product = proposal.product_id
        rate = company.smart_reorder_holding_rate / 100
        value = holder.price_unit or product.with_company(company).standard_price
        demand = holder.daily_demand
        days = excess / demand if demand > 0 else float("inf")
        holding = holding_saved(value, rate, days)
        transport = route.smart_reorder_unit_cost + route.smart_reorder_kg_cost * product.weight
        lead = self._get_lane_days(route)
        urgent = max(
            self._get_shortage(proposal, self._get_wait(proposal))
            - self._get_shortage(proposal, lead),
            0.0,
        )
        missed = self._get_missed_cost(proposal)
        known = {
            "urgent": urgent,
            "days": min(days, MOST_DAYS),
            "holding": holding,
            "missed": missed,
            "transport": transport,
            "lead_days": lead,
            "excess": excess,
        }
        option = Option(proposal.id, holder.id, route.id, holding - transport, missed)
        return option, known

    @api.model
    def _prepare_need(self, proposal, urgent):
        step = (proposal.bounds or {}).get("step") if proposal.source == TRANSFER else 0.0
        step = step or proposal.uom_id.rounding
        if proposal.qty_needed == int(proposal.qty_needed):
            step = max(step, 1.0)
        least = max(proposal.reorder_point - proposal.qty_position, 0.0)
        quantity = round_up(proposal.qty_needed, step)
        most = (proposal.bounds or {}).get("most", float("inf"))
        return Need(min(quantity, most), round_up(least, step), urgent, step)

    @api.model
    def _get_lane_days(self, route):
        rules = route.rule_ids.filtered(lambda rule: rule.action in ("pull", "pull_push"))
        return float(sum(rules.mapped("delay")))

    @api.model
    def _get_wait(self, proposal):
        """Days until goods come by the usual way."""
        return proposal.lead_days + proposal._get_wait_days()

    @api.model
    def _get_shortage(self, proposal, days):
        """Sales that are missed until something arrives in so many days."""
        interval = proposal.protection_days
        mean, point = proposal.forecast_qty, proposal.reorder_point
        until = quantile_after(days, interval, mean, point)
        expected = mean * days / interval
        deviation = deviation_of(expected, until, proposal.service_level / 100)
        stock = max(proposal.qty_on_hand - proposal.qty_outgoing + proposal.qty_later, 0.0)
        return normal_loss(stock, expected, deviation)

    @api.model
    def _apply_move(self, proposal, holder, route, move, known):
        """Take it from there instead of what was proposed."""
        urgent = min(move.quantity, known["urgent"])
        sentence = [
            "excess_moved",
            {
                "place": holder.warehouse_id.name,
                "excess": known["excess"],
                "quantity": move.quantity,
                "days": known["days"],
                "saving": move.quantity * known["holding"],
                "missed": urgent * known["missed"],
                "cost": move.quantity * known["transport"] + route.smart_reorder_lane_cost,
            },
        ]
        product, company = proposal.product_id, proposal.company_id
        planner = self.env["smart.reorder.planner"].with_company(company)
        price = product.with_company(company).standard_price
        reason = [
            ["order_transfer", values] if code == "order_buy" else [code, values]
            for code, values in proposal.reason_data or []
            if code not in OF_THE_USUAL_WAY
        ]
        values = {
            "source": TRANSFER,
            "source_warehouse_id": holder.warehouse_id.id,
            "route_id": route.id,
            "partner_id": False,
            "date_order_by": False,
            **self._prepare_lane_timing(proposal, known["lead_days"]),
            "price_unit": price,
            "risk_value": proposal.risk_qty
            * planner._get_missed_value(proposal.orderpoint_id, price),
            "issue": False,
            "is_excess_moved": True,
            "reason_data": reason,
        }
        self._set_quantity(proposal, move.quantity, sentence, values=values)

    @api.model
    def _prepare_lane_timing(self, proposal, days):
        """How long the lane takes, and until when it suffices to move it; what the forecast is for
        stays that of the usual way.
        """
        planner = self.env["smart.reorder.planner"]
        left = days_to_order(
            *(np.array([value]) for value in (proposal.qty_position, proposal.daily_demand, days))
        )[0]
        today = planner._get_today(proposal.company_id)
        return {
            "usual_lead_days": proposal.lead_days,
            "lead_days": days,
            "order_by": today + timedelta(days=int(left)) if left == left else False,
            # What was learned of the usual way is not said of this one.
            **dict.fromkeys(("lead_spread", "lead_own", "lead_own_days", "lead_vendor"), 0.0),
            "lead_stated": days,
        }
