"""USPS: requests as its OpenAPI files want them, answers as these describe them."""

import base64
import uuid
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import openapi_kit
import pytest
from carrier_kit import (
    DECLARED,
    PARCEL,
    RECIPIENT,
    SENDER,
    VANCOUVER,
    Replay,
    loopback_usps,
    shipment,
)
from shipping_core.carriers import registry
from shipping_core.carriers.usps import USPS, mapper
from shipping_core.port import (
    Option,
    PickupSpec,
    Quote,
    Rejected,
    Retryable,
    Unknown,
)
from shipping_core.token_cache import TOKENS

NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
EPS, MID = "1000000000", "123456789"
GIVEN = {
    "client_id": "me",
    "client_secret": "secret",
    "crid": "12345678",
    "mid": MID,
    "manifest_mid": "987654321",
    "account_number": EPS,
}
ABROAD = shipment(
    recipient=VANCOUVER,
    service="PRIORITY_MAIL_INTERNATIONAL",
    customs=DECLARED,
)
ICE = replace(PARCEL, weight=Decimal(3), dry_ice_weight=Decimal("1.2"))
SPECS = {
    "domestic": shipment(service="USPS_GROUND_ADVANTAGE", reference="S00042"),
    "options": shipment(
        service="PRIORITY_MAIL",
        options=frozenset({Option.ADULT_SIGNATURE, Option.LITHIUM_BATTERY}),
        insured_value=Decimal(150),
        currency="USD",
        label_format="zpl",
    ),
    "dry_ice": shipment(
        service="PRIORITY_MAIL", parcels=(ICE,), options=frozenset({Option.DRY_ICE})
    ),
    "return": shipment(service="PRIORITY_MAIL", is_return=True, label_format="png"),
    "puerto_rico": shipment(
        service="PRIORITY_MAIL",
        recipient=replace(RECIPIENT, country_code="PR", state_code="", zip="00901-1234"),
    ),
    "abroad": ABROAD,
    "abroad_insured": replace(
        ABROAD,
        insured_value=Decimal(600),
        currency="USD",
        customs=replace(ABROAD.customs, incoterm="DDP"),
    ),
}


@pytest.fixture(autouse=True)
def _no_tokens():
    TOKENS.reset()


def connect(*answers, **credentials):
    adapter = USPS(registry.Account({**GIVEN, **credentials}))
    adapter.session = Replay(*(answers or (None,)))
    # the payment authorization has tests of its own
    adapter._pay = lambda **_values: {"X-Payment-Authorization-Token": "PAY"}
    return adapter


def offer(spec, indicator="SP"):
    mail_class = f"{spec.service}_RETURN_SERVICE" if spec.is_return else spec.service
    quote = Quote(spec.service, spec.service, Decimal("6.07"), "USD")
    rate = {
        "mailClass": mail_class,
        "rateIndicator": indicator,
        "processingCategory": "MACHINABLE",
    }
    return mapper.Offer(quote, rate)


def label_body(name):
    spec = SPECS[name]
    make = mapper.label_request if mapper.is_domestic(spec) else mapper.international_request
    return make(spec, offer(spec), NOW)


# -- requests against the specification ------------------------------------------------------------


@pytest.mark.parametrize("name", ["domestic", "options", "dry_ice", "puerto_rico"])
def test_label_request_keeps_to_the_specification(name):
    # the file demands a shape and a packaging, against its own examples
    openapi_kit.validate(
        "usps",
        "domestic-labels.yaml",
        "/label",
        label_body(name),
        drop_required=("shape", "packagingType"),
    )


def test_return_label_request_keeps_to_the_specification():
    openapi_kit.validate(
        "usps",
        "domestic-labels.yaml",
        "/return-label",
        label_body("return"),
        drop_required=("shape", "packagingType"),
    )


@pytest.mark.parametrize("name", ["abroad", "abroad_insured"])
def test_international_request_keeps_to_the_specification(name):
    openapi_kit.validate(
        "usps", "international-labels.yaml", "/international-label", label_body(name)
    )


@pytest.mark.parametrize("name", SPECS)
def test_price_request_keeps_to_the_specification(name):
    body = mapper.options_request(SPECS[name], EPS, MID, NOW)
    openapi_kit.validate("usps", "shipping-options.yaml", "/options/search", body)


PICKUP = PickupSpec(
    SENDER, NOW, NOW + timedelta(hours=8), ("D/DU/1", "D/DP/2", "D/DU/3", "I/HP/4"), "Ring twice"
)


def test_other_requests_keep_to_the_specification():
    for name, path, body in (
        ("carrier-pickup.yaml", "/carrier-pickup", mapper.pickup_request(PICKUP)),
        (
            "scan-forms.yaml",
            "/scan-form",
            mapper.scan_request(["D/DU/92055"], SENDER, NOW.date()),
        ),
        (
            "domestic-labels.yaml",
            "/label-reprint",
            {"imageInfo": mapper.image_info("pdf", abroad=False)},
        ),
        (
            "international-labels.yaml",
            "/international-label-reprint",
            {"imageInfo": mapper.image_info("zpl", abroad=True)},
        ),
    ):
        openapi_kit.validate("usps", name, path, body)


def test_the_specification_finds_mistakes():
    body = label_body("domestic")
    body["toAddress"]["town"] = "Redondo Beach"
    with pytest.raises(openapi_kit.jsonschema.ValidationError):
        openapi_kit.validate(
            "usps",
            "domestic-labels.yaml",
            "/label",
            body,
            drop_required=("shape", "packagingType"),
        )


# -- what is in the requests -----------------------------------------------------------------------


def test_pounds_and_inches():
    # 15.4 / 16 lb; 254 × 203.2 × 101.6 mm = 10 × 8 × 4 in
    assert mapper.measures(PARCEL) == {
        "weight": 0.9625,
        "length": 10.0,
        "width": 8.0,
        "height": 4.0,
    }
    # 1 kg = 2.20462… lb, up; 100 mm = 3.937… in, up
    cube = replace(
        PARCEL, weight=Decimal(1), length=Decimal(100), width=Decimal(100), height=Decimal(100)
    )
    assert mapper.measures(cube) == {
        "weight": 2.2047,
        "length": 3.94,
        "width": 3.94,
        "height": 3.94,
    }


def test_who_it_goes_to():
    person = mapper.party(replace(RECIPIENT, name="Elizabeth Ann Swan", zip="90277-2506"))
    assert (person["firstName"], person["lastName"]) == ("Elizabeth Ann", "Swan")
    assert (person["ZIPCode"], person["ZIPPlus4"]) == ("90277", "2506")
    assert "firm" not in person
    firm = mapper.party(replace(RECIPIENT, name="Acme", company="Acme"))
    assert firm["firm"] == "Acme"
    assert "firstName" not in firm
    away = label_body("puerto_rico")["toAddress"]
    assert (away["state"], away["ZIPCode"], away["ZIPPlus4"]) == ("PR", "00901", "1234")
    with pytest.raises(Rejected, match="two lines of 50"):
        mapper.party(replace(RECIPIENT, street="Apartment " * 15))


def test_extra_services():
    assert label_body("domestic")["packageDescription"]["extraServices"] == []
    description = label_body("options")["packageDescription"]
    assert sorted(description["extraServices"]) == [820, 922, 930]
    assert description["packageOptions"] == {"packageValue": 150.0, "contentType": "HAZMAT"}
    assert label_body("dry_ice")["packageDescription"]["extraServices"] == [819]
    # above 500 dollars another insurance
    abroad = label_body("abroad_insured")["packageDescription"]
    assert abroad["extraServices"] == [931]
    assert abroad["prepayDutiesTaxesFees"] is True
    spec = replace(ABROAD, options=frozenset({Option.SIGNATURE}))
    with pytest.raises(Rejected, match="signature to other countries"):
        connect().rate(spec)
    with pytest.raises(Rejected, match="saturday"):
        connect().rate(shipment(options=frozenset({Option.SATURDAY})))


def test_a_return_goes_the_other_way():
    body = label_body("return")
    assert body["fromAddress"]["lastName"] == "Swan"
    assert body["toAddress"]["lastName"] == "Sparrow"
    assert body["packageDescription"]["mailClass"] == "PRIORITY_MAIL_RETURN_SERVICE"
    asked = mapper.options_request(SPECS["return"], EPS, MID, NOW)
    assert asked["packageDescription"]["mailClass"] == "ALL_RETURNS"
    [pricing] = asked["pricingOptions"]
    assert pricing["paymentAccount"] == {"accountType": "MID", "accountNumber": MID}


def test_customs():
    form = label_body("abroad")["customsForm"]
    assert (form["AESITN"], form["invoiceNumber"]) == ("NO EEI 30.37(a)", "WH/OUT/1")
    [line] = form["contents"]
    # 3 × 4.50 USD; 3 × 0.1 kg = 0.6613… lb, up
    assert (line["itemQuantity"], line["itemTotalValue"], line["itemTotalWeight"]) == (
        3,
        13.5,
        0.6614,
    )
    assert (line["HSTariffNumber"], line["countryofOrigin"]) == ("090210", "IN")
    euros = replace(ABROAD, customs=replace(ABROAD.customs, currency="EUR"))
    with pytest.raises(Rejected, match="in US dollars, and this document is in EUR"):
        mapper.international_request(euros, offer(ABROAD), NOW)
    with pytest.raises(Rejected, match="way back from other countries"):
        mapper.international_request(replace(ABROAD, is_return=True), offer(ABROAD), NOW)
    with pytest.raises(Rejected, match="PDF and ZPL only"):
        mapper.international_request(replace(ABROAD, label_format="png"), offer(ABROAD), NOW)


def test_nothing_is_declared_on_the_way_to_puerto_rico():
    spec = replace(SPECS["puerto_rico"], customs=replace(ABROAD.customs, currency="EUR"))
    adapter = connect(prices(PRIORITY_MAIL=[option(8.10)]), sold())
    adapter.buy(spec, "KEY")
    assert "customsForm" not in adapter.session.asked[-1][3]["json_body"]


def test_what_usps_demands():
    berlin = replace(SENDER, country_code="DE", state_code="", zip="10785")
    spec = replace(ABROAD, sender=berlin)
    with pytest.raises(Rejected, match="from the USA and Puerto Rico only"):
        connect().buy(spec, "K")
    with pytest.raises(Rejected, match="six or nine digits"):
        connect(mid="12").buy(SPECS["domestic"], "K")
    with pytest.raises(Rejected, match="one by one"):
        connect().buy(shipment(parcels=(PARCEL, PARCEL)), "K")


# -- answers ---------------------------------------------------------------------------------------


def option(price, indicator="SP", entry="NONE", due=None, **values):
    data = {
        "totalBasePrice": price,
        "rates": [
            {
                "price": price,
                "rateIndicator": indicator,
                "processingCategory": "NONSTANDARD",
                "destinationEntryFacilityType": entry,
            }
        ],
        **values,
    }
    if due:
        data["commitment"] = {"name": "2 Days", "expectedDeliveryDate": due}
    return data


def prices(**classes):
    shipping = [
        {"mailClass": name.replace("__", "-"), "rateOptions": options}
        for name, options in classes.items()
    ]
    return {"pricingOptions": [{"shippingOptions": shipping, "priceType": "CONTRACT"}]}


def test_rates():
    """Prices for boxes of one's own, not for flat rate ones and not for bulk."""
    adapter = connect(
        prices(
            PRIORITY_MAIL=[
                option(9.85, "FE"),
                option(8.10, "SP", due="2026-03-04"),
                option(7.10, "SP", "DESTINATION_DELIVERY_UNIT"),
            ],
            USPS_GROUND_ADVANTAGE=[option(6.07), option(5.90, "CP")],
            MEDIA_MAIL=[option(3.65)],
        )
    )
    adapter._now = lambda: NOW
    ground, priority = adapter.rate(shipment())
    assert (ground.service, ground.amount) == ("USPS_GROUND_ADVANTAGE", Decimal("6.07"))
    assert (priority.amount, priority.transit_days) == (Decimal("8.1"), 2)
    assert priority.delivery_date.date().isoformat() == "2026-03-04"
    with pytest.raises(Rejected, match="Priority Mail Express is not offered"):
        adapter.rate(shipment(service="PRIORITY_MAIL_EXPRESS"))


def test_extra_services_are_part_of_the_price():
    adapter = connect(prices(PRIORITY_MAIL=[option(8.10, totalPrice=17.35)]))
    [quote] = adapter.rate(SPECS["options"])
    assert quote.amount == Decimal("17.35")


def test_rates_of_the_example():
    answer = openapi_kit.example("usps", "shipping-options.yaml", "DomesticReturnOptionsExample")
    [quote] = connect(answer).rate(shipment(is_return=True))
    assert (quote.service, quote.amount) == ("USPS_GROUND_ADVANTAGE", Decimal("4.65"))


def sold(number="9205590006662202169556", **values):
    return {
        "trackingNumber": number,
        "SKU": "DUXP0XXXUC01080",
        "postage": 6.07,
        "extraServices": [{"price": 3.7}],
        "fees": [{"price": 1.23}],
        "labelImage": base64.b64encode(b"%PDF-label").decode(),
        **values,
    }


GROUND = prices(USPS_GROUND_ADVANTAGE=[option(6.07)])


def test_buy():
    adapter = connect(GROUND, sold())
    bought = adapter.buy(SPECS["domestic"], "KEY")
    [parcel] = bought.parcels
    assert (parcel.reference, parcel.tracking_number) == ("BOX1", "9205590006662202169556")
    # postage, extra service and fee
    assert (parcel.cost, bought.currency) == (Decimal("11.00"), "USD")
    assert parcel.carrier_ref == "D/DU/9205590006662202169556"
    assert [(one.format, one.content) for one in parcel.labels] == [("pdf", b"%PDF-label")]
    assert bought.quote.service_name == "USPS Ground Advantage"
    kind, method, path, values = adapter.session.asked[-1]
    assert (kind, method, path) == ("money", "POST", "/labels/v3/label")
    headers = values["headers"]
    assert headers["X-Payment-Authorization-Token"] == "PAY"
    # a UUID, the same for the same key and no other
    key = headers["X-Idempotency-Key"]
    assert str(uuid.UUID(key)) == key == mapper.idempotency_key("KEY")
    assert key != mapper.idempotency_key("KEZ")
    description = values["json_body"]["packageDescription"]
    # the codes of the rate that was offered
    assert (description["rateIndicator"], description["processingCategory"]) == (
        "SP",
        "NONSTANDARD",
    )


def test_buy_the_example():
    answer = openapi_kit.example("usps", "domestic-labels.yaml", "Base64EncodedImagesExample")
    bought = connect(GROUND, answer).buy(replace(SPECS["domestic"], label_format="png"), "KEY")
    # 10.99 + 3.99 + 2.99 + 1.23
    assert bought.parcels[0].cost == Decimal("19.20")
    assert bought.parcels[0].tracking_number == "123456789012"


def test_buy_abroad():
    adapter = connect(
        prices(PRIORITY_MAIL_INTERNATIONAL=[option(41.00)]),
        {"internationalTrackingNumber": "CP000000000US", "postage": 41, "SKU": "IPXX"},
    )
    bought = adapter.buy(ABROAD, "KEY")
    assert bought.parcels[0].carrier_ref == "I/IP/CP000000000US"
    assert bought.parcels[0].labels == ()
    assert adapter.session.asked[-1][2] == "/international-labels/v3/international-label"


def test_a_return_is_bought_by_its_own_name():
    adapter = connect(prices(PRIORITY_MAIL_RETURN_SERVICE=[option(8.75)]), sold())
    adapter.buy(SPECS["return"], "KEY")
    assert adapter.session.asked[-1][2] == "/labels/v3/return-label"


@pytest.mark.parametrize("answer", [{}, None, {"trackingNumber": ""}, {"trackingNumber": "1"}])
def test_an_answer_that_is_no_purchase_is_doubt(answer):
    with pytest.raises(Unknown):
        connect(GROUND, answer).buy(SPECS["domestic"], "KEY")


NOT_FOUND = Rejected("trackingNumber: Order not found", "carrier", status=400)


def test_find():
    answer = openapi_kit.example("usps", "domestic-labels.yaml", "LabelReprintResponseExample")
    found = connect(answer).find("KEY")
    assert [(one.tracking_number, one.cost) for one in found.parcels] == [
        ("123456789012", Decimal("19.20"))
    ]
    # at home first, then abroad
    adapter = connect(NOT_FOUND, {**sold(), "internationalTrackingNumber": "CP1"})
    assert adapter.find("KEY").parcels[0].carrier_ref.startswith("I/")
    assert [values["headers"]["X-Idempotency-Key"] for *_call, values in adapter.session.asked] == [
        mapper.idempotency_key("KEY")
    ] * 2
    assert connect(NOT_FOUND).find("KEY") is None
    # neither wrong credentials nor another refusal say anything about the purchase
    for refusal in (
        Rejected("no", "auth", status=401),
        Rejected("Labels can only be reprinted up to 3 times", "carrier", status=400),
    ):
        with pytest.raises(Rejected):
            connect(refusal).find("KEY")
    assert USPS.find_proves_after is None


def test_labels_again():
    adapter = connect({"labelMetadata": {}, "labelImage": base64.b64encode(b"^XA").decode()})
    [label] = adapter.labels("D/DU/92055", "zpl")
    assert (label.format, label.content) == ("zpl", b"^XA")
    assert adapter.session.asked[-1][2] == "/labels/v3/label-reprint/92055"
    with pytest.raises(Rejected, match="no label"):
        connect(NOT_FOUND).labels("D/DU/1", "pdf")


def test_void():
    for name in ("ExampleCancel_CANCELED", "ExampleCancel_REFUND"):
        adapter = connect(openapi_kit.example("usps", "domestic-labels.yaml", name))
        adapter.void("D/DU/92055")
        kind, method, path, _values = adapter.session.asked[-1]
        assert (kind, method, path) == ("money", "DELETE", "/labels/v3/label/92055")
    adapter.void("I/IP/CP1")
    assert adapter.session.asked[-1][2] == "/international-labels/v3/international-label/CP1"
    # done before: no error; never heard of, or too late: one
    again, late = (
        mapper.explain(
            openapi_kit.example("usps", "domestic-labels.yaml", f"ExampleCancelError_REFUND_{name}")
        )
        for name in ("SAMELABEL_SAMEDAY", "NOT_SUBMITTED")
    )
    connect(Rejected(again, "carrier", status=400)).void("D/DU/92055")
    for refusal in (NOT_FOUND, Rejected(late, "carrier", status=400)):
        with pytest.raises(Rejected):
            connect(refusal).void("D/DU/92055")
    with pytest.raises(Unknown):
        connect({}).void("D/DU/92055")
    with pytest.raises(Rejected, match="no label of USPS"):
        connect().void("nonsense")


def test_tracking():
    events = [
        {"eventCode": "01", "eventType": "Delivered, Front Door/Porch", "eventCity": "FALMOUTH",
         "eventState": "MA", "GMTTimestamp": "2026-03-04T17:55:00Z", "name": "E SWAN"},
        {"eventCode": "OF", "eventType": "Out for Delivery",
         "eventTimestamp": "2026-03-04T06:10:00", "GMTOffset": -300},
        {"eventCode": "Z9", "eventType": "Arrived at Post Office",
         "GMTTimestamp": "2026-03-04T05:00:00Z"},
        {"eventCode": "GX", "eventType": "Shipping Label Created",
         "GMTTimestamp": "2026-03-02T20:00:00Z"},
        {"eventCode": "Q1", "eventType": "Something else",
         "GMTTimestamp": "2026-03-02T21:00:00Z"},
        {"eventCode": "10", "eventType": "In Transit"},
    ]  # fmt: skip
    track = connect({"trackingEvents": events, "expectedDeliveryDate": "2026-03-04"}).track("92055")
    assert [one.code for one in track.events] == [
        "pending",
        "unknown",
        "in_transit",
        "out_for_delivery",
        "delivered",
    ]
    # ten past six, five hours behind
    assert track.events[3].moment == datetime(2026, 3, 4, 11, 10, tzinfo=timezone.utc)
    assert track.events[-1].location == "FALMOUTH, MA"
    assert track.signed_by == "E SWAN"
    assert track.estimated_delivery.date().isoformat() == "2026-03-04"
    with pytest.raises(Retryable):
        connect({}).track("1")


def test_address_validation():
    answer = {
        "address": {"streetAddress": "179 N HARBOR DR", "city": "REDONDO BEACH", "state": "CA",
                    "ZIPCode": "90277", "ZIPPlus4": "2506"},
        "additionalInfo": {"DPVConfirmation": "Y", "business": "N"},
    }  # fmt: skip
    found = connect(answer).validate(RECIPIENT)
    assert (found.is_deliverable, found.is_residential) == (True, True)
    assert (found.suggestion.street, found.suggestion.zip) == ("179 N HARBOR DR", "90277-2506")
    for confirmed, deliverable, words in (("N", False, "does not deliver"), ("D", True, "missing")):
        checked = connect({**answer, "additionalInfo": {"DPVConfirmation": confirmed}})
        checked = checked.validate(RECIPIENT)
        assert checked.is_deliverable is deliverable
        assert words in checked.messages[0]
    none = connect(Rejected("Address Not Found", "carrier", status=404)).validate(RECIPIENT)
    assert (none.is_deliverable, none.messages) == (False, ("Address Not Found",))
    with pytest.raises(Rejected, match="in the USA only"):
        connect().validate(VANCOUVER)


def test_pickup():
    adapter = connect({"confirmationNumber": "WTC123"})
    assert adapter.pickup(PICKUP).confirmation == "WTC123"
    body = adapter.session.asked[-1][3]["json_body"]
    assert [(one["packageType"], one["packageCount"]) for one in body["packages"]] == [
        ("INTERNATIONAL", 1),
        ("PRIORITY_MAIL", 1),
        ("USPS_GROUND_ADVANTAGE", 2),
    ]
    # 4 kg supposed = 8.8 lb, up
    assert body["estimatedWeight"] == 9
    adapter.session.read_tagged = lambda path: ({}, "v1")
    adapter.cancel_pickup("WTC123")
    kind, method, path, values = adapter.session.asked[-1]
    assert (kind, method, path) == ("read", "DELETE", "/pickup/v3/carrier-pickup/WTC123")
    assert values["headers"] == {"If-Match": "v1"}

    def gone(path):
        raise Rejected("gone", "carrier", status=404)

    asked = len(adapter.session.asked)
    adapter.session.read_tagged = gone
    adapter.cancel_pickup("WTC123")
    assert len(adapter.session.asked) == asked


def test_a_pickup_is_cancelled_in_its_version():
    """Over a wire: the version comes in a header, and the answer is empty."""
    with loopback_usps.LoopbackUSPS() as server:
        adapter = USPS(registry.Account(loopback_usps.CREDENTIALS, base_url=server.url))
        number = adapter.pickup(PICKUP).reference
        assert set(server.pickups) == {number}
        adapter.cancel_pickup(number)
        assert server.pickups == {}
        # once more
        adapter.cancel_pickup(number)


def test_scan_form():
    image = base64.b64encode(b"%PDF-form").decode()
    answer = {
        "SCANFormMetaData": {"manifestNumber": "9275", "trackingNumbers": ["92055", "92056"]},
        "SCANFormImage": image,
    }
    form = connect(answer).manifest(["D/DU/92055", "D/DP/92056"], SENDER)
    assert (form.reference, form.numbers) == ("9275", ("92055", "92056"))
    assert form.document.content == b"%PDF-form"
    with pytest.raises(Rejected, match="address of the warehouse"):
        connect().manifest(["D/DU/92055"])
    with pytest.raises(Rejected, match="no parcel"):
        connect().manifest([], SENDER)


def test_an_error_names_the_field():
    data = {
        "error": {
            "code": "400",
            "errors": [
                {"detail": "ZIPCode is invalid", "source": {"parameter": "toAddress.ZIPCode"}},
            ],
        }
    }
    assert mapper.explain(data) == "toAddress.ZIPCode: ZIPCode is invalid"
    refused = {"error": "invalid_client", "error_description": "The client is unknown."}
    assert mapper.explain(refused) == "The client is unknown."


# -- who pays --------------------------------------------------------------------------------------


def test_one_payment_authorization_for_many_labels():
    adapter = USPS(registry.Account(GIVEN))
    adapter.session = Replay({"paymentAuthorizationToken": "PAY1"})
    other = USPS(registry.Account(GIVEN))
    for one in (adapter, adapter, other):
        assert one._pay()["X-Payment-Authorization-Token"] == "PAY1"
    [(kind, _method, path, values)] = adapter.session.asked
    assert (kind, path) == ("read", "/payments/v3/payment-authorization")
    openapi_kit.validate("usps", "payments.yaml", "/payment-authorization", values["json_body"])
    # returns are paid by roles of their own
    adapter._pay(is_return=True)
    roles = [role["roleName"] for role in adapter.session.asked[-1][3]["json_body"]["roles"]]
    assert roles == ["PAYER", "LABEL_OWNER", "RETURN_LABEL_PAYER", "RETURN_LABEL_OWNER"]
    # a refused token takes both kinds along
    adapter._drop_tokens()
    asked = len(adapter.session.asked)
    adapter._pay()
    assert len(adapter.session.asked) == asked + 1


def test_another_payer_has_another_authorization():
    adapter = USPS(registry.Account(GIVEN))
    adapter.session = Replay({"paymentAuthorizationToken": "PAY1"})
    adapter._pay()
    other = USPS(registry.Account({**GIVEN, "account_number": "2"}))
    other.session = Replay({"paymentAuthorizationToken": "PAY2"})
    assert other._pay()["X-Payment-Authorization-Token"] == "PAY2"
