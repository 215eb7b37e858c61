from odoo import fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    stock_channel_id = fields.Many2one(
        "stock.channel",
        check_company=True,
        help="Channel whose allocations the team's quotations hold stock from.",
    )
