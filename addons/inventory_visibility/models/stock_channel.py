from odoo import api, fields, models


class StockChannel(models.Model):
    """Where promises are asked from: a web shop, a marketplace, the sales desk."""

    _name = "stock.channel"
    _description = "Channel"
    _order = "company_id, name, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Name of the channel in calls of the API; unique in the company."
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True)
    hold_minutes = fields.Integer(
        string="Hold For",
        default=30,
        required=True,
        help="Minutes that a soft reservation of this channel lasts when the call does not say.",
    )
    allocation_ids = fields.One2many("stock.channel.allocation", "channel_id")

    _code_unique = models.UniqueIndex(
        "(company_id, code)", "Another channel of the company has this code."
    )
    _hold_minutes_positive = models.Constraint(
        "CHECK (hold_minutes > 0)", "A channel must hold for a minute at least."
    )
    _code_not_empty = models.Constraint(
        "CHECK (code <> '')", "A channel needs a code: the API names it by that."
    )

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()  # see stock.promise, _get_ruled_companies
        return result

    @api.depends("name", "code")
    def _compute_display_name(self):
        for channel in self:
            channel.display_name = (
                f"[{channel.code}] {channel.name}" if channel.code else channel.name
            )
