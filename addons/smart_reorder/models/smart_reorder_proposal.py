from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .smart_reorder_service_class import ABC, XYZ

CURRENT_STATES = ("draft", "ok", "exception")


class SmartReorderProposal(models.Model):
    """What Smart Reorder advises for one product in one place, with the figures and the reason.

    Each enrolled orderpoint has one current proposal, rewritten by every run; decided ones stay as
    history.
    """

    _name = "smart.reorder.proposal"
    _description = "Reorder Proposal"
    _order = "state_rank, days_of_cover, id"
    _check_company_auto = True

    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", required=True, readonly=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one(
        related="orderpoint_id.product_id", store=True, index=True, precompute=True
    )
    product_category_id = fields.Many2one(
        related="product_id.categ_id", string="Product Category", store=True
    )
    warehouse_id = fields.Many2one(
        related="orderpoint_id.warehouse_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="orderpoint_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    mode = fields.Selection(related="orderpoint_id.smart_reorder_mode", store=True)
    state = fields.Selection(
        [
            ("draft", "To Decide"),
            ("exception", "Blocked"),
            ("ok", "Nothing Needed"),
            ("accepted", "Ordered"),
            ("rejected", "Rejected"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
    )
    state_rank = fields.Integer(compute="_compute_state_rank", store=True)
    is_current = fields.Boolean(compute="_compute_state_rank", store=True)
    issue = fields.Char(readonly=True, help="Code of what keeps this product from being planned.")
    snoozed_until = fields.Date(readonly=True, help="Hidden, and not ordered, until this day.")
    run_id = fields.Many2one("smart.reorder.run", readonly=True, index="btree_not_null")
    computed_at = fields.Datetime(
        string="Computed", readonly=True, help="Moment that the figures are from."
    )

    # Source
    source = fields.Selection(
        [("buy", "Purchase"), ("transfer", "Transfer")],
        readonly=True,
        help="How it is replenished.",
    )
    route_id = fields.Many2one("stock.route", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Vendor", readonly=True)
    source_warehouse_id = fields.Many2one(
        "stock.warehouse", string="Supplying Warehouse", readonly=True
    )
    source_name = fields.Char(string="From", compute="_compute_source_name", store=True)

    # Stock
    qty_on_hand = fields.Float(string="On Hand", digits="Product Unit", readonly=True)
    qty_incoming = fields.Float(string="Incoming", digits="Product Unit", readonly=True)
    qty_outgoing = fields.Float(
        string="Promised", digits="Product Unit", readonly=True, help="Planned to leave."
    )
    qty_in_progress = fields.Float(
        string="On Quotations",
        digits="Product Unit",
        readonly=True,
        help="On requests for quotation that are not confirmed.",
    )
    qty_dependents = fields.Float(
        string="Needed by Places",
        digits="Product Unit",
        readonly=True,
        help="What the places that this warehouse supplies need, but have not ordered yet.",
    )
    qty_later = fields.Float(
        string="Promised for Later",
        digits="Product Unit",
        readonly=True,
        help="Of what is promised: due after the review period and lead time, or part of the demand"
        " forecast for them. It is not taken off a second time.",
    )
    qty_position = fields.Float(
        string="Position",
        digits="Product Unit",
        readonly=True,
        help="On hand + incoming + on quotations - promised + promised for later - needed by"
        " supplied places.",
    )
    days_of_cover = fields.Float(
        digits=(16, 1),
        compute="_compute_days_of_cover",
        store=True,
        aggregator="min",
        help="Days that the stock on hand lasts at the forecast demand.",
    )

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

    # Decision
    qty_needed = fields.Float(
        string="Needed",
        digits="Product Unit",
        readonly=True,
        help="Order-up-to level - position, before minimum quantities, packagings and price"
        " breaks.",
    )
    qty_proposed = fields.Float(string="Proposed", digits="Product Unit", readonly=True)
    qty_to_order = fields.Float(
        string="To Order",
        digits="Product Unit",
        compute="_compute_qty_to_order",
        store=True,
        readonly=False,
        precompute=True,
        help="What will be ordered on acceptance. May be changed before.",
    )
    is_edited = fields.Boolean(
        string="Edited", readonly=True, help="The quantity was set by hand; runs keep it."
    )
    price_unit = fields.Float(
        string="Unit Cost",
        min_display_digits="Product Price",
        readonly=True,
        aggregator=None,
        help="Vendor's price for the quantity, or the product's cost for a transfer.",
    )
    cost = fields.Monetary(compute="_compute_cost", store=True)
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(string="Decided", readonly=True)
    purchase_line_ids = fields.Many2many(
        "purchase.order.line", "smart_reorder_proposal_purchase_line_rel", readonly=True
    )
    move_ids = fields.Many2many("stock.move", "smart_reorder_proposal_move_rel", readonly=True)
    purchase_count = fields.Integer(compute="_compute_documents")
    picking_count = fields.Integer(compute="_compute_documents")

    _one_current = models.UniqueIndex(
        "(orderpoint_id) WHERE state IN ('draft', 'ok', 'exception')",
        "This product already has a proposal for this place.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("product_id", "warehouse_id")
    def _compute_display_name(self):
        for proposal in self:
            proposal.display_name = (
                f"{proposal.product_id.display_name} @ {proposal.warehouse_id.name}"
            )

    @api.depends("state")
    def _compute_state_rank(self):
        ranks = {"draft": 0, "exception": 1, "ok": 2}
        for proposal in self:
            proposal.state_rank = ranks.get(proposal.state, 3)
            proposal.is_current = proposal.state in CURRENT_STATES

    @api.depends("source", "partner_id.name", "source_warehouse_id.name")
    def _compute_source_name(self):
        for proposal in self:
            proposal.source_name = proposal.partner_id.name or proposal.source_warehouse_id.name

    @api.depends("qty_on_hand", "daily_demand")
    def _compute_days_of_cover(self):
        for proposal in self:
            demand = proposal.daily_demand
            # Without demand the stock lasts for ever; sorted last.
            proposal.days_of_cover = max(proposal.qty_on_hand, 0) / demand if demand > 0 else 9999

    @api.depends("lead_days", "review_days")
    def _compute_protection_days(self):
        for proposal in self:
            proposal.protection_days = proposal.lead_days + proposal.review_days

    @api.depends("qty_proposed")
    def _compute_qty_to_order(self):
        for proposal in self:
            if not proposal.is_edited:
                proposal.qty_to_order = proposal.qty_proposed

    @api.depends("qty_to_order", "price_unit")
    def _compute_cost(self):
        for proposal in self:
            proposal.cost = proposal.qty_to_order * proposal.price_unit

    @api.depends("purchase_line_ids", "move_ids")
    def _compute_documents(self):
        for proposal in self:
            proposal.purchase_count = len(proposal.purchase_line_ids.order_id)
            proposal.picking_count = len(proposal._get_pickings())

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
            proposal.chart = dict(
                proposal.history or {},
                weekly=proposal.daily_demand * 7,
                reorder_point=proposal.reorder_point,
                order_up_to=proposal.order_up_to,
                on_hand=proposal.qty_on_hand,
                unit=proposal.uom_id.name,
            )

    # ------------------------------------------------------------------
    # Storing what a run computed
    # ------------------------------------------------------------------

    @api.model
    def _store(self, run, values):
        """Rewrite the current proposals of the orderpoints, or create them.

        :param values: dict ``orderpoint id -> values``
        """
        current = self.search(
            [("orderpoint_id", "in", list(values)), ("state", "in", CURRENT_STATES)]
        )
        # A planner may be deciding on one right now: it stays as it is until the next run.
        free = current.try_lock_for_update()
        free.invalidate_recordset(["state", "is_edited"])
        by_orderpoint = {p.orderpoint_id.id: p for p in free if p.state in CURRENT_STATES}
        create = []
        for orderpoint_id, vals in values.items():
            vals = dict(vals, run_id=run.id)
            proposal = by_orderpoint.get(orderpoint_id)
            if not proposal:
                create.append(vals)
                continue
            if vals["state"] != "draft":
                vals["is_edited"] = False
            proposal.with_context(smart_reorder_planning=True).write(vals)
        busy = (current - free).orderpoint_id.ids
        create = [vals for vals in create if vals["orderpoint_id"] not in busy]
        rejected = self._get_rejected_until([vals["orderpoint_id"] for vals in create])
        for vals in create:
            vals["snoozed_until"] = rejected.get(vals["orderpoint_id"], False)
        self.create(create)

    # ------------------------------------------------------------------
    # Editing
    # ------------------------------------------------------------------

    def write(self, vals):
        if "qty_to_order" in vals and not self.env.context.get("smart_reorder_planning"):
            if any(proposal.state != "draft" for proposal in self):
                raise UserError(
                    self.env._(
                        "Only the quantity of a proposal that is to be decided can be changed."
                    )
                )
            vals = dict(vals, is_edited=True)
        return super().write(vals)

    @api.constrains("qty_to_order")
    def _check_qty_to_order(self):
        for proposal in self:
            quantity = proposal.qty_to_order
            if quantity < 0 or quantity != quantity or quantity == float("inf"):
                raise ValidationError(
                    self.env._(
                        "%(product)s: the quantity to order cannot be negative.",
                        product=proposal.product_id.display_name,
                    )
                )

    @api.onchange("qty_to_order")
    def _onchange_qty_to_order(self):
        """Round to the unit of measure as Odoo will, and warn below the vendor's minimum."""
        self.qty_to_order = (
            self.uom_id.round(self.qty_to_order) if self.uom_id else self.qty_to_order
        )

    def action_reset_quantity(self):
        self._check_open()
        for proposal in self:
            proposal.with_context(smart_reorder_planning=True).write(
                {"is_edited": False, "qty_to_order": proposal.qty_proposed}
            )
