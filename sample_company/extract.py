"""Read the compact extract: products, and sales by day of the history.

Days are counted from the first day of the source; `Extract.today` is the number of the day that
becomes "today", so that everything before it is history and the history ends yesterday.
"""

from __future__ import annotations

import csv
import datetime
import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .geography import WAREHOUSE_OF
from .naming import category_of

DATA = Path(__file__).resolve().parent / "data"
FIRST_DAY = datetime.date(2010, 12, 1)
#: The last day of the source, of which it has the morning: its orders are today's open orders.
LAST_DAY = datetime.date(2011, 12, 9)


@dataclass(frozen=True)
class Product:
    """A product of the retailer; ``list_price`` in GBP without VAT."""

    code: str
    name: str
    list_price: float
    abc: str
    perishable: bool

    @property
    def category(self) -> str:
        return category_of(self.name)


@dataclass(frozen=True)
class SaleLine:
    """A line of an invoice or, when ``quantity`` is negative, of a return.

    :param day: days since `FIRST_DAY`; :param minute: minute of that day
    :param customer: number of the customer, empty when the source does not know it
    """

    invoice: str
    day: int
    minute: int
    code: str
    quantity: int
    price: float
    customer: str
    country: str

    @property
    def warehouse(self) -> str:
        return WAREHOUSE_OF[self.country]


@dataclass(frozen=True)
class Extract:
    products: dict[str, Product]
    lines: tuple[SaleLine, ...]
    today: int

    @property
    def history(self) -> Iterable[SaleLine]:
        return (line for line in self.lines if line.day < self.today)


def read(folder: Path = DATA) -> Extract:
    """Read the extract that ``make_extract`` wrote to ``folder``."""
    with (folder / "products.csv").open(encoding="utf-8", newline="") as file:
        products = {
            row["code"]: Product(
                row["code"],
                row["name"],
                float(row["list_price"]),
                row["abc"],
                row["perishable"] == "1",
            )
            for row in csv.DictReader(file)
        }
    with gzip.open(folder / "online_retail.csv.gz", "rt", encoding="utf-8", newline="") as file:
        lines = tuple(_sale_line(row) for row in csv.DictReader(file))
    return Extract(products, lines, (LAST_DAY - FIRST_DAY).days)


def _sale_line(row: dict[str, str]) -> SaleLine:
    moment = datetime.datetime.fromisoformat(row["moment"])
    return SaleLine(
        row["invoice"],
        (moment.date() - FIRST_DAY).days,
        moment.hour * 60 + moment.minute,
        row["code"],
        int(row["quantity"]),
        float(row["price"]),
        row["customer"],
        row["country"],
    )
