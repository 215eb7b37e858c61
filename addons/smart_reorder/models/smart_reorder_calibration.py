import numpy as np

from odoo import api, fields, models

from ..engine.adapt import DRIFT, Night, State, learn_from
from ..engine.learned import GLOBAL_WEIGHT

LATELY = 91  # days that coverage, bias and fill are shown for


class SmartReorderCalibration(models.Model):
    """What a class of products taught about its forecasts: one record per company and class."""

    _name = "smart.reorder.calibration"
    _description = "Forecast Accuracy by Class"
    _order = "class_key"
    _rec_name = "class_key"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    class_key = fields.Char(
        string="Class",
        required=True,
        readonly=True,
        help="A, B, C by the value of the demand; X, Y, Z by how much it varies. ? is not known"
        " yet.",
    )
    shift = fields.Float(
        string="Level Corrected by",
        readonly=True,
        aggregator=None,
        help="In points. Where demand was covered less often than wanted, a higher level is asked"
        " of the forecast, and the other way round.",
    )
    model_weight = fields.Float(
        string="Weight of the Learned Model",
        readonly=True,
        aggregator=None,
        default=100 * GLOBAL_WEIGHT,
        help="In %; the statistical method has the rest. It follows the losses of both.",
    )
    smoothed_error = fields.Float(readonly=True, aggregator=None)
    smoothed_absolute = fields.Float(readonly=True, aggregator=None)
    tracking = fields.Float(
        string="Tracking Signal",
        digits=(16, 2),
        readonly=True,
        aggregator=None,
        help="Smoothed errors over smoothed absolute errors (Trigg): -1 always too low, 1 always"
        " too high.",
    )
    drifts = fields.Boolean(readonly=True, help="The tracking signal is above 0.5.")
    count = fields.Integer(string="Forecasts", readonly=True, help="Scored in the last 13 weeks.")
    wanted = fields.Float(readonly=True, aggregator=None, help="In %.")
    covered = fields.Float(
        readonly=True, aggregator=None, help="Forecasts whose demand stayed within, in %."
    )
    fill_promised = fields.Float(readonly=True, aggregator=None, help="In %.")
    fill_achieved = fields.Float(
        readonly=True, aggregator=None, help="Units served by stocks at the reorder points, in %."
    )
    bias = fields.Float(
        readonly=True, aggregator=None, help="Forecasts - demand, in % of the demand."
    )
    wape = fields.Float(
        string="Error", readonly=True, aggregator=None, help="Absolute errors in % of the demand."
    )
    loss_ratio = fields.Float(
        string="Model against Method",
        digits=(16, 2),
        readonly=True,
        aggregator=None,
        help="Pinball loss of the learned model over that of the statistical methods: below 1 the"
        " model does better.",
    )
    updated_at = fields.Datetime(readonly=True)

    _class_unique = models.Constraint(
        "UNIQUE (company_id, class_key)", "A class has one record per company."
    )

    @api.model
    def _get_key(self, abc, xyz):
        return f"{abc or '?'}{xyz or '?'}".upper()

    @api.model
    def _get_states(self, orderpoints):
        """What the classes of orderpoints learned.

        :return: ``((n,) shift of the level, (n,) weight of the model)``
        """
        known = {
            record.class_key: (record.shift / 100, record.model_weight / 100)
            for record in self.sudo().search([("company_id", "=", orderpoints.company_id.id)])
        }
        classes = {
            orderpoint.id: self._get_key(abc, xyz)
            for orderpoint, abc, xyz in self.env["smart.reorder.proposal"]
            .sudo()
            ._read_group(
                [("orderpoint_id", "in", orderpoints.ids), ("is_current", "=", True)],
                ["orderpoint_id", "abc", "xyz"],
            )
        }
        usual = (0.0, GLOBAL_WEIGHT)
        states = [known.get(classes.get(op.id), usual) for op in orderpoints]
        table = np.array(states, dtype=float).reshape(len(states), 2)
        return table[:, 0], table[:, 1]

    # ------------------------------------------------------------------
    # Learning
    # ------------------------------------------------------------------

    @api.model
    def _learn_from(self, run):
        """Update the classes by what the run scored; once for each run."""
        company = run.company_id
        nights = self._get_nights(run)
        records = {
            record.class_key: record for record in self.search([("company_id", "=", company.id)])
        }
        for key, night in nights.items():
            record = records.get(key) or self.create({"company_id": company.id, "class_key": key})
            record._apply(learn_from(record._get_state(), night))
            records[key] = record
        self._refresh(company, records)

    @api.model
    def _get_nights(self, run):
        domain = [("run_id", "=", run.id), ("state", "=", "scored")]
        sums = ["__count", "level:avg", "coverage:sum", "error:sum", "absolute_error:sum"]
        losses = ["loss_model:sum", "loss_statistical:sum"]
        scores = self.env["smart.reorder.score"]
        # Without a model there are no losses to compare: both are 0 and nothing is weighed.
        return {
            key: Night(count, level / 100, round(covered / 100), error, absolute, model, other)
            for key, count, level, covered, error, absolute, model, other in scores._read_group(
                domain, ["class_key"], sums + losses
            )
        }

    def _get_state(self):
        return State(
            shift=self.shift / 100,
            weight=self.model_weight / 100,
            error=self.smoothed_error,
            absolute=self.smoothed_absolute,
        )

    def _apply(self, state):
        self.write(
            {
                "shift": 100 * state.shift,
                "model_weight": 100 * state.weight,
                "smoothed_error": state.error,
                "smoothed_absolute": state.absolute,
                "tracking": state.tracking,
                "drifts": abs(state.tracking) > DRIFT,
                "updated_at": fields.Datetime.now(),
            }
        )

    @api.model
    def _refresh(self, company, records):
        """What is shown: the sums of the last weeks."""
        since = fields.Date.subtract(fields.Date.today(), days=LATELY)
        self.env["smart.reorder.score"].flush_model()
        self.env.cr.execute(
            """
            SELECT class_key, COUNT(*), AVG(level), AVG(coverage),
                   SUM(mean * fill_promised) / NULLIF(SUM(mean), 0),
                   100 * SUM(LEAST(actual, quantile)) / NULLIF(SUM(actual), 0),
                   100 * SUM(error) / NULLIF(SUM(actual), 0),
                   100 * SUM(absolute_error) / NULLIF(SUM(actual), 0),
                   SUM(loss_model) / NULLIF(SUM(CASE WHEN has_model THEN loss_statistical END), 0)
              FROM smart_reorder_score
             WHERE company_id = %s AND state = 'scored' AND due_on > %s
          GROUP BY class_key
            """,
            (company.id, since),
        )
        names = ("count", "wanted", "covered", "fill_promised", "fill_achieved", "bias", "wape")
        for key, *values in self.env.cr.fetchall():
            if key in records:
                shown = dict(zip((*names, "loss_ratio"), values, strict=True))
                records[key].write({name: value or 0.0 for name, value in shown.items()})

    def action_start_anew(self):
        """Forget what was learned of these classes; the scores stay."""
        self._apply(State())

    def action_view_scores(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "smart_reorder.smart_reorder_score_action"
        )
        action["domain"] = [
            ("class_key", "=", self.class_key),
            ("company_id", "=", self.company_id.id),
        ]
        action["context"] = {"search_default_scored": 1}
        return action
