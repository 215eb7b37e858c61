"""The extract: cleaned as documented, compact, and made from the full file by anybody."""

from pathlib import Path

import pytest

from sample_company import make_extract
from sample_company.extract import DATA, FIRST_DAY, LAST_DAY
from sample_company.geography import COUNTRIES, WAREHOUSE_OF
from sample_company.make_extract import Line, classify, net_same_day, spread
from sample_company.naming import category_of, is_perishable, readable_name

FULL = Path(__file__).resolve().parents[4] / "shared/demand/online_retail/transactions.csv.gz"


def line(invoice, quantity, *, moment="2011-01-03 10:00", customer="17850", code="22423"):
    return Line(invoice, moment, code, quantity, 2.55, customer, "United Kingdom")


@pytest.mark.skipif(
    not FULL.is_file(),
    reason="../shared/demand/online_retail/transactions.csv.gz, the full file, is absent: "
    "the extract can only be compared where it is",
)
def test_the_extract_is_what_make_extract_makes(tmp_path):
    for path in make_extract.make(FULL, tmp_path):
        assert path.read_bytes() == (DATA / path.name).read_bytes(), path.name


def test_it_is_compact_and_attributed():
    size = sum(path.stat().st_size for path in DATA.iterdir())
    assert size <= 2 * 1024 * 1024
    text = (DATA / "ATTRIBUTION.md").read_text()
    for needed in ("Daqing Chen", "10.24432/C5BW33", "CC BY 4.0"):
        assert needed in text


def test_it_has_products_of_every_speed_with_names_and_prices(extract):
    products = extract.products.values()
    assert len(products) >= 150
    by_class = {name: sum(p.abc == name for p in products) for name in "ABC"}
    assert min(by_class.values()) >= 30
    assert all(p.list_price > 0 and p.name and not p.name.isupper() for p in products)
    assert len({p.name for p in products}) == len(extract.products)
    assert 5 <= sum(p.perishable for p in products) <= 8


def test_history_is_longer_than_a_year_and_in_several_regions(extract):
    days = [sale.day for sale in extract.history]
    assert max(days) == extract.today - 1
    assert max(days) - min(days) + 1 >= 365
    assert (LAST_DAY - FIRST_DAY).days == extract.today
    assert {sale.warehouse for sale in extract.lines} == {"UK", "IE", "EU", "ROW"}


def test_every_country_has_a_warehouse():
    assert set(WAREHOUSE_OF) == set(COUNTRIES)
    expected = {"United Kingdom": "UK", "EIRE": "IE", "France": "EU", "Japan": "ROW"}
    assert {country: WAREHOUSE_OF[country] for country in expected} == expected


def test_a_cancellation_of_the_same_day_takes_back_the_order():
    sold, other, cancelled = line("1", 80995), line("2", 3), line("C3", -80995)
    assert net_same_day([sold, other, cancelled]) == [other]


def test_a_cancellation_of_a_part_leaves_the_rest():
    kept = net_same_day([line("1", 10), line("2", 10), line("C3", -4)])
    assert [(item.invoice, item.quantity) for item in kept] == [("1", 10), ("2", 6)]


def test_what_a_cancellation_exceeds_the_day_by_is_a_return():
    kept = net_same_day([line("1", 2), line("C3", -5)])
    assert [(item.invoice, item.quantity) for item in kept] == [("C3", -3)]


def test_another_day_customer_or_product_is_not_netted():
    lines = [
        line("1", 5),
        line("C2", -5, moment="2011-01-04 10:00"),
        line("C3", -5, customer="12345"),
        line("C4", -5, code="85123A"),
    ]
    assert len(net_same_day(lines)) == 4


def test_classes_by_share_of_revenue():
    articles = []
    for code, revenue in (("10001", 700), ("10002", 200), ("10003", 60), ("10004", 40)):
        articles.append(make_extract.Article(code, revenue=revenue))
    # before them: 0 %, 70 %, 90 % and 96 % of the revenue
    classes = classify(articles)
    assert {k: [a.code for a in v] for k, v in classes.items()} == {
        "A": ["10001", "10002"],
        "B": ["10003"],
        "C": ["10004"],
    }


def test_spread_takes_even_distances():
    assert spread("abcdefghij", 5) == list("acegi")
    assert spread("ab", 5) == list("ab")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("WHITE HANGING HEART T-LIGHT HOLDER", "White Hanging Heart T-Light Holder"),
        ("SET/6 FROG PRINCE T-LIGHT CANDLES", "Set of 6 Frog Prince T-Light Candles"),
        ("CHILDREN'S APRON DOLLY GIRL ", "Children's Apron Dolly Girl"),
        ("JAM  JAR WITH GREEN LID .", "Jam Jar with Green Lid"),
        ("GREETING CARD,OVERCROWDED POOL", "Greeting Card, Overcrowded Pool"),
        ("CHRISTMAS TREE 60CM", "Christmas Tree 60cm"),
        ("THE ABC OF XMAS", "The ABC of Christmas"),
    ],
)
def test_readable_names(source, name):
    assert readable_name(source) == name


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Homemade Jam Scented Candles", "Candles and Incense"),
        ("Candleholder Pink Hanging Heart", "Lighting and Holders"),
        ("Regency Cakestand 3 Tier", "Kitchen and Dining"),
        ("Folding Umbrella Chocolate Polkadot", "Garden and Outdoor"),
        ("Red Retrospot Purse", "Bags and Luggage"),
        ("Vintage Christmas Bunting", "Christmas and Easter"),
    ],
)
def test_categories(name, category):
    assert category_of(name) == category


def test_what_expires():
    assert is_perishable("Homemade Jam Scented Candles")
    assert is_perishable("Doughnut Lip Gloss")
    assert not is_perishable("Candleholder Pink Hanging Heart")
    assert not is_perishable("Victorian Glass Hanging T-Light")
