"""FedEx: requests as its OpenAPI files want them, answers as these describe them."""

import base64
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import openapi_kit
import pytest
from carrier_kit import DECLARED, PARCEL, RECIPIENT, SENDER, TEA, VANCOUVER, Replay, shipment
from shipping_core.carriers import registry
from shipping_core.carriers.fedex import FedEx, mapper
from shipping_core.port import (
    Option,
    PickupSpec,
    Rejected,
    Retryable,
    Unknown,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
ACCOUNT = "740561073"
ABROAD = shipment(
    recipient=VANCOUVER,
    service="INTERNATIONAL_ECONOMY",
    customs=DECLARED,
)
ICE = replace(PARCEL, weight=Decimal(3), dry_ice_weight=Decimal("1.2"))
SPECS = {
    "domestic": shipment(service="FEDEX_GROUND", reference="S00042"),
    "options": shipment(
        service="STANDARD_OVERNIGHT",
        options=frozenset({Option.ADULT_SIGNATURE, Option.SATURDAY, Option.LITHIUM_BATTERY}),
        insured_value=Decimal(150),
        currency="USD",
        label_format="zpl",
    ),
    "dry_ice": shipment(service="FEDEX_2_DAY", parcels=(ICE,), options=frozenset({Option.DRY_ICE})),
    "abroad": ABROAD,
    "abroad_ddp": replace(ABROAD, customs=replace(ABROAD.customs, incoterm="DDP")),
    "return": shipment(service="FEDEX_GROUND", is_return=True, label_format="png"),
    "metric": shipment(
        sender=replace(SENDER, country_code="DE", state_code="", zip="10785"),
        recipient=replace(RECIPIENT, country_code="FR", state_code="", zip="75001"),
        service="FEDEX_REGIONAL_ECONOMY",
    ),
}


def connect(*answers, **credentials):
    given = {"client_id": "me", "client_secret": "secret", "account_number": ACCOUNT}
    adapter = FedEx(registry.Account({**given, **credentials}))
    adapter.session = adapter.track_session = Replay(*(answers or (None,)))
    return adapter


def ship(spec):
    return mapper.ship_request(spec, ACCOUNT, "KEY123", NOW)["requestedShipment"]


# -- requests against the specification ------------------------------------------------------------


@pytest.mark.parametrize("name", SPECS)
def test_ship_request_keeps_to_the_specification(name):
    body = mapper.ship_request(SPECS[name], ACCOUNT, "KEY123", NOW)
    openapi_kit.validate("fedex", "ship-api.json", "/ship/v1/shipments", body)


@pytest.mark.parametrize("name", SPECS)
def test_rate_request_keeps_to_the_specification(name):
    body = mapper.rate_request(SPECS[name], ACCOUNT, NOW)
    openapi_kit.validate("fedex", "rate-api.json", "/rate/v1/rates/quotes", body)


PICKUP = PickupSpec(SENDER, NOW, NOW + timedelta(hours=8), ("FDXG/1", "FDXG/2"), "Ring twice")


@pytest.mark.parametrize(
    ("name", "path", "method", "make"),
    [
        (
            "ship-api.json",
            "/ship/v1/shipments/cancel",
            "put",
            lambda: mapper.cancel_request("794953535000", ACCOUNT),
        ),
        (
            "track.json",
            "/track/v1/referencenumbers",
            "post",
            lambda: mapper.reference_request("KEY", ACCOUNT, NOW),
        ),
        (
            "track.json",
            "/track/v1/trackingnumbers",
            "post",
            lambda: mapper.track_request("794953535000"),
        ),
        (
            "pickup-api.json",
            "/pickup/v1/pickups",
            "post",
            lambda: mapper.pickup_request(PICKUP, "FDXG", ACCOUNT, NOW),
        ),
        (
            "pickup-api.json",
            "/pickup/v1/pickups/availabilities",
            "post",
            lambda: mapper.availability_request(PICKUP, "FDXG", NOW),
        ),
        (
            "pickup-api.json",
            "/pickup/v1/pickups/cancel",
            "put",
            lambda: mapper.cancel_pickup_request("FDXE|2026-03-02|7|NQAA", ACCOUNT),
        ),
    ],
)
def test_other_requests_keep_to_the_specification(name, path, method, make):
    openapi_kit.validate("fedex", name, path, make(), method=method)


def test_the_specification_finds_mistakes():
    body = mapper.ship_request(SPECS["domestic"], ACCOUNT, "KEY", NOW)
    body["requestedShipment"]["recipients"][0]["adress"] = {}
    with pytest.raises(openapi_kit.jsonschema.ValidationError):
        openapi_kit.validate("fedex", "ship-api.json", "/ship/v1/shipments", body)


# -- what is in the requests -----------------------------------------------------------------------


def test_units_are_those_of_the_country_it_leaves():
    # 15.4 oz = 0.9625 lb, up to 1.0; 254 × 203.2 × 101.6 mm = 10 × 8 × 4 in
    [package] = ship(SPECS["domestic"])["requestedPackageLineItems"]
    assert package["weight"] == {"units": "LB", "value": 1.0}
    assert package["dimensions"] == {"length": 10, "width": 8, "height": 4, "units": "IN"}
    # 0.4366 kg, up to 0.5; 25.4 × 20.32 × 10.16 cm, each up
    [package] = ship(SPECS["metric"])["requestedPackageLineItems"]
    assert package["weight"] == {"units": "KG", "value": 0.5}
    assert package["dimensions"] == {"length": 26, "width": 21, "height": 11, "units": "CM"}


def test_the_key_comes_first():
    [package] = ship(SPECS["domestic"])["requestedPackageLineItems"]
    assert [one["value"] for one in package["customerReferences"]] == ["KEY123", "S00042"]


def test_options():
    body = ship(SPECS["options"])
    [package] = body["requestedPackageLineItems"]
    services = package["packageSpecialServices"]
    assert services["signatureOptionType"] == "ADULT"
    assert set(services["specialServiceTypes"]) == {"SIGNATURE_OPTION", "BATTERY"}
    assert body["shipmentSpecialServices"]["specialServiceTypes"] == ["SATURDAY_DELIVERY"]
    assert package["declaredValue"] == {"amount": 150.0, "currency": "USD"}
    assert body["labelSpecification"] == {"imageType": "ZPLII", "labelStockType": "STOCK_4X6"}
    [package] = ship(SPECS["dry_ice"])["requestedPackageLineItems"]
    assert package["packageSpecialServices"]["dryIceWeight"] == {"units": "KG", "value": 1.2}


def test_dry_ice_needs_its_weight():
    for ice in (Decimal(0), Decimal(4)):
        spec = shipment(
            parcels=(replace(ICE, dry_ice_weight=ice),), options=frozenset({Option.DRY_ICE})
        )
        with pytest.raises(Rejected, match="weight of the dry ice"):
            connect().buy(spec, "KEY")


def test_a_return_goes_the_other_way():
    body = ship(SPECS["return"])
    assert body["shipper"]["contact"]["personName"] == "Elizabeth Swan"
    assert body["recipients"][0]["contact"]["personName"] == "Jack Sparrow"
    detail = body["shipmentSpecialServices"]["returnShipmentDetail"]
    assert detail == {"returnType": "PRINT_RETURN_LABEL"}


def test_customs():
    body = ship(ABROAD)
    clearance = body["customsClearanceDetail"]
    assert clearance["dutiesPayment"] == {"paymentType": "RECIPIENT"}
    # 3 × 4.50
    assert clearance["totalCustomsValue"] == {"amount": 13.5, "currency": "USD"}
    [line] = clearance["commodities"]
    assert (line["quantity"], line["unitPrice"]["amount"]) == (3, 4.5)
    assert (line["harmonizedCode"], line["countryOfManufacture"]) == ("090210", "IN")
    assert clearance["exportDetail"] == {"exportComplianceStatement": "NO EEI 30.37(a)"}
    assert "ELECTRONIC_TRADE_DOCUMENTS" in body["shipmentSpecialServices"]["specialServiceTypes"]
    duties = ship(SPECS["abroad_ddp"])["customsClearanceDetail"]["dutiesPayment"]
    assert duties["paymentType"] == "SENDER"
    invoice = ship(SPECS["abroad_ddp"])["customsClearanceDetail"]["commercialInvoice"]
    assert invoice["termsOfSale"] == "DDP"
    dear = replace(TEA, value=Decimal(900))
    with pytest.raises(Rejected, match="ITN"):
        ship(replace(ABROAD, customs=replace(ABROAD.customs, items=(dear,))))


def test_long_streets():
    with pytest.raises(Rejected, match="three lines of 35"):
        ship(shipment(recipient=replace(RECIPIENT, street="Apartment " * 15)))


# -- answers ---------------------------------------------------------------------------------------


def rated(code, paid, listed=None, **values):
    details = [{"rateType": "ACCOUNT", "totalNetCharge": paid, "currency": "USD"}]
    if listed:
        details.append(
            {
                "rateType": "LIST",
                "totalNetCharge": listed,
                "shipmentRateDetail": {"currency": "USD"},
            }
        )
    return {
        "serviceType": code,
        "serviceName": f"{code}®",
        "ratedShipmentDetails": details,
        **values,
    }


def rates(*replies):
    return {"output": {"rateReplyDetails": list(replies)}}


def test_rates():
    adapter = connect(
        rates(
            rated("STANDARD_OVERNIGHT", 54.3, 71.2, commit={
                "transitDays": {"minimumTransitTime": "ONE_DAY"},
                "dateDetail": {"dayFormat": "2026-03-03T17:00:00"},
            }),
            rated("FEDEX_GROUND", 11.05, operationalDetail={"transitTime": "THREE_DAYS"}),
        )
    )  # fmt: skip
    ground, air = adapter.rate(shipment())
    assert (ground.service, ground.amount, ground.transit_days) == (
        "FEDEX_GROUND",
        Decimal("11.05"),
        3,
    )
    assert (air.service_name, air.amount, air.list_amount, air.transit_days) == (
        "STANDARD_OVERNIGHT",
        Decimal("54.3"),
        Decimal("71.2"),
        1,
    )
    assert air.delivery_date == datetime(2026, 3, 3, 17, tzinfo=timezone.utc)


def test_rates_of_two_parcels_are_what_two_labels_cost():
    second = replace(PARCEL, reference="BOX2", weight=Decimal(2))
    adapter = connect(rates(rated("FEDEX_GROUND", 11.05)), rates(rated("FEDEX_GROUND", 12.50)))
    [quote] = adapter.rate(shipment(parcels=(PARCEL, second)))
    assert quote.amount == Decimal("23.55")
    # parcels alike are asked for once
    adapter = connect(rates(rated("FEDEX_GROUND", 11.05)))
    [quote] = adapter.rate(shipment(parcels=(PARCEL, replace(PARCEL, reference="BOX2"))))
    assert (quote.amount, len(adapter.session.asked)) == (Decimal("22.10"), 1)


def test_each_label_declares_its_own_parcel():
    cups = replace(TEA, description="Cups", sku="CUP-1")
    whole = replace(ABROAD.customs, items=(TEA, cups))
    one = replace(PARCEL, contents=(TEA,))
    two = replace(PARCEL, reference="BOX2", contents=(cups,))
    spec = replace(ABROAD, customs=whole, parcels=(one, two))
    adapter = connect(rates(rated("INTERNATIONAL_ECONOMY", 30)))
    [quote] = adapter.rate(spec)
    assert quote.amount == Decimal(60)
    declared = [
        [
            line["description"]
            for line in values["json_body"]["requestedShipment"]["customsClearanceDetail"][
                "commodities"
            ]
        ]
        for *_call, values in adapter.session.asked
    ]
    assert declared == [["Tea"], ["Cups"]]
    assert spec.only((two,)).customs.items == (cups,)
    # where only the whole is known, the whole is declared
    unknown = replace(two, contents=())
    assert spec.only((unknown,)).customs == whole


def test_a_service_that_is_not_offered():
    refusal = Rejected("Service is not available. (SERVICE.INVALID)", "carrier")
    with pytest.raises(Rejected, match=r"FIRST_OVERNIGHT is not offered.*Service is not available"):
        connect(refusal).rate(shipment(service="FIRST_OVERNIGHT"))
    # refused credentials are no matter of the service
    with pytest.raises(Rejected) as error:
        connect(Rejected("no", "auth")).rate(shipment(service="FIRST_OVERNIGHT"))
    assert error.value.code == "auth"


def sold(number="794953535000", cost=11.05, **values):
    label = base64.b64encode(b"%PDF-label").decode()
    invoice = base64.b64encode(b"%PDF-invoice").decode()
    return {
        "output": {
            "transactionShipments": [
                {
                    "serviceType": "FEDEX_GROUND",
                    "serviceName": "FedEx Ground®",
                    "masterTrackingNumber": number,
                    "pieceResponses": [
                        {
                            "trackingNumber": number,
                            "packageDocuments": [{"contentType": "LABEL", "encodedLabel": label}],
                        }
                    ],
                    "shipmentDocuments": [
                        {"contentType": "COMMERCIAL_INVOICE", "encodedLabel": invoice},
                        {"contentType": "AUXILIARY", "encodedLabel": invoice},
                    ],
                    "completedShipmentDetail": {
                        "shipmentRating": {
                            "actualRateType": "PAYOR_ACCOUNT_SHIPMENT",
                            "shipmentRateDetails": [
                                {"rateType": "PAYOR_LIST_SHIPMENT", "totalNetCharge": 14.1,
                                 "currency": "USD"},
                                {"rateType": "PAYOR_ACCOUNT_SHIPMENT", "totalNetCharge": cost,
                                 "currency": "USD"},
                            ],
                        }
                    },
                    **values,
                }
            ]
        }
    }  # fmt: skip


def test_buy():
    adapter = connect(sold())
    bought = adapter.buy(SPECS["domestic"], "KEY")
    [parcel] = bought.parcels
    assert (parcel.reference, parcel.tracking_number) == ("BOX1", "794953535000")
    assert (parcel.cost, bought.currency) == (Decimal("11.05"), "USD")
    assert parcel.carrier_ref == "FDXG/794953535000"
    assert [(one.format, one.content) for one in parcel.labels] == [("pdf", b"%PDF-label")]
    assert [one.content for one in bought.documents] == [b"%PDF-invoice"]
    assert bought.quote.service_name == "FedEx Ground"
    with pytest.raises(Rejected, match="one by one"):
        adapter.buy(shipment(parcels=(PARCEL, PARCEL)), "KEY")


def test_a_label_that_is_paid_when_it_is_scanned():
    """Of return labels FedEx does not say what they cost."""
    bought = connect(sold(completedShipmentDetail={})).buy(SPECS["return"], "KEY")
    assert bought.parcels[0].cost is None


@pytest.mark.parametrize(
    "answer",
    [{}, None, {"output": {"transactionShipments": []}}, sold(pieceResponses=[]), {"output": None}],
)
def test_an_answer_that_is_no_purchase_is_doubt(answer):
    with pytest.raises(Unknown):
        connect(answer).buy(SPECS["domestic"], "KEY")


def test_papers_are_printed_where_customs_take_no_electronic_ones():
    refusal = Rejected("ETD is not allowed. (ETD.NOTALLOWED)", "carrier")
    adapter = connect(refusal, sold())
    assert adapter.buy(ABROAD, "KEY").documents
    with_etd, without = (
        values["json_body"]["requestedShipment"] for *_call, values in adapter.session.asked
    )
    assert "etdDetail" in with_etd["shipmentSpecialServices"]
    assert "shipmentSpecialServices" not in without
    # any other refusal is one
    with pytest.raises(Rejected):
        connect(Rejected("No such account.", "carrier"), sold()).buy(ABROAD, "KEY")


def tracked(number="794953535000", code="OC", **values):
    result = {
        "trackingNumberInfo": {"trackingNumber": number},
        "latestStatusDetail": {"code": code},
        "serviceDetail": {"type": "FEDEX_2_DAY"},
        **values,
    }
    return {
        "output": {"completeTrackResults": [{"trackingNumber": number, "trackResults": [result]}]}
    }


def test_find():
    found = connect(tracked()).find("KEY")
    assert [(one.tracking_number, one.cost, one.carrier_ref) for one in found.parcels] == [
        ("794953535000", None, "FDXE/794953535000")
    ]
    # what was cancelled is no purchase any more
    assert connect(tracked(code="CA")).find("KEY") is None
    assert connect(Rejected("none", "carrier", status=404)).find("KEY") is None
    with pytest.raises(Rejected):
        connect(Rejected("no", "auth", status=401)).find("KEY")
    assert FedEx.find_proves_after is None


def test_void():
    adapter = connect({"output": {"cancelledShipment": True}})
    adapter.void("FDXG/794953535000")
    [(kind, method, path, values)] = adapter.session.asked
    assert (kind, method, path) == ("money", "PUT", "/ship/v1/shipments/cancel")
    assert values["json_body"]["trackingNumber"] == "794953535000"
    # refused, because it was done before
    connect(Rejected("not found", "carrier"), tracked(code="CA")).void("FDXG/1")
    with pytest.raises(Rejected):
        connect(Rejected("not found", "carrier"), tracked(code="PU")).void("FDXG/1")
    with pytest.raises(Rejected, match="does not cancel"):
        connect({"output": {"cancelledShipment": False}}, tracked(code="DL")).void("FDXG/1")
    with pytest.raises(Unknown):
        connect({}).void("FDXG/1")


def test_tracking():
    events = [
        {
            "date": "2026-03-03T10:56:14-08:00",
            "eventType": "DL",
            "eventDescription": "Delivered",
            "derivedStatusCode": "DL",
            "scanLocation": {"city": "REDONDO BEACH", "stateOrProvinceCode": "CA",
                             "countryCode": "US"},
        },
        {"date": "2026-03-02T18:00:00-08:00", "eventType": "PU", "eventDescription": "Picked up"},
        {"date": "2026-03-03T09:00:00-08:00", "eventType": "DE", "exceptionCode": "08",
         "eventDescription": "Delivery exception", "exceptionDescription": "Not in"},
        {"date": "", "eventType": "OC"},
        {"date": "2026-03-02T20:00:00-08:00", "eventType": "??"},
    ]  # fmt: skip
    track = connect(
        tracked(
            code="DL",
            scanEvents=events,
            dateAndTimes=[{"type": "ESTIMATED_DELIVERY", "dateTime": "2026-03-03T20:00:00-08:00"}],
            deliveryDetails={"signedByName": "E.SWAN"},
        )
    ).track("794953535000")
    assert [one.code for one in track.events] == ["picked_up", "unknown", "attempted", "delivered"]
    assert track.events[-1].moment == datetime(2026, 3, 3, 18, 56, 14, tzinfo=timezone.utc)
    assert track.events[-1].location == "REDONDO BEACH, CA, US"
    assert track.events[2].note == "Delivery exception: Not in"
    assert track.estimated_delivery == datetime(2026, 3, 4, 4, tzinfo=timezone.utc)
    assert track.signed_by == "E.SWAN"
    error = {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "Cannot be found."}
    with pytest.raises(Rejected, match="Cannot be found"):
        connect(tracked(error=error)).track("1")
    with pytest.raises(Retryable):
        connect({"output": {}}).track("1")


def test_tracking_may_have_a_project_of_its_own():
    one = FedEx(registry.Account({"client_id": "a", "client_secret": "b"}))
    assert one.track_session is one.session
    own = {"track_client_id": "c", "track_client_secret": "d"}
    two = FedEx(registry.Account({"client_id": "a", "client_secret": "b", **own}))
    assert two.track_session is not two.session


def test_address_validation():
    resolved = {
        "streetLinesToken": ["179 N HARBOR DR"],
        "city": "REDONDO BEACH",
        "stateOrProvinceCode": "CA",
        "postalCodeToken": {"changed": True, "value": "90277-2506"},
        "countryCode": "US",
        "classification": "RESIDENTIAL",
        "attributes": {"Resolved": "true", "DPV": "true"},
    }
    found = connect({"output": {"resolvedAddresses": [resolved]}}).validate(RECIPIENT)
    assert (found.is_deliverable, found.is_residential) == (True, True)
    assert (found.suggestion.street, found.suggestion.zip) == ("179 N HARBOR DR", "90277-2506")
    unknown = {**resolved, "attributes": {"Resolved": "false"}, "classification": "UNKNOWN"}
    none = connect({"output": {"resolvedAddresses": [unknown]}}).validate(RECIPIENT)
    assert (none.is_deliverable, none.suggestion, none.is_residential) == (False, None, None)
    assert none.messages == ("FedEx does not know this address.",)


def test_pickup():
    offered = {"output": {"options": [{"carrier": "FDXG", "available": True}]}}
    adapter = connect(offered, {"output": {"pickupConfirmationCode": "7", "location": "NQAA"}})
    pickup = adapter.pickup(PICKUP)
    assert pickup.confirmation == "NQAA7"
    assert [(kind, path) for kind, _method, path, _values in adapter.session.asked] == [
        ("read", "/pickup/v1/pickups/availabilities"),
        ("money", "/pickup/v1/pickups"),
    ]
    adapter.cancel_pickup(pickup.reference)
    assert adapter.session.asked[-1][3]["json_body"] == {
        "associatedAccountNumber": {"value": ACCOUNT},
        "pickupConfirmationCode": "7",
        "scheduledDate": "2026-03-02",
        "carrierCode": "FDXG",
        "location": "NQAA",
    }
    none = {"output": {"options": [{"available": False, "cutOffTime": "16:30:00"}]}}
    with pytest.raises(Rejected, match="until 16:30"):
        connect(none).pickup(PICKUP)
    with pytest.raises(Rejected, match="separately"):
        connect().pickup(replace(PICKUP, references=("FDXE/1", "FDXG/2")))
    with pytest.raises(Rejected, match="no parcel"):
        connect().pickup(replace(PICKUP, references=()))


def test_an_error_names_the_field():
    data = {
        "errors": [
            {
                "code": "RECIPIENTS.PHONENUMBER.INVALID",
                "message": "Invalid phone number.",
                "parameterList": [{"key": "field", "value": "recipients[0].contact.phoneNumber"}],
            }
        ]
    }
    assert mapper.explain(data) == (
        "Invalid phone number. (RECIPIENTS.PHONENUMBER.INVALID) [recipients[0].contact.phoneNumber]"
    )


def test_the_account_number():
    with pytest.raises(Rejected, match="nine digits"):
        connect(account_number="12345").buy(SPECS["domestic"], "K")
    connect(sold(), account_number="7405-6107-3").buy(SPECS["domestic"], "K")
