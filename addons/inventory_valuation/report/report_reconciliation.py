from odoo import api, models

#: Lines of a reason on paper; more are for a workbook.
MAX_LINES = 500


class ReportReconciliation(models.AbstractModel):
    _name = "report.inventory_valuation.report_reconciliation"
    _description = "Reconciliation of Stock on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        records = self.env["stock.valuation.reconciliation"].browse(docids)
        records.check_access("read")
        return {
            "doc_ids": records.ids,
            "doc_model": records._name,
            "docs": records,
            "papers": {record.id: self._get_paper(record) for record in records},
            "made": self.env["report.inventory_valuation.report_stock_valuation"]._get_made(),
        }

    @api.model
    def _get_paper(self, record):
        """Return what is printed of a reconciliation."""
        reasons = dict(record.class_ids._fields["category"]._description_selection(self.env))
        kinds = dict(record.line_ids._fields["kind"]._description_selection(self.env))
        return {
            "title": self.env._(
                "%(account)s: stock and general ledger on %(date)s",
                account=record.account_id.sudo().display_name,
                date=record.date,
            ),
            "parameters": record._get_parameters(),
            "totals": [
                (title, record.currency_id.format(amount)) for title, amount in record._get_totals()
            ],
            "reasons": [
                {
                    "name": reasons[of_class.category],
                    "remedy": of_class.remedy,
                    "amount": record.currency_id.format(of_class.amount),
                    "rows": [
                        {
                            "document": line.document or "",
                            "product": line.product_id.display_name or "",
                            "kind": kinds.get(line.kind, ""),
                            "quantity": f"{line.quantity:,.6f}".rstrip("0").rstrip("."),
                            "unit": line.uom_id.name or "",
                            "amount": record.currency_id.format(line.amount),
                        }
                        for line in of_class.line_ids[:MAX_LINES]
                    ],
                    "others": self._get_others(record, of_class.line_ids[MAX_LINES:]),
                }
                for of_class in record.class_ids
            ],
            "explanations": record._get_explanations(),
            "rule": self.env["stock.valuation.line"]._get_allocation_rule(),
        }

    @api.model
    def _get_others(self, record, lines):
        """Return how many lines there is no room for, and their amount, or none."""
        if not lines:
            return None
        return (
            self.env._("%s further lines, in the workbook", len(lines)),
            record.currency_id.format(sum(lines.mapped("amount"))),
        )
