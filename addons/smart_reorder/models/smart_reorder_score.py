from datetime import timedelta

from odoo import api, fields, models

from ..engine.adapt import pinball
from ..engine.forecast import MAX_ESTIMATED

EVERY = 7  # days between two forecasts of the same product and place that are scored
KEEP_DAYS = 730


class SmartReorderScore(models.Model):
    """A forecast as it was issued and, once its interval is over, what then happened."""

    _name = "smart.reorder.score"
    _inherit = "smart.reorder.given"
    _description = "Scored Forecast"
    _order = "due_on desc, id desc"
    _rec_name = "product_id"

    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", required=True, readonly=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="orderpoint_id.product_id", store=True, index=True)
    product_category_id = fields.Many2one(
        related="product_id.categ_id", string="Product Category", store=True
    )
    warehouse_id = fields.Many2one(related="orderpoint_id.warehouse_id", string="Place", store=True)
    company_id = fields.Many2one(related="orderpoint_id.company_id", store=True, index=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    state = fields.Selection(
        [("open", "Not Yet Due"), ("scored", "Scored"), ("void", "Not Counted")],
        required=True,
        readonly=True,
        default="open",
        help="Not counted: more than a third of the demand had to be estimated, because there was"
        " no stock.",
    )
    issued_on = fields.Date(readonly=True, required=True)
    due_on = fields.Date(readonly=True, required=True, help="Day after the interval's last one.")
    days = fields.Integer(readonly=True, aggregator=None, help="Review period + lead time.")
    class_key = fields.Char(string="Class", readonly=True, index=True)
    level = fields.Float(string="Wanted", readonly=True, aggregator="avg", help="In %.")
    mean = fields.Float(string="Forecast", digits="Product Unit", readonly=True)
    quantile = fields.Float(string="Reorder Point", digits="Product Unit", readonly=True)
    quantile_model = fields.Float(readonly=True, aggregator=None)
    quantile_statistical = fields.Float(readonly=True, aggregator=None)
    has_model = fields.Boolean(readonly=True)
    fill_promised = fields.Float(
        readonly=True, aggregator="avg", help="Share of the demand to be served, in %."
    )
    actual = fields.Float(string="Demand", digits="Product Unit", readonly=True)
    error = fields.Float(
        digits="Product Unit", readonly=True, help="Forecast - demand. Positive: too high."
    )
    absolute_error = fields.Float(digits="Product Unit", readonly=True)
    coverage = fields.Float(
        string="Covered",
        readonly=True,
        aggregator="avg",
        help="100 when demand stayed within the reorder point; on average to be compared with what"
        " was wanted.",
    )
    fill_achieved = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Share of the demand that a stock at the reorder point served, in %.",
    )
    loss = fields.Float(string="Pinball Loss", digits=(16, 3), readonly=True)
    loss_model = fields.Float(digits=(16, 3), readonly=True)
    loss_statistical = fields.Float(digits=(16, 3), readonly=True)
    run_id = fields.Many2one(
        "smart.reorder.run", string="Scored by", readonly=True, index="btree_not_null"
    )

    # ------------------------------------------------------------------
    # Scoring and issuing, for a batch whose history is at hand
    # ------------------------------------------------------------------

    @api.model
    def _score_due(self, orderpoints, history, today, run):
        """Score the batch's forecasts that fell due, from the demand that was read for it."""
        due = self.search(
            [
                ("orderpoint_id", "in", orderpoints.ids),
                ("state", "=", "open"),
                ("due_on", "<=", today),
            ]
        )
        start = today - timedelta(days=history.n_days)
        row_of = {orderpoint.id: row for row, orderpoint in enumerate(orderpoints)}
        for score in due:
            row, first = row_of[score.orderpoint_id.id], (score.issued_on - start).days
            part = slice(max(first, 0), first + score.days)
            guessed = history.estimated[row, part].sum()
            if first < 0 or guessed > MAX_ESTIMATED * score.days:
                score.write({"state": "void", "run_id": run.id})
                continue
            actual = float(history.quantity[row, part].sum())
            score.write(score._prepare_score(actual) | {"run_id": run.id})

    def _prepare_score(self, actual):
        self.ensure_one()
        level = self.level / 100
        values = {
            "state": "scored",
            "actual": actual,
            "error": self.mean - actual,
            "absolute_error": abs(self.mean - actual),
            "coverage": 100.0 if actual <= self.quantile + 1e-9 else 0.0,
            "fill_achieved": 100 * min(self.quantile / actual, 1.0) if actual > 0 else 100.0,
            "loss": pinball(self.quantile, actual, level),
        }
        if self.has_model:
            values["loss_model"] = pinball(self.quantile_model, actual, level)
            values["loss_statistical"] = pinball(self.quantile_statistical, actual, level)
        return values

    @api.model
    def _issue(self, orderpoints, forecasts, spans, values, today):
        """Remember what is forecast today, once a week for each product and place.

        :param orderpoints: in the order of the forecasts
        """
        since = today - timedelta(days=EVERY)
        recent = self._read_group(
            [("orderpoint_id", "in", orderpoints.ids), ("issued_on", ">", since)],
            ["orderpoint_id"],
        )
        known = {orderpoint.id for (orderpoint,) in recent}
        create = []
        for index, orderpoint in enumerate(orderpoints):
            value = values[orderpoint.id]
            if orderpoint.id in known or value["forecast_origin"] != "engine":
                continue
            days = max(int(spans.mean[index] + 0.5), 1)
            model = float(forecasts.model[index])
            create.append(
                {
                    "orderpoint_id": orderpoint.id,
                    **self._prepare_place(orderpoint),
                    "issued_on": today,
                    "due_on": today + timedelta(days=days),
                    "days": days,
                    "class_key": self.env["smart.reorder.calibration"]._get_key(
                        value["abc"], value["xyz"]
                    ),
                    "level": value["service_level"],
                    # Without events, as the history that it will be compared with.
                    "mean": float(forecasts.mean[index]),
                    "quantile": float(forecasts.quantile[index]),
                    "has_model": model == model,
                    "quantile_model": model if model == model else 0.0,
                    "quantile_statistical": float(forecasts.statistical[index]),
                    "fill_promised": value["expected_fill"],
                }
            )
        self.with_context(smart_reorder_given=True).create(create)

    @api.autovacuum
    def _gc_scores(self):
        limit = fields.Date.subtract(fields.Date.today(), days=KEEP_DAYS)
        self.search([("due_on", "<", limit)], limit=100_000).unlink()
