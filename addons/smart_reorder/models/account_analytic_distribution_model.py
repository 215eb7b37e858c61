from odoo import api, models

from .procurement_memo import ProcurementMemo


class AccountAnalyticDistributionModel(models.Model):
    _inherit = "account.analytic.distribution.model"

    @api.model
    def _get_applicable_models(self, vals):
        """Where there are none, they are not searched for with each order line of a batch."""
        memo = self.env.context.get(ProcurementMemo.KEY)
        if memo is None:
            return super()._get_applicable_models(vals)
        if memo.has_distributions is None:
            memo.has_distributions = bool(self.search([], limit=1))
        if not memo.has_distributions:
            return self.browse()
        return super()._get_applicable_models(vals)
