from odoo import fields, models

SETTINGS = ("availability_demand_days", "availability_low_days", "availability_excess_days")


class StockAvailabilitySettings(models.TransientModel):
    """The company's settings for those who administer visibility, but not the whole system."""

    _name = "stock.availability.settings"
    _description = "Visibility Settings"

    def _default_setting(self, name):
        return self.env.company.sudo()[name]

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    availability_demand_days = fields.Integer(
        string="Demand Window",
        required=True,
        default=lambda self: self._default_setting("availability_demand_days"),
        help="Days of history, up to now, over which the daily demand of a product"
        " in a warehouse is averaged.",
    )
    availability_low_days = fields.Integer(
        string="Low Below",
        required=True,
        default=lambda self: self._default_setting("availability_low_days"),
        help="Days of cover below which the stock of a product in a warehouse is low.",
    )
    availability_excess_days = fields.Integer(
        string="Excess Above",
        required=True,
        default=lambda self: self._default_setting("availability_excess_days"),
        help="Days of cover above which the stock of a product in a warehouse is in excess.",
    )

    def action_save(self):
        """Write the settings to the company."""
        self.ensure_one()
        self.check_access("write")
        self.company_id.check_access("read")
        # changing a company is a right of the whole system's administrators; of these three
        # fields it is this addon's administrators' too
        self.company_id.sudo().write({name: self[name] for name in SETTINGS})
        return {"type": "ir.actions.act_window_close"}
