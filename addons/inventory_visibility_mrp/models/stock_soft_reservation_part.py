from odoo import fields, models


class StockSoftReservationPart(models.Model):
    """What a reservation of a kit takes of one component, in all."""

    _name = "stock.soft.reservation.part"
    _description = "Component of a Soft Reservation"
    _log_access = False

    reservation_id = fields.Many2one(
        "stock.soft.reservation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        "product.product", string="Component", required=True, readonly=True, index=True
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity = fields.Float(
        digits="Product Unit",
        required=True,
        readonly=True,
        help="In the unit of the component, rounded up.",
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity must be above zero."
    )
