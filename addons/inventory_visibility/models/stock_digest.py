"""A daily mail to those who asked for it, in the morning of their own time zone."""

import logging

import pytz

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

# Local hour from which the digest of the day is sent.
HOUR = 7


class StockDigest(models.AbstractModel):
    """Sends a digest to users, each with his rights, language and time zone.

    A model that has one inherits from this, names the two fields of `res.users` and the template,
    and says in :meth:`_prepare_digest_context` what the mail shows.
    """

    _name = "stock.digest"
    _description = "Daily Digest"

    #: fields of `res.users`: who wants it, and the day of the last one
    _digest_wanted = None
    _digest_day = None
    #: XML id of the `mail.template` on `res.users`
    _digest_template = None

    @api.model
    def _prepare_digest_context(self, user):
        """Return what the template finds in its context, nothing when there is nothing to tell."""
        raise NotImplementedError

    @api.model
    def _cron_send_digests(self):
        """Send today's digest to everybody whose morning has come, one user at a time."""
        users = self.env["res.users"].search(
            [(self._digest_wanted, "=", True), ("share", "=", False)]
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
                _logger.exception("%s: no digest for user %s", self._name, user.id)
            user.sudo()[self._digest_day] = self._get_local_now(user).date()
            if cron._commit_progress(1) <= 0:
                return

    @api.model
    def _get_local_now(self, user):
        zone = pytz.timezone(user.tz or "UTC")
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone)

    @api.model
    def _is_digest_due(self, user):
        local = self._get_local_now(user)
        last = user.sudo()[self._digest_day]
        return local.hour >= HOUR and (not last or last < local.date())

    @api.model
    def _send_digest(self, user):
        """Make the mail of one user.

        :return: the `mail.mail`, empty when there is nothing to tell
        """
        own = self.with_user(user).with_context(
            lang=user.lang, tz=user.tz, allowed_company_ids=user.company_ids.ids
        )
        told = own._prepare_digest_context(user) if user.email else None
        if not told:
            return self.env["mail.mail"]
        template = self.env.ref(self._digest_template).with_context(lang=user.lang, **told)
        mail_id = template.send_mail(user.id, email_layout_xmlid="mail.mail_notification_light")
        return self.env["mail.mail"].browse(mail_id)
