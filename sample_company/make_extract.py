"""Make the compact extract from the full "Online Retail" file.

::

    python -m sample_company.make_extract ../shared/demand/online_retail/transactions.csv.gz

The result is the same byte for byte, whoever runs it: what the project keeps can be checked.
"""

from __future__ import annotations

import argparse
import collections
import csv
import datetime
import gzip
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .geography import COUNTRIES, WAREHOUSE_OF
from .naming import is_perishable, readable_name

DATA = Path(__file__).resolve().parent / "data"
SALES_FILE = "online_retail.csv.gz"
PRODUCTS_FILE = "products.csv"
SALES_COLUMNS = ("invoice", "moment", "code", "quantity", "price", "customer", "country")
PRODUCTS_COLUMNS = ("code", "name", "list_price", "abc", "perishable")

#: A real article; postage, fees, samples and vouchers have other codes.
_ARTICLE = re.compile(r"^\d{5}[A-Z]{0,2}$")
#: How many products of each class of revenue (A: the first 80 %, B: to 95 %, C: the rest) ...
CHOSEN = {"A": 38, "B": 62, "C": 60}
#: ... and in how many of the four regions one has to sell at least.
REGIONS = {"A": 3, "B": 3, "C": 2}
PERISHABLES = 7


@dataclass(frozen=True)
class Line:
    """A line of an invoice: negative ``quantity`` is a return. ``price`` is in GBP, without VAT."""

    invoice: str
    moment: str
    code: str
    quantity: int
    price: float
    customer: str
    country: str

    @property
    def day(self) -> str:
        return self.moment[:10]


@dataclass
class Article:
    """What is known of a product before the choice."""

    code: str
    descriptions: collections.Counter = field(default_factory=collections.Counter)
    prices: collections.Counter = field(default_factory=collections.Counter)
    revenue: float = 0.0
    regions: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        # the commonest; of equally common ones the first in the alphabet
        text = min(self.descriptions.items(), key=lambda item: (-item[1], item[0]))[0]
        return readable_name(text)

    @property
    def list_price(self) -> float:
        """The price asked most often."""
        return min(self.prices.items(), key=lambda item: (-item[1], item[0]))[0]


def read_full(path: Path) -> tuple[list[Line], dict[str, Article]]:
    """Sales and returns of real articles; write-offs and corrections (no price) are left out."""
    lines, articles = [], {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            code = row["StockCode"].upper()
            price = float(row["UnitPrice"])
            if price <= 0 or not _ARTICLE.match(code) or row["Country"] not in COUNTRIES:
                continue
            line = Line(
                row["InvoiceNo"],
                row["InvoiceDate"],
                code,
                int(row["Quantity"]),
                price,
                row["CustomerID"],
                row["Country"],
            )
            lines.append(line)
            article = articles.setdefault(code, Article(code))
            if row["Description"]:
                article.descriptions[row["Description"].strip()] += 1
            if line.quantity > 0:
                article.prices[price] += 1
    return lines, {code: article for code, article in articles.items() if article.prices}


def net_same_day(lines: Iterable[Line]) -> list[Line]:
    """Take back what a customer ordered and cancelled on the same day.

    A cancellation first meets the line of exactly its quantity, then the day's later lines.
    What is left of it is a return of older goods.
    """
    groups: dict[tuple, list[Line]] = {}
    for line in lines:
        key = (line.day, line.customer or line.invoice, line.country, line.code)
        groups.setdefault(key, []).append(line)
    result = []
    for group in groups.values():
        sold = [line for line in group if line.quantity > 0]
        for cancel in (line for line in group if line.quantity < 0):
            left = -cancel.quantity
            exact = [i for i, line in enumerate(sold) if line.quantity == left]
            order = exact[-1:] or range(len(sold) - 1, -1, -1)
            for i in order:
                taken = min(left, sold[i].quantity)
                sold[i] = replace(sold[i], quantity=sold[i].quantity - taken)
                left -= taken
            if left:
                result.append(replace(cancel, quantity=-left))
        result.extend(line for line in sold if line.quantity)
    return sorted(result, key=lambda line: (line.moment, line.invoice, line.code, line.quantity))


def classify(articles: Sequence[Article]) -> dict[str, list[Article]]:
    """Articles by class of revenue, each class from the best seller down."""
    ranked = sorted(articles, key=lambda article: (-article.revenue, article.code))
    total, seen = sum(article.revenue for article in ranked), 0.0
    classes: dict[str, list[Article]] = {"A": [], "B": [], "C": []}
    for article in ranked:
        share = seen / total
        classes["A" if share < 0.80 else "B" if share < 0.95 else "C"].append(article)
        seen += article.revenue
    return classes


def spread(items: Sequence, count: int) -> list:
    """``count`` of the items at even distances, the first among them."""
    count = min(count, len(items))
    return [items[i * len(items) // count] for i in range(count)]


def choose(lines: Sequence[Line], articles: dict[str, Article]) -> dict[str, tuple[Article, str]]:
    """Products of every speed that sell in several regions, and some that expire."""
    for line in lines:
        article = articles.get(line.code)
        if article and line.quantity > 0:
            article.revenue += line.quantity * line.price
            article.regions.add(WAREHOUSE_OF[line.country])
    chosen: dict[str, tuple[Article, str]] = {}
    perishable = []
    for name, members in classify([a for a in articles.values() if a.revenue > 0]).items():
        wide = [a for a in members if len(a.regions) >= REGIONS[name]]
        chosen.update({a.code: (a, name) for a in spread(wide, CHOSEN[name])})
        perishable += [(a, name) for a in wide if is_perishable(a.name)]
    missing = PERISHABLES - sum(is_perishable(a.name) for a, _ in chosen.values())
    for article, name in [p for p in perishable if p[0].code not in chosen][: max(missing, 0)]:
        chosen[article.code] = (article, name)
    return dict(sorted(chosen.items()))


def write(
    folder: Path, lines: Iterable[Line], chosen: dict[str, tuple[Article, str]]
) -> tuple[Path, Path]:
    """Write both files; the same input gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    products = io.StringIO()
    writer = csv.writer(products, lineterminator="\n")
    writer.writerow(PRODUCTS_COLUMNS)
    for code, (article, name) in chosen.items():
        perishable = int(is_perishable(article.name))
        writer.writerow([code, article.name, f"{article.list_price:.2f}", name, perishable])
    (folder / PRODUCTS_FILE).write_text(products.getvalue(), encoding="utf-8")

    sales = io.StringIO()
    writer = csv.writer(sales, lineterminator="\n")
    writer.writerow(SALES_COLUMNS)
    for line in lines:
        if line.code in chosen:
            row = (line.invoice, line.moment, line.code, line.quantity, f"{line.price:.2f}")
            writer.writerow([*row, line.customer, line.country])
    # neither a name nor a time in the header, so that the bytes only depend on the content
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", compresslevel=9, fileobj=packed, mtime=0) as file:
        file.write(sales.getvalue().encode())
    (folder / SALES_FILE).write_bytes(packed.getvalue())
    return folder / SALES_FILE, folder / PRODUCTS_FILE


def make(source: Path, folder: Path = DATA) -> tuple[Path, Path]:
    """Make the extract of the full file ``source`` in ``folder``."""
    lines, articles = read_full(source)
    lines = net_same_day(lines)
    return write(folder, lines, choose(lines, articles))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="transactions.csv.gz of UCI's Online Retail")
    parser.add_argument("--folder", type=Path, default=DATA)
    options = parser.parse_args()
    started = datetime.datetime.now()
    for path in make(options.source, options.folder):
        print(f"{path} ({path.stat().st_size / 1024:.0f} KiB)")
    print(f"made in {datetime.datetime.now() - started}")


if __name__ == "__main__":
    main()
