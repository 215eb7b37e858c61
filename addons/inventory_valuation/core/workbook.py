"""Workbooks for the auditor: tables with totals per currency, and a sheet about them."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import xlsxwriter

#: Rows of a sheet, by the file format, less heading and totals.
MAX_ROWS = 1048576 - 20

_NUMBERS = {
    "money": "#,##0.00",
    "quantity": "#,##0.######",
    "days": "#,##0",
    "percent": "0.0%",
    "ratio": "0.00",
}


@dataclass(frozen=True)
class Column:
    """
    :param style: one of ``money`` (which is added up), ``quantity``, ``days``, ``percent``,
        ``ratio``, ``text`` and ``long`` (a text of several lines)
    :param get: of a row, its cell: a number, a text, or None for an empty one
    """

    title: str
    width: int
    get: Callable[[Any], Any]
    style: str = "text"


@dataclass(frozen=True)
class Table:
    """
    :param currency: of a row, the name of its currency; amounts are added up by it
    :param total: the word before the currency in the line of totals
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    currency: Callable[[Any], str]
    total: str = "Total"


class TooManyRows(ValueError):
    """A sheet has no room for so many rows."""


def write_workbook(
    file: BinaryIO, tables: Sequence[Table], about: tuple[str, Sequence[tuple[str, str]]]
) -> None:
    """Write tables, and a last sheet of titles and texts, to a file.

    :param about: the name of the last sheet, and its lines
    :raise TooManyRows: nothing is written then
    """
    for table in tables:
        if len(table.rows) > MAX_ROWS:
            raise TooManyRows(f"{len(table.rows)} rows, and a sheet has room for {MAX_ROWS}")
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_urls": False})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
        "long": book.add_format({"text_wrap": True, "valign": "top"}),
        "text": None,
        **{name: book.add_format({"num_format": code}) for name, code in _NUMBERS.items()},
        "total": book.add_format({"bold": True, "top": 1, "num_format": _NUMBERS["money"]}),
    }
    for table in tables:
        _write_table(book, formats, table)
    name, lines = about
    sheet = book.add_worksheet(name[:31])
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.set_footer("&L&F&RPage &P / &N")
    for row, (title, text) in enumerate(lines):
        sheet.write_string(row, 0, title, formats["bold"])
        sheet.write_string(row, 1, text, formats["long"])
    book.close()


def _write_table(book, formats: dict, table: Table) -> None:
    sheet = book.add_worksheet(table.name[:31])
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, column.title, formats["head"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&F&RPage &P / &N")
    sums: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for row, record in enumerate(table.rows, start=1):
        of_currency = sums[table.currency(record)]
        for index, column in enumerate(table.columns):
            value = column.get(record)
            if column.style == "money":
                of_currency[index] += value or 0.0
            if value is None or value is False:
                continue
            if isinstance(value, str):
                sheet.write_string(row, index, value, formats[column.style])
            else:
                sheet.write_number(row, index, value, formats[column.style])
    for row, (currency, of_currency) in enumerate(sums.items(), start=len(table.rows) + 1):
        sheet.write_string(row, 0, f"{table.total} {currency}", formats["total"])
        for index, amount in of_currency.items():
            # what floats leave behind is no amount
            sheet.write_number(row, index, round(amount, 6), formats["total"])
