"""The CSV form of a rate table: what is written is read again, and mistakes are named."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipping_core import csv_io
from shipping_core.rate_table import Line, RateTable, Service, Zone, parse_zip_rules

GOOD = """service,zone,countries,zips,max_weight,base_price,price_per_weight,fuel_surcharge
Standard,UK,GB,,2,3.90,,8
Standard,UK,GB,,,4.20,0.35,8
Standard,World,*,,20,18,4.2,8
"""


def problems(text, **kwargs):
    with pytest.raises(csv_io.CsvError) as caught:
        csv_io.parse(text, currency="GBP", **kwargs)
    return caught.value.problems


def test_a_plain_file():
    table = csv_io.parse(GOOD, name="Vans", currency="GBP")
    assert (table.currency, table.weight_unit, len(table.lines)) == ("GBP", "kg", 3)
    assert table.services == (Service("Standard", fuel_surcharge=Decimal(8)),)
    assert table.zones == (Zone("UK", frozenset({"GB"})), Zone("World"))
    assert table.lines[1] == Line("Standard", "UK", None, Decimal("4.20"), Decimal("0.35"))


@pytest.mark.parametrize(
    "changed",
    [
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        GOOD.replace(",", ";").replace("3.90", "3,90").replace("0.35", "0,35"),
        GOOD.replace("service,zone", "Service, Zone"),
        GOOD + "\n,,,,,,,\n",
    ],
    ids=["semicolon", "tab", "crlf", "bom", "decimal comma", "heading", "blank rows"],
)
def test_what_spreadsheets_write(changed):
    assert csv_io.parse(changed, currency="GBP") == csv_io.parse(GOOD, currency="GBP")


@pytest.mark.parametrize(
    ("old", "new", "row", "words"),
    [
        ("GB,,2", "UK,,2", 2, "“UK” is unknown: write GB"),
        ("GB,,2", "GBR,,2", 2, "two letters"),
        ("GB,,2", ",,2", 2, "countries is empty"),
        ("GB,,2", "GB *,,2", 2, "leave the others out"),
        ("GB,,2", "GB,30-20,2", 2, "ends before it starts"),
        ("3.90", "", 2, "base_price is empty"),
        ("3.90", "abc", 2, "base_price is “abc”"),
        ("3.90", "-1", 2, "above zero"),
        ("3.90", "NaN", 2, "“NaN”"),
        ("3.90", '"1,234"', 2, "thousands"),
        ("3.90", '"1,234.50"', 2, "thousands"),
        (",2,3.90", ",0,3.90", 2, "max_weight is 0"),
        ("Standard,UK,GB,,,4.20", "Standard,UK,GB,,2,4.20", 3, "price in row 2 already"),
        ("0.35,8", "0.35,9", 3, "service “Standard” differs from row 2"),
        ("UK,GB,,,", "UK,GB IM,,,", 3, "zone “UK” differs from row 2"),
        ("Standard,World", ",World", 4, "service has no name"),
        ("Standard,World", "Standard,", 4, "zone has no name"),
        ("4.2,8", "4.2,8,9", 4, "9 cells, but the heading names 8"),
    ],
)
def test_mistakes_are_named_with_their_row(old, new, row, words):
    found = problems(GOOD.replace(old, new, 1))
    assert [number for number, _text in found] == [row]
    assert words in found[0][1]


def test_every_mistake_is_named_at_once():
    text = GOOD.replace("3.90", "x").replace("18,", "y,")
    assert [row for row, _text in problems(text)] == [2, 4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("service,zone\n", "Missing columns: countries, base_price"),
        (GOOD.replace("zips", "postcodes", 1), "Unknown columns: postcodes"),
        (GOOD.replace("zips", "zone", 1), "twice: zone"),
        (GOOD.splitlines()[0], "no prices"),
        (GOOD.replace("Standard,UK", '"Standard,UK', 1), "no valid CSV"),
    ],
)
def test_files_that_are_no_table(text, words):
    assert words in problems(text)[0][1]


def test_one_currency_and_one_unit_for_the_table():
    head = "service,zone,countries,base_price,currency,weight_unit\n"
    table = csv_io.parse(head + "A,W,*,1,eur,LB\nA,X,FR,2,,\n", currency="GBP")
    assert (table.currency, table.weight_unit) == ("EUR", "lb")
    found = problems(head + "A,W,*,1,EUR,kg\nA,X,FR,2,USD,stone\n")
    assert "currency is USD here, but EUR in row 2" in found[0][1]
    assert any("neither kg nor lb" in text for _row, text in found)
    assert "unknown" in problems(head + "A,W,*,1,XXX,kg\n", currencies={"EUR"})[0][1]


numbers = st.decimals(min_value=0, max_value=9999, places=3)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1)


@st.composite
def tables(draw):
    services = [
        Service(
            name,
            draw(st.none() | st.integers(0, 30)),
            *(draw(numbers) for _field in ("divisor", "weight_step", "fuel_surcharge")),
        )
        for name in draw(st.lists(names, min_size=1, max_size=3, unique=True))
    ]
    zones = [
        Zone(
            name,
            frozenset(draw(st.sets(st.sampled_from(["GB", "IE", "FR"]), max_size=3))),
            parse_zip_rules(draw(st.sampled_from(["", "BT", "200-299; 9", "SW1A1AA"]))),
        )
        for name in draw(st.lists(names, min_size=1, max_size=3, unique=True))
    ]
    lines = [
        Line(service.name, zone.name, limit, draw(numbers), draw(numbers), draw(numbers))
        for service in services
        for zone in zones
        for limit in sorted(draw(st.sets(numbers.filter(bool), min_size=1, max_size=2)))
    ]
    return RateTable("", "EUR", tuple(services), tuple(zones), tuple(lines), draw(UNITS))


UNITS = st.sampled_from(["kg", "lb"])


@given(tables())
def test_what_is_written_is_read_again(table):
    text = csv_io.dump(table)
    again = csv_io.parse(text)
    assert again == table
    assert csv_io.dump(again) == text
