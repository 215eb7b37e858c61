"""Rates by hand calculation."""

from decimal import Decimal

import pytest
from shipping_core.port import Address, Parcel, Rejected, ShipmentSpec
from shipping_core.rate_table import (
    Line,
    RateTable,
    Service,
    ZipRule,
    Zone,
    normalize_zip,
    parse_zip_rules,
    plain,
    round_money,
)

STANDARD = Service(
    "Standard",
    transit_days=2,
    divisor=Decimal(5000),
    weight_step=Decimal("0.5"),
    fuel_surcharge=Decimal(8),
)
EXPRESS = Service("Express", transit_days=1)
UK = Zone("UK", frozenset({"GB"}))
ULSTER = Zone("Ulster", frozenset({"GB"}), parse_zip_rules("BT"))
DERRY = Zone("Derry", frozenset({"GB"}), parse_zip_rules("BT47-BT48"))
WORLD = Zone("World")
LINES = (
    Line("Standard", "UK", Decimal(10), Decimal("4.20"), Decimal("0.35")),
    Line("Standard", "UK", Decimal(2), Decimal("3.90")),
    Line("Standard", "Ulster", Decimal(30), Decimal("7.50"), Decimal("0.60")),
    Line("Standard", "Derry", None, Decimal(9)),
    Line("Standard", "World", Decimal(20), Decimal(18), Decimal("4.20"), Decimal(25)),
    Line("Express", "UK", Decimal(5), Decimal("3.50")),
)


@pytest.fixture
def table():
    return RateTable("Vans", "GBP", (STANDARD, EXPRESS), (WORLD, UK, ULSTER, DERRY), LINES)


def spec(*weights, country="GB", code="SW1A 1AA", service="", **parcel):
    parcels = tuple(
        Parcel(f"P{n}", None if weight is None else Decimal(weight), **parcel)
        for n, weight in enumerate(weights, 1)
    )
    sender = Address("Us", "GB")
    return ShipmentSpec(sender, Address("You", country, zip=code), parcels, service=service)


@pytest.mark.parametrize(
    ("country", "code", "zone"),
    [
        ("GB", "SW1A 1AA", "UK"),
        ("GB", "", "UK"),
        ("gb", "bt1 1aa", "Ulster"),
        ("GB", "BT47 2AB", "Derry"),
        ("GB", "BT48", "Derry"),
        ("GB", "BT49 0AA", "Ulster"),
        ("FR", "75001", "World"),
    ],
)
def test_the_most_specific_zone_wins(table, country, code, zone):
    assert table.zone_of(country, code).name == zone


def test_base_plus_weight_plus_fuel(table):
    # 3.2 kg is rounded up to 3.5; (4.20 + 0.35 × 3.5) × 1.08 = 5.425 × 1.08 = 5.859
    quote = table.quotes(spec("3.2", service="Standard"))[0]
    assert quote.amount == Decimal("5.86")
    assert quote.charges[0].chargeable_weight == Decimal("3.5")
    assert quote.charges[0].basis == "actual"
    assert quote.reason == "Standard to UK, 3.5 kg (actual): 4.2 + 0.35 × 3.5 kg, + 8 % fuel."
    assert (quote.transit_days, quote.zone, quote.currency) == (2, "UK", "GBP")


def test_a_limit_holds_its_own_weight(table):
    # 2 kg is the last of the first line: 3.90 × 1.08 = 4.212; 2.001 kg is rounded up to 2.5:
    # (4.20 + 0.35 × 2.5) × 1.08 = 5.075 × 1.08 = 5.481
    assert table.quotes(spec(2, service="Standard"))[0].amount == Decimal("4.21")
    assert table.quotes(spec("2.001", service="Standard"))[0].amount == Decimal("5.48")


def test_dimensional_weight_beats_a_light_parcel(table):
    # 40 × 30 × 30 cm = 36,000 cm³ / 5000 = 7.2 kg, rounded up to 7.5:
    # (4.20 + 0.35 × 7.5) × 1.08 = 6.825 × 1.08 = 7.371
    box = {"length": Decimal(400), "width": Decimal(300), "height": Decimal(300)}
    quote = table.quotes(spec(1, service="Standard", **box))[0]
    assert quote.charges[0].basis == "dimensional"
    assert quote.charges[0].chargeable_weight == Decimal("7.5")
    assert quote.amount == Decimal("7.37")
    # the actual weight counts where it is greater, and in services without divisor
    assert table.quotes(spec(9, service="Standard", **box))[0].charges[0].basis == "actual"
    assert table.quotes(spec(1, service="Express", **box))[0].charges[0].chargeable_weight == 1


def test_volume_of_the_contents_where_the_box_is_unknown(table):
    # 25 litres = 25,000 cm³ / 5000 = 5 kg
    assert table.quotes(spec(1, service="Standard", volume=Decimal(25)))[0].charges[
        0
    ].chargeable_weight == Decimal(5)
    # one missing dimension makes the box unknown
    partly = spec(
        1, service="Standard", volume=Decimal(25), length=Decimal(900), width=Decimal(900)
    )
    assert table.quotes(partly)[0].charges[0].chargeable_weight == Decimal(5)


def test_minimum_price_before_fuel(table):
    # 18 + 4.20 × 1 = 22.20 is below the minimum of 25; 25 × 1.08 = 27
    quote = table.quotes(spec(1, country="FR"))[0]
    assert quote.amount == Decimal("27.00")
    assert "minimum 25" in quote.reason


def test_parcels_are_priced_one_by_one_and_services_compared(table):
    # express 3.50 + 3.50; standard 4.212 → 4.21, twice
    quotes = table.quotes(spec(1, 2))
    assert [(quote.service, quote.amount) for quote in quotes] == [
        ("Express", Decimal("7.00")),
        ("Standard", Decimal("8.42")),
    ]


def test_a_service_that_cannot_take_a_parcel_is_left_out(table):
    assert [quote.service for quote in table.quotes(spec(6))] == ["Standard"]


def test_pounds():
    # 5 kg / 0.45359237 = 11.023 lb; 1 + 0.1 × 11.023 = 2.1023
    service = Service("Ground")
    lines = (Line("Ground", "World", Decimal(100), Decimal(1), Decimal("0.1")),)
    table = RateTable("US", "USD", (service,), (WORLD,), lines, weight_unit="lb")
    quote = table.quotes(spec(5, country="US", code="10001"))[0]
    assert quote.charges[0].chargeable_weight == Decimal("11.023")
    assert quote.amount == Decimal("2.10")


def test_the_step_is_not_lost_to_the_unit():
    # exactly 1 lb must cost one pound, not be rounded up to the next step
    service = Service("Ground", weight_step=Decimal(1))
    lines = (Line("Ground", "World", None, Decimal(0), Decimal(1)),)
    table = RateTable("US", "USD", (service,), (WORLD,), lines, weight_unit="lb")
    assert table.quotes(spec("0.45359237", country="US"))[0].amount == Decimal("1.00")
    assert table.quotes(spec("0.453592", country="US"))[0].amount == Decimal("1.00")


def test_currencies_round_to_their_own_coin():
    lines = (Line("Express", "World", None, Decimal("3.27")),)
    for rounding, amount in (("0.01", "3.27"), ("0.05", "3.25"), ("1", "3"), ("0.001", "3.270")):
        table = RateTable("X", "CHF", (EXPRESS,), (WORLD,), lines, rounding=Decimal(rounding))
        assert table.quotes(spec(1))[0].amount == Decimal(amount)
    assert round_money(Decimal("2.345"), Decimal("0.01")) == Decimal("2.35")


@pytest.mark.parametrize(
    ("asked", "code", "match"),
    [
        (spec(None), "missing_weight", "P1: the weight is missing"),
        (spec(0), "missing_weight", "P1: the weight is missing"),
        (
            spec(1, 31, service="Standard"),
            "overweight",
            "P2: 31 kg .* over the 10 kg that Standard",
        ),
        (spec(1, country=""), "missing_country", "no country"),
        (spec(1, country="FR", service="Express"), "service_not_in_zone", "Express .* World"),
        (spec(), "no_parcel", "nothing to ship"),
    ],
)
def test_refusals_name_what_is_missing(table, asked, code, match):
    with pytest.raises(Rejected, match=match) as caught:
        table.quotes(asked)
    assert caught.value.code == code


def test_refusals_of_incomplete_tables():
    bare = RateTable("Vans", "GBP", (STANDARD,), (UK,), ())
    with pytest.raises(Rejected, match="no price for zone UK"):
        bare.quotes(spec(1))
    with pytest.raises(Rejected, match="no zone for FR 75001") as caught:
        bare.quotes(spec(1, country="FR", code="75001"))
    assert caught.value.code == "no_zone"


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("BT", [ZipRule("BT")]),
        (" bt ; iv ,ZE\nkw", [ZipRule("BT"), ZipRule("IV"), ZipRule("ZE"), ZipRule("KW")]),
        ("20000-20999", [ZipRule("20000", "20999")]),
        ("00-001", [ZipRule("00001")]),  # a Polish postal code
        ("1000-001", [ZipRule("1000001")]),  # a Portuguese one
        ("SW1A 1AA", [ZipRule("SW1A1AA")]),
        ("", []),
        (None, []),
    ],
)
def test_zip_rules(text, rules):
    assert list(parse_zip_rules(text)) == rules
    again = "; ".join(str(rule) for rule in rules)
    assert list(parse_zip_rules(again)) == rules


@pytest.mark.parametrize(("text", "match"), [("30-20", "before it starts"), ("B*", "no postal")])
def test_wrong_zip_rules(text, match):
    with pytest.raises(ValueError, match=match):
        parse_zip_rules(text)


def test_small_helpers():
    assert normalize_zip(" d02 af-30 ") == "D02AF30"
    assert [plain(Decimal(n)) for n in ("3.50", "1E+2", "100", "0.0", "10")] == [
        "3.5",
        "100",
        "100",
        "0",
        "10",
    ]
