from odoo import fields, models


class ShippingInvoiceLine(models.Model):
    """One parcel on a carrier's invoice: three amounts side by side."""

    _name = "shipping.invoice.line"
    _description = "Billed Parcel"
    _rec_name = "tracking_number"

    invoice_id = fields.Many2one(
        "shipping.invoice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="invoice_id.company_id", store=True)
    tracking_number = fields.Char(required=True, readonly=True, index=True)
    parcel_id = fields.Many2one("shipping.parcel", readonly=True, index="btree_not_null")
    reference = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    quoted = fields.Monetary(
        readonly=True,
        aggregator="sum",
        help="This parcel's share of the delivery price on the order, without tax.",
    )
    label_cost = fields.Monetary(readonly=True, help="What was paid when the label was bought.")
    billed = fields.Monetary(readonly=True)
    difference = fields.Monetary(readonly=True, help="Billed less what the label cost.")
    declared_weight = fields.Float(string="Declared (kg)", digits="Stock Weight", readonly=True)
    billed_weight = fields.Float(string="Charged (kg)", digits="Stock Weight", readonly=True)
    charges = fields.Text(readonly=True)
    difference_ids = fields.One2many(
        "shipping.invoice.difference", "line_id", string="Differences Found", readonly=True
    )
