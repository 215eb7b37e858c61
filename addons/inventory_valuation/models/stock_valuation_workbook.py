"""The valuation as a workbook for the auditor."""

import pytz
import xlsxwriter

from odoo import api, fields, models
from odoo.exceptions import UserError

from .stock_valuation_line import FLOWS

#: Rows of a sheet, by the file format, less heading and totals.
MAX_ROWS = 1048576 - 2


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
        """
        lines = self.search(list(domain))
        if len(lines) > MAX_ROWS:
            raise UserError(
                self.env._(
                    "A sheet has room for %(room)s lines, and there are %(found)s: narrow them"
                    " down.",
                    room=MAX_ROWS,
                    found=len(lines),
                )
            )
        book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_urls": False})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "quantity": book.add_format({"num_format": "#,##0.######"}),
            "total": book.add_format({"bold": True, "top": 1, "num_format": "#,##0.00"}),
            "bold": book.add_format({"bold": True}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        totals = self._write_valuation_sheet(book, formats, lines)
        self._write_about_sheet(book, formats, lines, totals)
        book.close()

    @api.model
    def _get_export_columns(self):
        """Return (title, width, format, field or function of a line) of each column."""
        _at, since = self._get_moments()
        text = [
            (self.env._("Company"), 18, None, "company_id"),
            (self.env._("Warehouse"), 18, None, "warehouse_id"),
            (self.env._("Location"), 26, None, "location_id"),
            (self.env._("Account"), 24, None, "account_id"),
            (self.env._("Category"), 24, None, "categ_id"),
            (self.env._("Product"), 36, None, "product_id"),
            (self.env._("Lot/Serial"), 16, None, "lot_id"),
            (self.env._("Owner"), 18, None, "owner_id"),
            (self.env._("Unit"), 8, None, "uom_id"),
            (self.env._("Quantity"), 12, "quantity", "quantity"),
        ]
        names = ["value", "memo_value"]
        if since:
            names = ["opening_value", *FLOWS, "value", "memo_value"]
        titles = self.fields_get(names, ["string"])
        money = [(titles[name]["string"], 16, "money", name) for name in names]
        return [*text, *money]

    @api.model
    def _write_valuation_sheet(self, book, formats, lines):
        """Write a row per line, and the totals per currency below; returns these."""
        sheet = book.add_worksheet(self.env._("Valuation")[:31])
        columns = self._get_export_columns()
        for index, (title, width, _format, _name) in enumerate(columns):
            sheet.set_column(index, index, width)
            sheet.write_string(0, index, title, formats["head"])
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(lines), 1), len(columns) - 1)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_footer("&L&F&RPage &P / &N")
        for row, line in enumerate(lines, start=1):
            for index, (_title, _width, style, name) in enumerate(columns):
                if style:
                    sheet.write_number(row, index, line[name], formats[style])
                elif line[name]:
                    sheet.write_string(row, index, line[name].display_name)
        totals = []
        row = len(lines) + 1
        for currency, of_currency in lines.grouped("currency_id").items():
            sheet.write_string(row, 0, self.env._("Total %s", currency.name), formats["total"])
            sums = {}
            for index, (_title, _width, style, name) in enumerate(columns):
                if style == "money":
                    sums[name] = currency.round(sum(of_currency.mapped(name)))
                    sheet.write_number(row, index, sums[name], formats["total"])
            totals.append((currency, sums))
            row += 1
        return totals

    @api.model
    def _write_about_sheet(self, book, formats, lines, totals):
        at, since = self._get_moments()
        zone = pytz.timezone(self.env.user.tz or "UTC")

        def tell(moment):
            return f"{fields.Datetime.context_timestamp(self, moment):%Y-%m-%d %H:%M:%S} {zone}"

        rows = [
            (self.env._("Stock valuation"), ""),
            (self.env._("Companies"), ", ".join(self.env.companies.mapped("name"))),
            (self.env._("Value as of"), tell(at)),
            (self.env._("Roll-forward since"), tell(since) if since else "–"),
            (self.env._("Written on"), tell(fields.Datetime.now())),
            (self.env._("Written by"), self.env.user.name),
            (self.env._("Lines"), str(len(lines))),
            *(
                (
                    self.env._("Value in %s", currency.name),
                    f"{sums['value']:,.{currency.decimal_places}f}",
                )
                for currency, sums in totals
            ),
            ("", ""),
            (self.env._("How locations get their value"), ""),
        ]
        sheet = book.add_worksheet(self.env._("About")[:31])
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 90)
        sheet.set_footer("&L&F&RPage &P / &N")
        for row, (title, text) in enumerate(rows):
            sheet.write_string(row, 0, title, formats["bold"])
            sheet.write_string(row, 1, text)
        for row, text in enumerate(self._get_allocation_rule(), start=len(rows)):
            sheet.write_string(row, 1, text, formats["text"])
