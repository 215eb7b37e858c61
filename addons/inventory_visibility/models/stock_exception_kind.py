from odoo import api, fields, models

SEVERITIES = [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Critical")]


class StockExceptionKind(models.Model):
    """How one company wants one kind of exception to be found and followed up."""

    _name = "stock.exception.kind"
    _description = "Stock Exception Kind"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    kind = fields.Selection(
        selection=lambda self: self._get_kinds(), required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=100)
    active = fields.Boolean(
        default=True,
        tracking=True,
        help="An archived kind is not looked for; what it had open is closed by the next run.",
    )
    severity = fields.Selection(SEVERITIES, required=True, default="1", tracking=True)
    critical_value = fields.Monetary(
        string="Critical From",
        tracking=True,
        groups="stock.group_stock_manager",
        help="Money at stake from which an exception of this kind is critical whatever the"
        " severity of the kind. 0: never.",
    )
    minimum_value = fields.Monetary(
        string="Ignore Below",
        tracking=True,
        groups="stock.group_stock_manager",
        help="Exceptions with less money at stake are not opened. 0: all are.",
    )
    worsening = fields.Float(
        string="Worse From (%)",
        default=25.0,
        required=True,
        tracking=True,
        help="A resolved exception stays quiet while its cause lasts. It is opened again when its"
        " quantity has grown by more than this share of what it was when it was resolved, or when"
        " its severity has risen.",
    )
    days = fields.Integer(tracking=True)
    days_meaning = fields.Char(compute="_compute_meanings")
    odds = fields.Float(string="One in", digits=(16, 0), tracking=True)
    odds_meaning = fields.Char(compute="_compute_meanings")
    share = fields.Float(string="Share (%)", tracking=True)
    share_meaning = fields.Char(compute="_compute_meanings")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who new exceptions of this kind belong to.",
    )
    owner_by_product = fields.Boolean(
        string="Product's Responsible First",
        help="New exceptions belong to the responsible user of the product, where there is one.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        domain="[('res_model', 'in', (False, 'stock.exception'))]",
        help="Activity that the owner gets for a new exception. Empty: none.",
    )
    digest = fields.Boolean(
        string="In the Daily Digest",
        default=True,
        help="Exceptions of this kind are part of the daily mail of those who asked for it.",
    )
    due = fields.Boolean(readonly=True, copy=False, help="The current run has yet to look at it.")
    last_run_date = fields.Datetime(string="Last Run", readonly=True, copy=False)
    last_duration = fields.Float(
        string="Duration", readonly=True, copy=False, help="Of the last run, in seconds."
    )
    last_error = fields.Text(readonly=True, copy=False)
    open_count = fields.Integer(string="Open", compute="_compute_open_count")

    _kind_company_uniq = models.UniqueIndex(
        "(kind, company_id)", "A company has one configuration of each kind of exception."
    )
    _thresholds_not_negative = models.Constraint(
        "CHECK (days >= 0 AND odds >= 0 AND share >= 0 AND worsening >= 0)",
        "Thresholds cannot be negative.",
    )

    @api.model
    def _get_kinds(self):
        """Return the selection of kinds: one for every detector that is installed."""
        detectors = self.env["stock.exception.detector"]._get_detectors()
        return [(kind, detector._get_label()) for kind, detector in detectors.items()]

    def _get_detector(self):
        self.ensure_one()
        return self.env["stock.exception.detector"]._get_detectors()[self.kind]

    @api.depends("kind", "company_id")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_display_name(self):
        labels = dict(self._get_kinds())
        several = len(self.env.companies) > 1
        for kind in self:
            name = labels.get(kind.kind, kind.kind)
            kind.display_name = f"{name} ({kind.company_id.name})" if several else name

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_meanings(self):
        detectors = self.env["stock.exception.detector"]._get_detectors()
        for kind in self:
            meanings = detectors[kind.kind]._get_meanings() if kind.kind in detectors else {}
            kind.days_meaning = meanings.get("days")
            kind.odds_meaning = meanings.get("odds")
            kind.share_meaning = meanings.get("share")

    def _compute_open_count(self):
        counts = {
            (company.id, kind): count
            for company, kind, count in self.env["stock.exception"]._read_group(
                [("company_id", "in", self.company_id.ids), ("state", "=", "open")],
                ["company_id", "kind"],
                ["__count"],
            )
        }
        for kind in self:
            kind.open_count = counts.get((kind.company_id.id, kind.kind), 0)

    # ------------------------------------------------------------------
    # One configuration per company and detector
    # ------------------------------------------------------------------

    @api.model
    def _ensure_kinds(self):
        """Create what is missing, and remove the kinds whose detector is gone.

        Called when an addon that brings detectors is installed or updated (by a ``function`` in
        its data), when a company is created, and by every run.

        While addons are being loaded, the detectors of those to come are not there yet: nothing
        is removed then, or an update would take their settings and exceptions away.
        """
        kinds = self.sudo().with_context(active_test=False, mail_create_nolog=True)
        detectors = self.env["stock.exception.detector"]._get_detectors()
        if self.pool.ready:
            gone = kinds.search([("kind", "not in", list(detectors))])
            self._remove_kinds(gone.mapped("kind"))
        existing = {
            (code, company.id) for code, company in kinds._read_group([], ["kind", "company_id"])
        }
        everyone = [("active", "in", (True, False))]
        companies = self.env["res.company"].sudo().search(everyone)
        kinds.create(
            [
                {
                    "kind": code,
                    "company_id": company.id,
                    "sequence": detector._kind_sequence,
                    **detector._kind_defaults,
                }
                for company in companies
                for code, detector in detectors.items()
                if (code, company.id) not in existing
            ]
        )

    @api.model
    def _remove_kinds(self, codes):
        """Remove kinds with their exceptions; for the ``uninstall_hook`` of an addon."""
        domain = [("kind", "in", list(codes))]
        self.env["stock.exception"].sudo().search(domain).unlink()
        self.sudo().with_context(active_test=False).search(domain).unlink()

    def action_view_exceptions(self):
        """Open the open exceptions of this kind."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "inventory_visibility.stock_exception_action"
        )
        action["domain"] = [("kind", "=", self.kind), ("company_id", "=", self.company_id.id)]
        action["context"] = {"search_default_open": 1}
        return action
