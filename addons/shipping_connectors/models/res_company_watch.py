from odoo import fields, models


class ResCompany(models.Model):
    """From when on something about shipping is worth telling."""

    _inherit = "res.company"

    shipping_watch_user_id = fields.Many2one(
        "res.users",
        string="Told of Shipping Problems",
        domain="[('share', '=', False)]",
        ondelete="set null",
        help="Empty: whoever is responsible for the transfer, else the administrator.",
    )
    shipping_watch_late_share = fields.Float(
        string="Late Risk from (%)",
        default=50.0,
        help="Of the lane's deliveries in the last 180 days that were on the way for as long as "
        "the parcel is now, the share that came later than what is promised for the parcel. Late "
        "parcels, and those that the carrier expects late, are always told. 0 tells nothing.",
    )
    shipping_watch_hours = fields.Integer(
        string="Hours without a Scan",
        default=48,
        help="So many hours after the last scan, or after shipping, weekends included. 0 tells "
        "nothing.",
    )
    shipping_watch_cost_score = fields.Float(
        string="Cost: Usual Deviations",
        default=3.5,
        help="How many usual deviations a cost lies above the median of the lane's parcels "
        "of about the same weight in the last 180 days: the modified z-score of Iglewicz and "
        "Hoaglin, who recommend 3.5. 0 tells nothing.",
    )
    shipping_watch_cost_share = fields.Float(
        string="Cost: above the Median by (%)",
        default=20.0,
        help="And at least so much above that median: in a lane whose costs hardly differ, a few "
        "cents are many deviations.",
    )
    shipping_watch_failure_share = fields.Float(
        string="Carrier Failures from (%)",
        default=20.0,
        help="Of an account's labels and tracking questions of the last 24 hours, and at least "
        "three. 0 tells nothing.",
    )
    _shipping_watch_check = models.Constraint(
        "CHECK(shipping_watch_late_share BETWEEN 0 AND 100"
        " AND shipping_watch_failure_share BETWEEN 0 AND 100"
        " AND shipping_watch_hours >= 0 AND shipping_watch_cost_score >= 0"
        " AND shipping_watch_cost_share >= 0)",
        "Thresholds are not negative, and shares at most 100 %.",
    )
