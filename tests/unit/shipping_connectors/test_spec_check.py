"""Bad input is refused before a carrier is asked, by the name of its field."""

from dataclasses import replace
from decimal import Decimal

import pytest
from carrier_kit import PARCEL, RECIPIENT, SENDER, shipment
from shipping_core.carriers.dhl_express import DHLExpress
from shipping_core.carriers.fedex import FedEx
from shipping_core.carriers.ups import UPS
from shipping_core.carriers.usps import USPS
from shipping_core.port import Address, Customs, CustomsItem, Rejected
from shipping_core.spec_check import EU, Needs, check, crosses_border, to_latin

PARIS = Address(
    "Jean", "FR", zip="75001", city="Paris", street="1 Rue de Rivoli", phone="0102030405"
)
TEA = CustomsItem("Tea", Decimal(1), Decimal(5), Decimal("0.1"), "IN", "090210")


def refusal(spec, needs=None):
    with pytest.raises(Rejected) as caught:
        check(spec, needs or Needs())
    return caught.value


@pytest.mark.parametrize(
    ("field", "word"),
    [("street", "street"), ("city", "city"), ("zip", "postal code"), ("state_code", "state")],
)
def test_an_incomplete_address(field, word):
    error = refusal(shipment(recipient=replace(RECIPIENT, **{field: ""})))
    assert f"Elizabeth Swan (recipient) has no {word}" in error.message
    assert error.code.endswith("_of_recipient")


def test_a_country_without_postal_codes():
    hong_kong = Address("Mei", "HK", city="Kowloon", street="1 Nathan Road")
    error = refusal(shipment(recipient=hong_kong))
    assert error.code == "missing_customs"


def test_a_telephone_where_it_is_needed():
    spec = shipment(recipient=replace(RECIPIENT, phone="n/a"))
    assert check(spec, Needs())
    assert refusal(spec, Needs(phone=True)).code == "missing_phone_of_recipient"
    assert refusal(shipment(sender=replace(SENDER, phone="")), Needs(phone=True)).code.endswith(
        "of_sender"
    )


@pytest.mark.parametrize("weight", [None, Decimal(0), Decimal(-1)])
def test_a_weight(weight):
    error = refusal(shipment(parcels=(replace(PARCEL, weight=weight),)))
    assert (error.code, error.values["parcel"]) == ("missing_weight", "BOX1")


def test_a_size_where_it_is_needed():
    spec = shipment(parcels=(replace(PARCEL, height=Decimal(0)),))
    assert check(spec, Needs())
    assert refusal(spec, Needs(dimensions=True)).code == "missing_size"


@pytest.mark.parametrize(
    ("adapter", "changes", "code", "words"),
    [
        (UPS, {"weight": Decimal("70.1")}, "too_heavy", "BOX1 weighs 70.10 kg, .* at most 70.00"),
        (UPS, {"weight": Decimal(70)}, "", ""),
        # 108 inches are 274.3 cm, and 165 inches 419.1
        (UPS, {"length": Decimal(2744)}, "too_long", "274.40 cm, .* at most 274.32 cm"),
        (UPS, {"length": Decimal(1000), "width": Decimal(800), "height": Decimal(796)},
         "too_big", "419.20 cm, .* at most 419.10 cm"),
        (FedEx, {"weight": Decimal("68.1")}, "too_heavy", "at most 68.04 kg"),
        (USPS, {"weight": Decimal("31.8")}, "too_heavy", "31.80 kg, .* at most 31.75 kg"),
        # 130 inches are 330.2 cm
        (USPS, {"length": Decimal(1303), "width": Decimal(500), "height": Decimal(500)},
         "too_big", "330.30 cm, .* at most 330.20 cm"),
        (DHLExpress, {"weight": Decimal(90)}, "", ""),
    ],
)  # fmt: skip
def test_a_parcel_over_the_limits(adapter, changes, code, words):
    spec = shipment(parcels=(replace(PARCEL, **changes),))
    if not code:
        check(spec, adapter.needs)
        return
    with pytest.raises(Rejected, match=words) as refusal:
        check(spec, adapter.needs)
    assert refusal.value.code == code


def test_nothing_to_ship():
    assert refusal(shipment(parcels=())).code == "no_parcel"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hs_code": "0902"}, "customs_hs_code"),
        ({"origin": ""}, "customs_origin"),
        ({"value": Decimal(0)}, "customs_value"),
        ({"weight": Decimal(0)}, "customs_weight"),
        ({"quantity": Decimal(0)}, "customs_quantity"),
    ],
)
def test_a_customs_line(changes, code):
    spec = shipment(recipient=PARIS, customs=Customs((replace(TEA, **changes),), "USD"))
    error = refusal(spec)
    assert error.code == code
    assert error.message.startswith("Tea: ")
    assert check(shipment(recipient=PARIS, customs=Customs((TEA,), "USD")), Needs())


def test_customs_borders():
    berlin = replace(PARIS, country_code="DE")
    assert not crosses_border(shipment(sender=PARIS, recipient=berlin))
    assert crosses_border(shipment(sender=PARIS, recipient=replace(PARIS, country_code="GB")))
    assert crosses_border(shipment(sender=PARIS, recipient=replace(PARIS, country_code="CH")))
    # 27 members, and Monaco within the customs territory
    assert len(EU) == 28


def test_letters():
    assert to_latin("Łódź, Wałbrzych") == "Lódz, Walbrzych"
    assert to_latin("Straße é ñ Ø") == "Straße é ñ Ø"
    assert to_latin("Đà Nẵng") == "Dà Nang"
    assert to_latin("İstanbul’da") == "Istanbul'da"
    spec = shipment(recipient=replace(RECIPIENT, city="Škofja Loka"))
    assert check(spec, Needs()).recipient.city == "Skofja Loka"
    error = refusal(shipment(recipient=replace(RECIPIENT, street="銀座1丁目")))
    assert (error.code, error.values["text"]) == ("not_latin", "銀座1丁目")
