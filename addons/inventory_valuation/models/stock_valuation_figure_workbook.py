"""The figures as a workbook."""

from odoo import models

from ..core.figures import RATIOS
from ..core.workbook import Column, Table


class StockValuationFigure(models.Model):
    _inherit = "stock.valuation.figure"

    def _get_tables(self):
        def of(name, width, style, get=None):
            title = self.fields_get([name], ["string"])[name]["string"]
            return Column(title, width, get or (lambda row: row[name]), style)

        def ratio(name, style):
            # what has no denominator has no ratio, which a float field does not tell from zero
            def get(row):
                return row[name] if row[RATIOS[name].denominator] > 0 else None

            return of(name, 12, style, get)

        columns = [
            of("month", 12, "text", lambda row: f"{row.month:%Y-%m}"),
            of("company_id", 18, "text", lambda row: row.company_id.name),
            of("warehouse_id", 18, "text", lambda row: row.warehouse_id.name),
            of("location_id", 26, "text", lambda row: row.location_id.display_name),
            of("categ_id", 24, "text", lambda row: row.categ_id.display_name),
            of("product_id", 36, "text", lambda row: row.product_id.display_name),
            of("days", 8, "quantity"),
            *(
                of(name, 14, "money")
                for name in ("opening_value", "closing_value", "average_value", "transit_value")
            ),
            *(
                of(name, 14, "money")
                for name in ("cost_value", "revenue", "margin", "receipt_value", "landed_value")
            ),
            *(of(name, 14, "money") for name in ("shrinkage_value", "scrap_value")),
            *(
                of(f"{name}_cost", 14, "money")
                for name in ("capital", "storage", "insurance", "risk", "carrying")
            ),
            ratio("turns", "ratio"),
            ratio("days_on_hand", "ratio"),
            ratio("gmroi", "ratio"),
            ratio("shrinkage_rate", "percent"),
            ratio("landed_share", "percent"),
        ]
        by_month = self.sorted(lambda row: (row.month, row.company_id.id, row.product_id.id))
        return [
            Table(
                month.strftime("%Y-%m"),
                columns,
                list(rows),
                lambda row: row.currency_id.name,
                self.env._("Total"),
            )
            for month, rows in by_month.grouped("month").items()
        ]

    def _get_about(self):
        tell = self.env["stock.valuation.export"]._tell
        return [
            (self.env._("Figures of stock by month"), ""),
            (self.env._("Companies"), ", ".join(self.company_id.mapped("name"))),
            (self.env._("Computed on"), tell(min(self.mapped("computed_at")))),
            (self.env._("Average value"), self.env._("The value over time, to the second.")),
            (
                self.env._("Turns a year"),
                self.env._("365 × cost of goods ÷ (average value × days)"),
            ),
            (self.env._("Days on hand"), self.env._("Average value × days ÷ cost of goods")),
            (
                self.env._("GMROI"),
                self.env._("365 × (revenue − cost of goods) ÷ (average value × days)"),
            ),
            (
                self.env._("Carrying cost"),
                self.env._(
                    "Average value × days ÷ 365 × rates of capital, storage, insurance and risk, as"
                    " they are set today"
                ),
            ),
            (
                self.env._("Shrinkage rate"),
                self.env._("Lost less found in counts ÷ cost of goods"),
            ),
            (self.env._("Landed cost share"), self.env._("Landed costs ÷ received")),
            (
                self.env._("Revenue"),
                self.env._(
                    "Posted customer invoices less refunds by accounting date, without taxes;"
                    " shared out over the places by the cost of what they delivered in the month."
                    " What nothing was delivered for has no place."
                ),
            ),
        ]
