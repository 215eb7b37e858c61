from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

CURRENT_STATES = ("draft", "ok", "exception")
RANKS = {"draft": 0, "exception": 1, "ok": 2}  # of the states in lists; the others come last


class SmartReorderProposal(models.Model):
    """What Smart Reorder advises for one product in one place, with the figures and the reason.

    Each enrolled orderpoint has one current proposal, rewritten by every run; decided ones stay as
    history.
    """

    _name = "smart.reorder.proposal"
    _inherit = "smart.reorder.given"
    _description = "Reorder Proposal"
    _order = "state_rank, days_of_cover, id"
    _check_company_auto = True

    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", required=True, readonly=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="orderpoint_id.product_id", store=True, index=True)
    product_category_id = fields.Many2one(
        related="product_id.categ_id", string="Product Category", store=True
    )
    warehouse_id = fields.Many2one(related="orderpoint_id.warehouse_id", store=True, index=True)
    company_id = fields.Many2one(related="orderpoint_id.company_id", store=True, index=True)
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

    _in_order = models.Index("(state_rank, days_of_cover, id)")
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
        for proposal in self:
            proposal.update(self._derive_state_rank(proposal))

    @api.model
    def _derive_state_rank(self, values):
        """:param values: a proposal, or a mapping of what one will have"""
        rank = RANKS.get(values["state"], len(RANKS))
        return {"state_rank": rank, "is_current": values["state"] in CURRENT_STATES}

    @api.depends("source", "partner_id.name", "source_warehouse_id.name")
    def _compute_source_name(self):
        for proposal in self:
            proposal.source_name = self._get_source_name(
                proposal.partner_id, proposal.source_warehouse_id
            )

    @api.model
    def _get_source_name(self, partner, warehouse):
        return partner.name or warehouse.name

    @api.depends("qty_proposed")
    def _compute_qty_to_order(self):
        for proposal in self:
            if not proposal.is_edited:
                proposal.qty_to_order = proposal.qty_proposed

    @api.depends("qty_to_order", "price_unit")
    def _compute_cost(self):
        for proposal in self:
            proposal.update(self._derive_cost(proposal))

    @api.model
    def _derive_cost(self, values):
        return {"cost": values["qty_to_order"] * values["price_unit"]}

    @api.depends("purchase_line_ids", "move_ids")
    def _compute_documents(self):
        for proposal in self:
            proposal.purchase_count = len(proposal.purchase_line_ids.order_id)
            proposal.picking_count = len(proposal._get_pickings())

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
        free.invalidate_recordset(["state", "is_edited", "is_locked"])
        by_orderpoint = {p.orderpoint_id.id: p for p in free if p.state in CURRENT_STATES}
        create = []
        for orderpoint_id, vals in values.items():
            vals = dict(vals, run_id=run.id)
            wait_until = vals.pop("wait_until", False)
            proposal = by_orderpoint.get(orderpoint_id)
            if not proposal:
                create.append(dict(vals, snoozed_until=wait_until))
                continue
            if proposal.is_locked:
                # The run has been here, but nothing is changed.
                vals = {"run_id": run.id}
            elif vals["state"] != "draft":
                vals["is_edited"] = False
            elif wait_until and proposal.state != "draft":
                # Once: who wakes it up wants to see it.
                vals["snoozed_until"] = wait_until
            proposal.with_context(smart_reorder_planning=True).write(vals)
        busy = (current - free).orderpoint_id.ids
        create = [vals for vals in create if vals["orderpoint_id"] not in busy]
        rules = self.env["stock.warehouse.orderpoint"].browse(values)
        rejected = self._get_rejected_until([vals["orderpoint_id"] for vals in create])
        for vals in create:
            rule = rules.browse(vals["orderpoint_id"]).with_prefetch(rules.ids)
            vals |= self._prepare_place(rule) | {"mode": rule.smart_reorder_mode}
            days = (vals["snoozed_until"], rejected.get(rule.id))
            vals["snoozed_until"] = max(filter(None, days), default=False)
            vals["qty_to_order"] = vals["qty_proposed"]
            vals |= self._prepare_derived(vals)
        self.with_context(smart_reorder_given=True).create(create)

    @api.model
    def _prepare_derived(self, vals):
        """What follows from other values, as it is computed."""
        values = defaultdict(float, vals)
        partner = self.env["res.partner"].browse(values["partner_id"] or ())
        warehouse = self.env["stock.warehouse"].browse(values["source_warehouse_id"] or ())
        return {
            "source_name": self._get_source_name(partner, warehouse),
            **self._derive_state_rank(values),
            **self._derive_cost(values),
            **self._derive_days_of_cover(values),
            **self._derive_excess(values),
            **self._derive_risk_avoided(values),
        }

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
        """Round to the unit of measure as Odoo will, and warn where the source will not have it."""
        self.qty_to_order = (
            self.uom_id.round(self.qty_to_order) if self.uom_id else self.qty_to_order
        )
        message = self._explain_edited()
        if message:
            return {"warning": {"title": self.env._("Unusual quantity"), "message": message}}
        return None

    def action_reset_quantity(self):
        self._check_open()
        for proposal in self:
            proposal.with_context(smart_reorder_planning=True).write(
                {"is_edited": False, "qty_to_order": proposal.qty_proposed}
            )
