import hashlib
import json

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError


class StockValuationPeriod(models.Model):
    """The value of a company's stock at the end of a period, frozen.

    Its lines are a copy of the valuation at that moment; its digest is of them and of the period
    before. What is entered for the period later changes the valuation, not the copy: the two can be
    compared.
    """

    _name = "stock.valuation.period"
    _description = "Stock Valuation Period"
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(string="End", required=True, readonly=True)
    closing_moment = fields.Datetime(
        required=True, readonly=True, help="The end of that day, in the closing user's time zone."
    )
    closed_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Closed By", required=True, readonly=True)
    value = fields.Monetary(readonly=True)
    line_ids = fields.One2many("stock.valuation.period.line", "period_id", readonly=True)
    previous_digest = fields.Char(readonly=True)
    digest = fields.Char(
        string="SHA-256",
        readonly=True,
        help="Of the lines, the company, the day and the digest of the period before.",
    )

    difference = fields.Monetary(
        string="Since Close",
        compute="_compute_difference",
        help="By how much the value at that moment is another one today.",
    )

    _company_date_uniq = models.UniqueIndex(
        "(company_id, date)",
        "A period of this company was closed just now: look at it, then close again if need be.",
    )
    #: Two that are closed at the same moment would both rest on the one before.
    _company_previous_uniq = models.UniqueIndex(
        "(company_id, COALESCE(previous_digest, ''))",
        "A period of this company was closed just now: look at it, then close the next.",
    )

    def _compute_difference(self):
        for period in self:
            changes = period._get_differences().values()
            period.difference = sum(value for _quantity, value in changes)

    # -- closing -----------------------------------------------------------------------------

    @api.model
    def _close(self, company, date):
        """Freeze a company's valuation at the end of a day; returns the period.

        :raise UserError: the day cannot be closed; nothing is frozen then
        """
        if not self.env.user.has_group("account.group_account_manager"):
            raise AccessError(self.env._("Only an accounting administrator may close a period."))
        lines = self.env["stock.valuation.line"].with_context(allowed_company_ids=company.ids)
        lines._check_dates(date)
        self._check_closing(company, date)
        moment = lines._get_end_of_day(date)
        previous = self._get_last(company)
        frozen = [
            self._prepare_line(line)
            for line in lines.with_context(valuation_at=moment)
            .sudo()
            .search([("company_id", "=", company.id)])
        ]
        period = self.sudo().create(
            {
                "company_id": company.id,
                "date": date,
                "closing_moment": moment,
                "closed_at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "value": company.currency_id.round(sum(line["value"] for line in frozen)),
                "previous_digest": previous.digest,
                "line_ids": [Command.create(line) for line in frozen],
                "digest": self._get_digest(company.id, date, moment, previous.digest, frozen),
            }
        )
        return period.sudo(False)

    @api.model
    def _get_last(self, company):
        """Return the last closed period, whether or not the user may see it."""
        return self.sudo().search([("company_id", "=", company.id)], limit=1)

    @api.model
    def _check_closing(self, company, date):
        if date >= fields.Date.context_today(self):
            raise UserError(self.env._("%s is not over yet: close a day before today.", date))
        last = self._get_last(company)
        if last and date <= last.date:
            raise UserError(
                self.env._(
                    "%(company)s is closed up to %(last)s: choose a later day, or look at what has"
                    " changed since that closing.",
                    company=company.name,
                    last=last.date,
                )
            )
        self.env["stock.valuation.backfill"].sudo()._check_complete(company)

    @api.model
    def _prepare_line(self, line):
        return {
            "product_id": line.product_id.id,
            "lot_id": line.lot_id.id,
            "location_id": line.location_id.id,
            "warehouse_id": line.warehouse_id.id,
            "owner_id": line.owner_id.id,
            "account_id": line.account_id.id,
            "quantity": line.quantity,
            "value": line.value,
            "memo_value": line.memo_value,
        }

    @api.model
    def _get_digest(self, company_id, date, moment, previous, lines):
        """Return the SHA-256 of a canonical text of what was frozen."""
        content = {
            "company": company_id,
            "date": fields.Date.to_string(date),
            "moment": fields.Datetime.to_string(moment),
            "previous": previous or "",
            "lines": sorted(
                [
                    *(line[name] or 0 for name in LINE_KEYS),
                    f"{line['quantity']:.6f}",
                    f"{line['value']:.6f}",
                    f"{line['memo_value']:.6f}",
                ]
                for line in lines
            ),
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    # -- afterwards --------------------------------------------------------------------------

    def action_verify(self):
        """Say whether what is frozen is still what was frozen."""
        self.ensure_one()
        self.check_access("read")
        period = self.sudo()
        lines = [self._prepare_line(line) for line in period.line_ids]
        found = self._get_digest(
            period.company_id.id,
            period.date,
            period.closing_moment,
            period.previous_digest,
            lines,
        )
        if found != period.digest:
            raise UserError(
                self.env._(
                    "The closing of %(date)s was changed in the database: its lines give %(found)s,"
                    " it was closed with %(digest)s.",
                    date=period.date,
                    found=found,
                    digest=period.digest,
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The closing of %s is as it was frozen.", period.date),
            },
        }

    def _get_differences(self):
        """Return what has changed for the period since it was closed.

        :return: {(product, location, lot, owner): (quantity, value)}, ids; what is unchanged is
            left out
        """
        self.ensure_one()
        now = (
            self.env["stock.valuation.line"]
            .sudo()
            .with_context(allowed_company_ids=self.company_id.ids, valuation_at=self.closing_moment)
        )
        sums = {}
        for sign, lines in (
            (1, now.search([("company_id", "=", self.company_id.id)])),
            (-1, self.sudo().line_ids),
        ):
            for line in lines:
                key = (line.product_id.id, line.location_id.id, line.lot_id.id, line.owner_id.id)
                quantity, value = sums.get(key, (0.0, 0.0))
                sums[key] = (quantity + sign * line.quantity, value + sign * line.value)
        return {
            key: (round(quantity, 6), self.currency_id.round(value))
            for key, (quantity, value) in sums.items()
            if abs(quantity) > 1e-6 or not self.currency_id.is_zero(value)
        }

    def action_open_since(self):
        """Open the entries that were posted for the period after it was closed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "inventory_valuation.stock_valuation_entry_action"
        )
        action["name"] = self.env._("Since the closing of %s", self.date)
        action["domain"] = [
            ("company_id", "=", self.company_id.id),
            ("date", "<=", fields.Datetime.to_string(self.closing_moment)),
            ("posted_at", ">", fields.Datetime.to_string(self.closed_at)),
        ]
        action["context"] = {}
        return action

    # -- frozen ------------------------------------------------------------------------------

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A closed period stays as it was closed."))

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise UserError(self.env._("A closed period stays as it was closed."))


#: What tells a line apart, in the order of the digest.
LINE_KEYS = ("product_id", "location_id", "lot_id", "owner_id", "account_id")
