"""The valuation as a workbook for the auditor."""

from odoo import api, models
from odoo.exceptions import UserError

from ..core.workbook import Column, Table, TooManyRows, write_workbook
from .stock_valuation_line import FLOWS


class StockValuationLine(models.Model):
    _inherit = "stock.valuation.line"

    @api.model
    def _get_allocation_rule(self):
        """Return how locations get their value, in words."""
        return [
            self.env._(
                "Odoo values a product in a company, not in a place. The ledger gives each place"
                " its part so that the parts add up to Odoo's figure to the last cent."
            ),
            self.env._("A receipt comes at its own value; a delivery leaves at its own."),
            self.env._(
                "A transfer carries the average of the place that it leaves under average cost,"
                " the standard price under standard price, and the oldest layers of the"
                " place under FIFO. What empties a place takes all of its value."
            ),
            self.env._(
                "FIFO takes the company's oldest layer wherever it lies: if a delivery leaves from"
                " a place with younger goods, the two places change layers first."
            ),
            self.env._(
                "What Odoo's total says beyond movements is a revaluation. It brings each place to"
                " its quantity at the unit cost (FIFO: its layers at their cost), rounded by"
                " largest remainder: rounding differences are carried, never dropped."
            ),
            self.env._("Goods that belong to somebody else have a quantity and a memo value only."),
            self.env._(
                "Entries are never changed: what became known later counts from the moment at which"
                " it became known."
            ),
        ]

    @api.model
    def _write_workbook(self, file, domain=()):
        """Write the valuation at the moment of the context to a file.

        :param file: a binary file to write to
        :param domain: of the lines
        :raise UserError: a sheet has no room for it
        """
        lines = self.search(list(domain))
        table = Table(
            self.env._("Valuation"),
            self._get_export_columns(),
            list(lines),
            lambda line: line.currency_id.name,
            self.env._("Total"),
        )
        try:
            write_workbook(file, [table], (self.env._("About"), self._get_about(lines)))
        except TooManyRows as error:
            raise UserError(
                self.env._(
                    "A sheet has no room for %s lines: choose warehouses or categories.", len(lines)
                )
            ) from error

    @api.model
    def _get_export_columns(self):
        """Return the columns of the sheet."""
        _at, since = self._get_moments()

        def name_of(field):
            return lambda line: line[field].display_name

        def number(field):
            return lambda line: line[field]

        text = [
            (self.env._("Company"), 18, "company_id"),
            (self.env._("Warehouse"), 18, "warehouse_id"),
            (self.env._("Location"), 26, "location_id"),
            (self.env._("Account"), 24, "account_id"),
            (self.env._("Category"), 24, "categ_id"),
            (self.env._("Product"), 36, "product_id"),
            (self.env._("Lot/Serial"), 16, "lot_id"),
            (self.env._("Owner"), 18, "owner_id"),
            (self.env._("Unit"), 8, "uom_id"),
        ]
        names = ["value", "memo_value"]
        if since:
            names = ["opening_value", *FLOWS, "value", "memo_value"]
        titles = self.fields_get(names, ["string"])
        return [
            *(Column(title, width, name_of(field)) for title, width, field in text),
            Column(self.env._("Quantity"), 12, number("quantity"), "quantity"),
            *(Column(titles[name]["string"], 16, number(name), "money") for name in names),
        ]

    @api.model
    def _get_about(self, lines):
        """Return what the reader has to know of the sheet: (title, text) of each."""
        at, since = self._get_moments()
        export = self.env["stock.valuation.export"]
        return [
            (self.env._("Stock valuation"), ""),
            (self.env._("Companies"), ", ".join(self.env.companies.mapped("name"))),
            (self.env._("Value as of"), export._tell(at)),
            (self.env._("Roll-forward since"), export._tell(since) if since else "–"),
            *export._get_signature(),
            (self.env._("Lines"), str(len(lines))),
            *(
                (
                    self.env._("Value in %s", currency.name),
                    f"{sum(of_currency.mapped('value')):,.{currency.decimal_places}f}",
                )
                for currency, of_currency in lines.grouped("currency_id").items()
            ),
            *(
                (self.env._("How locations get their value"), sentence)
                for sentence in self._get_allocation_rule()
            ),
        ]
