"""The calls that FedEx is asked with."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ...carrier_adapter import CarrierAdapter
from ...carrier_session import CarrierSession, Kind
from ...oauth import ClientCredentials, TokenRequest
from ...port import (
    Address,
    AddressCheck,
    Bought,
    Capability,
    CarrierError,
    Manifest,
    Pickup,
    PickupSpec,
    Quote,
    Rejected,
    ServicePoint,
    ShipmentSpec,
    Track,
)
from ...rate_table import KG_PER_LB
from ...spec_check import Limits, Needs
from ..mapping import MM_PER_INCH
from ..registry import Account, Environment
from . import mapper

HOSTS = {
    Environment.TEST: "https://apis-sandbox.fedex.com",
    Environment.PRODUCTION: "https://apis.fedex.com",
}

CAPABILITIES = frozenset(
    {
        Capability.RATE,
        Capability.BUY,
        Capability.FIND,
        Capability.VOID,
        Capability.TRACK,
        Capability.RETURN_LABEL,
        Capability.VALIDATE_ADDRESS,
        Capability.PICKUP,
        Capability.MANIFEST,
        Capability.SERVICE_POINTS,
        Capability.LABEL_PDF,
        Capability.LABEL_PNG,
        Capability.LABEL_ZPL,
        Capability.CUSTOMS,
        Capability.INSURANCE,
    }
)


class FedEx(CarrierAdapter):
    """One account of FedEx."""

    name = "FedEx"
    capabilities = CAPABILITIES
    options = mapper.OPTIONS
    label_formats = mapper.FORMATS
    # tracking learns of a label some time after it was made, and FedEx does not say how long after:
    # that none is found proves nothing, and a person decides
    find_proves_after: float | None = None
    # 150 pounds, 119 inches, and 165 with the girth: what FedEx publishes for its parcel services
    needs = Needs(
        phone=True,
        limits=Limits(150 * KG_PER_LB, 119 * MM_PER_INCH, 165 * MM_PER_INCH),
    )

    def __init__(self, account: Account) -> None:
        self.account = account
        self.host = account.base_url.rstrip("/") or HOSTS[account.environment]
        self.number = account.credentials.get("account_number", "").replace("-", "").strip()
        self.credentials: list[ClientCredentials] = []
        self.session = self._open("client_id", "client_secret")
        # projects of FedEx are for shipping or for tracking
        own = account.credentials.get("track_client_id")
        self.track_session = (
            self._open("track_client_id", "track_client_secret") if own else self.session
        )

    def _open(self, id_name: str, secret_name: str) -> CarrierSession:
        client_id = self.account.credentials.get(id_name, "")
        secret = self.account.credentials.get(secret_name, "")
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": secret,
        }
        oauth = ClientCredentials(
            self.name,
            self.host,
            lambda: TokenRequest("/oauth/token", form=form),
            (client_id, secret),
            mapper.explain,
        )
        self.credentials.append(oauth)
        return CarrierSession(
            self.name,
            self.host,
            lambda: {
                **oauth.headers(),
                "x-locale": "en_US",
                "x-customer-transaction-id": uuid.uuid4().hex,
            },
            mapper.KEPT,
            mapper.explain,
            keep=self.account.keep,
            refused=oauth.drop,
            money_until=self.account.money_until,
        )

    def check_account(self) -> None:
        if not (len(self.number) == 9 and self.number.isdigit()):
            raise self.refuse_number("account number", "nine digits")

    # -- rates ------------------------------------------------------------------------------------

    def rate(self, spec: ShipmentSpec) -> Sequence[Quote]:
        """All services with the account's own rates; parcels are asked for as they are bought."""
        spec = self.check_spec(spec)
        try:
            quotes = self.rate_each(spec, self._rate_one)
        except Rejected as refusal:
            if not spec.service or refusal.code != "carrier":
                raise
            return self.offer((), spec.service, {}, refusal.message)
        return self.offer(quotes, spec.service, {})

    def _rate_one(self, spec: ShipmentSpec) -> list[Quote]:
        data = self.session.call(
            Kind.READ,
            "POST",
            "/rate/v1/rates/quotes",
            json_body=mapper.rate_request(spec, self.number, self._now()),
        )
        return self.parse(mapper.quotes, data)

    # -- buying -----------------------------------------------------------------------------------

    def buy(self, spec: ShipmentSpec, key: str) -> Bought:
        spec = self.check_spec(spec)
        self.check_one_parcel(spec)
        if not spec.service:
            spec = replace(spec, service=self.rate(spec)[0].service)
        try:
            data = self._ship(spec, key, is_paperless=True)
        except Rejected as refusal:
            # certainly not bought: where customs take no electronic papers, they are printed
            if spec.customs is None or not _is_about_papers(refusal):
                raise
            data = self._ship(spec, key, is_paperless=False)
        return self.parse_bought(lambda one: mapper.bought(one, spec, key), data)

    def _ship(self, spec: ShipmentSpec, key: str, *, is_paperless: bool) -> object:
        return self.session.call(
            Kind.MONEY,
            "POST",
            "/ship/v1/shipments",
            json_body=mapper.ship_request(
                spec, self.number, key, self._now(), is_paperless=is_paperless
            ),
        )

    def find(self, key: str) -> Bought | None:
        """By tracking, which knows the number; FedEx gives the label itself only once."""
        try:
            data = self.track_session.call(
                Kind.READ,
                "POST",
                "/track/v1/referencenumbers",
                json_body=mapper.reference_request(key, self.number, self._now()),
            )
        except Rejected as refusal:
            if refusal.code == "auth":
                raise
            return None
        return self.parse(lambda one: mapper.found(one, key), data)

    def void(self, reference: str) -> None:
        number = reference.rpartition("/")[2]
        try:
            data = self.session.call(
                Kind.MONEY,
                "PUT",
                "/ship/v1/shipments/cancel",
                json_body=mapper.cancel_request(number, self.number),
            )
        except Rejected as refusal:
            if refusal.code != "auth" and self._is_cancelled(number):
                return
            raise
        cancelled, words = self.parse_sold(
            lambda one: (one["output"]["cancelledShipment"], one["output"].get("message")),
            data,
            "did not say what became of the cancellation",
        )
        if not cancelled and not self._is_cancelled(number):
            raise Rejected(f"FedEx does not cancel this label: {words or number}", "not_voided")

    def _is_cancelled(self, number: str) -> bool:
        """Whether tracking knows that it was cancelled before."""
        try:
            return self.parse(mapper.status, self._ask_track(number)) == "CA"
        except CarrierError:
            return False

    # -- the rest ---------------------------------------------------------------------------------

    def track(self, number: str) -> Track:
        return self.parse(lambda one: mapper.track(one, number), self._ask_track(number))

    def _ask_track(self, number: str) -> object:
        return self.track_session.call(
            Kind.READ,
            "POST",
            "/track/v1/trackingnumbers",
            json_body=mapper.track_request(number),
        )

    def validate(self, address: Address) -> AddressCheck:
        data = self.session.call(
            Kind.READ,
            "POST",
            "/address/v1/addresses/resolve",
            json_body=mapper.address_request(address),
        )
        return self.parse(lambda one: mapper.address_check(one, address), data)

    def service_points(self, address: Address) -> Sequence[ServicePoint]:
        data = self.session.call(
            Kind.READ,
            "POST",
            "/location/v1/locations",
            json_body=mapper.points_request(address),
        )
        return self.parse(mapper.points, data)

    def pickup(self, spec: PickupSpec) -> Pickup:
        """Books a driver, when one is to be had at that time."""
        carrier = mapper.carrier_of(spec)
        data = self.session.call(
            Kind.READ,
            "POST",
            "/pickup/v1/pickups/availabilities",
            json_body=mapper.availability_request(spec, carrier, self._now()),
        )
        self.parse(mapper.check_available, data)
        data = self.session.call(
            Kind.MONEY,
            "POST",
            "/pickup/v1/pickups",
            json_body=mapper.pickup_request(spec, carrier, self.number, self._now()),
        )
        return self.parse_sold(
            lambda one: mapper.booked(one, spec, carrier),
            data,
            "took the pickup but gave no number for it",
        )

    def cancel_pickup(self, reference: str) -> None:
        self.session.call(
            Kind.MONEY,
            "PUT",
            "/pickup/v1/pickups/cancel",
            json_body=mapper.cancel_pickup_request(reference, self.number),
        )

    def manifest(
        self,
        references: Sequence[str],
        sender: Address | None = None,
        day: date | None = None,
    ) -> Manifest:
        """Closes the day for all that the account shipped by Ground, which does no harm twice.

        What was closed before is in no new manifest, so the day's is printed again.
        """
        numbers = mapper.ground_numbers(references)
        day = day or self._now().date()
        path = "/ship/v1/endofday/"
        body = mapper.close_request(self.number, day)
        data = self.session.call(Kind.CREATE, "PUT", path, json_body=body)
        manifest = self.parse(lambda one: mapper.closed(one, numbers, day), data)
        if manifest.document is None:
            # the day is closed, with or without the paper
            with contextlib.suppress(CarrierError):
                body = mapper.reprint_request(self.number, day)
                data = self.session.call(Kind.READ, "POST", path, json_body=body)
                return self.parse(lambda one: mapper.closed(one, numbers, day), data)
        return manifest

    def check_connection(self) -> str:
        self.check_account()
        for one in self.credentials:
            one.check()
        return "FedEx accepts the API key and secret."


def _is_about_papers(refusal: Rejected) -> bool:
    """Whether FedEx refused because of electronic trade documents."""
    words = refusal.message.upper()
    return any(word in words for word in ("ETD", "ELECTRONIC", "PAPERLESS"))
