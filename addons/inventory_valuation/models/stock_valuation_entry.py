from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("receipt", "Receipt"),
    ("delivery", "Delivery"),
    ("return", "Return"),
    ("transfer", "Transfer"),
    ("adjustment", "Adjustment"),
    ("scrap", "Scrap"),
    ("manufacturing", "Manufacturing"),
    ("revaluation", "Revaluation"),
    ("bill_difference", "Bill Difference"),
    ("landed_cost", "Landed Cost"),
]


class StockValuationEntry(models.Model):
    """What a place's stock gained or lost, in quantity and value, and why.

    Entries are written by :class:`StockValuationWriter` and stay as they are: whatever turns out
    later is a new entry with the moment at which it became known.
    """

    _name = "stock.valuation.entry"
    _description = "Stock Valuation Entry"
    _order = "date desc, id desc"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", required=True, readonly=True)
    lot_id = fields.Many2one("stock.lot", ondelete="restrict", string="Lot/Serial", readonly=True)
    location_id = fields.Many2one("stock.location", required=True, readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", ondelete="restrict", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    owner_id = fields.Many2one(
        "res.partner",
        ondelete="restrict",
        readonly=True,
        help="Somebody else, whose goods these are.",
    )
    quantity = fields.Float(digits=0, readonly=True, help="In the product's unit of measure.")
    uom_id = fields.Many2one(related="product_id.uom_id")
    value = fields.Monetary(readonly=True)
    memo_value = fields.Monetary(
        readonly=True,
        help="What goods that belong to somebody else would be worth at the product's cost. No part"
        " of the company's stock value.",
    )
    date = fields.Datetime(
        string="Effective Date", required=True, readonly=True, help="As of when it counts."
    )
    posted_at = fields.Datetime(
        string="Posting Moment",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When it became known and was written here.",
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    move_id = fields.Many2one("stock.move", ondelete="restrict", string="Stock Move", readonly=True)
    move_line_id = fields.Many2one(
        "stock.move.line", ondelete="restrict", string="Product Move", readonly=True
    )
    layer_move_id = fields.Many2one(
        "stock.move",
        ondelete="restrict",
        string="Layer",
        readonly=True,
        help="Under FIFO, the receipt that the goods came with.",
    )
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(string="Document ID", model_field="res_model", readonly=True)
    document = fields.Char(compute="_compute_document")

    # sums at a date by place; also what a product has
    _product_date_idx = models.Index(
        "(product_id, company_id, location_id, date) INCLUDE (quantity, value)"
    )
    # totals over time
    _company_date_idx = models.Index("(company_id, date) INCLUDE (quantity, value)")
    _move_line_idx = models.Index("(move_line_id) WHERE move_line_id IS NOT NULL")
    _move_idx = models.Index("(move_id) WHERE move_id IS NOT NULL")

    @api.depends("move_id", "res_model", "res_id")
    def _compute_document(self):
        for entry in self:
            record = entry.sudo()._get_document()
            entry.document = record.display_name if record else False

    def _get_document(self):
        """Return the record that an entry comes from, or None."""
        self.ensure_one()
        if self.res_model in self.env and self.res_id:
            return self.env[self.res_model].browse(self.res_id).exists()
        return self.move_id.picking_id or self.move_id.scrap_id or self.move_id or None

    def action_open_document(self):
        record = self._get_document()
        if not record:
            raise UserError(
                self.env._(
                    "This entry has no document: it balances what Odoo says about the product"
                    " with what was booked before."
                )
            )
        return record._get_records_action()

    # -- append only -------------------------------------------------------------------------

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self._get_refusal())

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise UserError(self._get_refusal())

    def _get_refusal(self):
        return self.env._(
            "Entries of the valuation ledger are neither changed nor deleted. Correct the document"
            " or the product's value: the difference becomes a new entry."
        )
