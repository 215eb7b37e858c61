"""Make the compact daily demand of all products from the full "Online Retail" file.

::

    python -m benchmarks.make_demand ../shared/demand/online_retail/transactions.csv.gz

A line per product: its code, then ``days since the previous one:net quantity`` for each day with
sales or returns, days counted from the first of the source. Left out are lines without a price
(write-offs, samples) and codes that are no article (postage, fees, vouchers). The result is the
same byte for byte, whoever runs it: what the project keeps can be checked.
"""

from __future__ import annotations

import argparse
import collections
import csv
import datetime
import gzip
import io
from collections.abc import Iterator
from pathlib import Path

FILE = Path(__file__).resolve().parent / "data" / "online_retail_daily.csv.gz"
FIRST_DAY = datetime.date(2010, 12, 1)
#: Of the last day the source has only the morning: the history ends the day before.
DAYS = (datetime.date(2011, 12, 9) - FIRST_DAY).days

Lines = Iterator[tuple[str, int, float]]


def read_source(path: Path) -> Lines:
    """Sales and returns of articles: ``(code, day, quantity)``, returns negative."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if float(row["UnitPrice"]) > 0 and row["StockCode"][:5].isdigit():
                day = datetime.date.fromisoformat(row["InvoiceDate"][:10]) - FIRST_DAY
                yield row["StockCode"], day.days, float(row["Quantity"])


def read(path: Path = FILE) -> Lines:
    """Net demand of a product and day: ``(code, day, quantity)``, negative when more came back."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            code, _comma, pairs = line.rstrip("\n").partition(",")
            day = 0
            for pair in pairs.split():
                gap, _colon, quantity = pair.partition(":")
                day += int(gap)
                yield code, day, float(quantity)


def make(source: Path, target: Path = FILE) -> Path:
    net: collections.Counter[tuple[str, int]] = collections.Counter()
    for code, day, quantity in read_source(source):
        net[code, day] += round(quantity)
    products: dict[str, list[str]] = {}
    last: dict[str, int] = {}
    for (code, day), quantity in sorted(net.items()):
        products.setdefault(code, []).append(f"{day - last.get(code, 0)}:{quantity}")
        last[code] = day
    target.parent.mkdir(exist_ok=True)
    text = "".join(f"{code},{' '.join(pairs)}\n" for code, pairs in products.items())
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", filename="", mtime=0) as file:
        file.write(text.encode())
    target.write_bytes(buffer.getvalue())
    return target


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="transactions.csv.gz of Online Retail")
    print(make(parser.parse_args().source))


if __name__ == "__main__":
    main()
