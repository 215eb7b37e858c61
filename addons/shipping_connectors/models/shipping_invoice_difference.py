from odoo import fields, models
from odoo.exceptions import UserError

DIFFERENCES = [
    ("fee", "Fee of the Account"),
    ("unknown_shipment", "Unknown Shipment"),
    ("duplicate", "Billed Twice"),
    ("voided", "Label Given Back"),
    ("currency", "Other Currency"),
    ("address_correction", "Address Correction"),
    ("residential", "Residential Delivery"),
    ("dimensional_weight", "Weight or Size"),
    ("fuel", "Fuel"),
    ("duty", "Duties and Taxes"),
    ("other", "Unexplained"),
    ("credit", "Less than Expected"),
]


class ShippingInvoiceDifference(models.Model):
    """A part of an invoice that was not expected, and what is done about it."""

    _name = "shipping.invoice.difference"
    _description = "Billing Difference"
    _inherit = ["mail.thread"]
    _order = "id"
    _rec_name = "kind"

    line_id = fields.Many2one(
        "shipping.invoice.line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    invoice_id = fields.Many2one(related="line_id.invoice_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    tracking_number = fields.Char(related="line_id.tracking_number", store=True)
    parcel_id = fields.Many2one(related="line_id.parcel_id", store=True)
    billed = fields.Monetary(related="line_id.billed", string="Billed in All")
    label_cost = fields.Monetary(related="line_id.label_cost")
    currency_id = fields.Many2one(related="line_id.currency_id", store=True)
    kind = fields.Selection(DIFFERENCES, required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    reason = fields.Char(readonly=True)
    state = fields.Selection(
        [("open", "To Decide"), ("disputed", "Disputed"), ("accepted", "Accepted")],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
        index=True,
    )

    def action_dispute(self):
        """The carrier is to take it back."""
        self._decide("disputed")
        return True

    def action_accept(self):
        """It is right, and paid."""
        self._decide("accepted")
        return True

    def action_reopen(self):
        self._decide("open")
        return True

    def _decide(self, state):
        self.check_access("write")
        self.write({"state": state})

    def action_export_xlsx(self):
        return self._export("xlsx")

    def action_export_csv(self):
        return self._export("csv")

    def _export(self, kind):
        if not self:
            raise UserError(self.env._("Select the differences to export."))
        ids = ",".join(str(one.id) for one in self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/shipping/disputes/{kind}?ids={ids}",
            "target": "download",
        }

    def _get_export_rows(self):
        """Heading and rows of the list that a carrier gets."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        yield [
            self.env._("Invoice"),
            self.env._("Invoice Date"),
            self.env._("Tracking Number"),
            self.env._("Our Reference"),
            self.env._("Ship Date"),
            self.env._("Difference"),
            self.env._("Amount"),
            self.env._("Currency"),
            self.env._("Billed in All"),
            self.env._("Label Cost"),
            self.env._("Declared (kg)"),
            self.env._("Charged (kg)"),
            self.env._("Reason"),
            self.env._("State"),
        ]
        for one in self:
            line = one.line_id
            yield [
                one.invoice_id.name,
                one.invoice_id.day or "",
                one.tracking_number,
                line.parcel_id.picking_id.name or line.reference or "",
                line.parcel_id.ship_date or "",
                labels[one.kind],
                one.amount,
                one.currency_id.name,
                line.billed,
                line.label_cost,
                line.declared_weight,
                line.billed_weight,
                one.reason or "",
                states[one.state],
            ]
