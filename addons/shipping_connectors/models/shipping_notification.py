from odoo import fields, models

KINDS = [
    ("shipped", "Shipped"),
    ("out_for_delivery", "Out for Delivery"),
    ("delivered", "Delivered"),
    ("exception", "Exception"),
]


class ShippingNotification(models.Model):
    """The customer was told something of a parcel, or why not: once for each kind."""

    _name = "shipping.notification"
    _description = "Customer Notification"
    _order = "id desc"
    _rec_name = "kind"

    parcel_id = fields.Many2one(
        "shipping.parcel", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    moment = fields.Datetime(required=True, readonly=True)
    outcome = fields.Selection(
        [
            ("sent", "Sent"),
            ("no_address", "No Email Address"),
            ("too_late", "Too Late"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
    )
    note = fields.Char(readonly=True)

    _kind_uniq = models.UniqueIndex("(parcel_id, kind)", "A customer is told once.")
