"""Signature, back-off and address of webhooks.

The signature's expected value is the example that the Standard Webhooks project publishes with
its specification and checks its own libraries by.
"""

import base64
import datetime
import ipaddress
import json
import socket

import pytest
from visibility_core import webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_published_signature():
    assert webhook.sign(SECRET, MESSAGE, TIMESTAMP, BODY) == SIGNATURE


@pytest.mark.parametrize(
    ("message", "timestamp", "body"),
    [
        ("msg_other", TIMESTAMP, BODY),
        (MESSAGE, TIMESTAMP + 1, BODY),
        (MESSAGE, TIMESTAMP, BODY + b" "),
    ],
)
def test_signature_covers_id_moment_and_body(message, timestamp, body):
    assert webhook.sign(SECRET, message, timestamp, body) != SIGNATURE


def test_two_secrets_two_signatures():
    other = webhook.new_secret()
    headers = webhook.signed_headers([other, SECRET], MESSAGE, TIMESTAMP, BODY)
    first, second = headers["webhook-signature"].split(" ")
    assert first == webhook.sign(other, MESSAGE, TIMESTAMP, BODY)
    assert second == SIGNATURE
    assert headers["webhook-id"] == MESSAGE
    assert headers["webhook-timestamp"] == str(TIMESTAMP)


def test_new_secrets():
    first, second = webhook.new_secret(), webhook.new_secret()
    assert first != second
    assert len(webhook.decode_secret(first)) == 32


@pytest.mark.parametrize(
    "secret",
    [
        "whsec_not base64!",
        base64.b64encode(bytes(32)).decode(),
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
    ],
)
def test_bad_secrets(secret):
    with pytest.raises(ValueError, match="secret"):
        webhook.decode_secret(secret)


def test_body():
    moment = datetime.datetime(2026, 3, 1, 12, 30, 15)
    data = webhook.jsonable({"b": datetime.date(2026, 3, 2), "a": [moment, None, "é"]})
    body = webhook.build_body(MESSAGE, "exception.opened", moment, 7, data)
    assert body == webhook.build_body(MESSAGE, "exception.opened", moment, 7, dict(data))
    assert json.loads(body) == {
        "id": MESSAGE,
        "type": "exception.opened",
        "timestamp": "2026-03-01T12:30:15Z",
        "sequence": 7,
        "data": {"a": ["2026-03-01T12:30:15Z", None, "é"], "b": "2026-03-02"},
    }


def test_body_refuses_what_json_cannot_carry():
    with pytest.raises(TypeError, match="object"):
        webhook.jsonable({"a": object()})
    with pytest.raises(ValueError, match="JSON"):
        webhook.build_body("m", "t", datetime.datetime(2026, 1, 1), 1, {"a": float("nan")})


# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempt", "least", "most"),
    # 30 s doubled at each attempt, at most six hours; at least half of it
    [(1, 15, 30), (2, 30, 60), (5, 240, 480), (10, 7680, 15360), (11, 10800, 21600)],
)
def test_backoff(attempt, least, most):
    assert webhook.backoff(attempt, uniform=lambda low, high: low) == least
    assert webhook.backoff(attempt, uniform=lambda low, high: high) == most
    assert least <= webhook.backoff(attempt) <= most


def test_backoff_does_not_overflow():
    assert webhook.backoff(100_000, uniform=lambda low, high: high) == 21600
    assert webhook.backoff(0, uniform=lambda low, high: high) == 30


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 5 ", 5),
        ("9" * 400, 21600),
        (None, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after(value, seconds):
    assert webhook.parse_retry_after(value) == seconds


# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "target", "host_header"),
    [
        ("https://shop.example/a?b=c", ("https", "shop.example", 443, "/a?b=c"), "shop.example"),
        ("http://shop.example", ("http", "shop.example", 80, "/"), "shop.example"),
        ("HTTP://Shop.Example:8080/", ("http", "shop.example", 8080, "/"), "shop.example:8080"),
        ("https://[2001:db8::1]:444/x", ("https", "2001:db8::1", 444, "/x"), "[2001:db8::1]:444"),
        ("https://bücher.example/ü", ("https", "xn--bcher-kva.example", 443, "/%C3%BC"), None),
    ],
)
def test_url(url, target, host_header):
    parsed = webhook.parse_url(url)
    assert (parsed.scheme, parsed.host, parsed.port, parsed.path) == target
    assert parsed.host_header == (host_header or target[1])


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "characters"),
        ("https://shop.example/a b", "characters"),
        ("https://shop.example/\r\nX: y", "characters"),
        ("ftp://shop.example", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://127.0.0.1:25/", "scheme"),
        ("//shop.example", "scheme"),
        ("https://user@shop.example", "userinfo"),
        ("https://user:word@shop.example", "userinfo"),
        ("https://@shop.example", "userinfo"),
        ("https://", "host"),
        ("https:///path", "host"),
        ("https://[::1", "host"),
        ("https://[fe80::1%25eth0]/", "host"),
        ("https://shop.example\\@127.0.0.1/", "userinfo"),
        ("https://shop.example\\127.0.0.1/", "host"),
        ("https://shop.example:0/", "port"),
        ("https://shop.example:65536/", "port"),
        ("https://shop.example:x/", "port"),
    ],
)
def test_bad_url(url, code):
    with pytest.raises(webhook.WebhookAddressError) as caught:
        webhook.parse_url(url)
    assert caught.value.code == code


# One of each row of the IANA registries of special-purpose addresses that is not globally
# reachable, and multicast.
@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",  # IPv4-compatible
        "::ffff:127.0.0.1",  # IPv4-mapped
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",  # NAT64
        "64:ff9b:1::1",
        "100::1",
        "2001::1",  # Teredo
        "2001:db8::1",
        "2002:7f00:1::1",  # 6to4
        "3fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ],
)
def test_refused_address(address):
    assert not webhook.is_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "172.32.0.1",
        "100.128.0.1",
        "192.0.1.1",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450:4001::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ],
)
def test_public_address(address):
    assert webhook.is_allowed(ipaddress.ip_address(address))


def test_allowed_networks():
    allowed = webhook.parse_networks("127.0.0.0/8, 10.1.0.0/16 fd00::/8")
    for text, expected in {
        "127.0.0.1": True,
        "::ffff:127.0.0.1": True,
        "10.1.2.3": True,
        "10.2.0.1": False,
        "fd12::1": True,
        "::1": False,
    }.items():
        assert webhook.is_allowed(ipaddress.ip_address(text), allowed) is expected, text
    assert webhook.parse_networks(None) == ()
    with pytest.raises(ValueError, match="nonsense"):
        webhook.parse_networks("nonsense")


def _resolver(*addresses):
    def getaddrinfo(host, port, type):
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                type,
                6,
                "",
                (address, port, 0, 0) if ":" in address else (address, port),
            )
            for address in addresses
        ]

    return getaddrinfo


def test_resolve():
    target = webhook.parse_url("https://shop.example/")
    assert webhook.resolve(target, getaddrinfo=_resolver("8.8.8.8", "8.8.8.8", "9.9.9.9")) == [
        "8.8.8.8",
        "9.9.9.9",
    ]


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["fe80::1%2"]])
def test_one_private_address_is_one_too_many(addresses):
    target = webhook.parse_url("https://shop.example/")
    with pytest.raises(webhook.WebhookAddressError) as caught:
        webhook.resolve(target, getaddrinfo=_resolver(*addresses))
    assert caught.value.code == "refused"


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "localhost"])
def test_other_ways_to_write_loopback(host):
    """What the resolver of the system makes of a host counts, not how it is written."""
    with pytest.raises(webhook.WebhookAddressError) as caught:
        webhook.resolve(webhook.parse_url(f"http://{host}/"))
    assert caught.value.code == "refused"


def test_unknown_host():
    def getaddrinfo(host, port, type):
        raise socket.gaierror("no such host")

    for resolver in (getaddrinfo, _resolver()):
        with pytest.raises(webhook.WebhookAddressError) as caught:
            webhook.resolve(webhook.parse_url("https://nowhere.example/"), getaddrinfo=resolver)
        assert caught.value.code == "unknown"
