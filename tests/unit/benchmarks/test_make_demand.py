"""The daily extract of Online Retail: compact, attributed, made from the full file by anybody."""

import gzip
from pathlib import Path

import pytest

from benchmarks import make_demand

FULL = Path(__file__).resolve().parents[4] / "shared/demand/online_retail/transactions.csv.gz"
HEADER = "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice\n"


@pytest.mark.skipif(
    not FULL.is_file(),
    reason="../shared/demand/online_retail/transactions.csv.gz, the full file, is absent: "
    "the extract can only be compared where it is",
)
def test_the_extract_is_what_make_demand_makes(tmp_path):
    made = make_demand.make(FULL, tmp_path / "made.csv.gz")
    assert made.read_bytes() == make_demand.FILE.read_bytes()


def test_it_is_compact_and_attributed():
    assert make_demand.FILE.stat().st_size <= 1024 * 1024
    text = (make_demand.FILE.parent / "ATTRIBUTION.md").read_text()
    for needed in ("Daqing Chen", "10.24432/C5BW33", "CC BY 4.0"):
        assert needed in text


def test_sales_and_returns_are_added_up_by_day(tmp_path):
    source = tmp_path / "source.csv.gz"
    rows = [
        "1,22423,6,2010-12-01 08:26:00,12.75",
        "2,22423,4,2010-12-01 09:00:00,12.75",
        "C3,22423,-3,2010-12-04 09:00:00,12.75",
        "4,85123A,2,2010-12-03 09:00:00,2.55",
        "5,22423,-99,2010-12-05 09:00:00,0.0",  # written off
        "6,POST,1,2010-12-05 09:00:00,18.0",  # no article
    ]
    source.write_bytes(gzip.compress((HEADER + "\n".join(rows) + "\n").encode()))
    made = make_demand.make(source, tmp_path / "made.csv.gz")
    assert list(make_demand.read(made)) == [
        ("22423", 0, 10.0),
        ("22423", 3, -3.0),
        ("85123A", 2, 2.0),
    ]


def test_all_products_of_a_year_are_there():
    lines = list(make_demand.read())
    days = {day for _code, day, _quantity in lines}
    assert len({code for code, _day, _quantity in lines}) > 3_500
    assert min(days) == 0
    assert max(days) >= make_demand.DAYS - 1
