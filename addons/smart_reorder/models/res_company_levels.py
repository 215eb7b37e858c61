from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    smart_reorder_levels = fields.Selection(
        [
            ("forecast", "Forecasts"),
            ("minmax", "Odoo's minimum and maximum"),
        ],
        string="Levels From",
        default="forecast",
        required=True,
        help="Forecasts: reorder points and order-up-to levels follow from measured forecasts.\n"
        "Odoo's minimum and maximum: proposals have the quantities that Odoo's own rules would"
        " order, to begin with, or to compare.",
    )
