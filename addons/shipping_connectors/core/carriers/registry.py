"""The carriers that the addon can talk to: one definition each, found by its code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from .. import webhook
from ..carrier_session import Keep
from ..port import Capability, Carrier


class Environment(str, Enum):
    TEST = "test"
    PRODUCTION = "production"


@dataclass(frozen=True)
class Credential:
    """Something that an account is known by.

    :param is_secret: never shown again once it is entered
    """

    name: str
    label: str
    is_secret: bool = False
    is_required: bool = True
    help: str = ""


@dataclass(frozen=True)
class Account:
    """What an adapter is made from.

    :param base_url: replaces the carrier's own address, for a proxy or a test server
    :param keep: stores what the carrier answered before it is understood
    :param money_until: see :class:`~..carrier_session.CarrierSession`
    """

    credentials: Mapping[str, str] = field(repr=False)
    environment: Environment = Environment.TEST
    base_url: str = ""
    keep: Keep | None = None
    money_until: float | None = None


@dataclass(frozen=True)
class Definition:
    """A carrier as the rest of the addon knows it.

    :param code: stored in the database; never changed
    :param connect: makes the adapter for an account, without asking anybody anything
    :param tracking_url: page for people, ``{number}`` being the tracking number
    :param insurance_currency: that values are insured in; empty: any
    :param bills_used_only: a label that is never handed over costs nothing, and so is given back by
        throwing it away; for carriers without :attr:`~..port.Capability.VOID`
    :param webhook: how what the carrier reports by itself is checked and read
    """

    code: str
    name: str
    credentials: tuple[Credential, ...]
    capabilities: frozenset[Capability]
    connect: Callable[[Account], Carrier]
    tracking_url: str = ""
    insurance_currency: str = ""
    bills_used_only: bool = False
    webhook: webhook.Webhook = webhook.ANY


_definitions: dict[str, Definition] = {}


def register(definition: Definition) -> Definition:
    """Make a carrier known. A code is taken once; the same definition again changes nothing."""
    known = _definitions.setdefault(definition.code, definition)
    if known != definition:
        raise ValueError(f"The carrier code {definition.code!r} is taken by {known.name}.")
    return definition


def get(code: str) -> Definition | None:
    """The carrier of this code, ``None`` when the addon that brought it is gone."""
    return _definitions.get(code)


def definitions() -> tuple[Definition, ...]:
    """All carriers, by name."""
    return tuple(sorted(_definitions.values(), key=lambda one: one.name.lower()))
