"""A reconciliation as a workbook, and what is said about it there and on paper."""

from odoo import models

from ..core.workbook import Column, Table


class StockValuationReconciliation(models.Model):
    _inherit = "stock.valuation.reconciliation"

    def action_export(self):
        return self.env["stock.valuation.export"]._get_action("reconciliation", self.ids)

    def _get_tables(self):
        return [
            Table(
                name,
                columns,
                list(records),
                lambda record: record.currency_id.name,
                self.env._("Difference"),
            )
            for name, columns, records in (
                (self.env._("Reasons"), self._get_reason_columns(), self.class_ids),
                (self.env._("Lines"), self._get_line_columns(), self.line_ids),
            )
        ]

    def _get_head_columns(self):
        """Return the columns that say what a reason or a line is about."""
        reasons = dict(self.class_ids._fields["category"]._description_selection(self.env))
        several = len(self) > 1
        return [
            Column(self.env._("Reason"), 44, lambda record: reasons[record.category]),
            *(
                [
                    Column(
                        self.env._("Reconciliation"),
                        36,
                        lambda record: record.reconciliation_id.display_name,
                    )
                ]
                if several
                else []
            ),
        ]

    def _get_reason_columns(self):
        return [
            *self._get_head_columns(),
            Column(self.env._("Difference"), 16, lambda reason: reason.amount, "money"),
            Column(self.env._("Items"), 10, lambda reason: reason.count, "quantity"),
            Column(self.env._("What Mends It"), 90, lambda reason: reason.remedy, "long"),
        ]

    def _get_line_columns(self):
        kinds = dict(self.line_ids._fields["kind"]._description_selection(self.env))
        return [
            *self._get_head_columns(),
            Column(self.env._("Documents"), 50, lambda line: line.document),
            Column(self.env._("Product"), 36, lambda line: line.product_id.display_name),
            Column(self.env._("Movement"), 18, lambda line: kinds.get(line.kind)),
            Column(
                self.env._("Quantity"),
                12,
                lambda line: line.quantity if line.product_id else None,
                "quantity",
            ),
            Column(self.env._("Unit"), 8, lambda line: line.uom_id.name),
            Column(self.env._("Items"), 10, lambda line: line.count, "quantity"),
            Column(self.env._("Difference"), 16, lambda line: line.amount, "money"),
        ]

    def _get_about(self):
        return [
            (self.env._("Stock and general ledger"), ""),
            *(row for record in self for row in record._get_parameters()),
            *((self.env._("How to read it"), text) for text in self._get_explanations()),
        ]

    def _get_parameters(self):
        """Return what a reader has to know of how it was made: (title, text) of each."""
        self.ensure_one()
        tell = self.env["stock.valuation.export"]._tell
        return [
            (self.env._("Company"), self.company_id.name),
            (self.env._("Valuation account"), self.account_id.display_name),
            (self.env._("Date"), str(self.date)),
            (self.env._("Value as of"), tell(self.moment)),
            (self.env._("Currency"), self.currency_id.name),
            *((title, self.currency_id.format(amount)) for title, amount in self._get_totals()),
            (self.env._("Made on"), tell(self.made_at)),
            (self.env._("Made by"), self.user_id.name),
            (
                self.env._("Reviewed"),
                self.env._(
                    "%(moment)s by %(user)s",
                    moment=tell(self.reviewed_at),
                    user=self.reviewed_by_id.name,
                )
                if self.reviewed_by_id
                else self.env._("not yet"),
            ),
            (self.env._("Since closing"), self.closing_id.sudo().name or "–"),
            *(
                [
                    (
                        self.env._("SHA-256 of the closed period"),
                        self.period_id.sudo().digest or "–",
                    )
                ]
                if self.period_id
                else []
            ),
            (self.env._("SHA-256 of this reconciliation"), self.digest),
            *([(self.env._("Notes"), self.notes)] if self.notes else []),
        ]

    def _get_totals(self):
        return [
            (self.env._("Stock ledger"), self.stock_value),
            (self.env._("General ledger"), self.account_balance),
            (self.env._("Difference"), self.difference),
            (self.env._("Explained"), self.explained),
            (self.env._("Remaining"), self.remaining),
        ]

    def _get_explanations(self):
        """Return how the reasons are found, in words."""
        return [
            self.env._(
                "The difference is the value of stock by the valuation ledger less the posted"
                " balance of the account. A positive amount is stock that the account lacks."
            ),
            self.env._(
                "A closing of the stock valuation sets the account to the value of stock. Reasons"
                " are looked for since the last closing; what was entered for an earlier date after"
                " it is told as well."
            ),
            self.env._(
                "Transfers are matched with bills and invoices by order line, else by product, and"
                " by quantity. What waits for a bill counts at the order's price. Where the other"
                " half is dated on the other side of the date, it is a cut-off."
            ),
            self.env._(
                "Explained and remaining amounts add up to the difference; remaining is what has no"
                " reason."
            ),
        ]
