from odoo import fields, models


class StockPromiseCounter(models.Model):
    """One row a product and place, which whoever promises has to lock first.

    The row says nothing but that it was locked: what is available is computed afresh by the one
    who has the lock. ``revision`` changes with every lock, so that a transaction whose snapshot
    is older than another's promise fails with a serialization error, instead of computing from
    what it saw before.
    """

    _name = "stock.promise.counter"
    _description = "Lock of the promises of a product at a place"
    _log_access = False

    product_id = fields.Many2one("product.product", required=True, ondelete="cascade", index=False)
    place = fields.Char(
        required=True,
        help="Model and id, as in stock.warehouse,1; a place that holds stock itself.",
    )
    revision = fields.Integer(required=True, default=0)

    _product_place_unique = models.UniqueIndex("(product_id, place)")
