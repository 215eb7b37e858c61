"""What carriers report is theirs, or nothing of it is looked at."""

import json

import pytest
from shipping_core import webhook
from shipping_core.carriers import registry

BODY = b'{"id": "evt_1", "result": {"object": "Tracker"}}'


def test_the_signature_is_hmac_sha256():
    """RFC 4231, test case 2."""
    signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    body = b"what do ya want for nothing?"
    headers = {"x-hmac-signature": f"hmac-sha256-hex={signature}"}
    assert webhook.verify_hmac(body, headers, "Jefe")
    assert not webhook.verify_hmac(body + b" ", headers, "Jefe")
    assert not webhook.verify_hmac(body, headers, "Jeff")
    assert not webhook.verify_hmac(body, {}, "Jefe")
    assert not webhook.verify_hmac(body, {"x-hmac-signature": signature}, "Jefe")


def test_the_secret_is_normalised():
    """The same letter, written as one character and as two, is the same secret."""
    import hashlib
    import hmac

    decomposed = "se\u0301cret"
    signature = hmac.new(decomposed.encode(), BODY, hashlib.sha256).hexdigest()
    headers = {"x-hmac-signature": f"hmac-sha256-hex={signature}"}
    assert webhook.verify_hmac(BODY, headers, "s\u00e9cret")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"credential": "topsecret"}, True),
        ({"x-webhook-secret": "topsecret"}, True),
        ({"authorization": "Bearer topsecret"}, True),
        ({"authorization": "topsecret"}, False),
        ({"credential": "topsecre"}, False),
        ({"credential": "tópsecret"}, False),
        ({"credential": ""}, False),
        ({}, False),
    ],
)
def test_a_shared_secret(headers, expected):
    assert webhook.verify_secret(BODY, headers, "topsecret") is expected


def test_no_secret_lets_nobody_in():
    assert not webhook.verify_secret(BODY, {"credential": ""}, "")


def test_numbers_of_any_carrier():
    data = {
        "trackingNumber": "1Z1",
        "nested": [{"tracking_code": "94001", "trackingnumber": "1Z1"}, {"number": "no"}],
        "shipment_tracking_number": 7,
    }
    report = webhook.read_numbers(data, b"x")
    assert report.numbers == ("1Z1", "94001")
    assert (
        report.key == webhook.read_numbers(data, b"x").key != webhook.read_numbers(data, b"y").key
    )
    with pytest.raises(webhook.Unreadable):
        webhook.read_numbers({"hello": "world"}, b"x")


def test_depth_is_bound():
    data = {"tracking_number": "deep"}
    for _level in range(500):
        data = {"a": data}
    with pytest.raises(webhook.Unreadable):
        webhook.read_numbers(data, b"x")
    with pytest.raises(webhook.Unreadable):
        webhook.parse(b"[" * 100_000)


def test_easypost_tells_where_a_parcel_is():
    event = {
        "id": "evt_7",
        "description": "tracker.updated",
        "result": {
            "object": "Tracker",
            "tracking_code": "9400",
            "est_delivery_date": "2026-03-05T00:00:00Z",
            "tracking_details": [
                {"status": "in_transit", "datetime": "2026-03-02T10:00:00Z", "message": "Departed"}
            ],
        },
    }
    read = registry.get("easypost").webhook.read
    report = read(event, json.dumps(event).encode())
    assert (report.key, report.tracks[0].number) == ("evt_7", "9400")
    assert report.tracks[0].events[0].code == "in_transit"
    other = read({"id": "evt_8", "result": {"object": "Batch"}}, b"")
    assert (other.key, other.tracks, other.numbers) == ("evt_8", (), ())
    for bad in ({}, [], None, {"id": 1}, {"id": 1, "result": None}):
        with pytest.raises(webhook.Unreadable):
            read(bad, b"")
