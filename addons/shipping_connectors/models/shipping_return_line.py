from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ShippingReturnLine(models.Model):
    _name = "shipping.return.line"
    _description = "Returned Product"
    _rec_name = "product_id"

    return_id = fields.Many2one("shipping.return", required=True, index=True, ondelete="cascade")
    move_id = fields.Many2one(
        "stock.move", string="Delivered", required=True, index=True, ondelete="restrict"
    )
    product_id = fields.Many2one(related="move_id.product_id", store=True)
    uom_id = fields.Many2one(related="move_id.product_uom")
    returnable = fields.Float(
        digits="Product Unit",
        compute="_compute_returnable",
        help="Delivered, and neither returned nor in another open return.",
    )
    quantity = fields.Float(digits="Product Unit")

    _quantity_check = models.Constraint(
        "CHECK(quantity >= 0)", "A returned quantity cannot be negative."
    )
    _move_uniq = models.Constraint(
        "UNIQUE(return_id, move_id)", "A delivered line is in a return once."
    )

    @api.depends("move_id", "return_id.state")
    def _compute_returnable(self):
        quantities = self.move_id._get_returnable(but=self.return_id)
        for line in self:
            line.returnable = quantities.get(line.move_id, 0.0)

    @api.constrains("move_id", "return_id")
    def _check_move(self):
        for line in self:
            if line.move_id.picking_id != line.return_id.picking_id:
                raise ValidationError(
                    self.env._(
                        "%(product)s was not delivered by %(picking)s.",
                        product=line.product_id.display_name,
                        picking=line.return_id.picking_id.name,
                    )
                )

    def _check_quantity(self):
        """:raises ValidationError: when more is to come back than was delivered"""
        for line in self:
            if line.uom_id.compare(line.quantity, line.returnable) > 0:
                raise ValidationError(
                    self.env._(
                        "%(product)s: %(wanted)s are to come back, and %(returnable)s can. Reduce "
                        "the quantity.",
                        product=line.product_id.display_name,
                        wanted=f"{line.quantity:g}",
                        returnable=f"{line.returnable:g}",
                    )
                )
