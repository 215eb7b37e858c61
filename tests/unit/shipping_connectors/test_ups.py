"""UPS: requests as its OpenAPI files want them, answers as these describe them."""

import base64
import io
import json
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

import jsonschema
import openapi_kit
import pytest
from carrier_kit import DECLARED, PARCEL, RECIPIENT, SENDER, VANCOUVER, shipment
from PIL import Image
from shipping_core.carriers import registry
from shipping_core.carriers.ups import UPS, mapper
from shipping_core.label_image import to_pdf
from shipping_core.port import (
    Option,
    Parcel,
    PickupSpec,
    Rejected,
    Retryable,
    Unknown,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
ABROAD = shipment(
    recipient=VANCOUVER,
    service="11",
    customs=DECLARED,
)
BOX2 = replace(PARCEL, reference="BOX2", weight=Decimal("0.9"))
ICE = replace(PARCEL, weight=Decimal(3), dry_ice_weight=Decimal("1.25"))
BERLIN = replace(SENDER, country_code="DE", state_code="", zip="10785")
PARIS = replace(RECIPIENT, country_code="FR", state_code="", zip="75001")
LONDON = replace(RECIPIENT, country_code="GB", state_code="", zip="SW1A 1AA")


def picture():
    out = io.BytesIO()
    Image.new("RGB", (140, 80), "white").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def amount(value, currency="USD"):
    return {"CurrencyCode": currency, "MonetaryValue": value}


class Replay:
    """Stands for the network: gives one answer, and keeps what was asked."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def call(self, kind, method, path, *, json_body=None, params=None, headers=None, form=None):
        self.asked.append((kind.value, method, path, json_body, params, headers))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def connect(answer=None, **credentials):
    given = {"client_id": "me", "client_secret": "secret", "account_number": "a1b2c3"}
    adapter = UPS(registry.Account({**given, **credentials}))
    adapter.session = Replay(answer)
    return adapter


# -- requests against the specification ------------------------------------------------------------

SPECS = {
    "domestic": shipment(service="03"),
    "two_packages": shipment(service="03", parcels=(PARCEL, BOX2)),
    "options": shipment(
        service="01",
        options=frozenset({Option.SIGNATURE, Option.SATURDAY}),
        insured_value=Decimal(150),
        currency="USD",
        reference="S00042",
    ),
    "dry_ice": shipment(service="01", parcels=(ICE,), options=frozenset({Option.DRY_ICE})),
    "batteries": shipment(
        service="03", parcels=(PARCEL, BOX2), options=frozenset({Option.LITHIUM_BATTERY})
    ),
    "batteries_abroad": replace(ABROAD, options=frozenset({Option.LITHIUM_BATTERY})),
    "abroad": ABROAD,
    "abroad_ddp": replace(ABROAD, customs=replace(DECLARED, incoterm="DDP")),
    "abroad_adult": replace(ABROAD, options=frozenset({Option.ADULT_SIGNATURE})),
    "return": shipment(service="03", is_return=True),
}


@pytest.mark.parametrize("name", SPECS)
def test_ship_request_keeps_to_the_specification(name):
    body = mapper.ship_request(SPECS[name], "A1B2C3", "KEY123", NOW)
    openapi_kit.validate("ups", "Shipping.yaml", "/shipments/{version}/ship", body)


@pytest.mark.parametrize("name", SPECS)
def test_rate_request_keeps_to_the_specification(name):
    body = mapper.rate_request(SPECS[name], "A1B2C3", NOW)
    openapi_kit.validate("ups", "Rating.yaml", "/rating/{version}/{requestoption}", body)


def test_other_requests_keep_to_the_specification():
    # the file demands either way of looking up at once, against its own example
    either = ("TrackingNumbers", "ReferenceValues", "Translate")
    for body in (
        mapper.recovery_request("KEY", "A1B2C3", "zpl"),
        mapper.reprint_request("1Z12345E8791315509", "pdf"),
    ):
        openapi_kit.validate(
            "ups", "Shipping.yaml", "/labels/{version}/recovery", body, drop_required=either
        )
    openapi_kit.validate(
        "ups",
        "AddressValidation.yaml",
        "/addressvalidation/{version}/{requestoption}",
        mapper.address_request(SENDER),
    )
    pickup = PickupSpec(SENDER, NOW, NOW.replace(hour=17), ("1Z1", "1Z2"), "Ring twice")
    openapi_kit.validate(
        "ups",
        "Pickup.yaml",
        "/pickupcreation/{version}/pickup",
        mapper.pickup_request(pickup, "A1B2C3"),
    )


def test_the_specification_finds_mistakes():
    body = mapper.ship_request(SPECS["domestic"], "A1B2C3", "KEY", NOW)
    body["ShipmentRequest"]["Shipment"]["ShipTo"]["Adress"] = {}
    with pytest.raises(jsonschema.ValidationError):
        openapi_kit.validate("ups", "Shipping.yaml", "/shipments/{version}/ship", body)


# -- what is in the requests -----------------------------------------------------------------------


def test_where_the_key_goes():
    """UPS takes references of shipments inside the USA on the packages only."""
    inside = mapper.ship_request(SPECS["two_packages"], "A1B2C3", "KEY", NOW)
    inside = inside["ShipmentRequest"]["Shipment"]
    assert [one["ReferenceNumber"][0]["Value"] for one in inside["Package"]] == ["KEY", "KEY"]
    assert "ReferenceNumber" not in inside
    outside = mapper.ship_request(ABROAD, "A1B2C3", "KEY", NOW)["ShipmentRequest"]["Shipment"]
    assert outside["ReferenceNumber"][0]["Value"] == "KEY"


def test_units_are_those_of_the_country_it_leaves():
    # 15.4 oz = 0.9625 lb, up to 1.0; 254 × 203.2 × 101.6 mm = 10 × 8 × 4 in
    one = mapper.package(shipment(), PARCEL, "Packaging")
    assert one["PackageWeight"]["UnitOfMeasurement"]["Code"] == "LBS"
    assert one["PackageWeight"]["Weight"] == "1.0"
    assert [one["Dimensions"][side] for side in ("Length", "Width", "Height")] == ["10", "8", "4"]
    berlin = replace(SENDER, country_code="DE", state_code="", zip="10785")
    metric = mapper.package(shipment(sender=berlin), PARCEL, "Packaging")
    # 0.4366 kg, up to 0.5; 25.4 × 20.32 × 10.16 cm, each up
    assert metric["PackageWeight"]["UnitOfMeasurement"]["Code"] == "KGS"
    assert metric["PackageWeight"]["Weight"] == "0.5"
    assert [metric["Dimensions"][side] for side in ("Length", "Width", "Height")] == [
        "26",
        "21",
        "11",
    ]


def test_signatures():
    signature = frozenset({Option.SIGNATURE})
    inside = mapper.package(shipment(options=signature), PARCEL, "Packaging")
    assert inside["PackageServiceOptions"]["DeliveryConfirmation"] == {"DCISType": "2"}
    outside = mapper.ship_request(replace(ABROAD, options=signature), "A1B2C3", "K", NOW)
    outside = outside["ShipmentRequest"]["Shipment"]
    assert outside["ShipmentServiceOptions"]["DeliveryConfirmation"] == {"DCISType": "1"}
    assert "PackageServiceOptions" not in outside["Package"][0]


def test_declared_value_and_saturday():
    body = mapper.ship_request(SPECS["options"], "A1B2C3", "K", NOW)["ShipmentRequest"]["Shipment"]
    [package] = body["Package"]
    assert package["PackageServiceOptions"]["DeclaredValue"] == amount("150.00")
    assert "SaturdayDeliveryIndicator" in body["ShipmentServiceOptions"]
    plain = mapper.ship_request(SPECS["domestic"], "A1B2C3", "K", NOW)
    [package] = plain["ShipmentRequest"]["Shipment"]["Package"]
    assert "PackageServiceOptions" not in package


def test_dry_ice():
    """Its rules are those of the way that it goes; its weight is rounded up."""
    for values, rules in (
        ({"service": "01"}, "CFR"),
        ({"service": "11", "sender": BERLIN, "recipient": PARIS}, "ADR"),
        ({"service": "65", "sender": BERLIN, "recipient": PARIS}, "IATA"),
        # by road to Canada the rules of the USA hold, by air those of the airlines
        ({"service": "11", "recipient": VANCOUVER}, "CFR"),
        ({"service": "65", "recipient": VANCOUVER}, "IATA"),
        # of Canada's rules for roads UPS knows none for dry ice
        ({"service": "11", "sender": VANCOUVER}, "IATA"),
    ):
        spec = shipment(parcels=(ICE,), options=frozenset({Option.DRY_ICE}), **values)
        ice = mapper.package(spec, ICE, "Packaging")["PackageServiceOptions"]["DryIce"]
        assert ice["RegulationSet"] == rules
        assert ice["DryIceWeight"]["UnitOfMeasurement"]["Code"] == "00"
        assert ice["DryIceWeight"]["Weight"] == "1.3"


@pytest.mark.parametrize(
    ("values", "rules", "mode", "rated_mode"),
    [
        ({"service": "03"}, "CFR", "Ground", "02"),
        ({"service": "01"}, "CFR", "Passenger Aircraft", "03"),
        # before a service is chosen: what any of them may take
        ({"service": ""}, "CFR", "Passenger Aircraft", "03"),
        ({"service": "11", "recipient": VANCOUVER}, "CFR", "Ground", "02"),
        ({"service": "11", "sender": VANCOUVER}, "TDG", "Ground", "02"),
        # a return goes the other way
        ({"service": "11", "recipient": VANCOUVER, "is_return": True}, "TDG", "Ground", "02"),
        ({"service": "65", "sender": BERLIN}, "IATA", "Passenger Aircraft", "03"),
        ({"service": "11", "sender": BERLIN, "recipient": PARIS}, "ADR", "Highway", "01"),
        ({"service": "11", "sender": BERLIN, "recipient": LONDON}, "ADR", "Highway", "01"),
    ],
)
def test_batteries_in_equipment(values, rules, mode, rated_mode):
    """Lightly regulated goods: what the specification demands of them, by the rules of their way.

    UN3481 is their number, and its name that of the United Nations' list of dangerous goods.
    """
    spec = shipment(parcels=(PARCEL, BOX2), options=frozenset({Option.LITHIUM_BATTERY}), **values)
    declared = {
        "ChemicalRecordIdentifier": "1",
        "IDNumber": "UN3481",
        "ProperShippingName": "Lithium ion batteries contained in equipment",
        "CommodityRegulatedLevelCode": "LR",
        "RegulationSet": rules,
    }
    request = mapper.ship_request(spec, "A1B2C3", "K", NOW)["ShipmentRequest"]
    assert request["Request"]["SubVersion"] == "1701"
    packages = [one["PackageServiceOptions"] for one in request["Shipment"]["Package"]]
    assert [one["PackageIdentifier"] for one in packages] == ["1", "2"]
    assert [one["HazMat"] for one in packages] == [[{**declared, "TransportationMode": mode}]] * 2
    request = mapper.rate_request(spec, "A1B2C3", NOW)["RateRequest"]
    assert request["Request"]["SubVersion"] == "1701"
    packages = [one["PackageServiceOptions"]["HazMat"] for one in request["Shipment"]["Package"]]
    assert [one["PackageIdentifier"] for one in packages] == ["1", "2"]
    assert [one["HazMatChemicalRecord"] for one in packages] == [
        [{**declared, "TransportationMode": rated_mode}]
    ] * 2


def test_nothing_is_declared_of_other_goods():
    request = mapper.ship_request(SPECS["domestic"], "A1B2C3", "K", NOW)["ShipmentRequest"]
    assert "SubVersion" not in request["Request"]


def test_a_return_goes_the_other_way():
    body = mapper.ship_request(SPECS["return"], "A1B2C3", "K", NOW)["ShipmentRequest"]["Shipment"]
    assert body["ShipFrom"]["Name"] == "Elizabeth Swan"
    assert body["ShipTo"]["Name"] == body["Shipper"]["Name"] == "Jack Sparrow"
    assert body["ReturnService"] == {"Code": "9"}


def test_the_invoice():
    body = mapper.ship_request(ABROAD, "A1B2C3", "K", NOW)["ShipmentRequest"]["Shipment"]
    forms = body["ShipmentServiceOptions"]["InternationalForms"]
    assert forms["FormType"] == ["01"]
    assert forms["InvoiceDate"] == "20260302"
    assert forms["TermsOfShipment"] == "DAP"
    [product] = forms["Product"]
    assert product["Unit"]["Number"] == "3"
    assert product["Unit"]["Value"] == "4.50"
    assert (product["CommodityCode"], product["OriginCountryCode"]) == ("090210", "IN")
    # 3 × 4.50 = 13.50, whole units upwards
    assert body["InvoiceLineTotal"] == amount("14")


@pytest.mark.parametrize(
    ("name", "kinds"), [("domestic", ["01"]), ("abroad", ["01"]), ("abroad_ddp", ["01", "02"])]
)
def test_who_pays(name, kinds):
    """01 is the transport, 02 duties and taxes, which UPS bills to the receiver unless told."""
    shipped = mapper.ship_request(SPECS[name], "A1B2C3", "K", NOW)["ShipmentRequest"]["Shipment"]
    rated = mapper.rate_request(SPECS[name], "A1B2C3", NOW)["RateRequest"]["Shipment"]
    expected = [{"Type": kind, "BillShipper": {"AccountNumber": "A1B2C3"}} for kind in kinds]
    assert shipped["PaymentInformation"]["ShipmentCharge"] == expected
    assert rated["PaymentDetails"]["ShipmentCharge"] == expected


def test_long_streets():
    two = replace(RECIPIENT, street="Apartment " * 6)
    assert len(mapper.address(two)["AddressLine"]) == 2
    with pytest.raises(Rejected, match="three lines of 35"):
        mapper.address(replace(RECIPIENT, street="Apartment " * 15))


# -- answers ---------------------------------------------------------------------------------------


def rated(code, public, negotiated=None, days=None):
    data = {
        "Service": {"Code": code},
        "TotalCharges": amount(public),
        "RatedPackage": [],
    }
    if negotiated:
        data["NegotiatedRateCharges"] = {
            # an array in the specification, an object in life
            "BaseServiceCharge": [amount("1.00")],
            "TotalCharge": amount(negotiated),
        }
    if days:
        data["TimeInTransit"] = {
            "ServiceSummary": {
                "EstimatedArrival": {
                    "BusinessDaysInTransit": days,
                    "Arrival": {"Date": "20260305", "Time": "103000"},
                },
                "GuaranteedIndicator": "",
            }
        }
    return data


def test_rates():
    answer = {
        "RateResponse": {
            "RatedShipment": [rated("01", "80.10", "61.20", "1"), rated("03", "12.50")]
        }
    }
    adapter = connect(answer)
    ground, air = adapter.rate(shipment())
    assert (ground.service, ground.service_name, ground.amount) == (
        "03",
        "UPS Ground",
        Decimal("12.50"),
    )
    assert (air.amount, air.list_amount, air.transit_days) == (
        Decimal("61.20"),
        Decimal("80.10"),
        1,
    )
    assert air.delivery_date == datetime(2026, 3, 5, 10, 30, tzinfo=timezone.utc)
    assert air.is_guaranteed
    assert not ground.is_guaranteed
    [(kind, method, path, *_rest)] = adapter.session.asked
    assert (kind, method, path) == ("read", "POST", "/rating/v2409/Shoptimeintransit")
    # one service alone comes as an object
    adapter.session.answer = {"RateResponse": {"RatedShipment": rated("03", "12.50")}}
    assert [one.service for one in adapter.rate(shipment())] == ["03"]
    with pytest.raises(Rejected, match="UPS Next Day Air is not offered"):
        adapter.rate(shipment(service="01"))


def sold(*numbers, total="20.00", negotiated="15.01"):
    packages = [
        {
            "TrackingNumber": number,
            "ShippingLabel": {"ImageFormat": {"Code": "PNG"}, "GraphicImage": picture()},
        }
        for number in numbers
    ]
    return {
        "ShipmentResponse": {
            "Response": {"ResponseStatus": {"Code": "1", "Description": "Success"}},
            "ShipmentResults": {
                "ShipmentCharges": {"TotalCharges": amount(total)},
                "NegotiatedRateCharges": {"TotalCharge": amount(negotiated)},
                "ShipmentIdentificationNumber": numbers[0],
                "PackageResults": packages if len(packages) > 1 else packages[0],
            },
        }
    }


def test_buy_two_packages():
    adapter = connect(sold("1Z1", "1Z2"))
    spec = shipment(service="03", parcels=(PARCEL, replace(BOX2, weight=PARCEL.weight * 2)))
    bought = adapter.buy(spec, "KEY")
    assert [(kind, path) for kind, _method, path, *_rest in adapter.session.asked] == [
        ("money", "/shipments/v2409/ship")
    ]
    assert [one.tracking_number for one in bought.parcels] == ["1Z1", "1Z2"]
    assert [one.reference for one in bought.parcels] == ["BOX1", "BOX2"]
    # 15.01 by weight 1 : 2, to the cent
    assert [one.cost for one in bought.parcels] == [Decimal("5.00"), Decimal("10.01")]
    assert [one.carrier_ref for one in bought.parcels] == ["1Z1/1Z1", "1Z1/1Z2"]
    assert bought.parcels[0].labels[0].format == "pdf"
    assert bought.parcels[0].labels[0].content.startswith(b"%PDF")


def test_buy_the_cheapest():
    adapter = connect()
    answers = iter([{"RateResponse": {"RatedShipment": rated("03", "12.50")}}, sold("1Z1")])
    asked = []

    def call(kind, method, path, **values):
        asked.append(values["json_body"])
        return next(answers)

    adapter.session.call = call
    assert adapter.buy(shipment(), "KEY").quote.service_name == "UPS Ground"
    assert asked[1]["ShipmentRequest"]["Shipment"]["Service"] == {"Code": "03"}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        None,
        {"ShipmentResponse": {}},
        sold("1Z1", "1Z2", "1Z3"),
        {"ShipmentResponse": {"ShipmentResults": {"PackageResults": {}}}},
    ],
)
def test_an_answer_that_is_no_purchase_is_doubt(answer):
    with pytest.raises(Unknown):
        connect(answer).buy(shipment(service="03"), "KEY")


def test_a_label_that_is_no_picture_is_kept_as_it_came():
    spoiled = sold("1Z1")
    package = spoiled["ShipmentResponse"]["ShipmentResults"]["PackageResults"]
    package["ShippingLabel"]["GraphicImage"] = base64.b64encode(b"GIF?").decode()
    bought = connect(spoiled).buy(shipment(service="03"), "KEY")
    assert [(one.format, one.content) for one in bought.parcels[0].labels] == [("png", b"GIF?")]
    package["ShippingLabel"]["GraphicImage"] = "%%%"
    assert connect(spoiled).buy(shipment(service="03"), "KEY").parcels[0].labels == ()


def test_find():
    results = [
        {"TrackingNumber": number, "LabelImage": {"GraphicImage": picture()}}
        for number in ("1Z2", "1Z1")
    ]
    answer = {
        "LabelRecoveryResponse": {"ShipmentIdentificationNumber": "1Z1", "LabelResults": results}
    }
    found = connect(answer).find("KEY")
    assert [one.tracking_number for one in found.parcels] == ["1Z1", "1Z2"]
    assert found.parcels[0].cost is None
    assert connect(Rejected("none", "carrier", status=404)).find("KEY") is None
    # wrong credentials say nothing about the purchase
    with pytest.raises(Rejected):
        connect(Rejected("no", "auth", status=401)).find("KEY")
    assert UPS.find_proves_after is None


def void(code, *packages):
    return {
        "VoidShipmentResponse": {
            "SummaryResult": {"Status": {"Code": code, "Description": "Voided"}},
            "PackageLevelResults": [
                {"TrackingNumber": number, "Status": {"Code": one, "Description": "x"}}
                for number, one in packages
            ],
        }
    }


def test_void():
    adapter = connect(void("1"))
    adapter.void("1Z1/1Z2")
    [(_kind, method, path, _body, params, _headers)] = adapter.session.asked
    assert (method, path) == ("DELETE", "/shipments/v2409/void/cancel/1Z1")
    assert params["trackingnumber"] == "1Z2"
    connect(void("0", ("1Z2", "1"))).void("1Z1/1Z2")
    with pytest.raises(Rejected):
        connect(void("0")).void("1Z1/1Z2")
    with pytest.raises(Unknown):
        connect({}).void("1Z1/1Z2")


def test_tracking():
    activity = [
        {
            "location": {
                "address": {"city": "REDONDO BEACH", "stateProvince": "CA", "countryCode": "US"}
            },
            "status": {"type": "D", "description": "DELIVERED ", "code": "KB"},
            "date": "20260303",
            "time": "105614",
            "gmtDate": "20260303",
            "gmtTime": "18:56:14",
        },
        {"status": {"type": "M", "code": "MP"}, "date": "20260302", "time": "090000"},
        {"status": {"type": "I"}, "date": "", "time": ""},
        {"status": {"type": "ZZ", "code": "??"}, "date": "20260302", "time": "100000"},
    ]
    package = {
        "trackingNumber": "1Z1",
        "activity": activity,
        "deliveryDate": [{"type": "DEL", "date": "20260303"}],
        "deliveryInformation": {"receivedBy": "SWAN"},
    }
    track = connect({"trackResponse": {"shipment": [{"package": [package]}]}}).track("1Z1")
    assert [one.code for one in track.events] == ["pending", "unknown", "delivered"]
    assert track.events[-1].moment == datetime(2026, 3, 3, 18, 56, 14, tzinfo=timezone.utc)
    assert track.events[-1].raw_status == "D/KB"
    assert track.events[-1].location == "REDONDO BEACH, CA, US"
    assert track.signed_by == "SWAN"
    assert track.estimated_delivery.date().isoformat() == "2026-03-03"
    with pytest.raises(Retryable):
        connect({"trackResponse": {"shipment": [{}]}}).track("1Z1")


def test_address_validation():
    candidate = {
        "AddressClassification": {"Code": "2", "Description": "Residential"},
        "AddressKeyFormat": {
            "AddressLine": ["179 N HARBOR DR"],
            "PoliticalDivision2": "REDONDO BEACH",
            "PoliticalDivision1": "CA",
            "PostcodePrimaryLow": "90277",
            "PostcodeExtendedLow": "2506",
            "CountryCode": "US",
        },
    }
    found = connect(
        {"XAVResponse": {"ValidAddressIndicator": "", "Candidate": candidate}}
    ).validate(RECIPIENT)
    assert found.is_deliverable
    assert found.is_residential
    assert (found.suggestion.street, found.suggestion.zip) == ("179 N HARBOR DR", "90277-2506")
    none = connect({"XAVResponse": {"NoCandidatesIndicator": ""}}).validate(RECIPIENT)
    assert (none.is_deliverable, none.messages) == (False, ("No address matches.",))
    with pytest.raises(Rejected, match="USA and Puerto Rico"):
        connect().validate(VANCOUVER)


def test_pickup():
    adapter = connect({"PickupCreationResponse": {"PRN": "2929602E9CP"}})
    spec = PickupSpec(SENDER, NOW, NOW.replace(hour=17), ("1Z1",))
    assert adapter.pickup(spec).confirmation == "2929602E9CP"
    adapter.cancel_pickup("2929602E9CP")
    assert adapter.session.asked[-1][5] == {"Prn": "2929602E9CP"}


def test_an_error_in_its_own_words():
    data = {
        "response": {"errors": [{"code": "120100", "message": "Missing or invalid shipper number"}]}
    }
    assert mapper.explain(data) == "Missing or invalid shipper number (120100)"


# -- credentials -----------------------------------------------------------------------------------


def test_one_token_for_many_calls(monkeypatch):
    """Client credentials are changed into a token once, and never leave with a purchase."""
    fetched = []

    def call(self, kind, method, path, **values):
        fetched.append((path, values["form"], dict(self.authorize())))
        return {"access_token": "T0KEN", "expires_in": "14399"}

    monkeypatch.setattr("shipping_core.oauth.CarrierSession.call", call)
    account = registry.Account(
        {"client_id": "me", "client_secret": "s3cret", "account_number": "A1B2C3"}
    )
    first, second = UPS(account), UPS(account)
    headers = [first._authorize(), second._authorize()]
    assert [one["Authorization"] for one in headers] == ["Bearer T0KEN"] * 2
    [(path, form, sent)] = fetched
    assert (path, form) == ("/security/v1/oauth/token", {"grant_type": "client_credentials"})
    assert sent["x-merchant-id"] == "A1B2C3"
    assert "s3cret" not in json.dumps(headers)
    # a refused token is fetched anew
    first.oauth.drop()
    second._authorize()
    assert len(fetched) == 2


def test_the_account_number():
    with pytest.raises(Rejected, match="six letters and digits"):
        connect(account_number="12345").buy(shipment(service="03"), "K")


# -- pictures --------------------------------------------------------------------------------------


def test_a_lying_picture_stands_on_the_page():
    pdf = to_pdf(base64.b64decode(picture()))
    # 4 × 6 inches at 72 points
    assert b"/MediaBox [ 0 0 288 432 ]" in pdf
    # 140 × 80 stands as 80 × 140: scaled by 432 / 140 it would be 246.9 wide
    with pytest.raises(ValueError, match="no picture"):
        to_pdf(b"nothing")


def test_parcels_without_weight_share_alike():
    parcels = (Parcel("A", None), Parcel("B", None), Parcel("C", None))
    assert mapper.share(Decimal("10.00"), parcels) == [
        Decimal("3.33"),
        Decimal("3.33"),
        Decimal("3.34"),
    ]
