"""The daily mail to planners who asked for it, in the morning of their own time zone."""

import logging

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang

_logger = logging.getLogger(__name__)

# Local hour from which the digest of the day is sent.
HOUR = 7
# Proposals in the mail; the mail says how many there are.
MAX_LINES = 15


class SmartReorderDashboard(models.AbstractModel):
    _inherit = "smart.reorder.dashboard"

    @api.model
    def _cron_send_digests(self):
        """Send today's digest to everybody whose morning has come, one user at a time."""
        users = self.env["res.users"].search(
            [("smart_reorder_digest", "=", True), ("share", "=", False)]
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
                _logger.exception("The reorder digest of user %s could not be made", user.id)
            user.sudo().smart_reorder_digest_date = self._get_local_day(user)
            if cron._commit_progress(1) <= 0:
                return

    @api.model
    def _get_local_now(self, user):
        zone = pytz.timezone(user.tz or "UTC")
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone)

    @api.model
    def _get_local_day(self, user):
        return self._get_local_now(user).date()

    @api.model
    def _is_digest_due(self, user):
        last = user.sudo().smart_reorder_digest_date
        local = self._get_local_now(user)
        return local.hour >= HOUR and (not last or last < local.date())

    @api.model
    def _send_digest(self, user):
        """Make the mail of one user, with the user's rights, language and time zone.

        :return: the `mail.mail`, empty when nothing waits for a decision
        """
        own = self.with_user(user).with_context(
            lang=user.lang, tz=user.tz, allowed_company_ids=user.company_ids.ids
        )
        may = user.has_group("smart_reorder.group_smart_reorder_planner")
        if not may or not user.email:
            return self.env["mail.mail"]
        values = own._prepare_digest()
        if not values["lines"]:
            return self.env["mail.mail"]
        template = self.env.ref("smart_reorder.smart_reorder_digest_template")
        mail_id = template.with_context(digest=values, lang=user.lang).send_mail(
            user.id, email_layout_xmlid="mail.mail_notification_light"
        )
        return self.env["mail.mail"].browse(mail_id)

    @api.model
    def _prepare_digest(self):
        """:return: dict with ``figures``, ``lines``, ``count``, ``more`` and ``url``"""
        proposals = self.env["smart.reorder.proposal"]
        domain = Domain(self._get_proposal_domains()["to_order"])
        count = proposals.search_count(domain)
        # What puts most money at risk first.
        shown = proposals.search(domain, order="risk_value desc, id", limit=MAX_LINES)
        base = proposals.get_base_url()
        return {
            "figures": [
                {
                    "label": figure["label"],
                    "value": self._format_figure(figure),
                    "detail": figure["detail"],
                }
                for figure in self.get_figures()
                if figure["value"] is not None
            ],
            "lines": [self._prepare_digest_line(proposal, base) for proposal in shown],
            "count": count,
            "more": count - len(shown),
            "url": f"{base}/odoo/smart-reorder",
        }

    @api.model
    def _format_figure(self, figure):
        if figure["kind"] == "monetary":
            return self._format_money(figure["value"])
        text = self.env["smart.reorder.proposal"]._format_number(figure["value"], 1)
        return f"{text} {figure.get('uom') or ''}".strip()

    @api.model
    def _prepare_digest_line(self, proposal, base):
        number = proposal._format_number(proposal.qty_to_order, 2)
        currency = proposal.currency_id
        return {
            "url": f"{base}/odoo/smart-reorder/{proposal.id}",
            "name": proposal.display_name,
            "quantity": f"{number} {proposal.uom_id.name}",
            "source": proposal.source_name or "",
            "cost": formatLang(self.env, proposal.cost, currency_obj=currency),
            "risk": formatLang(self.env, proposal.risk_value, currency_obj=currency),
            "late": bool(proposal.order_by and proposal.order_by < fields.Date.context_today(self)),
        }
