"""What an external place states to have: rows of a CSV file or an API call, read and checked.

``read_csv`` turns the bytes of a file into the rows that ``clean`` takes, and that the API takes
as they are: mappings with

=============  ===================================================================================
product        the id (an integer), the internal reference or the bar code (text) of the product;
               or one of ``product_id``, ``default_code`` and ``barcode``, to say which it is
quantity       what is available there: a number from 0 up
unit           id or name of the unit of the quantity; the product's own when left out
feed_date      the moment that the row is stated for; that of the feed when left out
=============  ===================================================================================

``clean`` collects every mistake with its row and argument. A feed is applied when there is none.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, InvalidOperation

MAX_ROWS = 200_000
#: smaller than the quantity column of the database
TOO_MUCH = Decimal(10) ** 15
#: clocks differ
TOLERANCE = timedelta(minutes=2)
#: what names the product, and by what; ``product`` names it in any of the ways
KEYS = ("product_id", "default_code", "barcode", "product")
COLUMNS = (*KEYS, "quantity", "unit", "feed_date")
DELIMITERS = ",;\t|"
_SYNONYMS = {
    "id": "product_id",
    "internal_reference": "default_code",
    "reference": "default_code",
    "sku": "default_code",
    "ean": "barcode",
    "gtin": "barcode",
    "qty": "quantity",
    "available": "quantity",
    "uom": "unit",
    "unit_of_measure": "unit",
    "date": "feed_date",
    "as_of": "feed_date",
}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DIGITS = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake. ``row`` counts from 1 (a file's lines, heading included); 0: the whole feed."""

    row: int
    argument: str
    text: str

    def __str__(self) -> str:
        place = ", ".join(filter(None, (f"Row {self.row}" if self.row else "", self.argument)))
        return f"{place}: {self.text}" if place else self.text


class FeedError(ValueError):
    """All mistakes of a feed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.row)
        super().__init__(summarize(self.problems))


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is right as far as it can be told without the database.

    :param key: how the product is named, one of `KEYS`
    :param product: its id (``product_id``, or an integer in ``product``), else its text
    :param unit: id or name, None for the product's own
    """

    number: int
    key: str
    product: int | str
    quantity: Decimal
    unit: int | str | None
    feed_date: datetime


def summarize(problems: Iterable[Problem], limit: int = 20) -> str:
    """The mistakes as text, a line each, the first ``limit`` of them."""
    lines = [str(problem) for problem in problems]
    more = len(lines) - limit
    return "\n".join(lines[:limit] + ([f"… and {more} more."] if more > 0 else []))


# -- files ----------------------------------------------------------------------------------------


def read_csv(
    data: bytes, *, encoding: str | None = None, delimiter: str | None = None
) -> list[tuple[int, dict[str, str]]]:
    """Read a file into ``[(line number, row), ...]``.

    :param encoding: as Python names it; by default UTF-8, or what a byte order mark says
    :param delimiter: by default the one of comma, semicolon, tabulator and ``|`` that the heading
        has most of
    :raises FeedError: the file cannot be read, or its heading is wrong
    """
    text = _decode(data, encoding)
    first = next((line for line in text.splitlines() if line.strip()), None)
    if first is None:
        raise FeedError([Problem(0, "", "The file is empty.")])
    delimiter = delimiter or max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    problems, rows, header, line = [], [], None, 0
    try:
        for cells in reader:
            # a quoted cell may hold line breaks: a row is named by the line it begins in
            start, line = line + 1, reader.line_num
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if header is None:
                header = _read_header(cells)
            elif len(cells) > len(header):
                text = (
                    f"{len(cells)} cells, but the heading names {len(header)} columns. Put text"
                    f" with “{delimiter}” into quotation marks."
                )
                problems.append(Problem(start, "", text))
            else:
                rows.append(
                    (start, {name: cell for name, cell in zip(header, cells, strict=False) if cell})
                )
            if len(rows) > MAX_ROWS:
                raise FeedError([_too_many()])
    except csv.Error as error:
        problem = Problem(reader.line_num, "", f"This is no valid CSV: {error}.")
        raise FeedError([problem]) from error
    if problems:
        raise FeedError(problems)
    return rows


def _decode(data: bytes, encoding: str | None) -> str:
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    chosen = marked or encoding or "utf-8"
    try:
        text = data.decode(chosen)
    except LookupError as error:
        text = f"“{chosen}” is no encoding that is known here, such as utf-8 or cp1252."
        raise FeedError([Problem(0, "encoding", text)]) from error
    except UnicodeError as error:
        text = f"The file is not encoded in {chosen}. Choose its encoding, or save it as UTF-8."
        raise FeedError([Problem(0, "encoding", text)]) from error
    if "\0" in text:
        text = "This is no text file. Save the sheet as CSV."
        raise FeedError([Problem(0, "", text)])
    return text


def _read_header(cells: list[str]) -> list[str]:
    names = [re.sub(r"[\s_]+", "_", cell.lower()) for cell in cells]
    names = [_SYNONYMS.get(name, name) for name in names]
    problems = []
    unknown = [cell for cell, name in zip(cells, names, strict=True) if name not in COLUMNS]
    if unknown:
        problems.append(f"Unknown columns: {', '.join(unknown)}. Known are: {', '.join(COLUMNS)}.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        problems.append(f"Columns that stand there twice: {', '.join(twice)}.")
    if not set(KEYS) & set(names):
        problems.append(f"No column names the product. Known are: {', '.join(KEYS)}.")
    if "quantity" not in names:
        problems.append("The column quantity is missing.")
    if problems:
        raise FeedError([Problem(1, "", text) for text in problems])
    return names


# -- rows -----------------------------------------------------------------------------------------


def clean(
    rows: Sequence[tuple[int, Mapping]],
    *,
    feed_date: datetime,
    now: datetime,
    digits: int = 2,
    decimal: str = ".",
) -> tuple[list[Row], list[Problem]]:
    """Check the rows of a feed.

    :param rows: ``[(row number, mapping), ...]``; see the module for the mappings
    :param feed_date: moment that rows without one of their own are stated for, in UTC
    :param now: rows cannot be stated for later, in UTC
    :param digits: decimals of quantities; a finer one is a mistake
    :param decimal: the decimal point in texts, ``.`` or ``,``
    """
    if len(rows) > MAX_ROWS:
        return [], [_too_many()]
    reader = _Reader(feed_date, now, digits, decimal)
    found = [reader.read_row(number, row) for number, row in rows]
    return [row for row in found if row], reader.problems


def _too_many() -> Problem:
    return Problem(0, "rows", f"More than {MAX_ROWS:,} rows. Send them in parts.")


class _Reader:
    def __init__(self, feed_date: datetime, now: datetime, digits: int, decimal: str) -> None:
        self.feed_date = feed_date
        self.now = now
        self.step = Decimal(1).scaleb(-digits)
        self.decimal = decimal
        self.problems: list[Problem] = []
        self.number = 0
        # a feed repeats its moments: reading one again takes a third of the time
        self.moments: dict[str, datetime] = {}

    def problem(self, argument: str, text: str) -> None:
        self.problems.append(Problem(self.number, argument, text))

    def read_row(self, number: int, row: Mapping) -> Row | None:
        self.number = number
        before = len(self.problems)
        if not isinstance(row, Mapping):
            self.problem("", "A row is an object with the keys " + ", ".join(COLUMNS) + ".")
            return None
        if not row.keys() <= set(COLUMNS):
            unknown = ", ".join(str(key) for key in row.keys() - set(COLUMNS))
            self.problem("", f"Unknown: {unknown}. Known are: {', '.join(COLUMNS)}.")
        key, product = self.read_product(row)
        quantity = self.read_quantity(row.get("quantity"))
        unit = self.read_unit(row.get("unit"))
        feed_date = self.read_date(row.get("feed_date"))
        if len(self.problems) > before:
            return None
        return Row(number, key, product, quantity, unit, feed_date)

    def read_product(self, row: Mapping) -> tuple[str, int | str]:
        named = [key for key in KEYS if row.get(key) not in (None, False, "")]
        if len(named) != 1:
            which = " and ".join(named) if named else "nothing"
            self.problem(
                "product", f"One of {', '.join(KEYS)} names the product. Here {which} does."
            )
            return "product", ""
        key, value = named[0], row[named[0]]
        if key == "product_id":
            if isinstance(value, str) and value.isdecimal():
                value = int(value)
            if not _is_id(value):
                self.problem(key, f"“{value}” is no id of a product, such as 42.")
        elif key == "product" and _is_id(value):
            pass
        elif not isinstance(value, str) or not value.strip():
            self.problem(key, f"“{value}” is no text. Put codes into quotation marks.")
        else:
            value = value.strip()
        return key, value

    def read_quantity(self, value: object) -> Decimal:
        argument = "quantity"
        number = None
        if value in (None, ""):
            self.problem(argument, "It is missing. Write 0 when nothing is left.")
            return Decimal(0)
        if isinstance(value, str):
            number = self.read_number(value)
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            # ten digits behind the point: 0.1 + 0.2 is 0.3
            number = Decimal(str(value))
        if number is None:
            sample = f"1234{self.decimal}5"
            text = f"“{value}” is no number such as {sample}, without thousands separator and unit."
            self.problem(argument, text)
        elif not number.is_finite():
            self.problem(argument, f"“{value}” is no finite number.")
        elif number < 0:
            self.problem(argument, f"{value} is negative. What is available is 0 or more.")
        elif number >= TOO_MUCH:
            self.problem(argument, f"{value} is too much: the limit is {TOO_MUCH:,}.")
        else:
            number = number.quantize(Decimal("1e-9"), ROUND_HALF_EVEN)
            if number % self.step:
                text = f"{value} is finer than quantities are kept here: in steps of {self.step}."
                self.problem(argument, text)
            return number
        return Decimal(0)

    def read_number(self, text: str) -> Decimal | None:
        text = re.sub(r"\s", "", text)
        if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
            return Decimal(text)
        if self.decimal != ".":
            if "." in text:  # a thousands separator, or the other decimal point: do not guess
                return None
            text = text.replace(self.decimal, ".", 1)
        if not _DIGITS.fullmatch(text):
            return None
        try:
            return Decimal(text)
        except InvalidOperation:
            return None

    def read_unit(self, value: object) -> int | str | None:
        if value in (None, False, ""):
            return None
        if isinstance(value, str):
            value = value.strip()
            return int(value) if value.isdecimal() else value
        if _is_id(value):
            return value
        self.problem("unit", f"“{value}” is neither the id nor the name of a unit.")
        return None

    def read_date(self, value: object) -> datetime:
        if value in (None, False, ""):
            return self.feed_date
        if isinstance(value, str) and value in self.moments:
            return self.moments[value]
        moment = read_moment(value)
        if moment is None:
            self.problem("feed_date", no_moment(value))
            return self.feed_date
        if moment > self.now + TOLERANCE:
            self.problem("feed_date", in_future(moment, self.now))
            return self.feed_date
        if isinstance(value, str):
            self.moments[value] = moment
        return moment


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31


def read_moment(value: object) -> datetime | None:
    """A moment in UTC without time zone, of an ISO 8601 text (UTC unless it says otherwise)."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", value.strip()))
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    if value.tzinfo:
        try:
            value = value.astimezone(timezone.utc).replace(tzinfo=None)
        except OverflowError:
            return None
    return value.replace(microsecond=0)


def no_moment(value: object) -> str:
    return (
        f"“{value}” is no moment such as 2026-03-10 14:30:00 (in UTC) or 2026-03-10T15:30:00+01:00."
    )


def in_future(moment: datetime, now: datetime) -> str:
    return f"{moment} (UTC) is in the future: it is {now.replace(microsecond=0)} now."


# -- units ----------------------------------------------------------------------------------------


def convert(
    quantity: Decimal, factor: Decimal | float, into: Decimal | float, digits: int
) -> Decimal:
    """A quantity in another unit of the same kind, rounded down: what is not there is not promised.

    :param factor: reference units in one unit of the quantity
    :param into: reference units in one unit of the result
    """
    step = Decimal(1).scaleb(-digits)
    if factor != into:
        quantity = quantity * Decimal(str(factor)) / Decimal(str(into))
        # first to what the factors are exact to: a third of three is one
        quantity = quantity.quantize(step.scaleb(-6), ROUND_HALF_EVEN)
    return quantity.quantize(step, ROUND_FLOOR)
