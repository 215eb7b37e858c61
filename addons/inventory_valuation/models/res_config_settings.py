from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    valuation_ageing_days = fields.Char(related="company_id.valuation_ageing_days", readonly=False)
    valuation_slow_days = fields.Integer(related="company_id.valuation_slow_days", readonly=False)
    valuation_dead_days = fields.Integer(related="company_id.valuation_dead_days", readonly=False)
    valuation_allowance_account_id = fields.Many2one(
        related="company_id.valuation_allowance_account_id", readonly=False
    )
    valuation_write_down_account_id = fields.Many2one(
        related="company_id.valuation_write_down_account_id", readonly=False
    )
    valuation_pricelist_id = fields.Many2one(
        related="company_id.valuation_pricelist_id", readonly=False
    )
    valuation_sales_days = fields.Integer(related="company_id.valuation_sales_days", readonly=False)
    valuation_expiry_days = fields.Integer(
        related="company_id.valuation_expiry_days", readonly=False
    )
