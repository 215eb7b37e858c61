from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import rate_table
from .tools import to_decimal


class DeliveryRateLine(models.Model):
    _name = "delivery.rate.line"
    _description = "Rate Table Price"
    _order = "service_id, zone_id, max_weight, id"

    carrier_id = fields.Many2one(
        "delivery.carrier", string="Delivery Method", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="carrier_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="carrier_id.rate_table_currency_id")
    weight_unit = fields.Selection(related="carrier_id.rate_table_weight_unit")
    service_id = fields.Many2one(
        "delivery.rate.service", required=True, index=True, ondelete="cascade"
    )
    zone_id = fields.Many2one("delivery.rate.zone", required=True, index=True, ondelete="cascade")
    max_weight = fields.Float(
        string="Up to Weight",
        digits=(16, 3),
        help="The heaviest chargeable weight of this price, included. 0 is without limit.",
    )
    base_price = fields.Float(digits=(16, 4), help="Per parcel.")
    price_per_weight = fields.Float(
        string="Price per kg/lb",
        digits=(16, 4),
        help="Per unit of chargeable weight, on top of the base price.",
    )
    min_price = fields.Float(
        string="Minimum", digits=(16, 4), help="Least price of a parcel, before fuel surcharge."
    )

    _weight_uniq = models.Constraint(
        "UNIQUE (service_id, zone_id, max_weight)",
        "A service has one price per zone and weight limit.",
    )
    _not_negative = models.Constraint(
        "CHECK (max_weight >= 0 AND base_price >= 0 AND price_per_weight >= 0 AND min_price >= 0)",
        "Weights and prices cannot be negative.",
    )

    @api.constrains("carrier_id", "service_id", "zone_id")
    def _check_one_carrier(self):
        for line in self:
            if line.service_id.carrier_id != line.carrier_id or (
                line.zone_id.carrier_id != line.carrier_id
            ):
                raise ValidationError(
                    self.env._(
                        "The service and the zone of a price must belong to its delivery method "
                        "%(carrier)s.",
                        carrier=line.carrier_id.display_name,
                    )
                )

    @api.depends("service_id", "zone_id", "max_weight")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.service_id.name} · {line.zone_id.name} · {line.max_weight}"

    def _to_core(self) -> rate_table.Line:
        self.ensure_one()
        return rate_table.Line(
            service=str(self.service_id.id),
            zone=self.zone_id.name,
            max_weight=to_decimal(self.max_weight) if self.max_weight else None,
            base_price=to_decimal(self.base_price),
            price_per_weight=to_decimal(self.price_per_weight),
            min_price=to_decimal(self.min_price),
        )
