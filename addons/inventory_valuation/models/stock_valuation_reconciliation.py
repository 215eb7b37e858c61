import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: What may be written after a reconciliation was made.
REVIEW_FIELDS = {"reviewed_by_id", "reviewed_at"}
#: What the digest is of, beside company, account and date.
TOTALS = ("stock_value", "account_balance", "difference", "explained", "remaining")
LINE_FIELDS = ("kind", "quantity", "amount", "count")


class StockValuationReconciliation(models.Model):
    """Why the ledger of stock and the general ledger differed on an account, at a date.

    What was found stays as it was: whoever looks later sees what was signed. Whatever changes
    afterwards is in the next reconciliation.
    """

    _name = "stock.valuation.reconciliation"
    _description = "Reconciliation of Stock With the General Ledger"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    account_id = fields.Many2one(
        "account.account",
        string="Valuation Account",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    date = fields.Date(required=True, readonly=True)
    moment = fields.Datetime(
        string="Value As Of",
        required=True,
        readonly=True,
        help="The end of that day, in the time zone of whoever made it.",
    )
    made_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Made By", required=True, readonly=True)
    stock_value = fields.Monetary(
        string="Stock Ledger", readonly=True, help="Value of stock by the valuation ledger."
    )
    account_balance = fields.Monetary(
        string="General Ledger", readonly=True, help="Posted balance of the account."
    )
    difference = fields.Monetary(readonly=True, help="Stock ledger less general ledger.")
    explained = fields.Monetary(
        readonly=True, help="The part of the difference with a reason and its documents."
    )
    remaining = fields.Monetary(
        readonly=True, help="What is left without a reason. Explained and remaining are the whole."
    )
    closing_id = fields.Many2one(
        "account.move",
        string="Since Closing",
        readonly=True,
        ondelete="restrict",
        help="The last closing of the stock valuation before: reasons are looked for since then.",
    )
    closing_until = fields.Datetime(
        readonly=True, help="Up to when that closing counted movements of stock."
    )
    period_id = fields.Many2one(
        "stock.valuation.period",
        string="Closed Period",
        readonly=True,
        ondelete="restrict",
        help="The frozen valuation of that day, if it was closed.",
    )
    notes = fields.Text(readonly=True)
    class_ids = fields.One2many("stock.valuation.reconciliation.class", "reconciliation_id")
    line_ids = fields.One2many("stock.valuation.reconciliation.line", "reconciliation_id")
    digest = fields.Char(string="SHA-256", readonly=True, help="Of the figures and the lines.")
    reviewed_by_id = fields.Many2one("res.users", readonly=True, tracking=True, copy=False)
    reviewed_at = fields.Datetime(readonly=True, copy=False)
    state = fields.Selection(
        [("made", "To Review"), ("reviewed", "Reviewed")], compute="_compute_state", store=True
    )

    _company_date_idx = models.Index("(company_id, account_id, date)")

    @api.depends("reviewed_by_id")
    def _compute_state(self):
        for record in self:
            record.state = "reviewed" if record.reviewed_by_id else "made"

    @api.depends("account_id", "date")
    def _compute_display_name(self):
        for record in self:
            record.display_name = f"{record.account_id.display_name} {record.date or ''}"

    # -- rights ------------------------------------------------------------------------------

    @api.model
    def _check_rights(self, company):
        if company not in self.env.companies:
            raise AccessError(self.env._("%s is not among your companies.", company.name))
        self.env["account.move.line"].check_access("read")
        self.env["stock.valuation.entry"].check_access("read")
        if self.env.user.availability_warehouse_ids:
            raise AccessError(
                self.env._(
                    "A reconciliation is about the whole company, and you are limited to some"
                    " warehouses."
                )
            )

    # -- the same again ----------------------------------------------------------------------

    @api.model
    def _get_digest(self, company, account, date, totals, classes):
        """Return the SHA-256 of a canonical text of what was found."""
        content = {
            "company": company.id,
            "account": account.id,
            "date": fields.Date.to_string(date),
            "totals": {name: f"{value:.6f}" for name, value in totals.items()},
            "lines": [
                [
                    of_class["category"],
                    line["product_id"] or 0,
                    line["kind"] or "",
                    f"{line['quantity']:.6f}",
                    f"{line['amount']:.6f}",
                    line["count"],
                    line["document"],
                ]
                for of_class in classes
                for line in (
                    command[2] if isinstance(command, (list, tuple)) else command
                    for command in of_class["line_ids"]
                )
            ],
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _find_same(self, values):
        """Return the last reconciliation of that account and day, if it says the same."""
        names = ("company_id", "account_id", "date")
        last = self.sudo().search([(name, "=", values[name]) for name in names], limit=1)
        same = last.digest == values["digest"] and last.period_id.id == values["period_id"]
        return last.sudo(False) if same else self.browse()

    def action_verify(self):
        """Say whether the figures are still those that were found."""
        self.ensure_one()
        self.check_access("read")
        record = self.sudo()
        found = self._get_digest(
            record.company_id,
            record.account_id,
            record.date,
            {name: record[name] for name in TOTALS},
            [
                {
                    "category": one.category,
                    "line_ids": [
                        {
                            **{name: line[name] for name in LINE_FIELDS},
                            "product_id": line.product_id.id,
                            "document": line.document or "",
                        }
                        for line in one.line_ids
                    ],
                }
                for one in record.class_ids
            ],
        )
        if found != record.digest:
            raise UserError(
                self.env._(
                    "This reconciliation was changed in the database: its lines give %(found)s, it"
                    " was made with %(digest)s.",
                    found=found,
                    digest=record.digest,
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The reconciliation is as it was made."),
            },
        }

    # -- afterwards --------------------------------------------------------------------------

    def action_review(self):
        """Record who has looked through it."""
        for record in self:
            record._check_rights(record.company_id)
            record.check_access("read")
        if any(record.state == "reviewed" for record in self):
            raise UserError(self.env._("It is reviewed already."))
        self.sudo().write({"reviewed_by_id": self.env.uid, "reviewed_at": fields.Datetime.now()})

    def action_reopen(self):
        """Take the review back; the chatter keeps who had reviewed it."""
        for record in self:
            record._check_rights(record.company_id)
            record.check_access("read")
        self.sudo().write({"reviewed_by_id": False, "reviewed_at": False})

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_valuation.stock_valuation_reconciliation_line_action"
        )
        action["domain"] = [("reconciliation_id", "=", self.id)]
        return action

    def action_draft_closing(self):
        """Let Odoo draft the closing entry that brings the account to the value of stock."""
        self.ensure_one()
        if not self.env.user.has_group("account.group_account_manager"):
            raise AccessError(self.env._("Only an accounting administrator may draft a closing."))
        company = self.company_id
        locked = company._get_lock_date_violations(self.date)
        if locked:
            raise UserError(
                self.env._(
                    "%(date)s is locked up to %(locked)s: reconcile a later day and close that one,"
                    " or move the lock date.",
                    date=self.date,
                    locked=max(day for day, _field in locked),
                )
            )
        today = self.date >= fields.Date.context_today(self)
        return company.action_close_stock_valuation(at_date=None if today else self.date)

    # -- frozen ------------------------------------------------------------------------------

    def write(self, vals):
        if any(not name.startswith("message_") for name in set(vals) - REVIEW_FIELDS):
            raise UserError(self.env._("A reconciliation stays as it was made."))
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise UserError(self.env._("A reconciliation stays as it was made."))
