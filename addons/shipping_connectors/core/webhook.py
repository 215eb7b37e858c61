"""What carriers report by themselves: is it theirs, and what does it say?

Nothing of a body is looked at before its signature was found right over the raw bytes. A report
only ever adds tracking events, which are known by a key, so one that comes twice changes nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .port import Track

#: reports are a few kilobytes; more than this is refused unread
BODY_LIMIT = 512 * 1024
#: of one report so many numbers are asked for
NUMBERS_LIMIT = 200
_DEPTH_LIMIT = 20
#: names under which carriers tell a tracking number, in lower case without underscores
_NUMBER_NAMES = frozenset({"trackingnumber", "trackingcode", "shipmenttrackingnumber"})

#: whether a body is the carrier's: raw bytes, headers in lower case, the secret
Verify = Callable[[bytes, Mapping[str, str], str], bool]


class Unreadable(ValueError):
    """A report that is the carrier's and yet cannot be understood."""


@dataclass(frozen=True)
class Report:
    """What a carrier reported.

    :param key: identifies the report, so that a repeated one is known
    :param tracks: what it says of parcels by itself
    :param numbers: parcels that the carrier is to be asked for
    """

    key: str
    tracks: tuple[Track, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Webhook:
    """How the reports of one carrier are checked and read."""

    verify: Verify
    read: Callable[[object, bytes], Report]
    help: str = ""


# -- signatures -----------------------------------------------------------------------------------


def verify_hmac(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """EasyPost: ``X-Hmac-Signature: hmac-sha256-hex=…`` over the body, the secret in NFKD."""
    key = unicodedata.normalize("NFKD", secret).encode()
    expected = "hmac-sha256-hex=" + hmac.new(key, body, hashlib.sha256).hexdigest()
    return _same(expected, headers.get("x-hmac-signature", ""))


def verify_secret(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Carriers that send a shared secret along: ``credential`` (UPS), ``X-Webhook-Secret``, or as
    bearer of ``Authorization``."""
    bearer = headers.get("authorization", "")
    given = (
        headers.get("x-webhook-secret", ""),
        headers.get("credential", ""),
        bearer[len("Bearer ") :] if bearer.startswith("Bearer ") else "",
    )
    return any(_same(secret, one) for one in given)


def _same(expected: str, given: str) -> bool:
    return bool(expected) and hmac.compare_digest(expected.encode(), given.encode())


# -- contents -------------------------------------------------------------------------------------


def parse(body: bytes) -> object:
    """:raises Unreadable: when it is no JSON"""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The report is no JSON.") from error


def body_key(body: bytes) -> str:
    """Identifies a report that has no number of its own."""
    return hashlib.sha256(body).hexdigest()


def read_numbers(data: object, body: bytes) -> Report:
    """Any carrier's report: the parcels that it names are asked for."""
    numbers = tuple(dict.fromkeys(_find_numbers(data, 0)))
    if not numbers:
        raise Unreadable("The report names no tracking number.")
    return Report(body_key(body), numbers=numbers[:NUMBERS_LIMIT])


def _find_numbers(data: object, depth: int) -> Iterator[str]:
    if depth > _DEPTH_LIMIT:
        return
    if isinstance(data, dict):
        for name, value in data.items():
            if str(name).lower().replace("_", "") in _NUMBER_NAMES and isinstance(value, str):
                yield value
            else:
                yield from _find_numbers(value, depth + 1)
    elif isinstance(data, list):
        for one in data:
            yield from _find_numbers(one, depth + 1)


#: a carrier of which nothing else is known
ANY = Webhook(
    verify_secret,
    read_numbers,
    help="The carrier sends the secret as header “credential” or “X-Webhook-Secret”, or as "
    "bearer token.",
)
