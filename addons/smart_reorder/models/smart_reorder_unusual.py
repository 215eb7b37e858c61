from datetime import timedelta

from odoo import api, fields, models


class SmartReorderUnusual(models.Model):
    """A day whose demand was so unusual that it may say nothing about the next one.

    Runs recognise such days; leaving one out of the forecasts is a planner's decision, or the
    company's policy, and can be taken back. The moves themselves are never touched.
    """

    _name = "smart.reorder.unusual"
    _description = "Unusual Demand"
    _order = "day desc, id desc"
    _rec_name = "product_id"

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    product_category_id = fields.Many2one(related="product_id.categ_id")
    warehouse_id = fields.Many2one(
        "stock.warehouse", string="Place", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True, precompute=True)
    day = fields.Date(required=True, readonly=True)
    quantity = fields.Float(
        string="Demand", digits="Product Unit", required=True, readonly=True, aggregator=None
    )
    usual = fields.Float(
        digits="Product Unit",
        required=True,
        readonly=True,
        aggregator=None,
        help="Median of the days with demand, when this one was recognised.",
    )
    factor = fields.Float(
        string="× Usual", digits=(16, 1), compute="_compute_factor", store=True, aggregator="max"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    excluded = fields.Boolean(
        string="Left Out",
        help="Forecasts from the next run on take the demand expected on this day instead.",
    )
    note = fields.Char(help="Why it was unusual, or is to be expected again.")
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)

    _one_a_day = models.Constraint(
        "UNIQUE(product_id, warehouse_id, day)", "This day was recognised before."
    )

    @api.depends("product_id", "warehouse_id", "day")
    def _compute_display_name(self):
        for unusual in self:
            unusual.display_name = (
                f"{unusual.product_id.display_name} @ {unusual.warehouse_id.name}, {unusual.day}"
            )

    @api.depends("quantity", "usual")
    def _compute_factor(self):
        for unusual in self:
            unusual.factor = unusual.quantity / unusual.usual if unusual.usual else 0

    def write(self, vals):
        if "excluded" in vals and not self.env.su:
            self.env["smart.reorder.proposal"]._check_planner()
            vals = dict(vals, decided_by_id=self.env.uid)
        return super().write(vals)

    def action_exclude(self):
        self.excluded = True

    def action_include(self):
        self.excluded = False

    def action_view_moves(self):
        """The moves of that day, to see who ordered so much."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("stock.stock_move_action")
        action["domain"] = [
            ("product_id", "=", self.product_id.id),
            ("location_id.warehouse_id", "=", self.warehouse_id.id),
            ("state", "=", "done"),
            # The day is that of the warehouse; a day around it covers every time zone.
            ("date", ">=", self.day - timedelta(days=1)),
            ("date", "<", self.day + timedelta(days=2)),
        ]
        action["context"] = {}
        return action

    # ------------------------------------------------------------------
    # Runs
    # ------------------------------------------------------------------

    @api.model
    def _get_known(self, products, warehouses, date_from):
        """:return: dict ``(product id, warehouse id) -> dict day -> whether it is left out``"""
        known = {}
        for unusual in self.search_fetch(
            [
                ("product_id", "in", products.ids),
                ("warehouse_id", "in", warehouses.ids),
                ("day", ">=", date_from),
            ],
            ["product_id", "warehouse_id", "day", "excluded"],
        ):
            place = (unusual.product_id.id, unusual.warehouse_id.id)
            known.setdefault(place, {})[unusual.day] = unusual.excluded
        return known

    @api.model
    def _prepare_recognised(self, company, product_id, warehouse_id, day, quantity, usual):
        return {
            "product_id": product_id,
            "warehouse_id": warehouse_id,
            "day": day,
            "quantity": quantity,
            "usual": usual,
            "excluded": company.smart_reorder_exclude_unusual,
        }
