from collections.abc import Collection

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .stock_availability_query import ID_BASE

STATES = [
    ("short", "Short"),
    ("out", "Out of Stock"),
    ("low", "Low"),
    ("excess", "Excess"),
    ("ok", "OK"),
    ("idle", "Idle"),
]

# What `_get_availability` returns for each product and warehouse.
FIGURES = (
    "qty_on_hand",
    "qty_reserved",
    "qty_free",
    "qty_soft_reserved",
    "qty_safety_stock",
    "qty_blocked",
    "qty_available",
    "qty_incoming",
    "qty_outgoing",
    "qty_in_transit",
    "qty_consigned",
    "qty_forecast",
    "qty_atp",
    "shortage_date",
    "next_receipt_date",
    "daily_demand",
    "days_of_cover",
    "state",
    "as_of",
)


class StockAvailability(models.Model):
    """Availability of a product in a warehouse, computed when it is read.

    Nothing is stored: every read runs the statement of `stock.availability.query`, restricted to
    the products and warehouses that the search asks for.
    """

    _name = "stock.availability"
    _description = "Stock Availability"
    _auto = False
    _rec_name = "product_id"
    _order = "severity, shortage_date, days_of_cover, id"
    _depends = {
        "product.product": ["active", "product_tmpl_id"],
        "product.template": ["categ_id", "company_id", "is_storable", "uom_id"],
        "res.company": [
            "availability_demand_days",
            "availability_excess_days",
            "availability_low_days",
            "partner_id",
        ],
        "res.partner": ["tz"],
        "stock.external.quant": ["feed_date", "place_id", "product_id", "quantity"],
        "stock.location": [
            "availability_blocked",
            "company_id",
            "parent_path",
            "usage",
            "warehouse_id",
        ],
        "stock.move": [
            "date",
            "location_dest_id",
            "location_final_id",
            "location_id",
            "move_orig_ids",
            "origin_returned_move_id",
            "product_id",
            "product_qty",
            "product_uom",
            "quantity",
            "state",
        ],
        "stock.quant": [
            "location_id",
            "owner_id",
            "product_id",
            "quantity",
            "reserved_quantity",
        ],
        "stock.move.line": ["location_id", "move_id", "quantity_product_uom"],
        "stock.safety.stock": ["product_id", "quantity", "warehouse_id"],
        "stock.soft.reservation": [
            "consumed_quantity",
            "date_promised",
            "date_until",
            "external_place_id",
            "group_id",
            "product_id",
            "quantity",
            "state",
            "warehouse_id",
        ],
        "stock.warehouse": ["active", "company_id", "partner_id"],
        "uom.uom": ["factor"],
    }

    product_id = fields.Many2one("product.product", readonly=True)
    product_tmpl_id = fields.Many2one("product.template", string="Product Template", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product Category", readonly=True)
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        readonly=True,
        help="Empty for stock that lies outside of any warehouse,"
        " or in transit with no transfer waiting for it.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    uom_id = fields.Many2one(
        "uom.uom", string="Unit", readonly=True, help="Unit of every quantity in this row."
    )
    active = fields.Boolean(readonly=True, help="Whether the product is active.")
    as_of = fields.Datetime(
        string="As of", readonly=True, help="Moment at which these figures were computed."
    )
    qty_on_hand = fields.Float(
        string="On Hand",
        digits="Product Unit",
        readonly=True,
        help="What lies in the internal locations of the warehouse now,"
        " input, quality and output zones included.",
    )
    qty_reserved = fields.Float(
        string="Reserved",
        digits="Product Unit",
        readonly=True,
        help="Part of the stock on hand that is reserved for transfers.",
    )
    qty_free = fields.Float(
        string="Free",
        digits="Product Unit",
        readonly=True,
        help="On hand - reserved, as Odoo calls it.",
    )
    qty_soft_reserved = fields.Float(
        string="Soft Reserved",
        digits="Product Unit",
        readonly=True,
        help="Held for a limited time by soft reservations that are no order yet, for whichever"
        " day.",
    )
    qty_safety_stock = fields.Float(
        string="Safety Stock",
        digits="Product Unit",
        readonly=True,
        help="Kept back: on hand or to come, but not promised.",
    )
    qty_blocked = fields.Float(
        string="Blocked",
        digits="Product Unit",
        readonly=True,
        help="Part of the stock on hand that may not be sold, and is not reserved: in locations"
        " that are blocked (quality, damaged, staging ...).",
    )
    qty_available = fields.Float(
        string="Available",
        digits="Product Unit",
        readonly=True,
        help="On hand - reserved - soft reserved - safety stock - blocked."
        " Negative when more is kept from others than there is.",
    )
    qty_consigned = fields.Float(
        string="Consigned",
        digits="Product Unit",
        readonly=True,
        help="Part of the stock on hand that belongs to somebody else than the company.",
    )
    qty_incoming = fields.Float(
        string="Incoming",
        digits="Product Unit",
        readonly=True,
        help="Planned receipts from vendors, production, customers and other warehouses.",
    )
    qty_outgoing = fields.Float(
        string="Outgoing",
        digits="Product Unit",
        readonly=True,
        help="Planned deliveries to customers, production, vendors and other warehouses,"
        " reserved or not.",
    )
    qty_in_transit = fields.Float(
        string="In Transit",
        digits="Product Unit",
        readonly=True,
        help="What has left its source and lies in a transit location on its way to this"
        " warehouse. It is not on hand; the transfer that brings it is part of incoming.",
    )
    qty_forecast = fields.Float(
        string="Forecasted",
        digits="Product Unit",
        readonly=True,
        help="On hand + incoming - outgoing.",
    )
    qty_atp = fields.Float(
        string="Available to Promise",
        digits="Product Unit",
        readonly=True,
        help="Minimum, from today on, of the projected balance of the stock that may be sold (on"
        " hand + receipts - deliveries planned up to each day), less soft reservations for up to"
        " that day and safety stock. This much can be promised for today without breaking a later"
        " promise.",
    )
    shortage_date = fields.Date(
        readonly=True, help="First day at whose end the projected balance is below zero."
    )
    next_receipt_date = fields.Date(
        string="Next Receipt",
        readonly=True,
        help="Day of the first planned receipt. In the past when it is overdue.",
    )
    daily_demand = fields.Float(
        digits=(16, 3),
        readonly=True,
        aggregator="sum",
        help="What left for customers, production and other warehouses per day, net of returns,"
        " averaged over the demand window of the company.",
    )
    days_of_cover = fields.Float(
        string="Days of Cover",
        digits=(16, 1),
        readonly=True,
        aggregator="min",
        help="(Available + safety stock) / daily demand. Unknown without demand.",
    )
    state = fields.Selection(
        STATES,
        readonly=True,
        help="Short: more is promised than there will be.\n"
        "Out of Stock: nothing is available now, not even safety stock, though there is demand"
        " or an open order.\n"
        "Low: available for fewer days than the lower limit in the settings.\n"
        "Excess: available for more days than the upper limit in the settings.\n"
        "OK: between the limits.\n"
        "Idle: no demand in the window and nothing planned to leave.",
    )
    severity = fields.Integer(
        readonly=True, aggregator="min", help="0 for what needs a person first."
    )

    # ------------------------------------------------------------------
    # Query
    # ------------------------------------------------------------------

    @property
    def _table_query(self):
        scope = self.env.context.get("stock_availability_scope")
        return self.env["stock.availability.query"]._get_query(scope)

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Hand the products and warehouses that the domain asks for to the statement.

        The domain itself still filters the rows, so a condition that is not understood here
        costs time only.
        """
        domain = Domain(domain).optimize_full(self)
        scope = self._get_scope(domain)
        if not (self.env.su or kwargs.get("bypass_access")):
            rules = self.env["ir.rule"]._compute_domain(self._name, "read")
            scope = self._get_scope(rules.optimize_full(self.sudo()), scope)
        scoped = self.with_context(stock_availability_scope=scope)
        return super(StockAvailability, scoped)._search(domain, offset, limit, order, **kwargs)

    @api.model
    def _get_scope(self, domain, scope=None):
        """Add to `scope` what the conditions that must hold in `domain` restrict.

        :param Domain domain: an optimized domain
        :return: ``{field name: set of ids}``, see `stock.availability.query`
        """
        scope = dict(scope or {})
        for name, operator, values in self._iter_required_conditions(domain):
            if name not in self._get_scope_fields() or operator != "in":
                continue
            if not isinstance(values, Collection):  # a sub-query: left to the domain itself
                continue
            ids = set(values)
            if name == "id":
                name, ids = "product_id", self._get_product_ids(ids)
            scope[name] = scope[name] & ids if name in scope else ids
        return scope

    @api.model
    def _get_scope_fields(self):
        return {"id", "product_id", "product_tmpl_id", "categ_id", "warehouse_id", "company_id"}

    @api.model
    def _iter_required_conditions(self, domain):
        """Yield the conditions of a domain that every matching row fulfils."""
        terms = iter(domain)
        for term in terms:
            if term == "&":
                continue
            if term in ("|", "!"):
                # skip both operands of the disjunction, or the one of the negation
                missing = 2 if term == "|" else 1
                while missing:
                    inner = next(terms)
                    # a condition may hold a list, and so cannot be looked up
                    missing += {"&": 1, "|": 1, "!": 0}[inner] if isinstance(inner, str) else -1
                continue
            yield term

    @api.model
    def _get_product_ids(self, ids):
        """Return the products of rows: the id of a row tells its product."""
        return {id_ // ID_BASE for id_ in ids if id_}

    def _read_group_select(self, aggregate_spec, query):
        """Add quantities up only where they share one unit: a sum of metres and pieces is none."""
        expression = super()._read_group_select(aggregate_spec, query)
        name, _, aggregator = aggregate_spec.partition(":")
        if aggregator == "sum" and name in self._get_unit_fields():
            unit = self._field_to_sql(self._table, "uom_id", query)
            return SQL("CASE WHEN MIN(%s) = MAX(%s) THEN %s END", unit, unit, expression)
        return expression

    @api.model
    def _get_unit_fields(self):
        """Fields expressed in the unit of the row."""
        return {name for name in self._fields if name.startswith("qty_")} | {"daily_demand"}
