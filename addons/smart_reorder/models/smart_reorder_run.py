import logging
from collections import Counter

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import groupby, split_every

_logger = logging.getLogger(__name__)

BATCH_SIZE = 1000
ORDER_BATCH_SIZE = 200
# Up to this many products × places a run asked for by hand is done at once, in the request.
DIRECT_LIMIT = 300


class SmartReorderRun(models.Model):
    """One pass over all enrolled orderpoints of a company, in committed batches.

    What is done is known from the proposals that carry the run, so a run that was killed goes on
    where it was. A batch holds a lock on its run: two processes never work on the same one.
    """

    _name = "smart.reorder.run"
    _description = "Smart Reorder Run"
    _order = "id desc"
    _rec_name = "date_start"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="running",
    )
    origin = fields.Selection(
        [("scheduled", "Scheduled"), ("manual", "By hand")],
        required=True,
        readonly=True,
        default="scheduled",
    )
    user_id = fields.Many2one("res.users", readonly=True, default=lambda self: self.env.user)
    date_start = fields.Datetime(
        string="Started", readonly=True, required=True, default=fields.Datetime.now
    )
    date_end = fields.Datetime(string="Ended", readonly=True)
    total = fields.Integer(string="Products × Places", readonly=True)
    computed = fields.Integer(readonly=True)
    progress = fields.Float(compute="_compute_progress", help="In %.")
    to_order = fields.Integer(readonly=True)
    blocked = fields.Integer(readonly=True)
    accepted = fields.Integer(string="Ordered Automatically", readonly=True)
    seconds_read = fields.Float(string="Reading", readonly=True, help="In seconds.")
    seconds_forecast = fields.Float(string="Forecasting", readonly=True, help="In seconds.")
    seconds_decide = fields.Float(string="Deciding", readonly=True, help="In seconds.")
    seconds_total = fields.Float(
        string="Duration", compute="_compute_seconds_total", help="In seconds."
    )
    error = fields.Text(readonly=True)
    engine_failures = fields.Integer(
        readonly=True, help="Times that the forecasting process died or answered nonsense."
    )
    engine_message = fields.Text(readonly=True)
    has_learned = fields.Boolean(
        readonly=True, help="Learning from all products, when due, was tried once in this run."
    )
    kept = fields.Integer(
        string="With the Last Good Forecast",
        readonly=True,
        help="Products × places whose forecast is an earlier one, because the engine failed.",
    )
    simple = fields.Integer(
        string="With a Simple Forecast",
        readonly=True,
        help="Products × places that the engine did not forecast, and had no earlier forecast.",
    )
    scored = fields.Integer(compute="_compute_scored", help="Forecasts that fell due.")
    proposal_ids = fields.One2many("smart.reorder.proposal", "run_id", readonly=True)

    _one_running = models.UniqueIndex(
        "(company_id) WHERE state = 'running'", "A run of this company is still in progress."
    )

    @api.depends("computed", "total")
    def _compute_progress(self):
        for run in self:
            run.progress = 100 * run.computed / run.total if run.total else 100

    @api.depends("date_start", "date_end")
    def _compute_seconds_total(self):
        for run in self:
            end = run.date_end or fields.Datetime.now()
            run.seconds_total = (end - run.date_start).total_seconds()

    def _compute_scored(self):
        groups = self.env["smart.reorder.score"]._read_group(
            [("run_id", "in", self.ids), ("state", "=", "scored")], ["run_id"], ["__count"]
        )
        counts = {run.id: count for run, count in groups}
        for run in self:
            run.scored = counts.get(run.id, 0)

    # ------------------------------------------------------------------
    # Entry points
    # ------------------------------------------------------------------

    @api.model
    def _cron_run(self):
        """Nightly: plan every enrolled product and place, then order what may be ordered alone."""
        groups = self.env["stock.warehouse.orderpoint"]._read_group(
            self._get_orderpoint_domain(), ["company_id"]
        )
        for (company,) in groups:
            run = self._get_or_create(company, "scheduled")
            if not run._process(commit=True):
                return

    @api.model
    def action_run_now(self):
        """Plan the current company now: at once when it is small, else by the scheduled action."""
        self.env["smart.reorder.proposal"]._check_planner()
        company = self.env.company
        domain = [*self._get_orderpoint_domain(), ("company_id", "=", company.id)]
        total = self.env["stock.warehouse.orderpoint"].search_count(domain)
        if not total:
            raise UserError(
                self.env._(
                    "No reordering rule of %(company)s is enrolled in Smart Reorder. Enrol products"
                    " first.",
                    company=company.name,
                )
            )
        run = self.sudo()._get_or_create(company, "manual")
        if total > DIRECT_LIMIT:
            self.env.ref("smart_reorder.ir_cron_smart_reorder").sudo()._trigger()
            message = self.env._(
                "%(total)s products × places are being planned in the background. Follow the"
                " progress"
                " under Runs.",
                total=total,
            )
        elif run._process(commit=False):
            message = self.env._(
                "%(computed)s products × places planned: %(to_order)s to order, %(blocked)s"
                " blocked.",
                computed=run.computed,
                to_order=run.to_order,
                blocked=run.blocked,
            )
        else:
            message = self.env._("Another run is working at this moment.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _get_orderpoint_domain(self):
        return [("smart_reorder", "=", True), ("product_id.active", "=", True)]

    @api.model
    def _get_or_create(self, company, origin):
        run = self.search([("company_id", "=", company.id), ("state", "=", "running")])
        if run and run.date_start < fields.Datetime.subtract(fields.Datetime.now(), hours=20):
            run.write(
                {
                    "state": "failed",
                    "date_end": fields.Datetime.now(),
                    "error": self.env._("It did not end within a day; a new run took its place."),
                }
            )
            run.flush_recordset()
            run = self.browse()
        return run or self.create({"company_id": company.id, "origin": origin})

    # ------------------------------------------------------------------
    # Processing
    # ------------------------------------------------------------------

    def _process(self, commit):
        """Work until nothing is left, or the time of the scheduled action is used up.

        :param commit: commit after each batch; without it everything is one transaction
        :return: whether the run ended
        """
        self.ensure_one()
        self = self.sudo().with_company(self.company_id).with_context(lang=None)
        if not self._take():
            return False
        batches, circular, remaining = self._get_batches()
        self.total = self.computed + remaining
        if commit and not self.has_learned:
            # Said before it is tried: learning that fails or is killed is not tried for ever.
            self.has_learned = True
            self._commit(1, remaining + 1)
            if not self._take():
                return False
            self._learn()
            self._commit(1, remaining + 1)
            if not self._take():
                return False
        for batch in batches:
            if not self._take():
                return False
            self._plan_batch(batch, circular)
            remaining -= len(batch)
            if commit and not self._commit(len(batch), remaining + 1):
                return False
        if not self._take() or not self._order_automatically(commit):
            return False
        self._end()
        if commit:
            self._commit(1, 0)
        return True

    def _commit(self, processed, remaining):
        """:return: whether there is time left"""
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining) > 0

    def _take(self):
        """Lock the run for this transaction.

        :return: False when another process has it, or it ended
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset(["state"])
        return bool(locked) and locked.state == "running"

    def _get_pending(self):
        """Enrolled orderpoints that this run has not planned yet."""
        done = self.env["smart.reorder.proposal"]._search([("run_id", "=", self.id)])
        return self.env["stock.warehouse.orderpoint"].search(
            [
                *self._get_orderpoint_domain(),
                ("company_id", "=", self.company_id.id),
                ("smart_reorder_proposal_ids", "not in", done),
            ]
        )

    def _get_batches(self):
        """Pending orderpoints in supply order: places before the warehouses that supply them.

        :return: ``(list of recordsets, ids supplying themselves in a circle, number pending)``
        """
        pending = self._get_pending()
        enrolled = self.env["stock.warehouse.orderpoint"].search(
            [*self._get_orderpoint_domain(), ("company_id", "=", self.company_id.id)]
        )
        ranks, circular = self.env["smart.reorder.source"]._get_ranks(enrolled)
        ordered = pending.sorted(lambda op: (ranks[op.id], op.product_id.id, op.id))
        batches = []
        for _rank, group in groupby(ordered, lambda op: ranks[op.id]):
            for ids in split_every(BATCH_SIZE, [op.id for op in group]):
                batches.append(pending.browse(ids))
        return batches, circular, len(pending)

    def _plan_batch(self, orderpoints, circular):
        """Plan a batch; when it fails, halve it until the culprit is found and blocked."""
        try:
            with self.env.cr.savepoint():
                values, seconds = self.env["smart.reorder.planner"]._plan(
                    orderpoints, circular, run=self
                )
                self.env["smart.reorder.proposal"]._store(self, values)
        except OperationalError:
            raise  # a conflict: Odoo repeats the transaction
        except Exception as error:
            if len(orderpoints) > 1:
                middle = len(orderpoints) // 2
                self._plan_batch(orderpoints[:middle], circular)
                self._plan_batch(orderpoints[middle:], circular)
                return
            _logger.warning("%s could not be planned", orderpoints.display_name, exc_info=True)
            values = {orderpoints.id: self._prepare_crashed(orderpoints, error)}
            self.env["smart.reorder.proposal"]._store(self, values)
            seconds = {}
        origins = Counter(value.get("forecast_origin") for value in values.values())
        states = Counter(value["state"] for value in values.values())
        self.write(
            {
                "computed": self.computed + len(orderpoints),
                "to_order": self.to_order + states.get("draft", 0),
                "blocked": self.blocked + states.get("exception", 0),
                "kept": self.kept + origins["kept"],
                "simple": self.simple + origins["simple"],
            }
            | {
                f"seconds_{name}": self[f"seconds_{name}"] + spent
                for name, spent in seconds.items()
            }
        )

    def _learn(self):
        """Learn from all products, when that is due. A failure leaves the model that there was."""
        enrolled = self.env["stock.warehouse.orderpoint"].search(
            [*self._get_orderpoint_domain(), ("company_id", "=", self.company_id.id)]
        )
        try:
            with self.env.cr.savepoint():
                problem = self.env["smart.reorder.model"]._learn_when_due(self.company_id, enrolled)
        except OperationalError:
            raise  # a conflict: Odoo repeats the transaction
        except Exception as error:
            _logger.warning("Nothing could be learned", exc_info=True)
            problem = str(error) or type(error).__name__
        if problem:
            self._note_engine(problem)

    def _note_engine_failure(self, failure):
        self.engine_failures += 1
        self._note_engine(str(failure))

    def _note_engine(self, message):
        """Say on the run what happened to the engine, each thing once."""
        lines = (self.engine_message or "").splitlines()
        if message not in lines:
            self.engine_message = "\n".join([*lines, message])

    def _prepare_crashed(self, orderpoint, error):
        return {
            "orderpoint_id": orderpoint.id,
            "state": "exception",
            "issue": "crashed",
            "reason_data": [["crashed", {"message": str(error) or type(error).__name__}]],
            "computed_at": fields.Datetime.now(),
            "qty_needed": 0.0,
            "qty_proposed": 0.0,
        }

    def _order_automatically(self, commit):
        """Do what rules and policy allow to happen by itself, within their limits.

        :return: False when there was no time to do it all
        """
        if not self.company_id.smart_reorder_automation:
            return True
        proposals = self.env["smart.reorder.proposal"].search(
            [
                ("run_id", "=", self.id),
                ("state", "in", ("draft", "ok")),
                "|",
                ("mode", "!=", "suggest"),
                ("orderpoint_id.smart_reorder_by_odoo", "=", True),
                ("issue", "=", False),
            ],
            order="partner_id, id",
        )
        for ids in split_every(ORDER_BATCH_SIZE, proposals.ids):
            self._automate(proposals.browse(ids))
            if commit and (not self._commit(len(ids), 1) or not self._take()):
                return False
        return True

    def _automate(self, proposals):
        changes = self.env["smart.reorder.change"]
        lines = self.env["smart.reorder.autonomy"]._get_lines(proposals)
        last = proposals._get_last_ordered()
        order, minmax = proposals.browse(), proposals.browse()
        for proposal, line in lines.items():
            mode = line._get_mode(proposal)
            orderpoint = proposal.orderpoint_id
            if mode != "minmax" and orderpoint.smart_reorder_by_odoo:
                orderpoint.smart_reorder_by_odoo = False  # one of the two orders, never both
            if mode == "minmax":
                cost, old, new = 0.0, orderpoint.product_max_qty, proposal.order_up_to
            elif mode == "automatic" and proposal.state == "draft" and proposal.qty_to_order > 0:
                new = proposal.qty_to_order
                cost, old = proposal.cost, last.get(orderpoint.id, 0.0)
            else:
                continue
            refusal = line._find_refusal(proposal, cost, old, new)
            if refusal:
                proposal.reason_data = [*(proposal.reason_data or []), refusal]
            elif mode == "minmax":
                minmax |= proposal
            else:
                order |= proposal
        changes._apply_minmax(minmax, self)
        accepted = order._accept_automatically()
        changes._log_orders(accepted, self)
        self.accepted += len(accepted)

    def _end(self):
        self.env["smart.reorder.calibration"]._learn_from(self)
        self.write({"state": "done", "date_end": fields.Datetime.now()})
        # The next run of the company may begin in this transaction.
        self.flush_recordset()

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    def action_view_proposals(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "smart_reorder.smart_reorder_proposal_action"
        )
        action["domain"] = [("run_id", "in", self.ids)]
        action["context"] = {}
        return action

    @api.autovacuum
    def _gc_runs(self):
        """Forget runs older than three months; decided proposals stay."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), months=3)
        self.search([("date_start", "<", limit), ("state", "!=", "running")]).unlink()
