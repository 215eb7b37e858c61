from odoo import fields, models


class StockValuationAgeingCompute(models.TransientModel):
    """Asks for which day the age of stock is wanted."""

    _name = "stock.valuation.ageing.compute"
    _description = "Age of Stock at a Date"

    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="The age at the end of this day, in your time zone.",
    )

    def _compute_reports(self):
        """Return a report for each of the companies that the user has chosen."""
        self.ensure_one()
        reports = self.env["stock.valuation.ageing"]
        # a company whose ledger is empty has nothing to say; if all are, one of them is told why
        companies = self.env.companies.filtered(self._has_entries) or self.env.company
        for company in companies:
            reports += reports._compute_at(company, self.date)
        return reports

    def _has_entries(self, company):
        return bool(
            self.env["stock.valuation.entry"].search_count(
                [("company_id", "=", company.id)], limit=1
            )
        )

    def action_view(self):
        return self._compute_reports().action_open_lines()

    def action_export(self):
        return self._compute_reports().action_export()
