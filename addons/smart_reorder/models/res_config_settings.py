from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    smart_reorder_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Smart Reorder Currency"
    )
    smart_reorder_levels = fields.Selection(
        related="company_id.smart_reorder_levels", readonly=False
    )
    smart_reorder_dask_address = fields.Char(
        string="Dask Cluster",
        config_parameter="smart_reorder.dask_address",
        help="Address of a Dask scheduler, tcp://host:8786, that forecasts are made on. Empty: they"
        " are made on this machine.",
    )
    smart_reorder_processes = fields.Integer(
        string="Engine Processes",
        config_parameter="smart_reorder.processes",
        default=1,
        help="Processes that forecast at the same time on this machine, up to 1,000 products in"
        " places each.",
    )
    smart_reorder_service_level = fields.Float(
        related="company_id.smart_reorder_service_level", readonly=False
    )
    smart_reorder_service_policy = fields.Selection(
        related="company_id.smart_reorder_service_policy", readonly=False
    )
    smart_reorder_shortage_factor = fields.Float(
        related="company_id.smart_reorder_shortage_factor", readonly=False
    )
    smart_reorder_review_days = fields.Integer(
        related="company_id.smart_reorder_review_days", readonly=False
    )
    smart_reorder_automation = fields.Boolean(
        related="company_id.smart_reorder_automation", readonly=False
    )
    smart_reorder_cycle_days = fields.Integer(
        related="company_id.smart_reorder_cycle_days", readonly=False
    )
    smart_reorder_history_days = fields.Integer(
        related="company_id.smart_reorder_history_days", readonly=False
    )
    smart_reorder_min_intervals = fields.Integer(
        related="company_id.smart_reorder_min_intervals", readonly=False
    )
    smart_reorder_pooling = fields.Selection(
        related="company_id.smart_reorder_pooling", readonly=False
    )
    smart_reorder_rounding = fields.Selection(
        related="company_id.smart_reorder_rounding", readonly=False
    )
    smart_reorder_compare_vendors = fields.Boolean(
        related="company_id.smart_reorder_compare_vendors", readonly=False
    )
    smart_reorder_exclude_unusual = fields.Boolean(
        related="company_id.smart_reorder_exclude_unusual", readonly=False
    )
    smart_reorder_lead_learning = fields.Boolean(
        related="company_id.smart_reorder_lead_learning", readonly=False
    )
    smart_reorder_lead_weight = fields.Integer(
        related="company_id.smart_reorder_lead_weight", readonly=False
    )
    smart_reorder_order_cost = fields.Monetary(
        related="company_id.smart_reorder_order_cost",
        readonly=False,
        currency_field="smart_reorder_currency_id",
    )
    smart_reorder_holding_rate = fields.Float(
        related="company_id.smart_reorder_holding_rate", readonly=False
    )
