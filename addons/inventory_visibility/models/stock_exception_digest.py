"""The daily mail about exceptions."""

from odoo import api, fields, models
from odoo.fields import Domain

# Rows of each part of the mail; the mail says how many there are.
MAX_LINES = 15


class StockException(models.Model):
    _name = "stock.exception"
    _inherit = ["stock.exception", "stock.digest"]

    _digest_wanted = "stock_exception_digest"
    _digest_day = "stock_exception_digest_date"
    _digest_template = "inventory_visibility.stock_exception_digest_template"

    @api.model
    def _prepare_digest_context(self, user):
        parts = self.has_access("read") and self._get_digest_parts(user)
        return {"digest_parts": parts} if parts else {}

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
