"""Places where a recipient fetches a parcel: found near an address, named in the purchase."""

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

import openapi_kit
import pytest
from carrier_kit import PARCEL, RECIPIENT, SENDER, Replay, shipment
from shipping_core.carriers import dhl_express, easypost, fedex, registry, ups, usps
from shipping_core.port import Address, Capability, Quote, Rejected, ServicePoint

NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
SHOP = ServicePoint(
    "U97117071",
    Address("THE UPS STORE", "US", "90278", "REDONDO BEACH", "1601 PACIFIC HWY", state_code="CA"),
)
OFFICE = ServicePoint(
    "1437366",
    Address("REDONDO BEACH", "US", "90277", "REDONDO BEACH", "1201 N CATALINA AVE",
            state_code="CA"),
)  # fmt: skip


def connect(adapter, *answers, **credentials):
    adapter = adapter(registry.Account(credentials))
    adapter.session = Replay(*answers)
    return adapter


# -- UPS -------------------------------------------------------------------------------------------


def test_ups_requests_keep_to_the_specification():
    openapi_kit.validate(
        "ups",
        "Locator.yaml",
        "/locations/{version}/search/availabilities/{reqOption}",
        ups.client.mapper.points_request(RECIPIENT),
    )
    spec = shipment(service="03", service_point=SHOP)
    body = ups.client.mapper.ship_request(spec, "A1B2C3", "KEY", NOW)
    openapi_kit.validate("ups", "Shipping.yaml", "/shipments/{version}/ship", body)
    rate = ups.client.mapper.rate_request(spec, "A1B2C3", NOW)
    openapi_kit.validate("ups", "Rating.yaml", "/rating/{version}/{requestoption}", rate)
    sent = body["ShipmentRequest"]["Shipment"]
    # kept at an access point; the recipient stays the one who fetches it
    assert sent["ShipmentIndicationType"] == [{"Code": "01"}]
    assert sent["AlternateDeliveryAddress"]["UPSAccessPointID"] == "U97117071"
    assert sent["AlternateDeliveryAddress"]["Address"]["City"] == "REDONDO BEACH"
    assert sent["ShipTo"]["Address"]["AddressLine"] == ["179 N Harbor Dr"]
    [notification] = sent["ShipmentServiceOptions"]["Notification"]
    assert notification["NotificationCode"] == "012"
    assert notification["EMail"]["EMailAddress"] == [RECIPIENT.email]


def ups_place(number, name, distance, unit="KM"):
    return {
        "LocationID": "1",
        "AddressKeyFormat": {
            "ConsigneeName": name,
            "AddressLine": "1601 PACIFIC HWY",
            "PoliticalDivision2": "REDONDO BEACH",
            "PoliticalDivision1": "CA",
            "PostcodePrimaryLow": "90278",
            "CountryCode": "US",
        },
        "Distance": {"Value": distance, "UnitOfMeasurement": {"Code": unit}},
        "StandardHoursOfOperation": "Mon-Fri: 8:00am-6:00pm; Sat: 9:00am-2:00pm",
        **({"AccessPointInformation": {"PublicAccessPointID": number}} if number else {}),
    }


def test_ups_answers():
    results = {
        "DropLocation": [
            ups_place("U97117071", "THE UPS STORE", "1.2"),
            ups_place("", "UPS DROP BOX", "1.3"),
            ups_place("U1", "FLORIST", "2", "MI"),
        ]
    }
    adapter = connect(ups.UPS, {"LocatorResponse": {"SearchResults": results}})
    first, second = adapter.service_points(RECIPIENT)
    assert first.reference == "U97117071"
    assert first.address == replace(SHOP.address, name="THE UPS STORE")
    assert first.distance == 1.2
    assert first.hours.splitlines() == ["Mon-Fri: 8:00am-6:00pm", " Sat: 9:00am-2:00pm"]
    assert second.distance == pytest.approx(3.218688)
    # nothing near, and one place that stands for itself
    assert connect(ups.UPS, {"LocatorResponse": {}}).service_points(RECIPIENT) == []
    alone = {"LocatorResponse": {"SearchResults": {"DropLocation": ups_place("U2", "B", "x")}}}
    [place] = connect(ups.UPS, alone).service_points(RECIPIENT)
    assert place.distance is None


# -- DHL Express -----------------------------------------------------------------------------------

DHL_FILE = "dpdhl-express-api-3.1.1_swagger.yaml"


def test_dhl_requests_keep_to_the_specification():
    spec = shipment(service="N", service_point=replace(SHOP, reference="PRG041"))
    body = dhl_express.client.mapper.ship_request(spec, "123456789", "KEY", NOW)
    openapi_kit.validate("mydhl", DHL_FILE, "/shipments", body)
    assert body["onDemandDelivery"] == {
        "deliveryOption": "servicepoint",
        "servicePointId": "PRG041",
    }
    assert body["customerDetails"]["buyerDetails"]["contactInformation"]["fullName"] == (
        "Elizabeth Swan"
    )
    plain = dhl_express.client.mapper.ship_request(shipment(service="N"), "123456789", "K", NOW)
    assert "onDemandDelivery" not in plain
    assert "buyerDetails" not in plain["customerDetails"]


def test_dhl_asks_with_known_parameters():
    asked = {
        one["name"]
        for one in openapi_kit.load("mydhl", DHL_FILE)["paths"]["/servicepoints"]["get"][
            "parameters"
        ]
        if "name" in one
    }
    params = dhl_express.client.mapper.points_params(RECIPIENT, "KEY")
    assert set(params) <= asked
    assert params["address"] == "179 N Harbor Dr, 90277 Redondo Beach"


def test_dhl_examples():
    """As the specification's own examples are."""
    answer = openapi_kit.load("mydhl", DHL_FILE)["paths"]["/servicepoints"]["get"]["responses"]
    examples = answer["200"]["content"]["application/json"]["examples"]
    example = examples["Service points with input as address b64 encoded value"]["value"]
    [point] = connect(dhl_express.DHLExpress, example).service_points(RECIPIENT)
    assert point.reference == "PRG041"
    assert point.distance == 0.42
    assert point.address.name == "CK Kentlucky s.r.o."
    assert point.address.street == "Slezska 874"
    assert (point.address.zip, point.address.city) == ("120 00", "PRAGUE")
    assert len(point.hours.splitlines()) == 5


def test_dhl_finds_nothing():
    adapter = connect(dhl_express.DHLExpress, Rejected("none", "x", status=404))
    assert adapter.service_points(RECIPIENT) == []
    assert connect(dhl_express.DHLExpress, {"servicePoints": None}).service_points(RECIPIENT) == []


# -- USPS ------------------------------------------------------------------------------------------


def usps_label(spec):
    quote = Quote(spec.service, spec.service, Decimal("6.07"), "USD")
    rate = {
        "mailClass": spec.service,
        "rateIndicator": "SP",
        "processingCategory": "MACHINABLE",
    }
    mapper = usps.client.mapper
    return mapper.label_request(spec, mapper.Offer(quote, rate), NOW)


def test_usps_requests_keep_to_the_specification():
    spec = shipment(service="PRIORITY_MAIL", service_point=OFFICE)
    body = usps_label(spec)
    openapi_kit.validate("usps", "domestic-labels.yaml", "/label", body)
    to_address = body["toAddress"]
    assert to_address["holdForPickup"] is True
    assert to_address["facilityId"] == "1437366"
    assert to_address["streetAddress"] == "1201 N CATALINA AVE"
    assert (to_address["firstName"], to_address["lastName"]) == ("Elizabeth", "Swan")
    document = openapi_kit.load("usps", "locations.yaml")
    known = document["components"]["parameters"]
    asked = document["paths"]["/post-office-locations"]["get"]["parameters"]
    names = {known[one["$ref"].rpartition("/")[2]]["name"] for one in asked}
    params = usps.client.mapper.points_params(RECIPIENT)
    assert set(params) <= names
    assert params["ZIPCode"] == "90277"


def test_usps_needs_somebody_to_tell():
    for sender in (replace(SENDER, email=""), replace(SENDER, phone="")):
        spec = shipment(service="PRIORITY_MAIL", sender=sender, service_point=OFFICE)
        with pytest.raises(Rejected, match=r"Jack Sparrow \(sender\) has no"):
            usps_label(spec)


def test_usps_answers():
    office = {
        "facilityID": "1437366",
        "facilityName": "REDONDO BEACH",
        "facilityAddress": {
            "streetAddress": "1201 N CATALINA AVE",
            "city": "REDONDO BEACH",
            "state": "CA",
            "ZIPCode": "90277",
        },
        "distance": 2,
    }
    near = {**office, "facilityID": "7", "distance": 0.5}
    first, second = connect(usps.USPS, {"locations": [office, near]}).service_points(RECIPIENT)
    assert (first.reference, second.reference) == ("7", "1437366")
    assert second == replace(OFFICE, distance=pytest.approx(3.218688))
    with pytest.raises(Rejected, match="in the USA only"):
        connect(usps.USPS).service_points(replace(RECIPIENT, country_code="DE"))


# -- FedEx -----------------------------------------------------------------------------------------


def test_fedex_asks_as_its_portal_says():
    """*Locations Search API*, version 1, schema ``Full_Schema_Find_Location``."""
    assert fedex.client.mapper.points_request(RECIPIENT) == {
        "locationsSummaryRequestControlParameters": {
            "distance": {"units": "KM", "value": 50},
            "maxResults": 20,
        },
        "locationSearchCriterion": "ADDRESS",
        "location": {
            "address": {
                "streetLines": ["179 N Harbor Dr"],
                "city": "Redondo Beach",
                "stateOrProvinceCode": "CA",
                "postalCode": "90277",
                "countryCode": "US",
            }
        },
        "multipleMatchesAction": "RETURN_ALL",
        "sameCountry": True,
        "sort": {"criteria": "DISTANCE", "order": "ASCENDING"},
        "locationCapabilities": [{"transferOfPossessionType": "HOLD_AT_LOCATION"}],
    }
    # the town is enough
    place = replace(RECIPIENT, street="", zip="", state_code="")
    asked = fedex.client.mapper.points_request(place)["location"]["address"]
    assert asked == {"city": "Redondo Beach", "countryCode": "US"}


def test_fedex_requests_keep_to_the_specification():
    spec = shipment(service="FEDEX_GROUND", service_point=replace(SHOP, reference="YBZA"))
    mapper = fedex.client.mapper
    body = mapper.ship_request(spec, "740561073", "KEY", NOW)
    openapi_kit.validate("fedex", "ship-api.json", "/ship/v1/shipments", body)
    rate = mapper.rate_request(spec, "740561073", NOW)
    openapi_kit.validate("fedex", "rate-api.json", "/rate/v1/rates/quotes", rate)
    sent = body["requestedShipment"]
    services = sent["shipmentSpecialServices"]
    assert services["specialServiceTypes"] == ["HOLD_AT_LOCATION"]
    assert rate["requestedShipment"]["shipmentSpecialServices"] == services
    detail = services["holdAtLocationDetail"]
    assert detail["locationId"] == "YBZA"
    place = detail["locationContactAndAddress"]
    assert place["address"]["city"] == "REDONDO BEACH"
    assert (place["contact"]["personName"], place["contact"]["phoneNumber"]) == (
        "Elizabeth Swan",
        "5555555555",
    )
    # the recipient stays the one who fetches it
    assert sent["recipients"][0]["address"]["streetLines"] == ["179 N Harbor Dr"]


def fedex_place(number, company, distance, units="KM", **values):
    """As the specification's example of a place."""
    return {
        "distance": {"units": units, "value": distance},
        "contactAndAddress": {
            "address": {
                "streetLines": ["1640 Union Blvd", "Suite 302"],
                "city": "Beverly Hills",
                "stateOrProvinceCode": "CA",
                "postalCode": "90210",
                "countryCode": "US",
                "residential": False,
            },
            "contact": {"companyName": company, "phoneNumber": "9013575012"},
        },
        "locationId": number,
        **values,
    }


def fedex_day(name, *hours, kind="OPEN_BY_HOURS"):
    ranges = [{"begins": begins, "ends": ends} for begins, ends in hours]
    return {"dayofweek": name, "operationalHoursType": kind, "operationalHours": ranges}


def test_fedex_answers():
    capabilities = [
        {"carrierCode": "FDXE", "transferOfPossessionType": "DROPOFF"},
        {"carrierCode": "FDXG", "transferOfPossessionType": "HOLD_AT_LOCATION"},
    ]
    day = ("08:00:00", "17:00:00")
    hours = [
        fedex_day("MONDAY", day),
        fedex_day("TUESDAY", day),
        fedex_day("SATURDAY", ("09:00:00", "12:00:00"), ("13:00:00", "15:00:00")),
        fedex_day("SUNDAY", kind="CLOSED_ALL_DAY"),
    ]
    places = [
        fedex_place("FARA", "FAR AWAY", 2, "MI"),
        fedex_place(
            "COSA", "FEDEX OFFICE", 3.1, locationCapabilities=capabilities, storeHours=hours
        ),
        fedex_place("BOXA", "DROP BOX", 0.1, locationCapabilities=capabilities[:1]),
    ]
    answer = {"output": {"totalResults": 3, "locationDetailList": places}}
    first, second = connect(fedex.FedEx, answer).service_points(RECIPIENT)
    # what only takes parcels in keeps none; the nearest is first
    assert (first.reference, second.reference) == ("COSA", "FARA")
    assert first.address == Address(
        "FEDEX OFFICE",
        "US",
        zip="90210",
        city="Beverly Hills",
        street="1640 Union Blvd",
        street2="Suite 302",
        state_code="CA",
        phone="9013575012",
    )
    assert first.distance == 3.1
    assert second.distance == pytest.approx(3.218688)
    assert first.hours.splitlines() == ["Mon–Tue 08:00–17:00", "Sat 09:00–12:00, 13:00–15:00"]
    always = fedex_place("ALWA", "X", "?", storeHours=[fedex_day("MONDAY", kind="OPEN_ALL_DAY")])
    [point] = connect(fedex.FedEx, {"output": {"locationDetailList": [always]}}).service_points(
        RECIPIENT
    )
    assert (point.hours, point.distance) == ("Mon 0:00–24:00", None)
    assert connect(fedex.FedEx, {"output": {}}).service_points(RECIPIENT) == []


# -- who does not ----------------------------------------------------------------------------------


def test_others_refuse_them():
    assert Capability.SERVICE_POINTS not in easypost.DEFINITION.capabilities
    adapter = easypost.DEFINITION.connect(registry.Account({}))
    with pytest.raises(Rejected) as refusal:
        adapter.check_spec(shipment(service_point=SHOP))
    assert refusal.value.code == "service_point"


def test_the_recipient_must_hear_of_it():
    adapter = connect(ups.UPS, account_number="A1B2C3")
    spec = shipment(service="03", recipient=replace(RECIPIENT, email=""), service_point=SHOP)
    with pytest.raises(Rejected, match="no e-mail address") as refusal:
        adapter.check_spec(spec)
    assert refusal.value.code == "missing_email_of_recipient"
    assert PARCEL in adapter.check_spec(replace(spec, service_point=None)).parcels
