from odoo import api, fields, models

from ..core import abc_classes, counting


class StockCycleCount(models.Model):
    """A count: proposed by a plan until Odoo's inventory count is applied, then its result.

    Counts that nobody planned are kept too, so that the accuracy of the records over time is that
    of all counts.
    """

    _name = "stock.cycle.count"
    _description = "Cycle Count"
    _order = "date desc, score desc, id"
    _rec_name = "product_id"

    plan_id = fields.Many2one(
        "stock.count.plan", readonly=True, index="btree_not_null", ondelete="set null"
    )
    is_planned = fields.Boolean(string="Planned", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True, index="btree_not_null")
    location_id = fields.Many2one("stock.location", required=True, readonly=True)
    product_id = fields.Many2one("product.product", required=True, readonly=True, index=True)
    categ_id = fields.Many2one(related="product_id.categ_id", store=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial", readonly=True)
    package_id = fields.Many2one("stock.package", readonly=True)
    owner_id = fields.Many2one("res.partner", readonly=True)
    quant_id = fields.Many2one("stock.quant", readonly=True, index="btree_not_null")
    date = fields.Date(
        required=True, readonly=True, help="Day for which it was proposed, or was counted."
    )
    user_id = fields.Many2one("res.users", string="Counted By", readonly=True)
    abc_class = fields.Selection(
        [(name, name) for name in abc_classes.CLASSES],
        string="ABC Class",
        readonly=True,
        help="Of the product by the value of its demand, when it was proposed.",
    )
    score = fields.Float(
        string="Urgency",
        digits=(16, 3),
        readonly=True,
        aggregator=None,
        help="From 0 to 1: weighted mean of age, value at risk and suspicion.",
    )
    reasons = fields.Json(readonly=True)
    reason = fields.Char(compute="_compute_reason", help="Why it was proposed.")
    state = fields.Selection(
        [("proposed", "To Count"), ("counted", "Counted"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="proposed",
        help="Cancelled: skipped by a person, or the stock was gone before it was counted.",
    )
    value = fields.Monetary(
        string="Value at Risk", readonly=True, groups="stock.group_stock_manager"
    )
    expected_quantity = fields.Float(
        string="Recorded", digits="Product Unit", readonly=True, help="Before the count."
    )
    counted_quantity = fields.Float(string="Counted", digits="Product Unit", readonly=True)
    difference = fields.Float(digits="Product Unit", readonly=True)
    absolute_difference = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="Units that the record was off by, whichever way: they do not cancel each other.",
    )
    expected_value = fields.Monetary(
        string="Recorded Value", readonly=True, groups="stock.group_stock_manager"
    )
    difference_value = fields.Monetary(readonly=True, groups="stock.group_stock_manager")
    absolute_difference_value = fields.Monetary(readonly=True, groups="stock.group_stock_manager")
    accuracy = fields.Float(
        string="Record Accuracy",
        readonly=True,
        aggregator="avg",
        help="100 % when the count agreed with the record within the tolerance of the plan, else"
        " 0 %. Its average is the share of records that are right.",
    )
    tolerance = fields.Float(digits=(16, 2), readonly=True, aggregator=None)
    count_date = fields.Datetime(string="Counted On", readonly=True)

    _open_quant_uniq = models.UniqueIndex(
        "(quant_id) WHERE state = 'proposed'", "This stock is proposed for counting already."
    )
    _planned_idx = models.Index("(warehouse_id, date) WHERE is_planned")

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason(self):
        for count in self:
            texts = [count._explain(code, terms) for code, terms in count.reasons or ()]
            count.reason = " ".join(texts)

    def _explain(self, code, terms):
        """Return one reason as a sentence."""
        texts = {
            "negative": lambda: self.env._("Negative stock."),
            "phantom_stock": lambda: self.env._(
                "On hand, but not sold for an improbably long time."
            ),
            "unusual_adjustment": lambda: self.env._("Unusual adjustment."),
            "adjusted": lambda: self.env._("Corrected %(times)s times within a year.", **terms),
            "never": lambda: self.env._("Class %(abc)s, never counted.", **terms),
            "due": lambda: self.env._(
                "Class %(abc)s, last counted %(days)s days ago; due every %(interval)s days.",
                **terms,
            ),
        }
        return texts[code]()

    # ------------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------------

    @api.model
    def _create_proposals(self, plan, warehouse, today, proposals, rows):
        """Ask for the counts in Odoo's own inventory, and keep them with their reasons."""
        quants = self.env["stock.quant"].sudo().browse([proposal.key for proposal in proposals])
        values = {"inventory_date": today}
        if plan.user_id:
            values["user_id"] = plan.user_id.id
        quants.with_context(inventory_mode=True).write(values)
        by_id = {quant.id: quant for quant in quants}
        return self.create(
            [
                {
                    **self._prepare_quant_values(by_id[proposal.key]),
                    "plan_id": plan.id,
                    "is_planned": True,
                    "warehouse_id": warehouse.id,
                    "date": today,
                    "user_id": plan.user_id.id,
                    "abc_class": rows[proposal.key]["abc_class"],
                    "score": proposal.score,
                    "reasons": [list(reason) for reason in proposal.reasons],
                    "value": rows[proposal.key]["value"],
                    "tolerance": plan.tolerance,
                }
                for proposal in proposals
            ]
        )

    @api.model
    def _prepare_quant_values(self, quant):
        return {
            "quant_id": quant.id,
            "company_id": quant.company_id.id or self.env.company.id,
            "warehouse_id": quant.location_id.warehouse_id.id,
            "location_id": quant.location_id.id,
            "product_id": quant.product_id.id,
            "lot_id": quant.lot_id.id,
            "package_id": quant.package_id.id,
            "owner_id": quant.owner_id.id,
        }

    @api.model
    def _close_gone(self, plan, warehouse):
        """Cancel the proposals whose stock is no longer there."""
        gone = self.search(
            [
                ("plan_id", "=", plan.id),
                ("warehouse_id", "=", warehouse.id),
                ("state", "=", "proposed"),
                "|",
                ("quant_id", "=", False),
                ("quant_id.quantity", "=", 0),
            ]
        )
        gone.write({"state": "cancelled"})

    # ------------------------------------------------------------------
    # Results
    # ------------------------------------------------------------------

    @api.model
    def _record_results(self, results):
        """Keep what was counted.

        :param results: list of dicts ``{quant_values, expected, counted, cost, rounding}``
        """
        quant_ids = [result["quant_values"]["quant_id"] for result in results]
        opened = {
            count.quant_id.id: count
            for count in self.search([("quant_id", "in", quant_ids), ("state", "=", "proposed")])
        }
        new_values = []
        for result in results:
            count = opened.get(result["quant_values"]["quant_id"], self)
            values = self._prepare_result_values(result, count.tolerance)
            if count:
                count.write(values)
            else:
                new_values.append(
                    {
                        **result["quant_values"],
                        **values,
                        "date": fields.Date.context_today(self),
                    }
                )
        self.create(new_values)

    @api.model
    def _prepare_result_values(self, result, tolerance):
        expected, counted = result["expected"], result["counted"]
        agrees = counting.is_within_tolerance(expected, counted, tolerance, result["rounding"])
        difference = counted - expected
        return {
            "state": "counted",
            "count_date": fields.Datetime.now(),
            "user_id": self.env.uid,
            "expected_quantity": expected,
            "counted_quantity": counted,
            "difference": difference,
            "absolute_difference": abs(difference),
            "expected_value": expected * result["cost"],
            "difference_value": difference * result["cost"],
            "absolute_difference_value": abs(difference) * result["cost"],
            "accuracy": 1.0 if agrees else 0.0,
        }

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_count(self):
        """Open Odoo's inventory count of the proposals that are still open."""
        opened = self.filtered(lambda count: count.state == "proposed") or self
        action = self.env["stock.quant"].action_view_inventory()
        context = {
            key: value
            for key, value in action["context"].items()
            if not key.startswith("search_default_")
        }
        return {
            **action,
            "name": self.env._("Count"),
            "domain": [("id", "in", opened.quant_id.ids)],
            "context": context,
        }

    def action_skip(self):
        """Take back proposals; the stock is proposed again when it is due anew."""
        self.check_access("read")
        self.env["stock.quant"].check_access("write")
        opened = self.filtered(lambda count: count.state == "proposed").sudo()
        for quant in opened.quant_id.filtered(lambda quant: not quant.inventory_quantity_set):
            quant.write(
                {
                    "inventory_date": quant.location_id._get_next_inventory_date(),
                    "user_id": False,
                }
            )
        opened.write({"state": "cancelled"})
