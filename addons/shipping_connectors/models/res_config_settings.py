from odoo import api, fields, models

from ..core import gs1


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    gs1_company_prefix = fields.Char(related="company_id.gs1_company_prefix", readonly=False)
    shipping_mail_shipped = fields.Boolean(
        related="company_id.shipping_mail_shipped", readonly=False
    )
    shipping_mail_shipped_template_id = fields.Many2one(
        related="company_id.shipping_mail_shipped_template_id", readonly=False
    )
    shipping_mail_out_for_delivery = fields.Boolean(
        related="company_id.shipping_mail_out_for_delivery", readonly=False
    )
    shipping_mail_out_for_delivery_template_id = fields.Many2one(
        related="company_id.shipping_mail_out_for_delivery_template_id", readonly=False
    )
    shipping_mail_delivered = fields.Boolean(
        related="company_id.shipping_mail_delivered", readonly=False
    )
    shipping_mail_delivered_template_id = fields.Many2one(
        related="company_id.shipping_mail_delivered_template_id", readonly=False
    )
    shipping_mail_exception = fields.Boolean(
        related="company_id.shipping_mail_exception", readonly=False
    )
    shipping_mail_exception_template_id = fields.Many2one(
        related="company_id.shipping_mail_exception_template_id", readonly=False
    )
    shipping_weight_check = fields.Boolean(
        related="company_id.shipping_weight_check", readonly=False
    )
    shipping_weight_tolerance = fields.Float(
        related="company_id.shipping_weight_tolerance", readonly=False
    )
    shipping_weight_tolerance_fixed = fields.Float(
        related="company_id.shipping_weight_tolerance_fixed", readonly=False
    )
    shipping_return_portal = fields.Selection(
        related="company_id.shipping_return_portal", readonly=False
    )
    shipping_return_days = fields.Integer(related="company_id.shipping_return_days", readonly=False)
    shipping_watch_user_id = fields.Many2one(
        related="company_id.shipping_watch_user_id", readonly=False
    )
    shipping_watch_late_share = fields.Float(
        related="company_id.shipping_watch_late_share", readonly=False
    )
    shipping_watch_hours = fields.Integer(related="company_id.shipping_watch_hours", readonly=False)
    shipping_watch_cost_score = fields.Float(
        related="company_id.shipping_watch_cost_score", readonly=False
    )
    shipping_watch_cost_share = fields.Float(
        related="company_id.shipping_watch_cost_share", readonly=False
    )
    shipping_watch_failure_share = fields.Float(
        related="company_id.shipping_watch_failure_share", readonly=False
    )
    gs1_prefix_is_demo = fields.Boolean(compute="_compute_gs1_prefix_is_demo")

    @api.depends("gs1_company_prefix")
    def _compute_gs1_prefix_is_demo(self):
        for settings in self:
            prefix = settings.gs1_company_prefix or ""
            settings.gs1_prefix_is_demo = prefix.startswith(gs1.DEMO_PREFIX)
