from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """Bills change the value of what they are for."""
        bills = self.filtered(lambda move: move.is_purchase_document(include_receipts=True))
        if not bills:
            return super()._post(soft)
        with self.env["stock.valuation.writer"]._collect("bill_difference", bills):
            return super()._post(soft)
