from odoo import api, fields, models
from odoo.exceptions import UserError

AGAIN_DAYS = 7  # that a reversed order is not proposed again


class SmartReorderChange(models.Model):
    """What happened by itself: before, after and why. One click takes it back."""

    _name = "smart.reorder.change"
    _description = "Automatic Change"
    _order = "id desc"
    _rec_name = "product_id"

    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", required=True, readonly=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="orderpoint_id.product_id", store=True, precompute=True)
    warehouse_id = fields.Many2one(
        related="orderpoint_id.warehouse_id", string="Place", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="orderpoint_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    proposal_id = fields.Many2one(
        "smart.reorder.proposal", readonly=True, ondelete="set null", index="btree_not_null"
    )
    run_id = fields.Many2one(
        "smart.reorder.run", readonly=True, ondelete="set null", index="btree_not_null"
    )
    kind = fields.Selection(
        [("minmax", "Min and Max"), ("order", "Order")], required=True, readonly=True
    )
    state = fields.Selection(
        [("done", "Done"), ("reversed", "Taken Back")],
        required=True,
        readonly=True,
        default="done",
    )
    min_before = fields.Float(digits="Product Unit", readonly=True, aggregator=None)
    max_before = fields.Float(digits="Product Unit", readonly=True, aggregator=None)
    trigger_before = fields.Char(readonly=True)
    by_odoo_before = fields.Boolean(readonly=True)
    min_after = fields.Float(digits="Product Unit", readonly=True, aggregator=None)
    max_after = fields.Float(digits="Product Unit", readonly=True, aggregator=None)
    position_before = fields.Float(
        digits="Product Unit",
        readonly=True,
        aggregator=None,
        help="On hand and on order, less what is promised, when the order was made.",
    )
    position_after = fields.Float(
        digits="Product Unit", compute="_compute_position_after", aggregator=None
    )
    quantity = fields.Float(string="Ordered", digits="Product Unit", readonly=True)
    value = fields.Monetary(readonly=True)
    reason = fields.Text(readonly=True)
    reversed_by_id = fields.Many2one("res.users", string="Taken Back by", readonly=True)
    reversed_at = fields.Datetime(string="Taken Back", readonly=True)

    @api.depends("position_before", "quantity")
    def _compute_position_after(self):
        for change in self:
            change.position_after = change.position_before + change.quantity

    @api.model
    def _log_orders(self, proposals, run):
        self.create(
            [
                {
                    "orderpoint_id": proposal.orderpoint_id.id,
                    "proposal_id": proposal.id,
                    "run_id": run.id,
                    "kind": "order",
                    "position_before": proposal.qty_position,
                    "quantity": proposal.qty_to_order,
                    "value": proposal.cost,
                    "reason": proposal.reason,
                }
                for proposal in proposals
            ]
        )

    @api.model
    def _apply_minmax(self, proposals, run):
        """Write our reorder point and order-up-to level as minimum and maximum, which Odoo orders
        by; unchanged ones are left alone.
        """
        for proposal in proposals:
            orderpoint = proposal.orderpoint_id
            unit = proposal.uom_id
            least, most = proposal.reorder_point, proposal.order_up_to
            same = (
                unit.compare(orderpoint.product_min_qty, least) == 0
                and unit.compare(orderpoint.product_max_qty, most) == 0
            )
            if same and orderpoint.smart_reorder_by_odoo:
                continue
            self.create(
                {
                    "orderpoint_id": orderpoint.id,
                    "proposal_id": proposal.id,
                    "run_id": run.id,
                    "kind": "minmax",
                    "min_before": orderpoint.product_min_qty,
                    "max_before": orderpoint.product_max_qty,
                    "trigger_before": orderpoint.trigger,
                    "by_odoo_before": orderpoint.smart_reorder_by_odoo,
                    "min_after": least,
                    "max_after": most,
                    "reason": proposal.reason,
                }
            )
            orderpoint.write(
                {
                    "product_min_qty": least,
                    "product_max_qty": most,
                    "trigger": "auto",
                    "smart_reorder_by_odoo": True,
                }
            )

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    def action_reverse(self):
        """Put things back as they were before; whoever clicks second changes nothing."""
        self.env["smart.reorder.proposal"]._check_planner()
        self.check_access("read")
        changes = self.sudo()
        changes.lock_for_update()
        changes.invalidate_recordset(["state"])
        for change in changes.filtered(lambda c: c.state == "done").sorted("id", reverse=True):
            if change.kind == "minmax":
                change._reverse_minmax()
            else:
                change._reverse_order()
            change.write(
                {
                    "state": "reversed",
                    "reversed_by_id": self.env.uid,
                    "reversed_at": fields.Datetime.now(),
                }
            )

    def _reverse_minmax(self):
        self.orderpoint_id.write(
            {
                "product_min_qty": self.min_before,
                "product_max_qty": self.max_before,
                "trigger": self.trigger_before,
                "smart_reorder_by_odoo": self.by_odoo_before,
            }
        )

    def _reverse_order(self):
        proposal = self.proposal_id
        if any(line.order_id.state != "draft" for line in proposal.purchase_line_ids):
            raise UserError(
                self.env._(
                    "%s is confirmed already: cancel it there.",
                    ", ".join(proposal.purchase_line_ids.order_id.mapped("name")),
                )
            )
        # Odoo adds up what goes the same way: moves may be of other proposals, too.
        moves = proposal.move_ids | proposal.move_ids.move_orig_ids
        if "done" in moves.mapped("state"):
            raise UserError(
                self.env._(
                    "%s has been moved already: return it there.", self.product_id.display_name
                )
            )
        self._take_off(moves.filtered(lambda move: move.state != "cancel"))
        for line in proposal.purchase_line_ids:
            order = line.order_id
            quantity = proposal.uom_id._compute_quantity(self.quantity, line.product_uom_id)
            left = line.product_qty - quantity
            if line.product_uom_id.compare(left, 0) > 0:
                line.product_qty = left  # somebody else ordered with the same line
                continue
            line.unlink()
            if not order.order_line:
                order.button_cancel()
        proposal.write(
            {
                "state": "rejected",
                "reject_reason": "other",
                "reject_note": self.env._("The automatic order was taken back."),
                "propose_again": fields.Date.add(fields.Date.context_today(self), days=AGAIN_DAYS),
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _take_off(self, moves):
        """Cancel moves, or take the quantity off those that move more than it."""
        product, whole = self.product_id, moves.browse()
        for move in moves:
            left = move.product_qty - self.quantity
            if product.uom_id.compare(left, 0) > 0:
                move.product_uom_qty = product.uom_id._compute_quantity(left, move.product_uom)
            else:
                whole |= move
        whole._action_cancel()
        (moves - whole)._action_assign()

    @api.model
    def _restore(self, orderpoints):
        """Give orderpoints back the minimum and maximum from before the first change."""
        changes = self.sudo().search(
            [
                ("orderpoint_id", "in", orderpoints.ids),
                ("kind", "=", "minmax"),
                ("state", "=", "done"),
            ],
            order="id desc",
        )
        changes.action_reverse()
