from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.figures import RATIOS

#: Amounts of a moment or an average over a month: over months they are averaged, not added up.
LEVELS = ("opening_value", "closing_value", "average_value", "transit_value")


#: Rows that an address can name.
MANY = 500


class StockValuationFigure(models.Model):
    """What a product's stock at a place did in a month, as amounts that add up; what is made of
    them is computed from their sums, whatever they are grouped by.

    Filled by :class:`StockValuationFigureRefresh`.
    """

    _name = "stock.valuation.figure"
    _description = "Figures of Stock by Month"
    _order = "month desc, product_id, location_id, id"
    _rec_name = "product_id"

    month = fields.Date(required=True, readonly=True, help="Its first day.")
    days = fields.Float(
        readonly=True, aggregator=None, help="Of the month, up to now if it is not over."
    )
    computed_at = fields.Datetime(required=True, readonly=True, aggregator="min")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, ondelete="cascade"
    )
    categ_id = fields.Many2one(
        "product.category", string="Category", readonly=True, ondelete="cascade"
    )
    location_id = fields.Many2one("stock.location", readonly=True, ondelete="cascade")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, ondelete="cascade")

    opening_value = fields.Monetary(readonly=True, aggregator="avg")
    closing_value = fields.Monetary(readonly=True, aggregator="avg")
    average_value = fields.Monetary(
        readonly=True, aggregator="avg", help="Over time, to the second."
    )
    value_days = fields.Float(
        readonly=True,
        digits=0,
        help="The value at each moment times how long it was that, in days.",
    )
    transit_value = fields.Monetary(
        string="In Transit",
        readonly=True,
        aggregator="avg",
        help="Of the closing value, what lies in transit locations.",
    )
    cost_value = fields.Monetary(
        string="Cost of Goods",
        readonly=True,
        help="Delivered to customers less what they returned, and used in production.",
    )
    revenue = fields.Monetary(
        readonly=True,
        help="Customer invoices less refunds, by accounting date, without taxes; shared out over"
        " the places by the cost of what they delivered in the month.",
    )
    margin = fields.Monetary(string="Gross Margin", readonly=True)
    receipt_value = fields.Monetary(
        string="Received",
        readonly=True,
        help="From vendors less what they got back, and from production; with landed costs and what"
        " bills changed.",
    )
    landed_value = fields.Monetary(string="Landed Costs", readonly=True)
    shrinkage_value = fields.Monetary(
        string="Shrinkage", readonly=True, help="Lost less found in counts."
    )
    scrap_value = fields.Monetary(string="Scrapped", readonly=True)
    capital_cost = fields.Monetary(readonly=True)
    storage_cost = fields.Monetary(readonly=True)
    insurance_cost = fields.Monetary(readonly=True)
    risk_cost = fields.Monetary(readonly=True)
    carrying_cost = fields.Monetary(
        readonly=True, help="Capital, storage, insurance and risk, at the rates of today."
    )

    turns = fields.Float(
        string="Turns a Year",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Cost of goods ÷ average value, of a year.",
    )
    days_on_hand = fields.Float(
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="How long the average value lasts at the cost of goods of the time.",
    )
    gmroi = fields.Float(
        string="GMROI",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Gross margin ÷ average value, of a year.",
    )
    shrinkage_rate = fields.Float(
        digits=(16, 4), readonly=True, aggregator="avg", help="Shrinkage ÷ cost of goods."
    )
    landed_share = fields.Float(
        string="Landed Cost Share",
        digits=(16, 4),
        readonly=True,
        aggregator="avg",
        help="Landed costs ÷ received.",
    )

    _place_month_uniq = models.UniqueIndex(
        "(company_id, month, product_id, COALESCE(location_id, 0))",
        "Somebody else computes the figures of this month right now: try again in a moment.",
    )

    def _read_group_select(self, aggregate_spec, query):
        """Ratios of groups are ratios of sums; levels are averaged over months, not over rows."""
        name, _colon, function = aggregate_spec.partition(":")
        if function != "avg" or name not in (*RATIOS, *LEVELS):
            return super()._read_group_select(aggregate_spec, query)

        def column(field):
            return self._field_to_sql(self._table, field, query)

        if name in LEVELS:
            return SQL("SUM(%s) / NULLIF(COUNT(DISTINCT %s), 0)", column(name), column("month"))
        return self._get_ratio(RATIOS[name], lambda field: SQL("SUM(%s)", column(field)))

    @api.model
    def _get_ratio(self, ratio, get):
        """Return the SQL of a ratio; `get` gives that of an amount."""
        below = get(ratio.denominator)
        return SQL(
            "CASE WHEN %(below)s > 0 THEN %(factor)s * %(above)s / %(below)s END",
            factor=ratio.factor,
            above=get(ratio.numerator),
            below=below,
        )

    def action_export(self):
        """Write the chosen rows to a workbook; without any, those of the last twelve months."""
        export = self.env["stock.valuation.export"]
        if len(self) > MANY:
            raise UserError(
                self.env._("Choose %s rows at most, or none: then all of a year are written.", MANY)
            )
        if self:
            return export._get_action("figures", self.ids)
        first = fields.Date.context_today(self).replace(day=1) - relativedelta(months=11)
        return export._get_action("figures", domain=[("month", ">=", str(first))])

    def action_refresh(self):
        """Bring the figures up to now."""
        self.check_access("read")
        for company in self.env.companies:
            self.env["stock.valuation.figure.refresh"].sudo()._refresh(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
