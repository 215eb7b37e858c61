"""What an external place states, read from files and calls."""

from datetime import datetime
from decimal import Decimal

import pytest
from visibility_core import feed

NOW = datetime(2026, 3, 10, 12)
MOMENT = datetime(2026, 3, 10, 6)


def clean(*rows, **options):
    options = {"feed_date": MOMENT, "now": NOW} | options
    return feed.clean(list(enumerate(rows, 1)), **options)


def problems_of(*rows, **options):
    found, problems = clean(*rows, **options)
    assert not found
    return [str(problem) for problem in problems]


# -- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"product,quantity\nA-1,5\n",
        b"product;quantity\r\nA-1;5\r\n",
        b"Product\tQty\nA-1\t5",
        b"\xef\xbb\xbfproduct|quantity\nA-1|5\n",
        "product,quantity\nA-1,5\n".encode("utf-16"),
        b"\n\nproduct , quantity\nA-1, 5 \n\n",
    ],
    ids=["comma", "semicolon, CRLF", "tab, other names", "byte order mark", "UTF-16", "blanks"],
)
def test_dialects(data):
    ((_line, row),) = feed.read_csv(data)
    assert row == {"product": "A-1", "quantity": "5"}


def test_rows_are_named_by_the_line_they_begin_in():
    rows = feed.read_csv(b'product,unit,quantity\nA,"a\nb",1\n\nB,,2\n')
    assert [(line, row["product"]) for line, row in rows] == [(2, "A"), (5, "B")]


def test_names_of_columns():
    data = b"Internal Reference,Unit of Measure,AVAILABLE,As of\nA,Dozen,1,2026-03-10\n"
    ((_line, row),) = feed.read_csv(data)
    assert row.keys() == {"default_code", "unit", "quantity", "feed_date"}


def test_encoding_of_choice():
    data = "product,quantity\nGröße,1\n".encode("cp1252")
    with pytest.raises(feed.FeedError, match="not encoded in utf-8"):
        feed.read_csv(data)
    ((_line, row),) = feed.read_csv(data, encoding="cp1252")
    assert row["product"] == "Größe"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty"),
        (b" \n\n", "The file is empty"),
        (b"PK\x03\x04\x00\x00\x00", "no text file"),
        (b"product,quantity,colour\n", "Row 1: Unknown columns: colour"),
        (b"product,quantity,qty\n", "stand there twice: quantity"),
        (b"name\n", "No column names the product"),
        (b"product\nA\n", "The column quantity is missing"),
        (b"product,quantity\nA,1,5\n", "Row 2: 3 cells, but the heading names 2"),
        (b'product,quantity\n"A"x,1\n', "Row 2: This is no valid CSV"),
        (b'product,quantity\n"A,1\n', "no valid CSV"),
    ],
)
def test_files_that_cannot_be_read(data, message):
    with pytest.raises(feed.FeedError) as caught:
        feed.read_csv(data)
    assert message in str(caught.value)


def test_unknown_encoding():
    with pytest.raises(feed.FeedError, match="no encoding that is known"):
        feed.read_csv(b"product,quantity\n", encoding="klingon")


def test_too_many_rows(monkeypatch):
    monkeypatch.setattr(feed, "MAX_ROWS", 2)
    data = b"product,quantity\n" + b"A,1\n" * 3
    with pytest.raises(feed.FeedError, match="More than 2 rows"):
        feed.read_csv(data)
    row = {"product": "A", "quantity": 1}
    assert problems_of(row, row, row) == ["rows: More than 2 rows. Send them in parts."]


# -- rows -----------------------------------------------------------------------------------------


def test_a_row():
    (row,), problems = clean({"product": " A-1 ", "quantity": 2.5, "unit": "Dozen"})
    assert not problems
    assert row == feed.Row(1, "product", "A-1", Decimal("2.5"), "Dozen", MOMENT)


@pytest.mark.parametrize(
    ("row", "key", "product"),
    [
        ({"product": 7}, "product", 7),
        ({"product": "7"}, "product", "7"),  # a code of digits stays a code
        ({"product_id": 7}, "product_id", 7),
        ({"product_id": "7"}, "product_id", 7),
        ({"default_code": "7", "barcode": ""}, "default_code", "7"),
        ({"barcode": "9501101530003", "product_id": None}, "barcode", "9501101530003"),
    ],
)
def test_names_of_products(row, key, product):
    (found,), problems = clean(row | {"quantity": 0})
    assert not problems
    assert (found.key, found.product) == (key, product)


@pytest.mark.parametrize(
    ("row", "argument"),
    [
        ({}, "product"),
        ({"product": "A", "barcode": "1"}, "product"),
        ({"product_id": "A"}, "product_id"),
        ({"product_id": True}, "product_id"),
        ({"product_id": -1}, "product_id"),
        ({"product_id": 2**31}, "product_id"),
        ({"default_code": 7}, "default_code"),
        ({"product": "  "}, "product"),
    ],
)
def test_products_that_are_not_named(row, argument):
    (problem,) = problems_of(row | {"quantity": 0})
    assert problem.startswith(f"Row 1, {argument}: ")


@pytest.mark.parametrize(
    ("value", "decimal", "quantity"),
    [
        (5, ".", "5"),
        (0, ".", "0"),
        ("0", ".", "0"),
        (0.1 + 0.2, ".", "0.3"),
        (" 1 234.50 ", ".", "1234.5"),
        ("1,5", ",", "1.5"),
        (",25", ",", "0.25"),
        ("1e2", ".", "100"),
        (Decimal("2.25"), ".", "2.25"),
    ],
)
def test_quantities(value, decimal, quantity):
    (row,), problems = clean({"product": "A", "quantity": value}, decimal=decimal)
    assert not problems
    assert row.quantity == Decimal(quantity)


@pytest.mark.parametrize(
    ("value", "decimal", "message"),
    [
        (None, ".", "missing"),
        ("", ".", "missing"),
        (-1, ".", "negative"),
        ("-0.5", ".", "negative"),
        ("1,5", ".", "no number such as 1234.5"),
        ("1,234.5", ".", "no number"),
        ("1.234,5", ",", "no number such as 1234,5"),
        ("1,2,3", ",", "no number"),
        ("5 pcs", ".", "no number"),
        ("٣", ".", "no number"),
        ("nan", ".", "no finite number"),
        (float("nan"), ".", "no finite number"),
        (float("inf"), ".", "no finite number"),
        ("-Infinity", ".", "no finite number"),
        (True, ".", "no number"),
        ([5], ".", "no number"),
        (10**15, ".", "too much"),
        ("1e999", ".", "too much"),
        (0.001, ".", "finer than quantities are kept here: in steps of 0.01"),
    ],
)
def test_quantities_that_are_none(value, decimal, message):
    _found, (problem,) = clean({"product": "A", "quantity": value}, decimal=decimal)
    assert (problem.row, problem.argument) == (1, "quantity")
    assert message in problem.text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-10", datetime(2026, 3, 10)),
        ("2026-03-10 11:30:00", datetime(2026, 3, 10, 11, 30)),
        ("2026-03-10T11:30:00Z", datetime(2026, 3, 10, 11, 30)),
        ("2026-03-10T12:30:00+01:00", datetime(2026, 3, 10, 11, 30)),
        ("2026-03-10T12:01:00", datetime(2026, 3, 10, 12, 1)),  # clocks differ
        ("", MOMENT),
    ],
)
def test_moments(text, moment):
    (row,), problems = clean({"product": "A", "quantity": 1, "feed_date": text})
    assert not problems
    assert row.feed_date == moment


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("yesterday", "no moment"),
        ("10.03.2026", "no moment"),
        (20260310, "no moment"),
        ("2026-03-10 12:03:00", "in the future: it is 2026-03-10 12:00:00 now"),
        ("2027-01-01", "in the future"),
    ],
)
def test_moments_that_are_none(value, message):
    (problem,) = problems_of({"product": "A", "quantity": 1, "feed_date": value})
    assert problem.startswith("Row 1, feed_date: ")
    assert message in problem


def test_every_mistake_is_named():
    assert problems_of(
        {"product": "A", "quantity": "x", "feed_date": "y", "unit": 1.5},
        "A",
        {"product": "A", "quantity": 1, "colour": "red"},
    ) == [
        "Row 1, quantity: “x” is no number such as 1234.5, without thousands separator and unit.",
        "Row 1, unit: “1.5” is neither the id nor the name of a unit.",
        (
            "Row 1, feed_date: “y” is no moment such as 2026-03-10 14:30:00 (in UTC) or"
            " 2026-03-10T15:30:00+01:00."
        ),
        (
            "Row 2: A row is an object with the keys product_id, default_code, barcode, product,"
            " quantity, unit, feed_date."
        ),
        (
            "Row 3: Unknown: colour. Known are: product_id, default_code, barcode, product,"
            " quantity, unit, feed_date."
        ),
    ]


def test_the_message_is_short():
    error = feed.FeedError(feed.Problem(row, "quantity", "Wrong.") for row in range(30, 0, -1))
    lines = str(error).splitlines()
    assert lines[0] == "Row 1, quantity: Wrong."
    assert lines[20:] == ["… and 10 more."]


# -- units ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "factor", "into", "digits", "expected"),
    [
        ("2", 12.0, 1.0, 2, "24"),  # dozens into pieces
        ("10", 1.0, 12.0, 2, "0.83"),  # 0.8333 dozens: rounded down
        ("11.99", 1.0, 12.0, 0, "0"),
        ("1000", 0.001, 1.0, 2, "1"),  # grams into kilograms
        ("10", 0.453592, 0.453592, 2, "10"),
        ("3", 0.333333333333333, 1.0, 2, "1"),  # thirds: one, not 0.99
        ("5", 1.0, 1.0, 2, "5"),
    ],
)
def test_conversion(quantity, factor, into, digits, expected):
    assert feed.convert(Decimal(quantity), factor, into, digits) == Decimal(expected)
