"""The daily mail to planners."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formatLang

# Proposals in the mail; the mail says how many there are.
MAX_LINES = 15


class SmartReorderDashboard(models.AbstractModel):
    _name = "smart.reorder.dashboard"
    _inherit = ["smart.reorder.dashboard", "stock.digest"]

    _digest_wanted = "smart_reorder_digest"
    _digest_day = "smart_reorder_digest_date"
    _digest_template = "smart_reorder.smart_reorder_digest_template"

    @api.model
    def _prepare_digest_context(self, user):
        if not user.has_group("smart_reorder.group_smart_reorder_planner"):
            return {}
        digest = self._prepare_digest()
        return {"digest": digest} if digest["lines"] else {}

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
