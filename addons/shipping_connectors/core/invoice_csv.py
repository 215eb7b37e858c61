"""A carrier's invoice as CSV: what it asks for each parcel, charge by charge.

Carriers write a row for each charge, or a row for each parcel with its charges side by side; both
are read into the same :class:`Billed`. A template names the columns; each column may have several
names, as carriers rename them. Nothing is guessed: an amount that may mean two things is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from .csv_io import CsvError
from .rate_table import KG_PER_LB

MAX_ROWS = 200_000

#: what a charge is for, by words in its description; the first that fits counts
_CHARGES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(words, re.IGNORECASE))
    for kind, words in (
        ("fuel", r"fuel"),
        ("address_correction", r"address.{0,3}corr|corr.*address|incorrect address"),
        ("residential", r"resid|home delivery|private address"),
        ("dimensional", r"\bdim\b|dimension|volumetric|oversize|large pack|additional handling"),
        ("duty", r"dut(y|ies)|\btax|\bvat\b|customs|brokerage|disbursement"),
        ("insurance", r"insur|declared value"),
        ("freight", r"freight|transport|postage|weight charge|base|ground|express|shipping|rate"),
    )
)  # fmt: skip


def classify_charge(text: str) -> str:
    """What a charge is for; ``other`` when no word says it."""
    return next((kind for kind, words in _CHARGES if words.search(text)), "other")


@dataclass(frozen=True)
class Charge:
    kind: str
    text: str
    amount: Decimal


@dataclass(frozen=True)
class Billed:
    """What an invoice asks for one parcel.

    :param number: tracking number; empty for what is asked for the account, not for a parcel
    :param weight: kg that were charged, ``None`` when the file does not say
    :param row: the first row of the file that is about it
    """

    number: str
    invoice: str
    day: date | None
    currency: str
    charges: tuple[Charge, ...]
    weight: Decimal | None = None
    reference: str = ""
    row: int = 0

    @property
    def amount(self) -> Decimal:
        return sum((charge.amount for charge in self.charges), Decimal(0))


@dataclass(frozen=True)
class Template:
    """The columns of a carrier's file; names in lower case.

    :param columns: names that a column may have, by field: ``number`` (tracking number),
        ``invoice``, ``day``, ``currency``, ``amount``, ``charge`` (what the amount is for),
        ``weight`` (charged), ``weight_unit``, ``reference``
    :param charge_columns: columns that are themselves the name of a charge
    :param pairs: patterns of columns that come in pairs: a charge's name, and its amount
    :param currency: where the file has no such column
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    charge_columns: Sequence[str] = ()
    pairs: Sequence[tuple[str, str]] = ()
    currency: str = ""
    weight_unit: str = "kg"
    day_formats: Sequence[str] = ("%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%d.%m.%Y")
    decimal_comma: bool = False


#: written after what carriers document of their downloads; check the first import of an account
TEMPLATES: Mapping[str, Template] = {
    "ups": Template(
        "UPS (billing data with headings)",
        {
            "number": ("tracking number",),
            "invoice": ("invoice number",),
            "day": ("invoice date",),
            "currency": ("invoice currency code", "currency code"),
            "amount": ("net amount",),
            "charge": ("charge description",),
            "weight": ("billed weight",),
            "weight_unit": ("billed weight unit of measure", "billed weight unit"),
            "reference": ("shipment reference number 1", "reference 1"),
        },
        currency="USD",
        weight_unit="lb",
    ),
    "fedex": Template(
        "FedEx (billing online)",
        {
            "number": ("express or ground tracking id", "tracking id", "tracking number"),
            "invoice": ("invoice number",),
            "day": ("invoice date",),
            "currency": ("currency", "currency code"),
            "weight": ("rated weight amount", "rated weight"),
            "weight_unit": ("rated weight units",),
            "reference": ("original customer reference",),
        },
        charge_columns=("transportation charge amount",),
        pairs=((r"tracking id charge description( \d+)?", r"tracking id charge amount( \d+)?"),),
        currency="USD",
        weight_unit="lb",
    ),
    "usps": Template(
        "USPS (transactions)",
        {
            "number": ("tracking number", "impb", "piece id", "label number"),
            "invoice": ("transaction id", "transaction number", "statement id"),
            "day": ("transaction date", "mailing date", "date"),
            "weight": ("assessed weight", "weight"),
        },
        charge_columns=("postage", "fees", "adjustment", "postage adjustment", "assessed postage"),
        currency="USD",
        weight_unit="lb",
    ),
    "dhl": Template(
        "DHL Express",
        {
            "number": ("shipment number", "waybill number", "awb number"),
            "invoice": ("invoice number",),
            "day": ("invoice date",),
            "currency": ("currency", "billing currency"),
            "weight": ("weight (kg)", "weight flag", "charged weight"),
            "reference": ("shipment reference 1", "shipper reference"),
        },
        charge_columns=("weight charge", "fuel surcharge"),
        pairs=((r"xc(\d+) name", r"xc(\d+) charge"),),
        currency="EUR",
    ),
    "easypost": Template(
        "EasyPost (shipment report)",
        {
            "number": ("tracking_code", "tracking code"),
            "invoice": ("invoice_id", "invoice id", "id"),
            "day": ("created_at", "invoice_date", "date"),
            "currency": ("currency",),
            "weight": ("adjusted_weight", "weight_kg"),
            "reference": ("reference",),
        },
        charge_columns=(
            "postage_fee",
            "rate",
            "insurance_fee",
            "label_fee",
            "adjustment_amount",
            "postage adjustment",
        ),
        currency="USD",
    ),
}


def read(text: str, template: Template) -> list[Billed]:
    """All parcels of a file, in its order; rows of the same invoice and parcel are one.

    :raises CsvError: with every mistake, by row; nothing is read then
    """
    return _Reader(template).read_file(text)


@dataclass
class _Parcel:
    row: int
    day: date | None
    currency: str
    weight: Decimal | None
    reference: str
    charges: list[Charge] = field(default_factory=list)


class _Reader:
    def __init__(self, template: Template) -> None:
        self.template = template
        self.problems: list[tuple[int, str]] = []
        self.parcels: dict[tuple[str, str], _Parcel] = {}

    def read_file(self, text: str) -> list[Billed]:
        header, rows = self._get_rows(text)
        self._find_columns(header)
        if self.problems:
            raise CsvError(self.problems)
        for number, cells in rows:
            self._read_row(number, [*cells, *[""] * (len(header) - len(cells))])
        if self.problems:
            raise CsvError(self.problems)
        if not any(number for _invoice, number in self.parcels):
            raise CsvError([(0, "The file has no row with a tracking number.")])
        return [
            Billed(
                number,
                invoice,
                one.day,
                one.currency,
                tuple(one.charges),
                one.weight,
                one.reference,
                one.row,
            )
            for (invoice, number), one in self.parcels.items()
        ]

    def _get_rows(self, text: str):
        text = text.lstrip("\ufeff")
        first = next((line for line in text.splitlines() if line.strip()), "")
        if not first:
            raise CsvError([(0, "The file is empty.")])
        if "\0" in text:
            raise CsvError([(0, "This is no text file. Save it as CSV.")])
        delimiter = max(",;\t|", key=first.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
        except csv.Error as error:
            raise CsvError([(reader.line_num, f"This is no valid CSV: {error}.")]) from error
        if len(rows) - 1 > MAX_ROWS:
            raise CsvError([(0, f"The file has more than {MAX_ROWS} rows. Split it.")])
        header = [re.sub(r"\s+", " ", cell.strip().lower()) for cell in rows[0][1]]
        return header, rows[1:]

    def _find_columns(self, header: list[str]) -> None:
        """Where each field is; what cannot be done without is a problem."""
        self.places: dict[str, int] = {}
        for name, aliases in self.template.columns.items():
            found = [header.index(one) for one in aliases if one in header]
            if found:
                self.places[name] = found[0]
        self.charge_places = [
            (header.index(one), one) for one in self.template.charge_columns if one in header
        ]
        self.pair_places = []
        for name_pattern, amount_pattern in self.template.pairs:
            names = [at for at, one in enumerate(header) if re.fullmatch(name_pattern, one)]
            amounts = [at for at, one in enumerate(header) if re.fullmatch(amount_pattern, one)]
            self.pair_places += list(zip(names, amounts, strict=False))
        if "number" not in self.places:
            wanted = ", ".join(self.template.columns.get("number", ())) or "a column for it"
            self._problem(1, f"The tracking number is missing: {wanted}. Choose another template.")
        if not (self.charge_places or self.pair_places or "amount" in self.places):
            wanted = ", ".join(
                (*self.template.columns.get("amount", ()), *self.template.charge_columns)
            )
            self._problem(1, f"There is no amount: {wanted}. Choose another template.")

    def _problem(self, row: int, text: str) -> None:
        self.problems.append((row, text))

    def _read_row(self, row: int, cells: list[str]) -> None:
        number = self._cell(cells, "number").replace(" ", "")
        key = (self._cell(cells, "invoice"), number)
        charges = self._read_charges(row, cells)
        if not number and not charges:
            return
        known = self.parcels.get(key)
        if known is None:
            known = self.parcels[key] = _Parcel(
                row,
                self._read_day(row, cells),
                self._cell(cells, "currency").upper() or self.template.currency,
                self._read_weight(row, cells),
                self._cell(cells, "reference"),
            )
        elif (weight := self._read_weight(row, cells)) is not None:
            known.weight = max(known.weight or Decimal(0), weight)
        known.charges += charges

    def _cell(self, cells: list[str], name: str) -> str:
        place = self.places.get(name)
        return cells[place].strip() if place is not None else ""

    def _read_charges(self, row: int, cells: list[str]) -> list[Charge]:
        pairs = [(cells[at], name) for at, name in self.charge_places]
        pairs += [(cells[amount], cells[name]) for name, amount in self.pair_places]
        if "amount" in self.places:
            pairs.append((self._cell(cells, "amount"), self._cell(cells, "charge")))
        charges = []
        for text, name in pairs:
            amount = self._number(row, text)
            if amount:
                charges.append(Charge(classify_charge(name), name.strip() or "Charge", amount))
        return charges

    def _read_weight(self, row: int, cells: list[str]) -> Decimal | None:
        weight = self._number(row, self._cell(cells, "weight"))
        if not weight:
            return None
        unit = self._cell(cells, "weight_unit").lower() or self.template.weight_unit
        return weight * KG_PER_LB if unit.startswith("l") else weight

    def _read_day(self, row: int, cells: list[str]) -> date | None:
        text = self._cell(cells, "day")
        if not text:
            return None
        for one in self.template.day_formats:
            try:
                return datetime.strptime(text[: len("2026-01-31")].rstrip("T"), one).date()
            except ValueError:
                continue
        self._problem(row, f"“{text}” is no date that the template knows.")
        return None

    def _number(self, row: int, text: str) -> Decimal | None:
        """An amount; thousands are separated by what is not the decimal sign."""
        text = re.sub(r"[\s$€£']", "", text)
        if not text:
            return None
        negative = text.startswith("(") and text.endswith(")")
        text = text.strip("()")
        if self.template.decimal_comma:
            text = text.replace(".", "").replace(",", ".")
        elif re.fullmatch(r"-?\d{1,3}(,\d{3})*(\.\d+)?", text):
            text = text.replace(",", "")
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            self._problem(row, f"“{text}” is no amount.")
            return None
        return -value if negative else value
