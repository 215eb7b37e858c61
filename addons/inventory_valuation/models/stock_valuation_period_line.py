from odoo import api, fields, models
from odoo.exceptions import UserError


class StockValuationPeriodLine(models.Model):
    """What a place had of a product when its period was closed."""

    _name = "stock.valuation.period.line"
    _description = "Stock Valuation Period Line"
    _order = "period_id, product_id, location_id, id"
    _rec_name = "product_id"

    period_id = fields.Many2one("stock.valuation.period", required=True, readonly=True, index=True)
    company_id = fields.Many2one(related="period_id.company_id", store=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    lot_id = fields.Many2one("stock.lot", ondelete="restrict", string="Lot/Serial", readonly=True)
    location_id = fields.Many2one("stock.location", required=True, readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", ondelete="restrict", readonly=True)
    owner_id = fields.Many2one("res.partner", ondelete="restrict", readonly=True)
    account_id = fields.Many2one(
        "account.account", ondelete="restrict", string="Valuation Account", readonly=True
    )
    quantity = fields.Float(digits=0, readonly=True)
    value = fields.Monetary(readonly=True)
    memo_value = fields.Monetary(string="Consigned (memo)", readonly=True)

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A closed period stays as it was closed."))

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise UserError(self.env._("A closed period stays as it was closed."))
