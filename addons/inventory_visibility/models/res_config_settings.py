from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    availability_demand_days = fields.Integer(
        related="company_id.availability_demand_days", readonly=False
    )
    availability_low_days = fields.Integer(
        related="company_id.availability_low_days", readonly=False
    )
    availability_excess_days = fields.Integer(
        related="company_id.availability_excess_days", readonly=False
    )
    soft_reservation_keep_days = fields.Integer(
        related="company_id.soft_reservation_keep_days", readonly=False
    )
