from odoo import api, fields, models

from ..core import gs1


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gs1_company_prefix = fields.Char(related="company_id.gs1_company_prefix", readonly=False)
    gs1_prefix_is_demo = fields.Boolean(compute="_compute_gs1_prefix_is_demo")

    @api.depends("gs1_company_prefix")
    def _compute_gs1_prefix_is_demo(self):
        for settings in self:
            prefix = settings.gs1_company_prefix or ""
            settings.gs1_prefix_is_demo = prefix.startswith(gs1.DEMO_PREFIX)
