"""EasyPost: requests as a real client sent them, answers as EasyPost really gave them."""

from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from carrier_kit import PARCEL, RECIPIENT, SENDER, account, recorded, shipment
from shipping_core.carriers import registry
from shipping_core.carriers.easypost import EasyPost, mapper
from shipping_core.port import (
    Address,
    Customs,
    CustomsItem,
    Label,
    Option,
    Parcel,
    PickupSpec,
    Rejected,
)

SHIRTS = Customs(
    items=(
        CustomsItem(
            "Sweet shirts",
            quantity=Decimal(2),
            value=Decimal("11.625"),
            weight=Decimal("5.5") * mapper.KG_PER_OUNCE,
            origin="US",
            hs_code="654321",
        ),
    ),
    currency="USD",
    signer="Steve Brule",
    invoice_number="123",
)


class Replay:
    """Stands for the network: answers as recorded, and keeps what was asked."""

    def __init__(self, exchanges):
        self.exchanges = list(exchanges)
        self.asked = []

    def call(self, kind, method, path, *, json_body=None, params=None, **_rest):
        query = "?" + "&".join(f"{k}={v}" for k, v in params.items()) if params else ""
        expected_method, expected_path, _request, status, answer = self.exchanges.pop(0)
        assert (method, path + query) == (expected_method, expected_path)
        self.asked.append(json_body)
        if status >= 400:
            raise Rejected(mapper.explain(answer), "carrier", status=status)
        return answer

    def download(self, url):
        return url.encode()


def replay(name):
    adapter = EasyPost(account())
    exchanges = recorded(name)
    adapter.session = Replay(exchanges)
    return adapter, exchanges


def test_buy():
    adapter, exchanges = replay("test_shipment_buy")
    bought = adapter.buy(shipment(customs=SHIRTS, label_format="png"), "123")
    # what a real client asked for is what we ask for
    asked, expected = adapter.session.asked[0]["shipment"], exchanges[0][2]["shipment"]
    for name in ("from_address", "to_address", "parcel", "reference", "options"):
        assert asked[name] == expected[name]
    [ours], [theirs] = (one["customs_info"].pop("customs_items") for one in (asked, dict(expected)))
    assert ours.pop("currency") == "USD"
    assert ours == theirs
    del expected["customs_info"]["contents_explanation"]
    assert asked["customs_info"] == expected["customs_info"]
    # the cheapest of three: Express 34.15, Priority 7.42, GroundAdvantage 6.07
    assert adapter.session.asked[1] == exchanges[1][2]
    [parcel] = bought.parcels
    assert parcel.reference == "BOX1"
    assert parcel.tracking_number == "9400100208303109505657"
    assert (parcel.cost, bought.currency) == (Decimal("6.07"), "USD")
    assert parcel.carrier_ref == "shp_16578f588f9546ec914afd2474e24ff5"
    assert bought.quote.service == "USPS/GroundAdvantage"
    assert bought.quote.transit_days == 3
    [label] = parcel.labels
    assert label.format == "png"
    assert label.content.endswith(b"e813a2cf6d079c4ea49714758be7711be0.png")


def test_rates():
    adapter, _exchanges = replay("test_shipment_create")
    quotes = adapter.rate(shipment())
    assert [(one.service, one.amount, one.transit_days) for one in quotes] == [
        ("USPS/GroundAdvantage", Decimal("6.07"), 3),
        ("USPS/Priority", Decimal("7.42"), 2),
        ("USPS/Express", Decimal("34.15"), 1),
    ]
    assert [one.list_amount for one in quotes] == [
        Decimal("6.57"),
        Decimal("8.34"),
        Decimal("34.15"),
    ]


def test_rates_of_two_parcels_add_up():
    adapter, exchanges = replay("test_shipment_create")
    adapter.session.exchanges = [exchanges[0]] * 2
    spec = shipment(parcels=(PARCEL, Parcel("BOX2", Decimal("0.4"))))
    assert [one.amount for one in adapter.rate(spec)] == [
        Decimal("12.14"),
        Decimal("14.84"),
        Decimal("68.30"),
    ]


def test_a_service_that_is_not_offered():
    adapter, _exchanges = replay("test_shipment_create")
    with pytest.raises(Rejected, match="USPS/Zeppelin is not offered"):
        adapter.rate(shipment(service="USPS/Zeppelin"))


def test_refund():
    adapter, exchanges = replay("test_shipment_refund")
    bought = mapper.bought(exchanges[0][4], PARCEL, "KEY", ())
    adapter.session.exchanges.pop(0)
    adapter.void(bought.reference)
    assert adapter.session.exchanges == []


def test_insurance_is_bought_with_the_label():
    adapter, _exchanges = replay("test_shipment_buy")
    spec = shipment(customs=SHIRTS, label_format="png", insured_value=Decimal(100))
    adapter.buy(spec, "123")
    assert adapter.session.asked[1]["insurance"] == "100.00"
    # as the answer to an insured shipment says it
    assert recorded("test_shipment_insure")[1][4]["insurance"] == "100.00"


def test_label_in_another_format():
    adapter, exchanges = replay("test_shipment_convert_label")
    adapter.session.exchanges = exchanges[2:]
    [label] = adapter.labels(exchanges[0][4]["id"], "zpl")
    assert label.format == "zpl"
    assert label.content == exchanges[2][4]["postage_label"]["label_zpl_url"].encode()


def test_tracking():
    adapter, exchanges = replay("test_tracker_create")
    track = adapter.track("EZ1000000001")
    assert adapter.session.asked[0] == exchanges[0][2]
    assert [(one.code, one.moment, one.location) for one in track.events] == [
        ("pending", datetime(2025, 2, 6, 19, 48, 26, tzinfo=timezone.utc), ""),
        ("pending", datetime(2025, 2, 7, 8, 25, 26, tzinfo=timezone.utc), "HOUSTON, TX"),
    ]
    assert track.events[0].raw_status == "pre_transit/status_update"
    assert track.events[1].note == "Shipping Label Created"
    assert track.estimated_delivery == datetime(2025, 3, 6, 19, 48, 26, tzinfo=timezone.utc)
    assert len({one.key for one in track.events}) == 2


def test_every_tracker_of_a_page_is_read():
    [exchange] = recorded("test_tracker_all")
    tracks = [mapper.track(one) for one in exchange[4]["trackers"]]
    assert len(tracks) == 5
    assert all(event.code for track in tracks for event in track.events)


def test_address_verification():
    adapter, _exchanges = replay("test_address_create_verify_strict")
    found = adapter.validate(SENDER)
    assert found.is_deliverable
    assert found.is_residential
    assert (found.suggestion.street, found.suggestion.zip) == (
        "388 TOWNSEND ST APT 20",
        "94107-1670",
    )


def test_pickup():
    adapter, exchanges = replay("test_pickup_buy")
    adapter.session.exchanges.pop(0)
    spec = PickupSpec(
        SENDER,
        datetime(2025, 3, 8, tzinfo=timezone.utc),
        datetime(2025, 3, 8, tzinfo=timezone.utc),
        (exchanges[0][4]["id"],),
        "Pickup at front door",
    )
    booked = adapter.pickup(spec)
    expected = exchanges[1][2]["pickup"]
    asked = adapter.session.asked[0]["pickup"]
    assert asked["shipment"] == expected["shipment"]
    assert asked["address"] == expected["address"]
    assert asked["min_datetime"] == "2025-03-08T00:00:00Z"
    assert adapter.session.asked[1] == exchanges[2][2]
    assert (booked.confirmation, booked.amount) == ("WTC65024896", Decimal("0.00"))


def test_scan_form():
    adapter, exchanges = replay("test_scanform_create")
    adapter.session.exchanges.pop(0)
    manifest = adapter.manifest([exchanges[0][4]["id"]])
    assert adapter.session.asked[0]["scan_form"]["shipment"] == [{"id": exchanges[0][4]["id"]}]
    assert manifest.numbers == ("9400100208303109505725",)
    assert manifest.document == Label("pdf", manifest.url.encode())


def test_a_scan_form_that_failed():
    """EasyPost takes the request and says in the form's status that it made none."""
    adapter, exchanges = replay("test_scanform_create")
    form = {**exchanges[1][4], "status": "failed", "message": "They leave from two places."}
    adapter.session.exchanges = [("POST", "/scan_forms", None, 201, {**form, "form_url": None})]
    with pytest.raises(Rejected, match="They leave from two places") as refusal:
        adapter.manifest(["shp_1"])
    assert refusal.value.code == "not_closed"


def test_papers_for_customs():
    """Forms as they were recorded; those for customs come with the label."""
    form = recorded("test_shipment_generate_form")[-1][4]["forms"][0]
    invoice = {**form, "form_type": "commercial_invoice", "form_url": "https://files/i.pdf"}
    drawn = {**invoice, "form_url": None}
    assert mapper.paper_urls({"forms": [form, invoice, drawn]}) == ["https://files/i.pdf"]
    assert mapper.paper_urls({"forms": None}) == []


def test_an_error_names_the_field():
    [exchange] = recorded("test_error")
    assert mapper.explain(exchange[4]) == "Missing required parameter. shipment: cannot be blank"
    assert mapper.error_code(exchange[4]) == "PARAMETER.REQUIRED"


# -- without recordings ---------------------------------------------------------------------------


def test_weights_and_sizes_are_rounded_up():
    # 1 kg = 35.27396… oz; 300 mm = 11.811 in
    assert mapper.parcel(Parcel("A", Decimal(1), length=Decimal(300))) == {
        "weight": 35.3,
        "length": 11.9,
    }


def test_options():
    spec = shipment(options=frozenset({Option.SIGNATURE, Option.SATURDAY}), reference="S00042")
    options = mapper.shipment(spec, PARCEL, "K")["shipment"]["options"]
    assert options == {
        "label_format": "PDF",
        "delivery_confirmation": "SIGNATURE",
        "saturday_delivery": True,
        "print_custom_1": "S00042",
    }
    with pytest.raises(Rejected, match="telepathy"):
        EasyPost(account()).rate(shipment(options=frozenset({"telepathy"})))


def test_dangerous_goods_and_incoterm():
    ice = replace(PARCEL, weight=Decimal(3), dry_ice_weight=Decimal("0.45359237"))
    spec = shipment(
        parcels=(ice,),
        options=frozenset({Option.ADULT_SIGNATURE, Option.DRY_ICE, Option.LITHIUM_BATTERY}),
        customs=replace(SHIRTS, incoterm="DDP", invoice_number="S00042"),
    )
    options = mapper.shipment(spec, ice, "K")["shipment"]["options"]
    assert options == {
        "label_format": "PDF",
        "delivery_confirmation": "ADULT_SIGNATURE",
        "dry_ice": True,
        # a pound
        "dry_ice_weight": 16.0,
        "hazmat": "LITHIUM",
        "incoterm": "DDP",
        "invoice_number": "S00042",
    }


def test_a_return_is_marked():
    assert mapper.shipment(shipment(is_return=True), PARCEL, "K")["shipment"]["is_return"]


def test_costly_exports_from_the_usa_need_a_filing():
    rings = CustomsItem("Rings", Decimal(2), Decimal(1300), Decimal("0.1"), "US", "711319")
    spec = shipment(
        customs=Customs((rings,), "USD"),
        recipient=Address("Jean", "FR", zip="75001", city="Paris", street="1 Rue de Rivoli"),
    )
    with pytest.raises(Rejected, match="ITN"):
        mapper.shipment(spec, PARCEL, "K")
    filed = Customs((rings,), "USD", exemption="X20250101000001")
    data = mapper.shipment(shipment(customs=filed, recipient=spec.recipient), PARCEL, "K")
    assert data["shipment"]["customs_info"]["eel_pfc"] == "X20250101000001"


@pytest.mark.parametrize(("environment", "key"), [("test", "EZAKabc"), ("production", "EZTKabc")])
def test_a_key_of_the_other_environment(environment, key):
    adapter = EasyPost(account(api_key=key, environment=registry.Environment(environment)))
    with pytest.raises(Rejected, match="other environment"):
        adapter.check_connection()


def test_unknown_states_stay_unknown():
    data = {
        "tracking_code": "1",
        "tracking_details": [
            {"status": "teleported", "datetime": "2025-01-01T00:00:00Z", "message": "?"}
        ],
    }
    [event] = mapper.track(data).events
    assert (event.code, event.raw_status) == ("unknown", "teleported")


def test_recipient_of_the_recordings_is_complete():
    assert mapper.address(RECIPIENT)["state"] == "CA"
