from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import rate_table


class DeliveryRateZone(models.Model):
    _name = "delivery.rate.zone"
    _description = "Rate Table Zone"
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    carrier_id = fields.Many2one(
        "delivery.carrier", string="Delivery Method", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="carrier_id.company_id", store=True, index=True)
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Empty means the rest of the world."
    )
    zips = fields.Char(
        string="Postal Codes",
        help="Prefixes and ranges, separated by commas: “BT, 20000-20999”. Empty means the whole "
        "country. An address belongs to the zone that fits it most specifically.",
    )
    line_ids = fields.One2many("delivery.rate.line", "zone_id", string="Prices")

    _name_uniq = models.Constraint(
        "UNIQUE (carrier_id, name)", "A delivery method cannot have two zones of one name."
    )

    @api.constrains("zips")
    def _check_zips(self):
        for zone in self:
            try:
                rate_table.parse_zip_rules(zone.zips)
            except ValueError as error:
                raise ValidationError(
                    self.env._("Zone %(zone)s: %(error)s", zone=zone.name, error=error)
                ) from error

    def _to_core(self) -> rate_table.Zone:
        self.ensure_one()
        return rate_table.Zone(
            name=self.name,
            countries=frozenset(self.country_ids.mapped("code")),
            zips=rate_table.parse_zip_rules(self.zips),
        )
