"""DHL Express: requests as its OpenAPI file wants them, answers as its examples are."""

import base64
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import openapi_kit
import pytest
from carrier_kit import DECLARED, PARCEL, RECIPIENT, SENDER, VANCOUVER, Replay, shipment
from shipping_core.carriers import registry
from shipping_core.carriers.dhl_express import DHLExpress, mapper
from shipping_core.port import (
    Capability,
    Option,
    PickupSpec,
    Rejected,
    Unknown,
)

FILE = "dpdhl-express-api-3.1.1_swagger.yaml"
NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
ACCOUNT = "123456789"
ABROAD = shipment(
    recipient=VANCOUVER,
    service="P",
    customs=DECLARED,
)
BOX2 = replace(PARCEL, reference="BOX2", weight=PARCEL.weight * 2)
ICE = replace(PARCEL, weight=Decimal(3), dry_ice_weight=Decimal("1.2"))
SPECS = {
    "domestic": shipment(service="N", reference="S00042"),
    "two_packages": shipment(service="N", parcels=(PARCEL, BOX2), label_format="zpl"),
    "options": shipment(
        service="N",
        options=frozenset({Option.ADULT_SIGNATURE, Option.SATURDAY, Option.LITHIUM_BATTERY}),
        insured_value=Decimal(150),
        currency="USD",
    ),
    "dry_ice": shipment(service="N", parcels=(ICE,), options=frozenset({Option.DRY_ICE})),
    "abroad": ABROAD,
    "abroad_ddp": replace(ABROAD, customs=replace(ABROAD.customs, incoterm="DDP")),
    "return": replace(ABROAD, is_return=True),
}


def connect(*answers, **credentials):
    given = {"api_key": "me", "api_secret": "secret", "account_number": ACCOUNT}
    adapter = DHLExpress(registry.Account({**given, **credentials}))
    adapter.session = Replay(*(answers or (None,)))
    return adapter


def ship(spec):
    return mapper.ship_request(spec, ACCOUNT, "KEY123", NOW)


def codes(body):
    return [one["serviceCode"] for one in body.get("valueAddedServices", ())]


# -- requests against the specification ------------------------------------------------------------


@pytest.mark.parametrize("name", SPECS)
def test_ship_request_keeps_to_the_specification(name):
    openapi_kit.validate("mydhl", FILE, "/shipments", ship(SPECS[name]))


@pytest.mark.parametrize("name", SPECS)
def test_rate_request_keeps_to_the_specification(name):
    body = mapper.rate_request(SPECS[name], ACCOUNT, NOW)
    openapi_kit.validate("mydhl", FILE, "/rates", body)


PICKUP = PickupSpec(
    SENDER, NOW, NOW + timedelta(hours=8), ("N/1/JD1", "N/1/JD2", "P/2/JD3"), "Ring twice"
)


def test_pickup_request_keeps_to_the_specification():
    openapi_kit.validate("mydhl", FILE, "/pickups", mapper.pickup_request(PICKUP, ACCOUNT))


def test_the_specification_finds_mistakes():
    body = ship(SPECS["domestic"])
    body["customerDetails"]["receiverDetails"]["postalAddress"]["town"] = "Bonn"
    with pytest.raises(openapi_kit.jsonschema.ValidationError):
        openapi_kit.validate("mydhl", FILE, "/shipments", body)


# -- what is in the requests -----------------------------------------------------------------------


def test_a_parcel_leaves_in_the_future():
    """DHL refuses moments that are over, and writes them in its own way."""
    assert ship(SPECS["domestic"])["plannedShippingDateAndTime"] == "2026-03-02T09:10:00 GMT+00:00"
    cet = timezone(timedelta(hours=1))
    for asked, expected in (
        (datetime(2026, 3, 3, 8, 30, tzinfo=cet), "2026-03-03T08:30:00 GMT+01:00"),
        (datetime(2026, 3, 1, 8, 30, tzinfo=cet), "2026-03-02T09:10:00 GMT+00:00"),
    ):
        spec = shipment(service="N", ship_date=asked)
        assert ship(spec)["plannedShippingDateAndTime"] == expected


def test_sizes_are_metric_everywhere():
    # 15.4 oz = 0.43658… kg; 25.4 × 20.32 × 10.16 cm, each up
    [package] = ship(SPECS["domestic"])["content"]["packages"]
    assert package == {
        "weight": 0.437,
        "dimensions": {"length": 26, "width": 21, "height": 11},
        "referenceNumber": 1,
    }


def test_the_key_comes_first():
    references = ship(SPECS["domestic"])["customerReferences"]
    assert [one["value"] for one in references] == ["KEY123", "S00042"]


def test_services():
    assert codes(ship(SPECS["domestic"])) == []
    body = ship(SPECS["options"])
    assert codes(body) == ["SD", "AA", "II", "HV"]
    insurance = body["valueAddedServices"][2]
    assert (insurance["value"], insurance["currency"]) == (150.0, "USD")
    two = replace(SPECS["options"], parcels=(PARCEL, BOX2))
    # of each parcel
    assert ship(two)["valueAddedServices"][2]["value"] == 300.0
    [ice] = ship(SPECS["dry_ice"])["valueAddedServices"]
    assert ice["dangerousGoods"] == [{"contentId": "901", "dryIceTotalNetWeight": 1.2}]
    assert codes(ship(ABROAD)) == ["WY"]
    ddp = ship(SPECS["abroad_ddp"])
    assert codes(ddp) == ["DD", "WY"]
    assert {"typeCode": "duties-taxes", "number": ACCOUNT} in ddp["accounts"]


def test_customs():
    content = ship(ABROAD)["content"]
    # 3 × 4.50
    assert (content["declaredValue"], content["declaredValueCurrency"]) == (13.5, "USD")
    assert (content["incoterm"], content["USFilingTypeValue"]) == ("DAP", "NOEEI 30.37(a)")
    declaration = content["exportDeclaration"]
    assert declaration["invoice"] == {
        "number": "WH/OUT/1",
        "date": "2026-03-02",
        "signatureName": "Acme",
    }
    [line] = declaration["lineItems"]
    assert (line["quantity"]["value"], line["price"]) == (3, 4.5)
    assert line["commodityCodes"] == [{"typeCode": "outbound", "value": "090210"}]
    # 3 × 0.1 kg
    assert line["weight"]["netValue"] == 0.3
    assert "invoice" in [
        one["typeCode"] for one in ship(ABROAD)["outputImageProperties"]["imageOptions"]
    ]


def test_a_return_goes_the_other_way_and_we_pay():
    body = ship(SPECS["return"])
    shipper = body["customerDetails"]["shipperDetails"]["contactInformation"]
    assert (shipper["fullName"], shipper["phone"]) == ("Jane Doe", "+16045550100")
    assert {"typeCode": "payer", "number": ACCOUNT} in body["accounts"]
    assert "PT" in codes(body)


def test_what_dhl_demands():
    with pytest.raises(Rejected, match="the size is missing"):
        connect().buy(shipment(parcels=(replace(PARCEL, length=Decimal(0)),)), "K")
    with pytest.raises(Rejected, match="PDF, ZPL"):
        connect().buy(shipment(label_format="png"), "K")
    with pytest.raises(Rejected, match="nine digits"):
        connect(account_number="12345").buy(SPECS["domestic"], "K")
    with pytest.raises(Rejected, match="three lines of 45"):
        ship(shipment(service="N", recipient=replace(RECIPIENT, street="Apartment " * 20)))


# -- answers ---------------------------------------------------------------------------------------


def test_rates():
    answer = openapi_kit.example("mydhl", FILE, "nonDocInternationalShipmentRatesResponse")
    quotes = connect(answer).rate(ABROAD)
    assert [(one.service, one.amount, one.currency, one.list_amount) for one in quotes] == [
        ("P", Decimal("157.95"), "GBP", Decimal("157.95"))
    ]
    assert quotes[0].service_name == "DHL Express Worldwide"


def test_a_product_without_a_price_is_no_offer():
    products = [
        {"productCode": "N", "totalPrice": [{"price": 0}]},
        {"productCode": "1", "totalPrice": [
            {"currencyType": "BASEC", "priceCurrency": "EUR", "price": 9},
            {"currencyType": "BILLC", "priceCurrency": "USD", "price": 31.1},
        ], "deliveryCapabilities": {
            "totalTransitDays": 2, "estimatedDeliveryDateAndTime": "2026-03-04T12:00:00"}},
    ]  # fmt: skip
    adapter = connect({"products": products, "warnings": ["Price can't be calculated"]})
    [quote] = adapter.rate(shipment())
    assert (quote.service, quote.amount, quote.transit_days) == ("1", Decimal("31.1"), 2)
    assert quote.delivery_date == datetime(2026, 3, 4, 12, tzinfo=timezone.utc)
    with pytest.raises(Rejected, match=r"Domestic is not offered.*Price can't be calculated"):
        adapter.rate(shipment(service="N"))


def test_buy_three_packages():
    """The example of a shipment whose labels are linked to its pieces."""
    answer = openapi_kit.example("mydhl", FILE, "linkLabelsByPiecesShipmentResponse")
    # the pictures of the example are cut off
    for place, document in enumerate(answer["documents"]):
        document["content"] = base64.b64encode(b"%%PDF-%d" % place).decode()
    charge = {"currencyType": "BILLC", "priceCurrency": "EUR", "price": 40.01}
    spec = shipment(service="P", parcels=(PARCEL, BOX2, replace(PARCEL, reference="BOX3")))
    bought = connect({**answer, "shipmentCharges": [charge]}).buy(spec, "KEY")
    assert bought.reference == "5374534616"
    assert [one.tracking_number for one in bought.parcels] == [
        "JD014600004617230711",
        "JD014600004617230712",
        "JD014600004617230713",
    ]
    assert [one.labels[0].content for one in bought.parcels] == [b"%PDF-0", b"%PDF-1", b"%PDF-2"]
    # 40.01 by weight 1 : 2 : 1
    assert [one.cost for one in bought.parcels] == [
        Decimal("10.00"),
        Decimal("20.01"),
        Decimal("10.00"),
    ]
    assert bought.parcels[0].carrier_ref == "P/5374534616/JD014600004617230711"
    assert [one.content for one in bought.documents] == [b"%PDF-3", b"%PDF-4"]


def test_labels_without_a_number_come_in_order():
    answer = openapi_kit.example("mydhl", FILE, "pltShipmentResponse")
    bought = connect(answer).buy(ABROAD, "KEY")
    # what it costs is told only where the account may see it
    assert bought.parcels[0].cost is None
    assert [one.tracking_number for one in bought.parcels] == ["JD014600004617230785"]


@pytest.mark.parametrize(
    "answer",
    [{}, None, {"shipmentTrackingNumber": "1", "packages": []}, {"shipmentTrackingNumber": "1"}],
)
def test_an_answer_that_is_no_purchase_is_doubt(answer):
    with pytest.raises(Unknown):
        connect(answer).buy(SPECS["domestic"], "KEY")


def tracked(*pieces, **values):
    shipment_data = {
        "shipmentTrackingNumber": "1103733901",
        "productCode": "P",
        "pieces": [
            {"number": place, "trackingNumber": piece} for place, piece in enumerate(pieces, 1)
        ],
        "events": [],
        **values,
    }
    return {"shipments": [shipment_data]}


def test_find():
    nothing = Rejected("No data found", "carrier", status=404)
    adapter = connect(nothing, tracked("JD1", "JD2"))
    found = adapter.find("KEY")
    assert [(one.tracking_number, one.cost, one.carrier_ref) for one in found.parcels] == [
        ("JD1", None, "P/1103733901/JD1"),
        ("JD2", None, "P/1103733901/JD2"),
    ]
    views = [values["params"]["trackingView"] for *_call, values in adapter.session.asked]
    assert views == ["advance-shipment", "shipment-details-only"]
    assert connect(nothing).find("KEY") is None
    with pytest.raises(Rejected):
        connect(Rejected("no", "auth", status=401)).find("KEY")
    assert DHLExpress.find_proves_after is None


def test_nothing_is_given_back_because_nothing_was_paid():
    definition = registry.get("dhl_express")
    assert definition.bills_used_only
    assert Capability.VOID not in definition.capabilities


def test_tracking():
    events = [
        {"date": "2026-03-03", "time": "10:56:14", "GMTOffset": "-08:00", "typeCode": "OK",
         "description": "Delivered", "signedBy": "E.SWAN",
         "serviceArea": [{"code": "LAX", "description": "Los Angeles-USA"}]},
        {"date": "2026-03-02", "time": "18:00:00", "GMTOffset": "-08:00", "typeCode": "PU"},
        {"date": "2026-03-03", "time": "08:00:00", "GMTOffset": "-08:00", "typeCode": "WC"},
        {"date": "", "time": "", "typeCode": "DF"},
        {"date": "2026-03-02", "time": "20:00:00", "GMTOffset": "-08:00", "typeCode": "??"},
    ]  # fmt: skip
    adapter = connect(tracked("JD1", events=events, estimatedDeliveryDate="2026-03-04"))
    track = adapter.track("1103733901")
    assert [one.code for one in track.events] == [
        "picked_up",
        "unknown",
        "out_for_delivery",
        "delivered",
    ]
    assert track.events[-1].moment == datetime(2026, 3, 3, 18, 56, 14, tzinfo=timezone.utc)
    assert track.events[-1].location == "Los Angeles-USA"
    assert track.signed_by == "E.SWAN"
    assert track.estimated_delivery.date().isoformat() == "2026-03-04"
    adapter.track("JD1")
    asked = [values["params"] for *_call, values in adapter.session.asked]
    assert asked[0]["shipmentTrackingNumber"] == "1103733901"
    assert asked[1]["pieceTrackingNumber"] == "JD1"
    with pytest.raises(Rejected, match="does not know"):
        connect(Rejected("No data found", "carrier", status=404)).track("1")


def test_address_validation():
    towns = {"address": [{"countryCode": "CA", "postalCode": "V6B 1A1", "cityName": "VANCOUVER"}]}
    found = connect(towns).validate(VANCOUVER)
    assert found.is_deliverable
    assert (found.suggestion.city, found.suggestion.street) == ("VANCOUVER", "1 Water St")
    assert not connect({"address": []}).validate(VANCOUVER).is_deliverable
    refused = Rejected("The location is not found.", "carrier", status=400)
    none = connect(refused).validate(VANCOUVER)
    assert (none.is_deliverable, none.messages) == (False, ("The location is not found.",))
    with pytest.raises(Rejected):
        connect(Rejected("no", "auth", status=401)).validate(VANCOUVER)


def test_pickup():
    answer = openapi_kit.example("mydhl", FILE, "nonDocRequestPickupResponse")
    adapter = connect(answer)
    pickup = adapter.pickup(replace(PICKUP, weight=Decimal(6)))
    assert pickup.reference == answer["dispatchConfirmationNumbers"][0]
    body = adapter.session.asked[-1][3]["json_body"]
    assert body["plannedPickupDateAndTime"] == "2026-03-02T09:00:00 GMT+00:00"
    assert [(one["productCode"], one["packages"]) for one in body["shipmentDetails"]] == [
        ("N", [{"weight": 2.0}] * 2),
        ("P", [{"weight": 2.0}]),
    ]
    adapter.cancel_pickup("PRG 1")
    kind, method, path, _values = adapter.session.asked[-1]
    assert (kind, method, path) == ("read", "DELETE", "/pickups/PRG%201")
    with pytest.raises(Rejected, match="no parcel"):
        adapter.pickup(replace(PICKUP, references=()))


def test_an_error_names_the_field():
    data = {
        "title": "Validation error",
        "detail": "Multiple problems found, see Additional Details",
        "additionalDetails": ["#/customerDetails/shipperDetails: required key [countryCode]"],
    }
    assert mapper.explain(data) == (
        "Multiple problems found, see Additional Details "
        "#/customerDetails/shipperDetails: required key [countryCode]"
    )
