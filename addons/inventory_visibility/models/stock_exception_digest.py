"""The daily mail to those who asked for it, in the morning of their own time zone."""

import logging

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

# Local hour from which the digest of the day is sent.
HOUR = 7
# Rows of each part of the mail; the mail says how many there are.
MAX_LINES = 15


class StockException(models.Model):
    _inherit = "stock.exception"

    @api.model
    def _cron_send_digests(self):
        """Send today's digest to everybody whose morning has come, one user at a time."""
        users = self.env["res.users"].search(
            [("stock_exception_digest", "=", True), ("share", "=", False)]
        )
        due = users.filtered(self._is_digest_due)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for user in due:
            try:
                with self.env.cr.savepoint():
                    self._send_digest(user)
            except Exception:
                # one user's mail that cannot be made keeps nobody else's back
                _logger.exception("The digest of user %s could not be made", user.id)
            user.sudo().stock_exception_digest_date = self._get_local_now(user).date()
            if cron._commit_progress(1) <= 0:
                return

    @api.model
    def _get_local_now(self, user):
        zone = pytz.timezone(user.tz or "UTC")
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone)

    @api.model
    def _is_digest_due(self, user):
        local = self._get_local_now(user)
        last = user.sudo().stock_exception_digest_date
        return local.hour >= HOUR and (not last or last < local.date())

    @api.model
    def _send_digest(self, user):
        """Make the mail of one user, with the user's rights, language and time zone.

        :return: the `mail.mail`, empty when there is nothing to tell
        """
        own = self.with_user(user).with_context(
            lang=user.lang, tz=user.tz, allowed_company_ids=user.company_ids.ids
        )
        if not own.has_access("read") or not user.email:
            return self.env["mail.mail"]
        parts = own._get_digest_parts(user)
        if not parts:
            return self.env["mail.mail"]
        template = self.env.ref("inventory_visibility.stock_exception_digest_template")
        mail_id = template.with_context(digest_parts=parts, lang=user.lang).send_mail(
            user.id, email_layout_xmlid="mail.mail_notification_light"
        )
        return self.env["mail.mail"].browse(mail_id)

    def _get_digest_parts(self, user):
        """Return what the mail shows: ``[{"title", "count", "lines", "more"}, ...]``."""
        kinds = self.env["stock.exception.kind"].sudo()
        silent = kinds.with_context(active_test=False).search(
            [("digest", "=", False), ("company_id", "in", self.env.companies.ids)]
        )
        wanted = Domain("state", "=", "open")
        for kind in silent:
            wanted &= ~(
                Domain("kind", "=", kind.kind) & Domain("company_id", "=", kind.company_id.id)
            )
        parts = [
            (self.env._("Yours"), Domain("user_id", "=", user.id)),
            (self.env._("Nobody's"), Domain("user_id", "=", False)),
        ]
        found = []
        for title, domain in parts:
            count = self.search_count(wanted & domain)
            if count:
                exceptions = self.search(wanted & domain, limit=MAX_LINES)
                found.append(
                    {
                        "title": title,
                        "count": count,
                        "lines": [exception._get_digest_line() for exception in exceptions],
                        "more": count - len(exceptions),
                    }
                )
        return found

    def _get_digest_line(self):
        severities = dict(self._fields["severity"]._description_selection(self.env))
        return {
            "url": f"{self.get_base_url()}/odoo/stock-exceptions/{self.id}",
            "name": self.display_name,
            "severity": severities[self.severity],
            "urgent": self.severity in ("2", "3"),
            "warehouse": self.warehouse_id.sudo().name or "",
            "sentence": self.sentence,
            "since": self._text_date(fields.Datetime.to_string(self.since)) if self.since else "",
        }
