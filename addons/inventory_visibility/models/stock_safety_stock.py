from odoo import api, fields, models
from odoo.exceptions import ValidationError


class StockSafetyStock(models.Model):
    """What is kept back of a product in a warehouse: it is on hand, but not promised."""

    _name = "stock.safety.stock"
    _description = "Safety Stock"
    _order = "warehouse_id, product_id, id"
    _rec_name = "product_id"
    _check_company_auto = True

    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('is_storable', '=', True)]",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user._get_default_warehouse_id(),
    )
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True, index=True)
    categ_id = fields.Many2one(related="product_id.categ_id")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity = fields.Float(
        digits="Product Unit",
        required=True,
        help="Kept back from what is available and from what can be promised, in the unit of the"
        " product.",
    )
    reason = fields.Char(help="Why so much: a service level, a contract, a display model.")

    _product_warehouse_unique = models.UniqueIndex(
        "(product_id, warehouse_id)",
        "This product has a safety stock in this warehouse already.",
    )
    # NaN is greater than every number in PostgreSQL, so the upper limit keeps it out too
    _quantity_range = models.Constraint(
        "CHECK (quantity >= 0 AND quantity < 1e15)", "A safety stock is a number from 0 up."
    )

    @api.constrains("product_id")
    def _check_product_id(self):
        for safety in self:
            if not safety.product_id.is_storable:
                raise ValidationError(
                    self.env._(
                        "The inventory of “%(product)s” is not tracked, so nothing of it can be"
                        " kept back.",
                        product=safety.product_id.display_name,
                    )
                )
