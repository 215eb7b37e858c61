from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from odoo import api, fields, models

from ..engine.policy import PriceBreak

BUY = "buy"
TRANSFER = "transfer"


@dataclass
class Source:
    """Where an orderpoint's product comes from. ``issue`` is set when that cannot be said.

    Quantities are in the product's unit, prices per that unit in the company's currency.
    """

    kind: str = ""
    issue: str = ""
    lead_days: float = 0.0  # as stated, with order_days
    order_days: float = 0.0  # of them, what passes before the order is placed
    route: Any = None
    partner: Any = None
    sellers: Any = None
    warehouse: Any = None
    breaks: list[PriceBreak] = field(default_factory=list)
    multiple: float = 0.0
    terms: Any = None  # of the vendor
    order_by: Any = None  # until when the next order counts, a moment in UTC; None is any time
    wait_days: float = 0.0  # until then
    review_days: float = 1.0  # until the order after it
    promise_days: float = 0.0  # that the places supplied from here wait
    supplier_days: float = 0.0  # that this place waits at its supplier, part of lead_days
    incremental: bool = False  # prices hold for the units above their minimum
    alternatives: list = field(default_factory=list)  # of Source: other vendors, by sequence


class SmartReorderSource(models.AbstractModel):
    """Finds the supplier or the supplying warehouse, from Odoo's routes and vendor pricelists."""

    _name = "smart.reorder.source"
    _description = "Replenishment Source Finder"

    @api.model
    def _get_sources(self, orderpoints):
        """:return: dict ``orderpoint id -> Source``"""
        orderpoints.product_id.seller_ids.fetch(["partner_id", "min_qty", "price", "delay"])
        rules = self._get_rules(orderpoints)
        return {
            orderpoint.id: self._get_source(orderpoint, rules[orderpoint.id])
            for orderpoint in orderpoints
        }

    @api.model
    def _get_rules(self, orderpoints):
        """Procurement rule per orderpoint. Products with the same routes share one look-up.

        :return: dict ``orderpoint id -> stock.rule`` (empty where there is none)
        """
        cache, result = {}, {}
        get_route_key = self.env["smart.reorder.minmax"]._get_route_key
        routes = {product.id: get_route_key(product) for product in orderpoints.product_id}
        for orderpoint in orderpoints:
            product = orderpoint.product_id.with_company(orderpoint.company_id)
            key = (orderpoint.location_id, orderpoint.route_id, routes[product.id])
            if key not in cache:
                cache[key] = (
                    self.env["stock.rule"]
                    .with_company(orderpoint.company_id)
                    ._get_rule(
                        product,
                        orderpoint.location_id,
                        {
                            "route_ids": orderpoint.route_id,
                            "warehouse_id": orderpoint.warehouse_id,
                            "company_id": orderpoint.company_id,
                        },
                    )
                )
            result[orderpoint.id] = cache[key]
        return result

    @api.model
    def _get_supplying_warehouses(self, orderpoints):
        """:return: dict ``orderpoint id -> supplying warehouse id``, for those supplied by
        transfer
        """
        found = {}
        for orderpoint_id, rule in self._get_rules(orderpoints).items():
            if rule.action in ("pull", "pull_push"):
                warehouse = self._get_rule_warehouse(rule)
                if warehouse:
                    found[orderpoint_id] = warehouse.id
        return found

    @api.model
    def _get_source(self, orderpoint, rule):
        if not rule:
            return Source(issue="no_route")
        if rule.action == "buy":
            return self._get_buy_source(orderpoint, rule)
        if rule.action in ("pull", "pull_push"):
            return self._get_transfer_source(orderpoint, rule)
        return Source(issue="unsupported_rule", route=rule.route_id)

    # ------------------------------------------------------------------
    # Transfers
    # ------------------------------------------------------------------

    @api.model
    def _get_rule_warehouse(self, rule):
        """Warehouse that a pull rule takes from, through transit when there is one."""
        route = rule.route_id
        if route.supplier_wh_id:
            return route.supplier_wh_id
        seen = self.env["stock.rule"]
        while rule and rule not in seen:
            if rule.location_src_id.warehouse_id:
                return rule.location_src_id.warehouse_id
            seen |= rule
            rule = route.rule_ids.filtered(
                lambda r, source=rule.location_src_id: (
                    r.location_dest_id == source and r.action in ("pull", "pull_push")
                )
            )[:1]
        return self.env["stock.warehouse"]

    @api.model
    def _get_transfer_source(self, orderpoint, rule):
        warehouse = self._get_rule_warehouse(rule)
        if not warehouse or warehouse == orderpoint.warehouse_id:
            return Source(issue="no_supplying_warehouse", route=rule.route_id)
        delays = rule.route_id.rule_ids.filtered(lambda r: r.action in ("pull", "pull_push"))
        return Source(
            kind=TRANSFER,
            route=rule.route_id,
            warehouse=warehouse,
            lead_days=sum(delays.mapped("delay")),
            multiple=self._get_multiple(orderpoint, orderpoint.replenishment_uom_id),
        )

    # ------------------------------------------------------------------
    # Purchases
    # ------------------------------------------------------------------

    @api.model
    def _get_buy_source(self, orderpoint, rule):
        vendors = self._get_vendors(orderpoint)
        if not vendors:
            return Source(kind=BUY, issue="no_supplier", route=rule.route_id)
        first, *others = (self._get_vendor_source(orderpoint, rule, sellers) for sellers in vendors)
        first.alternatives = others
        return first

    @api.model
    def _get_vendor_source(self, orderpoint, rule, sellers):
        uom = orderpoint.replenishment_uom_id or sellers[0].product_uom_id
        return Source(
            kind=BUY,
            route=rule.route_id,
            partner=sellers[0].partner_id,
            sellers=sellers,
            lead_days=self._get_buy_lead_days(orderpoint, sellers, rule),
            order_days=orderpoint.company_id.days_to_purchase,
            breaks=self._get_breaks(orderpoint, sellers),
            multiple=self._get_multiple(orderpoint, uom),
        )

    @api.model
    def _get_vendors(self, orderpoint):
        """Price lines that are valid today, vendor by vendor, the one that Odoo would take first.

        Only that one when the rule names its vendor, or the company wants the sequence obeyed.

        :return: list of ``product.supplierinfo`` recordsets
        """
        product = orderpoint.product_id.with_company(orderpoint.company_id)
        lines = product._get_filtered_sellers(quantity=None, date=fields.Date.context_today(self))
        by_partner = lines.grouped("partner_id")
        own = orderpoint.supplier_id.partner_id
        if own:
            return [by_partner[own]] if own in by_partner else []
        vendors = list(by_partner.values())
        return vendors if orderpoint.company_id.smart_reorder_compare_vendors else vendors[:1]

    @api.model
    def _get_sellers(self, orderpoint, partner):
        """Price lines of a vendor that are valid today; of the first one when it has none left."""
        vendors = self._get_vendors(orderpoint)
        same = [sellers for sellers in vendors if sellers.partner_id == partner]
        return (same or vendors or [self.env["product.supplierinfo"]])[0]

    @api.model
    def _get_buy_lead_days(self, orderpoint, sellers, rule):
        """Vendor's lead time and the company's days to purchase. The slowest price line counts:
        which one applies depends on the quantity, which depends on the lead time."""
        return max(sellers.mapped("delay")) + orderpoint.company_id.days_to_purchase

    @api.model
    def _get_breaks(self, orderpoint, sellers):
        product, company = orderpoint.product_id, orderpoint.company_id
        today = fields.Date.context_today(self)
        breaks = []
        for line in sellers:
            minimum = line.product_uom_id._compute_quantity(
                line.min_qty, product.uom_id, round=False
            )
            price = line.currency_id._convert(
                line.price_discounted, company.currency_id, company, today, round=False
            )
            breaks.append(PriceBreak(minimum, price, line.id))
        return breaks

    @api.model
    def _get_multiple(self, orderpoint, uom):
        """Size of the packaging to fill, in the product's unit; 0 for none."""
        if not uom or uom == orderpoint.product_id.uom_id:
            return 0.0
        return uom._compute_quantity(1.0, orderpoint.product_id.uom_id, round=False)

    # ------------------------------------------------------------------
    # Supply order
    # ------------------------------------------------------------------

    @api.model
    def _get_ranks(self, orderpoints):
        """Supply order: a place comes after all the places that it supplies.

        :return: ``(dict orderpoint id -> rank, ids in a circle)``
        """
        by_place = {(op.product_id.id, op.warehouse_id.id): op.id for op in orderpoints}
        suppliers = self._get_supplying_warehouses(orderpoints)
        supplier_of, supplied = {}, defaultdict(int)
        for orderpoint in orderpoints:
            place = (orderpoint.product_id.id, suppliers.get(orderpoint.id))
            if place in by_place:
                supplier_of[orderpoint.id] = by_place[place]
                supplied[by_place[place]] += 1
        ranks = {}
        ready = [op_id for op_id in orderpoints.ids if not supplied[op_id]]
        for op_id in ready:
            ranks.setdefault(op_id, 0)
        while ready:
            op_id = ready.pop()
            supplier = supplier_of.get(op_id)
            if supplier is None:
                continue
            ranks[supplier] = max(ranks.get(supplier, 0), ranks[op_id] + 1)
            supplied[supplier] -= 1
            if not supplied[supplier]:
                ready.append(supplier)
        circular = {op_id for op_id in orderpoints.ids if supplied[op_id] > 0}
        return {op_id: ranks.get(op_id, 0) for op_id in orderpoints.ids}, circular
