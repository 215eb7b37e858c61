from odoo import api, fields, models

from ..engine.outlook import weekly_band
from .smart_reorder_service_class import ABC, XYZ


class SmartReorderProposal(models.Model):
    """The forecast of a proposal, and how large its error has been."""

    _inherit = "smart.reorder.proposal"

    # Forecast
    lead_days = fields.Float(
        string="Lead Time",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Days expected until what is ordered now arrives: learned from deliveries, and stated"
        " ones as long as there are few.",
    )
    lead_spread = fields.Float(
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Standard deviation of the lead time, in days.",
    )
    lead_stated = fields.Float(
        string="Stated Lead Time", digits=(16, 1), readonly=True, aggregator="avg"
    )
    lead_own = fields.Float(
        string="Deliveries",
        digits=(16, 1),
        readonly=True,
        help="Orders of this product for this place that the vendor delivered; a part counts as"
        " such.",
    )
    lead_own_days = fields.Float(
        string="Days they Took", digits=(16, 1), readonly=True, aggregator=None
    )
    lead_vendor = fields.Float(
        string="Deliveries of the Vendor", digits=(16, 1), readonly=True, aggregator=None
    )
    review_days = fields.Float(string="Review Period", readonly=True, aggregator=None)
    protection_days = fields.Float(
        compute="_compute_protection_days",
        help="Review period + lead time: what is ordered now must last until the next"
        " order arrives.",
    )
    service_level = fields.Float(readonly=True, aggregator="avg", help="In %.")
    level_origin = fields.Selection(
        [
            ("rule", "Of the rule"),
            ("class", "Of the class"),
            ("cost", "By cost"),
            ("company", "Of the company"),
        ],
        string="Level From",
        readonly=True,
    )
    abc = fields.Selection(
        ABC,
        string="ABC",
        readonly=True,
        help="By the value of the demand forecast: A has the first 80 %, B up to 95 %. Known after"
        " the first run.",
    )
    xyz = fields.Selection(
        XYZ,
        string="XYZ",
        readonly=True,
        help="By how much weekly demand varies: X by up to half of its mean, Y by up to all of"
        " it, Z by more.",
    )
    daily_demand = fields.Float(string="Forecast per Day", digits=(16, 3), readonly=True)
    forecast_qty = fields.Float(
        string="Forecast",
        digits="Product Unit",
        readonly=True,
        help="Demand expected over the review period and lead time.",
    )
    reorder_point = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="Demand over the review period and lead time that is not exceeded with the probability"
        " of the service level. Ordered when the position is below.",
    )
    order_up_to = fields.Float(
        string="Order up to",
        digits="Product Unit",
        readonly=True,
        help="Reorder point + demand that an order should last for.",
    )
    expected_fill = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Share of the demand over the interval that a stock at the reorder point serves,"
        " in %.",
    )

    # Evidence
    forecast_origin = fields.Selection(
        [
            ("engine", "The engine"),
            ("kept", "The last good one"),
            ("simple", "Simple method"),
        ],
        string="Forecast by",
        readonly=True,
        help="When the engine cannot answer, its last good forecast stays; what has none is"
        " forecast by a simple method.",
    )
    forecast_at = fields.Datetime(
        string="Forecast of", readonly=True, help="Moment that the forecast is from."
    )
    forecast_method = fields.Char(readonly=True)
    method_name = fields.Char(string="Method", compute="_compute_texts")
    evidence = fields.Selection(
        [
            ("measured", "Measured"),
            ("quiet", "No Demand in Past Intervals"),
            ("thin", "Little History"),
            ("none", "No Demand"),
        ],
        readonly=True,
    )
    origins = fields.Integer(
        string="Past Forecasts",
        readonly=True,
        aggregator=None,
        help="Forecasts issued at past weeks, each from the days before it only, and compared with"
        " what then happened.",
    )
    intervals = fields.Float(
        string="Independent Intervals",
        digits=(16, 1),
        readonly=True,
        aggregator=None,
        help="How many intervals without overlap the past forecasts are worth.",
    )
    error_wape = fields.Float(
        string="Error",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Sum of absolute errors over the sum of demand, in %, of the forecasts of the past.",
    )
    error_bias = fields.Float(
        string="Bias",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Forecasts minus demand over demand, in %. Positive: forecasts were too high.",
    )
    error_pinball = fields.Float(
        string="Pinball Loss",
        digits=(16, 3),
        readonly=True,
        aggregator=None,
        help="Loss of the reorder point as a quantile, in units; methods are chosen by it.",
    )
    error_skill = fields.Float(
        string="Error against Naive",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="Mean absolute error over that of repeating the previous interval. Below 1: better.",
    )
    coverage = fields.Float(
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="Share of past intervals whose demand stayed within the reorder point, in %. Compare"
        " with the service level.",
    )
    days_estimated = fields.Integer(
        string="Days without Stock",
        readonly=True,
        aggregator=None,
        help="Of the last year, those whose demand could not be seen in full, and was estimated.",
    )
    qty_estimated = fields.Float(
        string="Demand Missed",
        digits="Product Unit",
        readonly=True,
        help="Estimate of the demand of days without stock, in the last year.",
    )
    days_excluded = fields.Integer(string="Unusual Days", readonly=True, aggregator=None)
    qty_excluded = fields.Float(string="Left out as Unusual", digits="Product Unit", readonly=True)
    unusual_count = fields.Integer(compute="_compute_unusual_count")
    history = fields.Json(readonly=True)
    chart = fields.Json(compute="_compute_chart")
    reason_data = fields.Json(readonly=True)
    reason = fields.Text(compute="_compute_texts")

    @api.depends("lead_days", "is_excess_moved", "usual_lead_days", "review_days", "promise_days")
    def _compute_protection_days(self):
        for proposal in self:
            usual = proposal.usual_lead_days if proposal.is_excess_moved else proposal.lead_days
            days = usual + proposal.review_days - proposal.promise_days
            proposal.protection_days = max(days, 1.0)

    @api.depends("product_id", "warehouse_id")
    def _compute_unusual_count(self):
        groups = self.env["smart.reorder.unusual"]._read_group(
            [
                ("product_id", "in", self.product_id.ids),
                ("warehouse_id", "in", self.warehouse_id.ids),
            ],
            ["product_id", "warehouse_id"],
            ["__count"],
        )
        counts = {(product, warehouse): count for product, warehouse, count in groups}
        for proposal in self:
            place = (proposal.product_id, proposal.warehouse_id)
            proposal.unusual_count = counts.get(place, 0)

    @api.depends("history", "forecast_qty", "reorder_point", "order_up_to", "qty_on_hand")
    def _compute_chart(self):
        for proposal in self:
            low, high = weekly_band(
                proposal.forecast_qty, proposal.reorder_point, proposal.protection_days
            )
            proposal.chart = dict(
                proposal.history or {},
                weekly=proposal.daily_demand * 7,
                weekly_low=low,
                weekly_high=high,
                reorder_point=proposal.reorder_point,
                order_up_to=proposal.order_up_to,
                on_hand=proposal.qty_on_hand,
                unit=proposal.uom_id.name,
            )
