"""A rate table as a CSV file: one row a price, complete and readable in any spreadsheet.

``parse`` collects every mistake with its row and what to do, and gives a table only when there is
none: nothing is ever half-applied. ``dump`` writes what ``parse`` reads back to the same table.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from decimal import Decimal, InvalidOperation

from .rate_table import WEIGHT_UNITS, Line, RateTable, Service, Zone, parse_zip_rules, plain

COLUMNS = (
    "service",
    "transit_days",
    "dimensional_divisor",
    "weight_step",
    "fuel_surcharge",
    "zone",
    "countries",
    "zips",
    "max_weight",
    "base_price",
    "price_per_weight",
    "min_price",
    "currency",
    "weight_unit",
)
REQUIRED = ("service", "zone", "countries", "base_price")
REST_OF_WORLD = "*"
MAX_ROWS = 50_000
# "1,234" may mean either; guessing would be wrong by a factor of a thousand
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d*)?|.*[.].*,.*|.*,.*[.].*")
_MISTYPED_COUNTRIES = {"UK": "GB", "EL": "GR"}


class CsvError(ValueError):
    """All mistakes of a file. ``problems`` are pairs of row number (0: the whole file) and text."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"Row {row}: {text}" if row else text for row, text in problems))


def dump(table: RateTable) -> str:
    """The table as CSV text, sorted by service, zone and weight as the table orders them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for service in table.services:
        for zone in table.zones:
            for line in table.lines_of(service.key, zone.name):
                writer.writerow(_row(table, service, zone, line))
    return out.getvalue()


def _row(table: RateTable, service: Service, zone: Zone, line: Line) -> list[str]:
    return [
        service.name,
        "" if service.transit_days is None else str(service.transit_days),
        plain(service.divisor),
        plain(service.weight_step),
        plain(service.fuel_surcharge),
        zone.name,
        " ".join(sorted(zone.countries)) or REST_OF_WORLD,
        "; ".join(str(rule) for rule in zone.zips),
        "" if line.max_weight is None else plain(line.max_weight),
        plain(line.base_price),
        plain(line.price_per_weight),
        plain(line.min_price),
        table.currency,
        table.weight_unit,
    ]


def parse(
    text: str,
    *,
    name: str = "",
    currency: str = "",
    weight_unit: str = "kg",
    countries: Collection[str] = (),
    currencies: Collection[str] = (),
) -> RateTable:
    """Read a table.

    :param currency: of the table when the file has no such column; ``weight_unit`` likewise
    :param countries: the country codes that exist; empty accepts any two letters
    :param currencies: the currency codes that exist; empty accepts any three letters
    :raises CsvError: with every mistake found
    """
    return _Reader(name, currency, weight_unit, countries, currencies).read_table(text)


class _Reader:
    """State of one reading: what was found so far, and in which row."""

    def __init__(self, name, currency, weight_unit, countries, currencies) -> None:
        self.name = name
        self.countries = countries
        self.currencies = currencies
        self.problems: list[tuple[int, str]] = []
        self.services: dict[str, tuple[int, Service]] = {}
        self.zones: dict[str, tuple[int, Zone]] = {}
        self.lines: dict[tuple[str, str, Decimal | None], tuple[int, Line]] = {}
        self.defaults = {"currency": currency, "weight_unit": weight_unit}
        self.table_values: dict[str, tuple[int, str]] = {}

    def read_table(self, text: str) -> RateTable:
        rows = self._rows(text)
        for number, row in rows:
            self._read_row(number, row)
        if not self.lines and not self.problems:
            self._problem(0, "The file has a heading but no prices.")
        if self.problems:
            raise CsvError(sorted(self.problems, key=lambda problem: problem[0]))
        return RateTable(
            name=self.name,
            currency=self._table_value("currency"),
            weight_unit=self._table_value("weight_unit"),
            services=tuple(service for _row, service in self.services.values()),
            zones=tuple(zone for _row, zone in self.zones.values()),
            lines=tuple(line for _row, line in self.lines.values()),
        )

    def _table_value(self, column: str) -> str:
        return self.table_values.get(column, (0, self.defaults[column]))[1]

    def _problem(self, row: int, text: str) -> None:
        self.problems.append((row, text))

    # -- rows -------------------------------------------------------------------------------------

    def _rows(self, text: str) -> list[tuple[int, dict[str, str]]]:
        text = text.removeprefix("\ufeff")
        first = next((line for line in text.splitlines() if line.strip()), "")
        if not first:
            raise CsvError([(0, "The file is empty. Export the table to see the columns.")])
        delimiter = max(",;\t", key=first.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            found = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
        except csv.Error as error:
            raise CsvError([(reader.line_num, f"This is no valid CSV: {error}.")]) from error
        header = [re.sub(r"\s+", "_", cell.strip().lower()) for cell in found[0][1]]
        self._check_header(header)
        if len(found) - 1 > MAX_ROWS:
            raise CsvError([(0, f"The file has more than {MAX_ROWS} rows. Split the table.")])
        rows = []
        for number, cells in found[1:]:
            if len(cells) > len(header):
                self._problem(
                    number,
                    f"{len(cells)} cells, but the heading names {len(header)} columns. Put text "
                    f"with “{delimiter}” into quotation marks.",
                )
                continue
            cells += [""] * (len(header) - len(cells))
            rows.append((number, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
        return rows

    def _check_header(self, header: list[str]) -> None:
        unknown = [column for column in header if column not in COLUMNS]
        missing = [column for column in REQUIRED if column not in header]
        twice = sorted({column for column in header if header.count(column) > 1})
        problems = []
        if unknown:
            problems.append(
                f"Unknown columns: {', '.join(unknown)}. Known are: {', '.join(COLUMNS)}."
            )
        if missing:
            problems.append(f"Missing columns: {', '.join(missing)}.")
        if twice:
            problems.append(f"Columns that stand there twice: {', '.join(twice)}.")
        if problems:
            raise CsvError([(1, problem) for problem in problems])

    def _read_row(self, number: int, row: dict[str, str]) -> None:
        before = len(self.problems)
        for column in self.defaults:
            self._read_table_value(number, row, column)
        service = self._read_service(number, row)
        zone = self._read_zone(number, row)
        line = Line(
            service=row["service"],
            zone=row["zone"],
            max_weight=self._number(number, row, "max_weight", positive=True, default=None),
            base_price=self._number(number, row, "base_price", required=True),
            price_per_weight=self._number(number, row, "price_per_weight"),
            min_price=self._number(number, row, "min_price"),
        )
        if len(self.problems) > before:
            return
        self._keep(self.services, service.name, service, number, "service")
        self._keep(self.zones, zone.name, zone, number, "zone")
        key = (line.service, line.zone, line.max_weight)
        if key in self.lines:
            self._problem(
                number,
                f"{line.service} to {line.zone} up to this weight has a price in row "
                f"{self.lines[key][0]} already. Remove one of the two.",
            )
        else:
            self.lines[key] = (number, line)

    def _keep(self, known: dict, key: str, value: object, number: int, what: str) -> None:
        first, kept = known.setdefault(key, (number, value))
        if kept != value:
            self._problem(
                number,
                f"The {what} “{key}” differs from row {first}. Its columns must be the same in "
                "every row.",
            )

    # -- cells ------------------------------------------------------------------------------------

    def _read_table_value(self, number: int, row: dict[str, str], column: str) -> None:
        value = row.get(column, "")
        if not value:
            return
        value = value.upper() if column == "currency" else value.lower()
        if column == "weight_unit" and value not in WEIGHT_UNITS:
            self._problem(number, f"weight_unit “{value}” is neither kg nor lb.")
        elif column == "currency" and not self._is_currency(value):
            self._problem(number, f"The currency “{value}” is unknown or not activated.")
        first, kept = self.table_values.setdefault(column, (number, value))
        if kept != value:
            self._problem(
                number, f"{column} is {value} here, but {kept} in row {first}: one table has one."
            )

    def _is_currency(self, code: str) -> bool:
        return code in self.currencies if self.currencies else bool(re.fullmatch("[A-Z]{3}", code))

    def _read_service(self, number: int, row: dict[str, str]) -> Service:
        if not row["service"]:
            self._problem(number, "The service has no name.")
        days = self._number(number, row, "transit_days", default=None)
        if days is not None and days != days.to_integral_value():
            self._problem(number, f"transit_days is {plain(days)}: write whole days.")
        return Service(
            name=row["service"],
            transit_days=None if days is None else int(days),
            divisor=self._number(number, row, "dimensional_divisor"),
            weight_step=self._number(number, row, "weight_step"),
            fuel_surcharge=self._number(number, row, "fuel_surcharge"),
        )

    def _read_zone(self, number: int, row: dict[str, str]) -> Zone:
        if not row["zone"]:
            self._problem(number, "The zone has no name.")
        codes = [code for code in re.split(r"[\s,;]+", row["countries"].upper()) if code]
        if not codes:
            self._problem(
                number, f"countries is empty. Write codes like GB, or {REST_OF_WORLD} for the rest."
            )
        for code in codes:
            if code != REST_OF_WORLD and not self._is_country(code):
                meant = _MISTYPED_COUNTRIES.get(code)
                hint = f"write {meant}" if meant else "use ISO 3166 codes of two letters"
                self._problem(number, f"The country “{code}” is unknown: {hint}.")
        if REST_OF_WORLD in codes and len(codes) > 1:
            self._problem(
                number, f"{REST_OF_WORLD} stands for every country: leave the others out."
            )
        try:
            zips = parse_zip_rules(row.get("zips"))
        except ValueError as error:
            self._problem(number, str(error))
            zips = ()
        return Zone(row["zone"], frozenset(codes) - {REST_OF_WORLD}, zips)

    def _is_country(self, code: str) -> bool:
        if self.countries:
            return code in self.countries
        return bool(re.fullmatch("[A-Z]{2}", code)) and code not in _MISTYPED_COUNTRIES

    def _number(
        self,
        number: int,
        row: dict[str, str],
        column: str,
        *,
        required=False,
        positive=False,
        default: Decimal | None = Decimal(0),
    ) -> Decimal | None:
        """The cell as an exact number: ``3.5`` or ``3,5``, no thousands separators."""
        text = row.get(column, "")
        if not text:
            if required:
                self._problem(number, f"{column} is empty.")
            return default if not required else Decimal(0)
        try:
            value = Decimal(text.replace(",", ".") if text.count(",") == 1 else text)
        except InvalidOperation:
            value = None
        if value is None or not value.is_finite() or _THOUSANDS.fullmatch(text):
            self._problem(
                number,
                f"{column} is “{text}”: write a number such as 1234.50, without thousands "
                "separator and unit.",
            )
            return default
        if value < 0 or (positive and value == 0):
            self._problem(number, f"{column} is {text}: it must be above zero.")
        return value
