from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    valuation_ageing_days = fields.Char(related="company_id.valuation_ageing_days", readonly=False)
    valuation_slow_days = fields.Integer(related="company_id.valuation_slow_days", readonly=False)
    valuation_dead_days = fields.Integer(related="company_id.valuation_dead_days", readonly=False)
