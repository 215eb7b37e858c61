from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    smart_reorder = fields.Boolean(
        copy=False,
        index=True,
        help="Smart Reorder plans this product in this place, and Odoo's own minimum and maximum"
        " are not used. They stay as they are, and apply again when it leaves.",
    )
    smart_reorder_mode = fields.Selection(
        [
            ("policy", "As the policy says"),
            ("suggest", "Suggest"),
            ("minmax", "Update min and max"),
            ("automatic", "Order automatically"),
        ],
        default="suggest",
        required=True,
        copy=False,
        help="Suggest: proposals wait for a planner.\n"
        "Update min and max: the nightly run writes them, and Odoo's scheduler orders by them.\n"
        "Order automatically: the nightly run turns them into draft orders and transfers.\n"
        "As the policy says: by class, place and category, under Autonomy.",
    )
    smart_reorder_by_odoo = fields.Boolean(
        string="Ordered by Odoo",
        readonly=True,
        copy=False,
        help="Smart Reorder keeps the minimum and maximum, and Odoo's scheduler orders by them.",
    )
    smart_reorder_service_level = fields.Float(
        string="Service Level",
        copy=False,
        help="In %, for this product in this place. 0 takes the company's.",
    )
    smart_reorder_max_stock = fields.Float(
        string="Room for",
        digits="Product Unit",
        copy=False,
        help="Smart Reorder never orders more than there is room for when it arrives. 0: what the"
        " storage categories of the place say, else as much as wanted.",
    )
    smart_reorder_promise_days = fields.Integer(
        string="Places Wait",
        readonly=True,
        copy=False,
        help="Days that the places supplied from here wait for their goods, by risk pooling: this"
        " place holds safety stock for so many days less, they for so many more.",
    )
    smart_reorder_created = fields.Boolean(
        readonly=True, copy=False, help="Made by enrolment; archived when it leaves."
    )
    smart_reorder_proposal_ids = fields.One2many("smart.reorder.proposal", "orderpoint_id")

    @api.constrains("smart_reorder", "location_id", "warehouse_id")
    def _check_smart_reorder_location(self):
        for orderpoint in self.filtered("smart_reorder"):
            if orderpoint.location_id != orderpoint.warehouse_id.lot_stock_id:
                raise ValidationError(
                    self.env._(
                        "Smart Reorder plans whole warehouses: the rule of %(product)s must be for"
                        " %(stock)s, not for %(location)s.",
                        product=orderpoint.product_id.display_name,
                        stock=orderpoint.warehouse_id.lot_stock_id.display_name,
                        location=orderpoint.location_id.display_name,
                    )
                )

    def _compute_qty_to_order_computed(self):
        """Of enrolled rules for all at once: Odoo recomputes them with each order line, rule by
        rule, which takes longer than ordering.
        """
        enrolled = self.filtered(lambda op: op.smart_reorder and op.id and op.product_id)
        if enrolled:
            figures = self.env["smart.reorder.minmax"].sudo()._get_figures(enrolled)
            for orderpoint in enrolled:
                orderpoint.qty_to_order_computed = figures[orderpoint.id].quantity
        return super(StockWarehouseOrderpoint, self - enrolled)._compute_qty_to_order_computed()

    # ------------------------------------------------------------------
    # Enrolling and leaving
    # ------------------------------------------------------------------

    def action_smart_reorder_enrol(self):
        """Let Smart Reorder plan these rules. Nothing else of them changes."""
        self.filtered(lambda op: not op.smart_reorder).smart_reorder = True
        return self._smart_reorder_notify(
            self.env._("%(count)s reordering rules are planned by Smart Reorder.", count=len(self))
        )

    def action_smart_reorder_leave(self):
        """Give these rules back to Odoo, as they were before."""
        leaving = self.filtered("smart_reorder")
        self.env["smart.reorder.change"]._restore(leaving)
        leaving.write({"smart_reorder": False, "smart_reorder_by_odoo": False})
        leaving.sudo().smart_reorder_proposal_ids.filtered("is_current").unlink()
        leaving.filtered("smart_reorder_created").active = False
        return self._smart_reorder_notify(
            self.env._("%(count)s reordering rules are Odoo's again.", count=len(leaving))
        )

    @api.model
    def _smart_reorder_notify(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------------
    # Keep Odoo's own automatisms off what is enrolled
    # ------------------------------------------------------------------

    def action_replenish(self, force_to_max=False):
        """A person who orders by hand is obeyed, and the enrolled rule survives the clean-up."""
        by_hand = self.with_context(smart_reorder_by_hand=True)
        return super(StockWarehouseOrderpoint, by_hand).action_replenish(force_to_max=force_to_max)

    def _procure_orderpoint_confirm(
        self, use_new_cursor=False, company_id=None, raise_user_error=True
    ):
        """Neither the scheduler nor a confirmed delivery orders what Smart Reorder plans."""
        orderpoints = self
        if not self.env.context.get("smart_reorder_by_hand"):
            orderpoints = self.filtered(lambda op: not op.smart_reorder or op.smart_reorder_by_odoo)
        return super(StockWarehouseOrderpoint, orderpoints)._procure_orderpoint_confirm(
            use_new_cursor=use_new_cursor, company_id=company_id, raise_user_error=raise_user_error
        )

    @api.autovacuum
    def _unlink_processed_orderpoints(self):
        """Odoo deletes manual rules that it made and that need nothing; enrolled ones stay."""
        kept = Domain("create_uid", "=", SUPERUSER_ID) & Domain("smart_reorder", "=", False)
        if self.ids:
            kept &= Domain("id", "in", self.ids)
        removable = self.with_context(active_test=False).search(kept)
        if not removable:
            return removable
        return super(StockWarehouseOrderpoint, removable)._unlink_processed_orderpoints()

    def unlink(self):
        if self.env.context.get("smart_reorder_by_hand"):
            return super(
                StockWarehouseOrderpoint, self.filtered(lambda op: not op.smart_reorder)
            ).unlink()
        return super().unlink()
