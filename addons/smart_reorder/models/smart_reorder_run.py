from odoo import api, fields, models
from odoo.exceptions import UserError

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
    histories_read = fields.Integer(
        readonly=True,
        help="Products in places whose moves were read, as something had changed since the run"
        " before.",
    )
    histories_kept = fields.Integer(
        readonly=True, help="Products in places that nothing had changed of since the run before."
    )
    error = fields.Text(readonly=True)
    engine_failures = fields.Integer(
        readonly=True, help="Times that the forecasting process died or answered nonsense."
    )
    engine_message = fields.Text(readonly=True)
    has_cluster_failed = fields.Boolean(
        readonly=True, help="The Dask cluster did not answer, and is not asked again in this run."
    )
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
        if not self._has_time():
            return
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
                    "supply_order": False,
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
            if not self._commit(1, remaining + 1) or not self._take():
                return False
        for batch in batches:
            if not self._take():
                return False
            self._plan_batch(batch, circular)
            remaining -= len(batch)
            if commit and not self._commit(len(batch), remaining + 1):
                return False
        if not self._take() or not self._settle_once(commit):
            return False
        if not self._order_automatically(commit):
            return False
        self._end()
        if commit:
            self._commit(1, 0)
        return True

    def _commit(self, processed, remaining):
        """:return: whether there is time left"""
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining) > 0

    @api.model
    def _has_time(self):
        """Whether the scheduled action may begin another batch, for the time of its job.

        Odoo calls an action that has work left ten times in a job. One batch in each of them would
        take a slow machine longer than a worker may. What is left goes on in a job of its own, at
        once: without a trigger the worker would sleep a minute before.
        """
        cron = self.env["ir.cron"]
        if cron._commit_progress() > 0:
            return True
        cron._commit_progress(remaining=1)
        self.env.ref("smart_reorder.ir_cron_smart_reorder").sudo()._trigger()
        return False

    def _take(self):
        """Lock the run for this transaction.

        :return: False when another process has it, or it ended
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset(["state"])
        return bool(locked) and locked.state == "running"

    def _end(self):
        self.env["smart.reorder.calibration"]._learn_from(self)
        self.write({"state": "done", "date_end": fields.Datetime.now(), "supply_order": False})
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
