from collections import defaultdict
from dataclasses import fields as data_fields
from dataclasses import replace

import numpy as np

from odoo import api, models
from odoo.fields import Domain

from ..engine.borrow import MAX_AGE, Peer, Traits, borrow
from ..engine.distributions import negbin_loss, negbin_mixture_quantile
from ..engine.forecast import EVIDENCE_MEASURED, Forecast
from ..engine.history import DemandHistory

EVIDENCE_BORROWED = "borrowed"
MAX_CHAIN = 5  # predecessors of predecessors


class SmartReorderPlanner(models.AbstractModel):
    """New products: they inherit from the one they replace, or borrow from similar ones."""

    _inherit = "smart.reorder.planner"

    # ------------------------------------------------------------------
    # Successors
    # ------------------------------------------------------------------

    @api.model
    def _get_predecessors(self, products):
        """:return: dict ``product id -> list of ids``, the nearest first"""
        found = {}
        for product in products.filtered("smart_reorder_replaces_id"):
            chain, previous = [], product.smart_reorder_replaces_id
            while previous and previous.id not in chain and len(chain) < MAX_CHAIN:
                chain.append(previous.id)
                previous = previous.smart_reorder_replaces_id
            found[product.id] = chain
        return found

    @api.model
    def _inherit_demand(self, orderpoints, pairs, owners, history):
        """Keep of a predecessor's demand what came before the successor first moved there."""
        quantity, recorded = history.quantity.copy(), history.recorded.copy()
        own = {
            (owner, pair[1]): row
            for row, (pair, owner) in enumerate(zip(pairs, owners, strict=True))
            if pair[0] == orderpoints[owner].product_id.id
        }
        for row, (pair, owner) in enumerate(zip(pairs, owners, strict=True)):
            product = orderpoints[owner].product_id
            if pair[0] == product.id:
                continue
            start = int(history.first_day[own[owner, pair[1]]])
            unit = product.browse(pair[0]).uom_id
            factor = 1.0
            if unit != product.uom_id and unit._has_common_reference(product.uom_id):
                factor = unit._compute_quantity(1.0, product.uom_id, round=False)
            for values in (quantity, recorded):
                values[row, start:] = 0.0
                values[row] *= factor
        return DemandHistory(quantity, history.first_day, history.estimated, recorded)

    @api.model
    def _note_inherited(self, orderpoints, history, today, values):
        """Say what successors have of their predecessors."""
        predecessors = self._get_predecessors(orderpoints.product_id)
        if not predecessors:
            return
        heirs = orderpoints.filtered(lambda op: op.product_id.id in predecessors)
        first = (
            self.env["smart.reorder.demand"]
            .sudo()
            ._get_first_days(heirs.product_id, heirs.warehouse_id)
        )
        for index, orderpoint in enumerate(orderpoints):
            chain = predecessors.get(orderpoint.product_id.id)
            if not chain:
                continue
            day = first.get((orderpoint.product_id.id, orderpoint.warehouse_id.id))
            start = history.n_days - (today - day).days if day else history.n_days
            quantity = float(history.recorded[index, : max(start, 0)].sum())
            names = orderpoint.product_id.browse(chain).mapped("display_name")
            note = ["inherited", {"products": ", ".join(names), "quantity": quantity}]
            values[orderpoint.id].setdefault("background", []).append(note)

    # ------------------------------------------------------------------
    # Similar products
    # ------------------------------------------------------------------

    @api.model
    def _borrow(self, orderpoints, good, sources, history, forecasts, spans, levels, units, values):
        """Forecast new products, of which little is known, by similar ones."""
        new = [
            (index, row)
            for index, row in enumerate(good)
            if history.n_days - history.first_day[row] < MAX_AGE
            and forecasts.evidence[index] != EVIDENCE_MEASURED
            and np.isnan(forecasts.model[index])
        ]
        if not new:
            return forecasts
        fresh = orderpoints.browse(orderpoints[row].id for _index, row in new)
        prices = {op.id: self._get_unit_cost(op, sources[op.id]) for op in fresh}
        traits, peers = self._get_traits_and_peers(fresh, prices)
        columns = {
            each.name: np.array(getattr(forecasts, each.name)) for each in data_fields(Forecast)
        }
        columns["evidence"] = columns["evidence"].astype("U16")
        for index, row in new:
            orderpoint, unit = orderpoints[row], units[row]
            known = slice(int(history.first_day[row]), None)
            seen = ~history.estimated[row, known]
            sold, days = float(history.quantity[row, known][seen].sum()), int(seen.sum())
            key = (orderpoint.warehouse_id.id, orderpoint.product_id.uom_id.id)
            found = [replace(peer, rate=peer.rate / unit) for peer in peers[key]]
            borrowed = borrow(traits[orderpoint.id], found, sold / unit, days)
            if not borrowed:
                continue
            means = borrowed.rate * spans.days[row : row + 1]
            weight = spans.weight[row : row + 1]
            dispersion = np.array([borrowed.dispersion])
            quantile = negbin_mixture_quantile(means, weight, dispersion, levels[row : row + 1])
            mean = (means * weight).sum(1)
            columns["mean"][index] = mean[0] * unit
            columns["quantile"][index] = columns["statistical"][index] = quantile[0] * unit
            columns["dispersion"][index] = borrowed.dispersion
            columns["expected_short"][index] = negbin_loss(quantile, mean, dispersion)[0] * unit
            columns["evidence"][index] = EVIDENCE_BORROWED
            note = {
                "count": days,
                "quantity": sold,
                "peers": borrowed.peers,
                "peer_rate": borrowed.peer_rate * unit,
                "rate": borrowed.rate * unit,
            }
            alike = {**borrowed.shared, "names": ", ".join(borrowed.nearest)}
            values[orderpoint.id].setdefault("background", []).extend(
                [["borrowed", note], ["alike", alike]]
            )
        return Forecast(**columns)

    @api.model
    def _get_traits_and_peers(self, orderpoints, prices):
        """What is known of new products, and of those in their places that have something in
        common with one of them.

        :param prices: dict ``orderpoint id -> cost of a unit``
        :return: ``(dict orderpoint id -> Traits, dict (warehouse id, unit id) -> list of Peer)``
        """
        proposals = self._get_peer_proposals(orderpoints)
        products = orderpoints.product_id | proposals.product_id
        products.fetch(["display_name", "categ_id", "product_tmpl_id"])
        products.product_tmpl_id.fetch(["seller_ids", "attribute_line_ids"])
        known = {product.id: self._get_traits(product) for product in products}
        traits = {
            op.id: replace(known[op.product_id.id], price=prices[op.id]) for op in orderpoints
        }
        peers = defaultdict(list)
        for proposal in proposals:
            product = proposal.product_id
            rate = proposal.daily_demand / (proposal.event_factor or 1.0)
            own = replace(known[product.id], price=proposal.price_unit)
            # What is counted in another unit sells in another measure.
            key = (proposal.warehouse_id.id, product.uom_id.id)
            peers[key].append(Peer(rate, own, product.display_name))
        return traits, peers

    @api.model
    def _get_traits(self, product):
        """Hook: what is known of a product but its price, which depends on the place."""
        sellers = product.seller_ids.filtered(
            lambda seller: seller.company_id in (seller.company_id.browse(), self.env.company)
        )
        return Traits(
            category=tuple(map(int, (product.categ_id.parent_path or "").split("/")[:-1])),
            vendor=sellers[:1].partner_id.commercial_partner_id.id or None,
            attributes=frozenset(self._get_attribute_values(product).ids),
        )

    @api.model
    def _get_attribute_values(self, product):
        """Those of the variant, and those that all variants have."""
        single = product.attribute_line_ids.filtered(lambda line: line.value_count == 1)
        variant = product.product_template_attribute_value_ids
        return single.value_ids | variant.product_attribute_value_id

    @api.model
    def _get_peer_proposals(self, orderpoints):
        """Proposals of the last run in the same places, of products that share a vendor, an
        attribute value or a category (or the one above it) with a new one.
        """
        products = orderpoints.product_id
        categories = products.categ_id
        values = self.env["product.attribute.value"].union(
            *(self._get_attribute_values(product) for product in products)
        )
        shared = Domain("product_category_id", "child_of", (categories.parent_id | categories).ids)
        shared |= Domain(
            "product_id.seller_ids.partner_id", "in", products.seller_ids.partner_id.ids
        )
        shared |= Domain("product_id.attribute_line_ids.value_ids", "in", values.ids)
        return (
            self.env["smart.reorder.proposal"]
            .sudo()
            .search_fetch(
                Domain("company_id", "=", orderpoints.company_id.id)
                & Domain("is_current", "=", True)
                & Domain("evidence", "=", EVIDENCE_MEASURED)
                & Domain("warehouse_id", "in", orderpoints.warehouse_id.ids)
                & Domain("orderpoint_id", "not in", orderpoints.ids)
                & shared,
                ["warehouse_id", "product_id", "daily_demand", "event_factor", "price_unit"],
                order="id",
            )
        )
