from odoo import api, models
from odoo.fields import Domain

from .procurement_memo import ProcurementMemo


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _get_orderpoint_domain(self, company_id=False):
        """Leave what Smart Reorder plans out of Odoo's scheduler: it would be ordered twice."""
        domain = super()._get_orderpoint_domain(company_id=company_id)
        odoos = Domain("smart_reorder", "=", False) | Domain("smart_reorder_by_odoo", "=", True)
        return list(Domain(domain) & odoos)

    def _search_rule_for_warehouses(
        self, route_ids, packaging_uom_id, product_id, warehouse_ids, domain
    ):
        """Search once for all procurements of a batch that the answer is the same for."""
        memo = self.env.context.get(ProcurementMemo.KEY)
        if memo is None or packaging_uom_id:
            return super()._search_rule_for_warehouses(
                route_ids, packaging_uom_id, product_id, warehouse_ids, domain
            )
        key = (
            route_ids or None,
            warehouse_ids or None,
            repr(domain),
            self.env["smart.reorder.minmax"]._get_route_key(product_id),
        )
        if key not in memo.rules:
            memo.rules[key] = super()._search_rule_for_warehouses(
                route_ids, packaging_uom_id, product_id, warehouse_ids, domain
            )
        return memo.rules[key]
