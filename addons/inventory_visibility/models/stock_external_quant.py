from odoo import api, fields, models
from odoo.tools import SQL


class StockExternalQuant(models.Model):
    """What an external place states to have available of a product, and for which moment.

    There is one row per place and product, written by the feed: the latest statement.
    """

    _name = "stock.external.quant"
    _description = "External Stock"
    _order = "place_id, product_id, id"
    _rec_name = "product_id"

    place_id = fields.Many2one(
        "stock.external.place",
        string="External Place",
        required=True,
        ondelete="cascade",
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("is_storable", "=", True)],
        check_company=True,
    )
    categ_id = fields.Many2one(related="product_id.categ_id")
    company_id = fields.Many2one(related="place_id.company_id", store=True, index=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity = fields.Float(
        string="Available There",
        digits="Product Unit",
        required=True,
        help="What the place states to be available, in the unit of the product.",
    )
    feed_date = fields.Datetime(
        string="As of",
        required=True,
        default=fields.Datetime.now,
        help="The moment that the place states the quantity for.",
    )
    received_date = fields.Datetime(
        string="Received", required=True, default=fields.Datetime.now, readonly=True
    )
    is_stale = fields.Boolean(
        string="Stale",
        compute="_compute_is_stale",
        search="_search_is_stale",
        help="The statement is older than the place's limit.",
    )
    age_hours = fields.Float(
        string="Age (hours)", compute="_compute_is_stale", digits=(16, 1), aggregator=None
    )

    _place_product_unique = models.UniqueIndex(
        "(place_id, product_id)",
        "The external place has a row for this product already.",
    )
    # NaN is greater than every number in PostgreSQL, so the upper limit keeps it out too
    _quantity_range = models.Constraint(
        "CHECK (quantity >= 0 AND quantity < 1e15)",
        "What is available in an external place is a number from 0 up.",
    )
    _check_company_auto = True

    @api.depends("feed_date", "place_id.stale_after")
    def _compute_is_stale(self):
        now = fields.Datetime.now()
        for quant in self:
            age = (now - (quant.feed_date or now)).total_seconds() / 3600
            quant.age_hours = age
            quant.is_stale = 0 < quant.place_id.stale_after < age

    def _search_is_stale(self, operator, value):
        if operator != "in":
            return NotImplemented
        stale = SQL(
            "(SELECT quant.id FROM stock_external_quant quant"
            "   JOIN stock_external_place place ON place.id = quant.place_id"
            "  WHERE place.stale_after > 0"
            "    AND quant.feed_date < %s - place.stale_after * interval '1 hour')",
            fields.Datetime.now(),
        )
        return self.env["stock.external.place"]._get_flag_domain(stale, value)
