from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    # "warn": many companies sell what they have yet to buy, so refusing by default would stop
    # orders that are right; allowing in silence would let nobody know what was given away twice.
    promise_policy = fields.Selection(
        [
            ("allow", "Confirm all the same"),
            ("warn", "Confirm and leave a warning on the order"),
            ("refuse", "Refuse to confirm"),
        ],
        string="Beyond What Can Be Promised",
        default="warn",
        required=True,
        help="When an order is confirmed with a quantity that nothing planned covers, or covers"
        " only after the delivery date of the order.",
    )
    promise_hold_hours = fields.Integer(
        string="Hold for Quotations",
        default=24,
        required=True,
        help="Hours for which the button Hold of a quotation keeps its quantities from others.",
    )

    _promise_hold_hours_positive = models.Constraint(
        "CHECK (promise_hold_hours BETWEEN 1 AND 8760)",
        "Quotations can hold stock for 1 hour to 8760 hours (a year).",
    )
