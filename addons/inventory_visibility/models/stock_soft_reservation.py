from odoo import api, fields, models
from odoo.tools import SQL

STATES = [
    ("held", "Held"),
    ("consumed", "Consumed"),
    ("released", "Released"),
    ("expired", "Expired"),
]


class StockSoftReservation(models.Model):
    """A quantity that is promised for a limited time, before there is an order for it.

    ``held → consumed | released | expired``. What is held and not past its time lowers what can
    be promised to others; from ``date_until`` on it counts as free, also while the scheduled action
    has not marked it as expired yet.
    """

    _name = "stock.soft.reservation"
    _description = "Soft Reservation"
    _order = "id desc"
    _rec_name = "reference"

    reference = fields.Char(
        required=True,
        readonly=True,
        help="The caller's own name of the promise, as a cart or order number. Once in the company"
        " and channel: a call with the same reference gets the same answer again.",
    )
    line = fields.Integer(
        required=True, readonly=True, default=1, help="Number of the line within the reference."
    )
    channel_id = fields.Many2one(
        "stock.channel", readonly=True, check_company=True, index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, check_company=True
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, check_company=True)
    group_id = fields.Many2one(
        "stock.place.group",
        string="Location Group",
        readonly=True,
        check_company=True,
        help="Held somewhere in the group: its places together keep so much.",
    )
    external_place_id = fields.Many2one("stock.external.place", readonly=True, check_company=True)
    place_name = fields.Char(string="Place", compute="_compute_place_name")
    quantity = fields.Float(
        digits="Product Unit", required=True, readonly=True, help="In the unit of the product."
    )
    consumed_quantity = fields.Float(
        string="Consumed",
        digits="Product Unit",
        required=True,
        readonly=True,
        default=0.0,
        help="Part of the quantity that has become an order.",
    )
    held_quantity = fields.Float(
        string="Still Held",
        digits="Product Unit",
        compute="_compute_held_quantity",
        help="What the promise keeps from others now: nothing from its last moment on.",
    )
    date_promised = fields.Date(
        string="Promised For",
        readonly=True,
        help="Day for which the quantity is promised. Empty: for the day of the call.",
    )
    date_until = fields.Datetime(
        string="Held Until",
        required=True,
        readonly=True,
        help="From this moment on the quantity is free again.",
    )
    date_closed = fields.Datetime(
        string="Closed On", readonly=True, help="When it was consumed, released or expired."
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="held")
    reason = fields.Char(readonly=True, help="Why it was released.")

    # rows that count, and only these, by product and place; and by the moment they end
    _held_index = models.Index("(product_id, date_until) WHERE state = 'held'")
    _held_group_index = models.Index(
        "(product_id, group_id) WHERE state = 'held' AND group_id IS NOT NULL"
    )
    _held_external_index = models.Index(
        "(product_id, external_place_id) WHERE state = 'held' AND external_place_id IS NOT NULL"
    )
    _until_index = models.Index("(date_until) WHERE state = 'held'")
    _closed_index = models.Index("(date_closed) WHERE state <> 'held'")
    _consumed_index = models.Index("(product_id, create_date) WHERE consumed_quantity > 0")
    _reference_unique = models.UniqueIndex(
        "(reference, company_id, COALESCE(channel_id, 0), line)",
        "This line of the reference has been reserved already.",
    )
    _one_place = models.Constraint(
        "CHECK (num_nonnulls(warehouse_id, group_id, external_place_id) = 1)",
        "A reservation is at a warehouse, a location group or an external place.",
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity must be above zero."
    )
    _consumed_within_quantity = models.Constraint(
        "CHECK (consumed_quantity BETWEEN 0 AND quantity)",
        "More cannot be consumed than is reserved.",
    )
    _line_positive = models.Constraint("CHECK (line > 0)", "Lines are numbered from 1.")

    @api.depends("state", "quantity", "consumed_quantity", "date_until")
    def _compute_held_quantity(self):
        now = fields.Datetime.now()
        for hold in self:
            is_held = hold.state == "held" and hold.date_until > now
            hold.held_quantity = hold.quantity - hold.consumed_quantity if is_held else 0

    @api.depends("warehouse_id", "group_id", "external_place_id")
    def _compute_place_name(self):
        for hold in self:
            hold.place_name = hold._get_place().display_name

    def _get_place(self):
        """Return the warehouse, location group or external place."""
        self.ensure_one()
        return self.warehouse_id or self.group_id or self.external_place_id

    @api.model
    def _select_rows(self):
        """Return the statement of what reservations take from which product."""
        return SQL(
            "SELECT id, product_id, warehouse_id, group_id, external_place_id, channel_id, state,"
            " quantity, consumed_quantity, date_promised, date_until, create_date"
            " FROM stock_soft_reservation"
        )

    def _get_taken_products(self):
        """Return the products that the reservations take from."""
        return self.product_id

    @api.model
    def _where_held(self, alias, now):
        """Return the condition that a row counts: it is held, and not past its time.

        :param SQL alias: name of the table in the statement
        :param datetime now: moment in UTC
        """
        return SQL("%(row)s.state = 'held' AND %(row)s.date_until > %(now)s", row=alias, now=now)
