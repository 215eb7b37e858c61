from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.ageing import BOUNDS, Limits, parse_bounds


class ResCompany(models.Model):
    _inherit = "res.company"

    valuation_ageing_days = fields.Char(
        string="Ageing Buckets",
        default=lambda self: ", ".join(str(bound) for bound in BOUNDS),
        required=True,
        help="Days at which a bucket of the ageing of stock ends, with commas between.",
    )
    valuation_slow_days = fields.Integer(
        string="Slow After",
        default=90,
        required=True,
        help="Days after which stock is slow that neither came nor left a warehouse.",
    )
    valuation_dead_days = fields.Integer(
        string="Dead After",
        default=180,
        required=True,
        help="Days after which stock is dead that neither came nor left a warehouse.",
    )

    _valuation_slow_before_dead = models.Constraint(
        "CHECK (valuation_slow_days > 0 AND valuation_slow_days < valuation_dead_days)",
        "Stock must be slow after fewer days than it is dead, and after one at least.",
    )

    @api.constrains("valuation_ageing_days")
    def _check_valuation_ageing_days(self):
        for company in self:
            try:
                company._get_ageing_bounds()
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "The buckets of the ageing are growing numbers of days such as"
                        " “30, 60, 90, 180, 365”, not “%s”.",
                        company.valuation_ageing_days,
                    )
                ) from error

    def _get_ageing_bounds(self):
        self.ensure_one()
        return parse_bounds(self.valuation_ageing_days or "")

    def _get_ageing_limits(self):
        """Return from when on stock is slow, dead or in excess."""
        self.ensure_one()
        return Limits(
            slow=self.valuation_slow_days,
            dead=self.valuation_dead_days,
            excess=self.availability_excess_days,
        )
