from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    promise_policy = fields.Selection(
        related="company_id.promise_policy", readonly=False, required=True
    )
    promise_hold_hours = fields.Integer(related="company_id.promise_hold_hours", readonly=False)
