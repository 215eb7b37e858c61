from odoo import fields, models


class ShippingReturnReason(models.Model):
    _name = "shipping.return.reason"
    _description = "Return Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    needs_note = fields.Boolean(
        string="Asks for Details", help="The customer has to describe it in a few words."
    )

    _name_uniq = models.Constraint("UNIQUE(name)", "There is a return reason of this name already.")
