from odoo import fields, models
from odoo.exceptions import UserError


class StockValuationAgeingLine(models.Model):
    """A layer: goods at a place that came in one receipt."""

    _name = "stock.valuation.ageing.line"
    _description = "Layer of Stock"
    _order = "product_id, location_id, lot_id, layer_date, id"
    _rec_name = "product_id"

    ageing_id = fields.Many2one(
        "stock.valuation.ageing",
        string="Report",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    categ_id = fields.Many2one(
        "product.category", string="Category", readonly=True, ondelete="cascade"
    )
    location_id = fields.Many2one(
        "stock.location", required=True, readonly=True, ondelete="cascade"
    )
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial", readonly=True, ondelete="cascade")
    entry_id = fields.Many2one(
        "stock.valuation.entry",
        string="Received With",
        readonly=True,
        ondelete="cascade",
        help="The entry with which the goods came into the company.",
    )
    layer_date = fields.Datetime(
        string="Received", readonly=True, help="When the goods came into the company."
    )
    age_days = fields.Integer(string="Age (days)", readonly=True, aggregator="max")
    bucket_id = fields.Many2one(
        "stock.valuation.ageing.bucket", string="Age", readonly=True, ondelete="restrict"
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    value = fields.Monetary(readonly=True)
    state = fields.Selection(
        [("moving", "Moving"), ("slow", "Slow"), ("dead", "Dead")],
        string="Movement",
        readonly=True,
        help="Slow or dead are goods that came so many days ago, while nothing of the product has"
        " left their warehouse for as long (settings of the company).",
    )
    last_out_date = fields.Datetime(
        string="Last Departure",
        readonly=True,
        help="When the product last left the warehouse for a customer, production or another one.",
    )
    daily_demand = fields.Float(
        readonly=True,
        digits=0,
        aggregator=None,
        help="Of the product in the warehouse, averaged over the demand window up to the date.",
    )
    days_of_cover = fields.Float(
        digits=(16, 1),
        readonly=True,
        aggregator=None,
        help="How long the product's stock in the warehouse lasts at this demand.",
    )
    excess_quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="What is left after the days above which stock is in excess, the oldest sold first.",
    )
    excess_value = fields.Monetary(readonly=True)

    def action_open_document(self):
        """Open the document with which the goods came."""
        self.ensure_one()
        if not self.entry_id:
            raise UserError(
                self.env._("These goods are owed: they left before they came, with no receipt yet.")
            )
        return self.entry_id.action_open_document()
