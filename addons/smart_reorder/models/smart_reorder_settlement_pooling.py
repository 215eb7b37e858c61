import math
from statistics import NormalDist

from odoo import api, models

from ..engine.budget import deviation_of
from ..engine.pooling import Node, place_safety_stock
from .smart_reorder_source import BUY, TRANSFER

OWN_SHARE = 0.01  # of its demand that a centre must sell itself, to count as a shop as well
LEAST_SAVING = 0.02  # of the cost of safety stock, to be worth a suggestion


class SmartReorderSettlement(models.AbstractModel):
    """What the network could do better: where safety stock sits, and where goods go first."""

    _inherit = "smart.reorder.settlement"

    # ------------------------------------------------------------------
    # Where to store
    # ------------------------------------------------------------------

    @api.model
    def _suggest_places(self, run):
        """Name goods that are on their way to a place that does not need them."""
        expecting = self._get_proposals(run, [("state", "=", "ok"), ("qty_incoming", ">", 0)])
        expecting = expecting.filtered(lambda p: p.qty_position > p.order_up_to)
        holders = expecting.grouped("product_id")
        needy = self._get_proposals(
            run,
            [
                ("state", "=", "draft"),
                ("source", "=", BUY),
                ("qty_needed", ">", 0),
                ("product_id", "in", expecting.product_id.ids),
            ],
        )
        for proposal in needy:
            others = holders[proposal.product_id]
            holder = max(others, key=lambda p: (p.qty_position - p.order_up_to, -p.id))
            quantity = min(
                holder.qty_position - holder.order_up_to, holder.qty_incoming, proposal.qty_needed
            )
            sentence = [
                "store_here",
                {"place": holder.warehouse_id.name, "quantity": quantity},
            ]
            proposal.reason_data = [*(proposal.reason_data or []), sentence]

    # ------------------------------------------------------------------
    # Where safety stock sits
    # ------------------------------------------------------------------

    @api.model
    def _suggest_pooling(self, run):
        """Say at a supplying warehouse what another placement of safety stock would save."""
        states = ("state", "in", ("draft", "ok"))
        products = self.env["smart.reorder.proposal"]._read_group(
            [("run_id", "=", run.id), states, ("source", "=", TRANSFER)], ["product_id"]
        )
        ids = [product.id for (product,) in products]
        proposals = self._get_proposals(run, [states, ("product_id", "in", ids)])
        promises = {}
        for group in proposals.grouped("product_id").values():
            places = {proposal.warehouse_id: proposal for proposal in group}
            supplied = {
                proposal: places[proposal.source_warehouse_id]
                for proposal in group
                if proposal.source == TRANSFER and proposal.source_warehouse_id in places
            }
            for root in set(supplied.values()) - set(supplied):
                promises |= self._suggest_pooling_below(root, supplied)
        self._keep_promises(run.company_id, promises)

    @api.model
    def _keep_promises(self, company, promises):
        """What the next run plans by; nobody is promised anything that was not decided now.

        :param promises: dict ``orderpoint id -> days``
        """
        if company.smart_reorder_pooling != "apply":
            promises = {}
        orderpoints = self.env["stock.warehouse.orderpoint"].search(
            [
                ("company_id", "=", company.id),
                "|",
                ("smart_reorder_promise_days", ">", 0),
                ("id", "in", list(promises)),
            ]
        )
        for orderpoint in orderpoints:
            days = promises.get(orderpoint.id, 0)
            if orderpoint.smart_reorder_promise_days != days:
                orderpoint.smart_reorder_promise_days = days

    @api.model
    def _suggest_pooling_below(self, root, supplied):
        """:return: dict ``orderpoint id -> days`` that places below it would wait"""
        members = [root]
        for member in members:
            members += [place for place, supplier in supplied.items() if supplier == member]
            if len(members) > len(supplied) + 1:
                return {}  # a circle, which its own proposals name
        nodes = [self._prepare_node(member, supplied) for member in members]
        level = sum(member.service_level for member in members) / len(members) / 100
        z = max(NormalDist().inv_cdf(min(max(level, 0.5), 0.999)), 0.0)
        if z <= 0 or any(node.holding <= 0 for node in nodes):
            return {}
        best = place_safety_stock(nodes, z)
        # Now each place is promised delivery at once.
        now = place_safety_stock([self._selling(node) for node in nodes], z)
        saving = now.cost - best.cost
        if saving <= LEAST_SAVING * now.cost:
            return {}
        promises = {}
        for member in members:
            days = best.service[member.id]
            if not days or member not in supplied.values():
                continue
            promises[member.orderpoint_id.id] = days
            if root.company_id.smart_reorder_pooling == "suggest":
                values = {
                    "days": days,
                    "saving": saving,
                    "stock": now.stock[member.id],
                    "pooled": best.stock[member.id],
                }
                member.reason_data = [*(member.reason_data or []), ["pooling", values]]
        return promises

    @api.model
    def _selling(self, node):
        """The node with a trace of demand of its own, so that it promises no waiting."""
        return Node(
            node.key, node.supplier, node.days, node.holding, max(node.deviation, 1e-9), node.wait
        )

    @api.model
    def _prepare_node(self, proposal, supplied):
        company = proposal.company_id
        below = [place for place, supplier in supplied.items() if supplier == proposal]
        supplier = supplied.get(proposal)
        # What it waits at its supplier is decided here.
        wait = supplier.promise_days if supplier else 0.0
        days = max(round(proposal.lead_days - wait + proposal.review_days), 1)
        level = proposal.service_level / 100
        spread = deviation_of(proposal.forecast_qty, proposal.reorder_point, level)
        deviation = spread / math.sqrt(proposal.protection_days)
        if below:
            own = proposal.daily_demand - sum(place.daily_demand for place in below)
            share = own / proposal.daily_demand if proposal.daily_demand > 0 else 0.0
            deviation = deviation * math.sqrt(share) if share > OWN_SHARE else 0.0
        return Node(
            key=proposal.id,
            supplier=supplier.id if supplier else None,
            days=days,
            holding=proposal.price_unit * company.smart_reorder_holding_rate / 100,
            deviation=deviation,
        )
