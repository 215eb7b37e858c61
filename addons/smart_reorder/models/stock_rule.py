from odoo import api, models
from odoo.fields import Domain


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _get_orderpoint_domain(self, company_id=False):
        """Leave what Smart Reorder plans out of Odoo's scheduler: it would be ordered twice."""
        domain = super()._get_orderpoint_domain(company_id=company_id)
        odoos = Domain("smart_reorder", "=", False) | Domain("smart_reorder_by_odoo", "=", True)
        return list(Domain(domain) & odoos)
