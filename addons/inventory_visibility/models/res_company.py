from odoo import api, fields, models, tools


class ResCompany(models.Model):
    _inherit = "res.company"

    availability_demand_days = fields.Integer(
        string="Demand Window",
        default=90,
        required=True,
        help="Days of history, up to now, over which the daily demand of a product"
        " in a warehouse is averaged.",
    )
    availability_low_days = fields.Integer(
        string="Low Below",
        default=7,
        required=True,
        help="Days of cover below which the stock of a product in a warehouse is low.",
    )
    availability_excess_days = fields.Integer(
        string="Excess Above",
        default=180,
        required=True,
        help="Days of cover above which the stock of a product in a warehouse is in excess.",
    )

    soft_reservation_keep_days = fields.Integer(
        string="Keep Closed Reservations",
        default=365,
        required=True,
        help="Days after which a consumed, released or expired soft reservation is deleted. Until"
        " then a repeated call with its reference gets the same answer. 0 keeps them for good.",
    )

    _soft_reservation_keep_days_not_negative = models.Constraint(
        "CHECK (soft_reservation_keep_days >= 0)",
        "Closed reservations cannot be kept for a negative number of days.",
    )
    _availability_demand_days_positive = models.Constraint(
        "CHECK (availability_demand_days BETWEEN 1 AND 3650)",
        "The demand window must be between 1 and 3650 days.",
    )
    _availability_low_days_not_negative = models.Constraint(
        "CHECK (availability_low_days >= 0)",
        "The days of cover below which stock is low cannot be negative.",
    )
    _availability_low_below_excess = models.Constraint(
        "CHECK (availability_low_days < availability_excess_days)",
        "Stock must be low at fewer days of cover than it is in excess.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self.env.registry.clear_cache()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "availability_demand_days" in vals:
            self.env.registry.clear_cache()
        return result

    @api.model
    @tools.ormcache()
    def _get_longest_demand_days(self):
        """Return the longest demand window of any company, in days."""
        companies = self.sudo().with_context(active_test=False)
        [(longest,)] = companies._read_group([], [], ["availability_demand_days:max"])
        return longest or 90
