from odoo import api, fields, models


class StockLocation(models.Model):
    _inherit = "stock.location"

    availability_block = fields.Selection(
        [
            ("quality", "Quality Control"),
            ("damaged", "Damaged"),
            ("expired", "Expired"),
            ("staging", "Input or Staging"),
            ("other", "Other"),
        ],
        string="Blocked for Sale",
        help="Why what lies here, or in a location below, may not be promised. It stays on hand,"
        " in a column of its own. Empty: as the location above says.",
    )
    availability_blocked = fields.Boolean(
        string="Is Blocked for Sale",
        compute="_compute_availability_blocked",
        store=True,
        recursive=True,
        help="What lies here may not be promised: the location says so, or one above it.",
    )

    @api.depends("availability_block", "location_id.availability_blocked")
    def _compute_availability_blocked(self):
        for location in self:
            location.availability_blocked = bool(
                location.availability_block or location.location_id.availability_blocked
            )
