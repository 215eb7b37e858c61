"""What adapters of carriers have in common: refusing what is not offered, reading what is said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from http import HTTPStatus
from typing import ClassVar, TypeVar
from urllib.parse import quote as quote_path

from .carrier_session import CarrierSession
from .port import (
    AddressCheck,
    Capability,
    Parcel,
    Quote,
    Rejected,
    Retryable,
    ShipmentSpec,
    Unknown,
)
from .spec_check import Needs, check

T = TypeVar("T")

#: what a mapper raises at an answer that lacks what it should have
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


class CarrierAdapter:
    """Base of an adapter; it is optional, the port alone counts.

    A subclass sets ``name``, ``capabilities``, ``options``, ``label_formats`` and ``needs``, and
    opens ``session`` when it is made.
    """

    name: ClassVar[str]
    capabilities: ClassVar[frozenset[Capability]]
    #: extras of :class:`~.port.Option` that may be asked for
    options: ClassVar[Collection[str]] = frozenset()
    label_formats: ClassVar[Collection[str]] = ("pdf",)
    needs: ClassVar[Needs] = Needs()
    find_proves_after: float | None = None
    session: CarrierSession

    def _now(self) -> datetime:
        return datetime.now(timezone.utc)

    # -- before anything is sent ------------------------------------------------------------------

    def check_account(self) -> None:
        """:raises Rejected: when a credential cannot be right, before anybody is asked"""

    def check_spec(self, spec: ShipmentSpec) -> ShipmentSpec:
        """The spec as it may be sent.

        :raises Rejected: naming the first thing that is wrong, and what to do
        """
        unknown = sorted(set(spec.options) - set(self.options))
        if unknown:
            option = getattr(unknown[0], "value", unknown[0])
            raise Rejected(
                f"{self.name} does not offer the option {option} here. Remove it.",
                "unknown_option",
                option=option,
            )
        if spec.label_format not in self.label_formats:
            known = ", ".join(one.upper() for one in sorted(self.label_formats))
            raise Rejected(
                f"{self.name} makes no labels as {spec.label_format}. Choose one of: {known}.",
                "label_format",
                format=spec.label_format,
            )
        if spec.service_point is not None:
            if Capability.SERVICE_POINTS not in self.capabilities:
                raise Rejected(
                    f"{self.name} delivers to no service points here. Remove the one that was "
                    "chosen.",
                    "service_point",
                )
            if not spec.recipient.email:
                # whoever waits at home for a parcel that waits elsewhere
                raise Rejected(
                    f"{spec.recipient.name} has no e-mail address, by which {self.name} tells that "
                    "the parcel can be fetched. Enter it on the contact.",
                    "missing_email_of_recipient",
                    name=spec.recipient.name,
                )
        self.check_account()
        return check(spec, self.needs)

    def refuse_number(self, what: str, shape: str) -> Rejected:
        """The error for a credential of the wrong form."""
        return Rejected(
            f"The {what} of {self.name} has {shape}. Correct it on the carrier account.",
            "account_number",
        )

    # -- what was answered ------------------------------------------------------------------------

    def parse(self, parse: Callable[[object], T], data: object) -> T:
        """``parse(data)``; an answer that cannot be read is worth asking again for."""
        try:
            return parse(data)
        except UNREADABLE as error:
            raise Retryable(
                f"{self.name} answered something that cannot be read.", "unreadable"
            ) from error

    def parse_sold(self, parse: Callable[[object], T], data: object, what: str) -> T:
        """``parse(data)`` of an answer to a call that moved money.

        :param what: completes "took the purchase but answered without …"
        :raises Unknown: when it cannot be read
        """
        try:
            return parse(data)
        except UNREADABLE as error:
            raise Unknown(f"{self.name} {what}.", "unreadable") from error

    def parse_bought(self, parse: Callable[[object], T], data: object) -> T:
        """``parse(data)`` of the answer to a purchase, which is paid whatever it says."""
        return self.parse_sold(
            parse, data, "took the purchase but answered without what makes a label"
        )

    def ask_address(
        self, ask: Callable[[], object], parse: Callable[[object], AddressCheck]
    ) -> AddressCheck:
        """A check of an address by a carrier that refuses what it does not find."""
        try:
            data = ask()
        except Rejected as refusal:
            if refusal.values.get("status") not in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
                raise
            return AddressCheck(False, None, None, (refusal.message,))
        return self.parse(parse, data)

    def offer(
        self, quotes: Iterable[Quote], service: str, names: Mapping[str, str], said: str = ""
    ) -> list[Quote]:
        """The quotes, cheapest first; of one service where one is wanted.

        :param said: the carrier's own words about what it does not offer
        :raises Rejected: when none is left
        """
        found = [quote for quote in quotes if not service or quote.service == service]
        if not found:
            name = names.get(service, service) or "No service"
            raise Rejected(
                f"{name} is not offered for these parcels to this address. {said}".strip(),
                "no_service",
                service=service,
                words=said,
            )
        return sorted(found, key=lambda quote: (quote.amount, quote.service))

    def rate_each(
        self, spec: ShipmentSpec, rate_one: Callable[[ShipmentSpec], Iterable[Quote]]
    ) -> list[Quote]:
        """What labels bought one by one cost together, by service, in no order.

        A service that does not take every parcel is left out. Parcels alike are asked for once.

        :param rate_one: the offers for a spec of one parcel
        """
        asked: dict[tuple, dict[str, Quote]] = {}
        totals: dict[str, Quote] = {}
        for index, parcel in enumerate(spec.parcels):
            alike = _measure(parcel)
            if alike not in asked:
                quotes = rate_one(spec.only((parcel,)))
                asked[alike] = {quote.service: quote for quote in quotes}
            found = asked[alike]
            if index == 0:
                totals = dict(found)
                continue
            totals = {
                service: _add(total, found[service])
                for service, total in totals.items()
                if service in found and found[service].currency == total.currency
            }
        return list(totals.values())

    def check_one_parcel(self, spec: ShipmentSpec) -> Parcel:
        """:raises Rejected: when it is not one: labels are sold one by one"""
        if len(spec.parcels) != 1:
            raise Rejected(f"{self.name} sells labels one by one.", "one_parcel")
        return spec.parcels[0]

    @staticmethod
    def path(value: object) -> str:
        """A value as one segment of a path."""
        return quote_path(str(value), safe="")


def _measure(parcel: Parcel) -> tuple:
    """What a price depends on."""
    sizes = (parcel.length, parcel.width, parcel.height)
    return (parcel.weight, sizes, parcel.dry_ice_weight, parcel.contents)


def _add(total: Quote, other: Quote) -> Quote:
    days = [one for one in (total.transit_days, other.transit_days) if one is not None]
    dates = [one for one in (total.delivery_date, other.delivery_date) if one is not None]
    listed = None
    if total.list_amount is not None and other.list_amount is not None:
        listed = total.list_amount + other.list_amount
    return replace(
        total,
        amount=total.amount + other.amount,
        transit_days=max(days, default=None),
        delivery_date=max(dates, default=None),
        is_guaranteed=total.is_guaranteed and other.is_guaranteed,
        list_amount=listed,
    )
