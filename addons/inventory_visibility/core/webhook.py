"""Webhooks: what is signed, when a failed delivery is tried again, which addresses are allowed.

The signature is that of the *Standard Webhooks* specification 1.0.0 (symmetric keys, ``v1``), so
that receivers can verify it with that project's libraries.
"""

import base64
import binascii
import dataclasses
import datetime
import hashlib
import hmac
import ipaddress
import json
import random
import secrets
import socket
import urllib.parse
from collections.abc import Callable, Iterable

SECRET_PREFIX = "whsec_"
# The specification asks for 24 to 64 bytes.
SECRET_BYTES = 32
SECRET_MIN_BYTES = 24
SECRET_MAX_BYTES = 64

BACKOFF_BASE = 30.0
BACKOFF_CAP = 6 * 3600.0

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class WebhookAddressError(ValueError):
    """The address of a webhook is refused; ``code`` says why, ``detail`` names what."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


# ----------------------------------------------------------------------
# Body and signature
# ----------------------------------------------------------------------


def new_secret() -> str:
    """Return a new signing secret, ``whsec_`` and 32 random bytes in base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def decode_secret(secret: str) -> bytes:
    """Return the key of a secret.

    :raise ValueError: not ``whsec_`` and base64, or shorter or longer than 24 to 64 bytes
    """
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("The secret is not base64.") from error
    if not secret.startswith(SECRET_PREFIX) or not (
        SECRET_MIN_BYTES <= len(key) <= SECRET_MAX_BYTES
    ):
        raise ValueError(
            f"The secret must be {SECRET_PREFIX} and {SECRET_MIN_BYTES} to {SECRET_MAX_BYTES}"
            " bytes in base64."
        )
    return key


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return ``v1,`` and the base64 of HMAC-SHA256 over ``id.timestamp.body``."""
    content = b".".join((message_id.encode(), str(timestamp).encode(), body))
    digest = hmac.new(decode_secret(secret), content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def signed_headers(
    valid_secrets: Iterable[str], message_id: str, timestamp: int, body: bytes
) -> dict[str, str]:
    """Return the headers of a delivery, with one signature for each secret that is valid now."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "Odoo-Inventory-Visibility/1.0",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(
            sign(secret, message_id, timestamp, body) for secret in valid_secrets
        ),
    }


def jsonable(value):
    """Return a value with dates and moments (UTC) written as in ISO 8601, as JSON can carry it.

    :raise TypeError: a value that JSON cannot carry
    """
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="seconds") + ("" if value.tzinfo else "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"A webhook cannot carry {type(value).__name__} {value!r}.")


def build_body(
    message_id: str, event_type: str, moment: datetime.datetime, sequence: int, data: dict
) -> bytes:
    """Return the body of a delivery; the same event always has the same bytes."""
    document = {
        "id": message_id,
        "type": event_type,
        "timestamp": jsonable(moment),
        "sequence": sequence,
        "data": data,
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, allow_nan=False).encode()


# ----------------------------------------------------------------------
# Trying again
# ----------------------------------------------------------------------


def backoff(
    attempt: int,
    base: float = BACKOFF_BASE,
    cap: float = BACKOFF_CAP,
    uniform: Callable[[float, float], float] = random.uniform,
) -> float:
    """Return the seconds to wait after a failed attempt (1 is the first).

    Exponential with *equal jitter*: half of ``min(cap, base * 2 ** (attempt - 1))``, and a random
    part of the other half, so that what failed together is not tried again together (M. Brooker,
    "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
    """
    # beyond 2 ** 60 only the cap counts; larger powers would leave the range of floats
    ceiling = min(cap, base * 2.0 ** min(max(attempt, 1) - 1, 60))
    return ceiling / 2 + uniform(0, ceiling / 2)


def parse_retry_after(value: str | None, cap: float = BACKOFF_CAP) -> float | None:
    """Return the seconds of a ``Retry-After`` header, at most `cap`; None when it has none.

    A date is not understood on purpose: it needs the receiver's clock to be right.
    """
    value = (value or "").strip()
    if not value.isascii() or not value.isdigit():
        return None
    return min(float(value[:12]), cap)


# ----------------------------------------------------------------------
# Address
# ----------------------------------------------------------------------

# What the IANA registries of special-purpose addresses do not call globally reachable
# (RFC 6890 and its updates), and what is not meant for one receiver.
_REFUSED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Of IPv6, only what is given out for global unicast is allowed, less what is special in it.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclasses.dataclass(frozen=True)
class Target:
    """Where a webhook goes, taken apart: ``host`` without brackets, ``path`` with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = {"http": 80, "https": 443}[self.scheme]
        return host if self.port == default else f"{host}:{self.port}"


def parse_url(url: str) -> Target:
    """Take an address apart.

    :raise WebhookAddressError: ``characters``, ``scheme``, ``userinfo``, ``host`` or ``port``
    """
    # control characters and blanks would end up in the request line
    if not url or any(character <= " " or character == "\x7f" for character in url):
        raise WebhookAddressError("characters")
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
    except ValueError as error:
        raise WebhookAddressError("port" if "ort" in str(error) else "host") from error
    if parts.scheme not in ("http", "https"):
        raise WebhookAddressError("scheme", parts.scheme)
    if "@" in parts.netloc:
        raise WebhookAddressError("userinfo")
    if "\\" in parts.netloc or "%" in host or not host:
        raise WebhookAddressError("host", host)
    if port == 0:
        raise WebhookAddressError("port", "0")
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError as error:
        raise WebhookAddressError("host", host) from error
    path = urllib.parse.quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += "?" + urllib.parse.quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")
    return Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)


def parse_networks(text: str | None) -> tuple[Network, ...]:
    """Return the networks of a list such as ``10.1.0.0/16, fd00::/8``.

    :raise ValueError: an entry that is not a network
    """
    entries = (text or "").replace(",", " ").split()
    return tuple(ipaddress.ip_network(entry) for entry in entries)


def is_allowed(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Return whether a webhook may be sent to an address.

    IPv4 addresses inside of IPv6 ones (mapped, NAT64) count as what they stand for.
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_allowed(address.ipv4_mapped, allowed)
        if address in _NAT64:
            return is_allowed(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF), allowed)
    if any(address in network for network in allowed if network.version == address.version):
        return True
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    return address in _GLOBAL_V6 and not any(address in network for network in _REFUSED_V6)


def resolve(
    target: Target, allowed: Iterable[Network] = (), getaddrinfo=socket.getaddrinfo
) -> list[str]:
    """Return the addresses of a target, each of which may be connected to.

    Connecting to what is returned, instead of to the name, is what keeps a name that resolves
    differently a moment later (DNS rebinding) from leading elsewhere.

    :raise WebhookAddressError: ``unknown`` when the name does not resolve, ``refused`` when any
        of its addresses is not allowed
    """
    try:
        found = getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise WebhookAddressError("unknown", target.host) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses:
        raise WebhookAddressError("unknown", target.host)
    allowed = tuple(allowed)
    for text in addresses:
        if not is_allowed(ipaddress.ip_address(text.partition("%")[0]), allowed):
            raise WebhookAddressError("refused", text)
    return addresses
