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

    valuation_allowance_account_id = fields.Many2one(
        "account.account",
        string="Write-Down Allowance Account",
        check_company=True,
        help="What stock is written down by, unless its category has an account of its own.",
    )
    valuation_write_down_account_id = fields.Many2one(
        "account.account",
        string="Write-Down Expense Account",
        check_company=True,
        help="Where write-downs and their reversals are recognised, unless the category has an"
        " account of its own.",
    )
    valuation_pricelist_id = fields.Many2one(
        "product.pricelist",
        string="Price List for Write-Downs",
        check_company=True,
        help="What stock is expected to bring that has not been sold after the date. Empty: the"
        " products' own sales price.",
    )
    valuation_sales_days = fields.Integer(
        string="Sales After the Date",
        default=60,
        required=True,
        help="Days after the date in which sales tell what stock is worth.",
    )
    valuation_expiry_days = fields.Integer(
        string="Expiry Ahead",
        default=90,
        required=True,
        help="Days after the date within which it counts that a lot expires before it is sold.",
    )

    _valuation_days_not_negative = models.Constraint(
        "CHECK (valuation_sales_days >= 0 AND valuation_expiry_days >= 0)",
        "Days after the date of a write-down cannot be negative.",
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
