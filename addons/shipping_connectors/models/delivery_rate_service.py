from odoo import fields, models

from ..core import rate_table
from .tools import to_decimal


class DeliveryRateService(models.Model):
    _name = "delivery.rate.service"
    _description = "Rate Table Service"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=False)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    carrier_id = fields.Many2one(
        "delivery.carrier", string="Delivery Method", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="carrier_id.company_id", store=True, index=True)
    transit_days = fields.Integer(help="Days from pickup to delivery; 0 when not promised.")
    dimensional_divisor = fields.Float(
        digits=(16, 3),
        help="Cubic centimetres that count as one kilogram. Bulky parcels are charged by length × "
        "width × height / divisor where that is more than their weight. Usual: 5000 with express "
        "carriers, 6000 by air, 3000 to 4000 by road. 0 charges the actual weight.",
    )
    weight_step = fields.Float(
        digits=(16, 3),
        help="The chargeable weight is rounded up to a multiple of this, such as 0.5. "
        "0 does not round.",
    )
    fuel_surcharge = fields.Float(
        string="Fuel Surcharge (%)",
        digits=(16, 3),
        help="Percentage added to the price of the table.",
    )
    line_ids = fields.One2many("delivery.rate.line", "service_id", string="Prices")

    _name_uniq = models.UniqueIndex(
        "(carrier_id, name) WHERE active",
        "A delivery method cannot have two services of one name.",
    )
    _not_negative = models.Constraint(
        "CHECK (dimensional_divisor >= 0 AND weight_step >= 0 AND fuel_surcharge >= 0"
        " AND transit_days >= 0)",
        "Transit days, divisor, weight step and fuel surcharge cannot be negative.",
    )

    def _to_core(self) -> rate_table.Service:
        """The record as the core knows it; its id is the key that quotes carry back."""
        self.ensure_one()
        return rate_table.Service(
            name=self.name,
            code=str(self.id),
            transit_days=self.transit_days or None,
            divisor=to_decimal(self.dimensional_divisor),
            weight_step=to_decimal(self.weight_step),
            fuel_surcharge=to_decimal(self.fuel_surcharge),
        )
