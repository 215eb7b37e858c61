import json
from urllib.parse import urlencode

from odoo import fields, models


class StockValuationAtDate(models.TransientModel):
    """Asks for which day the valuation is wanted, and since when its roll-forward."""

    _name = "stock.valuation.at.date"
    _description = "Stock Valuation at a Date"

    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The value at the end of this day, in your time zone.",
    )
    date_from = fields.Date(
        string="Compare With",
        help="The roll-forward opens at the end of this day. Without it, the value alone is shown.",
    )
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        default=lambda self: self.env.companies,
        readonly=True,
        help="Those that were chosen when this was asked for; what is printed is about them.",
    )
    warehouse_ids = fields.Many2many("stock.warehouse", string="Warehouses")
    categ_ids = fields.Many2many("product.category", string="Categories")

    def _get_context(self):
        """Return the context that `stock.valuation.line` reads its moments from."""
        self.ensure_one()
        lines = self.env["stock.valuation.line"]
        lines._check_dates(self.date, self.date_from)
        moments = {
            "valuation_at": lines._get_end_of_day(self.date),
            "valuation_since": self.date_from and lines._get_end_of_day(self.date_from),
        }
        return {name: fields.Datetime.to_string(at) for name, at in moments.items() if at}

    def _get_domain(self):
        domain = []
        if self.warehouse_ids:
            domain.append(("warehouse_id", "in", self.warehouse_ids.ids))
        if self.categ_ids:
            domain.append(("categ_id", "child_of", self.categ_ids.ids))
        return domain

    def action_view(self):
        context = self._get_context()
        name = "stock_valuation_line_action"
        if self.date_from:
            name = "stock_valuation_roll_forward_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(f"inventory_valuation.{name}")
        title = self.env._("Stock value on %s", self.date)
        if self.date_from:
            title = self.env._(
                "Stock value from %(opening)s to %(closing)s",
                opening=self.date_from,
                closing=self.date,
            )
        return {
            **action,
            "name": title,
            "display_name": title,
            "domain": self._get_domain(),
            "context": {**context, "search_default_group_by_location": 1},
        }

    def action_export(self):
        context = self._get_context()
        query = {
            "at": context["valuation_at"],
            "since": context.get("valuation_since", ""),
            "domain": json.dumps(self._get_domain()),
            "companies": ",".join(str(number) for number in self.env.companies.ids),
        }
        return {
            "type": "ir.actions.act_url",
            "url": f"/inventory_valuation/xlsx?{urlencode(query)}",
            "target": "download",
        }

    def action_print(self):
        """Print what is shown, for the auditor."""
        self._get_context()  # impossible dates are refused here, and not on paper
        report = self.env.ref("inventory_valuation.stock_valuation_report")
        return report.report_action(self, config=False)
