from odoo import fields, models

from ..core import invoice_csv

#: field of the mapping, by field of the core's template
COLUMNS = {
    "number": "number_column",
    "invoice": "invoice_column",
    "day": "day_column",
    "currency": "currency_column",
    "amount": "amount_column",
    "charge": "charge_column",
    "weight": "weight_column",
    "reference": "reference_column",
}


class ShippingInvoiceMapping(models.Model):
    """The columns of a carrier's invoice that no template knows."""

    _name = "shipping.invoice.mapping"
    _description = "Carrier Invoice Columns"

    name = fields.Char(required=True)
    number_column = fields.Char(string="Tracking Number", required=True)
    amount_column = fields.Char(string="Amount", required=True)
    invoice_column = fields.Char(string="Invoice Number")
    day_column = fields.Char(string="Invoice Date")
    charge_column = fields.Char(string="What the Amount Is For")
    currency_column = fields.Char()
    weight_column = fields.Char(string="Charged Weight")
    reference_column = fields.Char(string="Reference")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Of files without a column for it.",
    )
    weight_unit = fields.Selection([("kg", "kg"), ("lb", "lb")], required=True, default="kg")
    day_format = fields.Char(
        string="Date Format", required=True, default="%Y-%m-%d", help="As in %d.%m.%Y."
    )
    decimal_comma = fields.Boolean(help="1.234,50 instead of 1,234.50")

    def _to_template(self):
        """The core's template; names are compared without regard to case."""
        self.ensure_one()
        return invoice_csv.Template(
            self.name,
            {
                name: (" ".join(self[column].lower().split()),)
                for name, column in COLUMNS.items()
                if self[column]
            },
            currency=self.currency_id.name,
            weight_unit=self.weight_unit,
            day_formats=(self.day_format,),
            decimal_comma=self.decimal_comma,
        )
