from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools.misc import format_date, format_datetime, formatLang

from .stock_exception_kind import SEVERITIES

# What users may change by hand; everything else comes from the detectors or from the buttons.
EDITABLE = {"user_id"}


class StockException(models.Model):
    """Something about the stock that needs a person.

    Rows are written by :meth:`_store` in set-based statements. One *cause* (kind, product,
    warehouse, location, lot, document) has at most one that is not closed.
    """

    _name = "stock.exception"
    _description = "Stock Exception"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "severity desc, since, id"
    _rec_name = "kind"

    kind = fields.Selection(
        selection=lambda self: self.env["stock.exception.kind"]._get_kinds(),
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    location_id = fields.Many2one("stock.location", readonly=True, ondelete="cascade")
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial", readonly=True, ondelete="cascade")
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(string="Document ID", model_field="res_model", readonly=True)
    document_name = fields.Char(string="Document", compute="_compute_document_name")
    severity = fields.Selection(SEVERITIES, required=True, readonly=True, default="1")
    value = fields.Monetary(
        string="At Stake",
        readonly=True,
        groups="stock.group_stock_manager",
        help="Quantity at the product's cost when it was last seen, in the currency of the"
        " company.",
    )
    quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        aggregator=None,
        help="What is missing, late, in excess or in doubt; the sentence says which.",
    )
    uom_id = fields.Many2one("uom.uom", string="Unit", readonly=True)
    since = fields.Datetime(
        readonly=True, help="When the cause began; where that is not known, when it was first seen."
    )
    first_seen = fields.Datetime(readonly=True, help="Run that found it for the first time.")
    last_seen = fields.Datetime(
        readonly=True, help="Run that found it last: the moment of the figures."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        tracking=True,
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("snoozed", "Snoozed"),
            ("resolved", "Resolved"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="open",
        tracking=True,
        help="Open: needs a person.\n"
        "Snoozed: out of sight until a moment.\n"
        "Resolved: somebody dealt with it, though the cause still lasts; it opens again when it"
        " gets worse.\n"
        "Closed: the cause has gone.",
    )
    snooze_until = fields.Datetime(string="Snoozed Until", readonly=True, tracking=True)
    resolve_reason = fields.Text(string="Reason", readonly=True, tracking=True)
    resolved_quantity = fields.Float(digits="Product Unit", readonly=True)
    resolved_severity = fields.Char(readonly=True)
    worsened = fields.Boolean(
        readonly=True, help="It was resolved, and opened again because it became worse."
    )
    opened_date = fields.Datetime(string="Opened", readonly=True)
    closed_date = fields.Datetime(string="Closed", readonly=True)
    opened_count = fields.Integer(string="Times Opened", readonly=True, default=1, aggregator=None)
    figures = fields.Json(readonly=True, help="The numbers that the sentence names.")
    # a text, so that lists show the whole of it
    sentence = fields.Text(string="What Is Wrong", compute="_compute_sentence")
    action_name = fields.Char(string="Proposed Action", compute="_compute_action_name")

    _cause_uniq = models.UniqueIndex(
        "(company_id, kind, COALESCE(product_id, 0), COALESCE(warehouse_id, 0),"
        " COALESCE(location_id, 0), COALESCE(lot_id, 0), COALESCE(res_model, ''),"
        " COALESCE(res_id, 0)) WHERE state <> 'closed'",
        "The same cause is already an exception.",
    )
    _kind_state_idx = models.Index("(company_id, kind, state)")
    _open_idx = models.Index("(severity DESC, since, id) WHERE state = 'open'")

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    @api.depends("kind", "product_id", "warehouse_id", "document_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self.env["stock.exception.kind"]._get_kinds())
        for exception in self:
            about = exception.product_id.display_name or exception.document_name
            name = labels.get(exception.kind, exception.kind)
            exception.display_name = f"{name}: {about}" if about else name

    @api.depends("kind", "quantity", "figures", "res_model", "res_id")
    @api.depends_context("lang", "uid", "tz")
    def _compute_sentence(self):
        detectors = self.env["stock.exception.detector"]._get_detectors()
        for exception in self:
            known = exception.kind in detectors
            exception.sentence = known and detectors[exception.kind]._get_sentence(exception)

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_action_name(self):
        detectors = self.env["stock.exception.detector"]._get_detectors()
        for exception in self:
            known = exception.kind in detectors
            exception.action_name = known and detectors[exception.kind]._get_action_name()

    @api.depends("res_model", "res_id")
    @api.depends_context("lang", "uid")
    def _compute_document_name(self):
        for model, exceptions in self.grouped("res_model").items():
            names = {}
            if model and model in self.env:
                # what the user may not see has no name here
                documents = self.env[model].browse(exceptions.mapped("res_id")).exists()
                documents = documents._filtered_access("read")
                names = {document.id: document.display_name for document in documents}
            for exception in exceptions:
                exception.document_name = names.get(exception.res_id)

    def _get_document(self):
        """Return the document that the exception is about, or None when there is none."""
        self.ensure_one()
        if not self.res_model or self.res_model not in self.env:
            return None
        document = self.env[self.res_model].browse(self.res_id).exists()
        document.check_access("read")
        return document or None

    def _get_reference(self):
        """Return the origin that documents made for this exception carry."""
        self.ensure_one()
        return self.env._("Exception %s", self.id)

    def _text_quantity(self, value=None, digits=None):
        """Return a quantity with its unit for a sentence."""
        value = self.quantity if value is None else value
        if digits is None:
            digits = self.env["decimal.precision"].precision_get("Product Unit")
        text = formatLang(self.env, value or 0.0, digits=digits)
        return f"{text} {self.uom_id.name}" if self.uom_id else text

    def _text_number(self, value, digits=1):
        return formatLang(self.env, value or 0.0, digits=digits)

    def _text_date(self, value):
        """Return a date out of ``figures`` (ISO text, in UTC when it has a time) for a sentence."""
        if not value:
            return ""
        if len(str(value)) > 10:
            moment = fields.Datetime.to_datetime(str(value).replace("T", " ")[:19])
            value = fields.Datetime.context_timestamp(self, moment).date()
        return format_date(self.env, value)

    def _text_moment(self, value):
        """Return a moment out of ``figures`` (ISO text, UTC) in the user's time zone."""
        if not value:
            return ""
        return format_datetime(self.env, str(value).replace("T", " ")[:19], dt_format="short")

    # ------------------------------------------------------------------
    # What users do
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("Exceptions are found, not entered."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            mail = {*self.env["mail.thread"]._fields, *self.env["mail.activity.mixin"]._fields}
            if vals.keys() - EDITABLE - mail:
                raise AccessError(
                    self.env._(
                        "Of an exception only the owner can be changed. Snooze or resolve it with"
                        " the buttons."
                    )
                )
        return super().write(vals)

    def _check_user_action(self):
        """Check that the user may follow these exceptions up, and lock them."""
        self.check_access("write")
        self.lock_for_update()
        return self.sudo()

    def action_propose(self):
        """Do the proposed action of one exception."""
        self.ensure_one()
        self.check_access("read")
        detectors = self.env["stock.exception.detector"]._get_detectors()
        return detectors[self.kind].with_company(self.company_id)._action(self)

    def action_take(self):
        """Become the owner."""
        self.check_access("write")
        self.write({"user_id": self.env.uid})

    def action_snooze(self, until):
        """Put exceptions out of sight until a moment (datetime in UTC, in the future)."""
        until = fields.Datetime.to_datetime(until)
        if not until or until <= fields.Datetime.now():
            raise UserError(self.env._("Choose a moment in the future to snooze until."))
        self._check_user_action().filtered(lambda exc: exc.state != "closed").write(
            {"state": "snoozed", "snooze_until": until}
        )

    def action_resolve(self, reason):
        """Keep exceptions quiet while their cause lasts without getting worse, with a reason."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the exceptions are resolved."))
        chosen = self._check_user_action().filtered(lambda exc: exc.state in ("open", "snoozed"))
        for exception in chosen:
            exception.write(
                {
                    "state": "resolved",
                    "resolve_reason": reason,
                    "resolved_quantity": abs(exception.quantity),
                    "resolved_severity": exception.severity,
                    "snooze_until": False,
                    "worsened": False,
                }
            )
        chosen._drop_automatic_activities()
        chosen._emit_resolved()

    def action_reopen(self):
        """Open again what was snoozed or resolved."""
        self._check_user_action().filtered(lambda exc: exc.state in ("snoozed", "resolved")).write(
            {"state": "open", "snooze_until": False, "resolve_reason": False}
        )

    def _drop_automatic_activities(self):
        """Remove the activities that runs created; those that people planned stay."""
        self.activity_ids.filtered("automated").unlink()

    def action_view_product(self):
        """Open the product."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.product",
            "res_id": self.product_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_view_availability(self):
        """Open the availability of the product in the warehouse."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "inventory_visibility.stock_availability_action"
        )
        domain = Domain("product_id", "=", self.product_id.id)
        if self.warehouse_id:
            domain &= Domain("warehouse_id", "=", self.warehouse_id.id)
        action["domain"] = list(domain)
        action["context"] = {}
        return action

    def action_view_document(self):
        """Open the document that the exception is about."""
        self.ensure_one()
        return self.env["stock.exception.detector"]._action_document(self)
