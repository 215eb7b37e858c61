"""The calls that DHL Express is asked with (MyDHL API 3)."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus

from ...carrier_adapter import CarrierAdapter
from ...carrier_session import CarrierSession, Kind
from ...port import (
    Address,
    AddressCheck,
    Bought,
    Capability,
    Pickup,
    PickupSpec,
    Quote,
    Rejected,
    ServicePoint,
    ShipmentSpec,
    Track,
)
from ...spec_check import Needs
from ..registry import Account, Environment
from . import mapper

URLS = {
    Environment.TEST: "https://express.api.dhl.com/mydhlapi/test",
    Environment.PRODUCTION: "https://express.api.dhl.com/mydhlapi",
}
#: of the specification that the requests keep to
VERSION = "3.1.1"

#: no voids: a waybill that is never handed over is not billed. No reprint: DHL keeps the papers of
#: a shipment, and not its label
CAPABILITIES = frozenset(
    {
        Capability.RATE,
        Capability.BUY,
        Capability.MULTI_PARCEL,
        Capability.FIND,
        Capability.TRACK,
        Capability.RETURN_LABEL,
        Capability.VALIDATE_ADDRESS,
        Capability.PICKUP,
        Capability.SERVICE_POINTS,
        Capability.LABEL_PDF,
        Capability.LABEL_ZPL,
        Capability.CUSTOMS,
        Capability.INSURANCE,
    }
)
#: tracking shows a shipment that no driver has scanned in a view of its own
_VIEWS = ("advance-shipment", "shipment-details-only")


class DHLExpress(CarrierAdapter):
    """One account of DHL Express."""

    name = "DHL Express"
    capabilities = CAPABILITIES
    options = mapper.OPTIONS
    label_formats = mapper.FORMATS
    # tracking learns of a shipment some time after it was made, and DHL does not say how long
    # after: that none is found proves nothing, and a person decides
    find_proves_after: float | None = None
    needs = Needs(phone=True, dimensions=True)

    def __init__(self, account: Account) -> None:
        self.account = account
        credentials = account.credentials
        self.number = credentials.get("account_number", "").strip()
        pair = f"{credentials.get('api_key', '')}:{credentials.get('api_secret', '')}"
        self._basic = base64.b64encode(pair.encode()).decode()
        self.session = CarrierSession(
            self.name,
            account.base_url or URLS[account.environment],
            self._authorize,
            mapper.KEPT,
            mapper.explain,
            keep=account.keep,
            money_until=account.money_until,
        )

    def _authorize(self) -> Mapping[str, str]:
        return {
            "Authorization": f"Basic {self._basic}",
            "Message-Reference": str(uuid.uuid4()),
            "x-version": VERSION,
        }

    def check_account(self) -> None:
        if not (len(self.number) == 9 and self.number.isdigit()):
            raise self.refuse_number("account number", "nine digits")

    # -- rates ------------------------------------------------------------------------------------

    def rate(self, spec: ShipmentSpec) -> Sequence[Quote]:
        """All products with the account's own rates, for all parcels together."""
        spec = self.check_spec(spec)
        data = self.session.call(
            Kind.READ,
            "POST",
            "/rates",
            json_body=mapper.rate_request(spec, self.number, self._now()),
        )
        quotes = self.parse(mapper.quotes, data)
        said = self.parse(mapper.warnings, data)
        return self.offer(quotes, spec.service, mapper.SERVICES, said)

    # -- buying -----------------------------------------------------------------------------------

    def buy(self, spec: ShipmentSpec, key: str) -> Bought:
        spec = self.check_spec(spec)
        if not spec.service:
            spec = replace(spec, service=self.rate(spec)[0].service)
        data = self.session.call(
            Kind.MONEY,
            "POST",
            "/shipments",
            json_body=mapper.ship_request(spec, self.number, key, self._now()),
            # customs that take no electronic invoice get the printed one
            params={"bypassPLTError": "true"},
        )
        return self.parse_bought(lambda one: mapper.bought(one, spec, key), data)

    def find(self, key: str) -> Bought | None:
        """By tracking, which knows the numbers; DHL gives the label itself only once."""
        asked = mapper.find_params(key, self.number, self._now())
        for view in _VIEWS:
            data = self._read_tracking({**asked, "trackingView": view})
            found = self.parse(lambda one: mapper.found(one, key), data)
            if found is not None:
                return found
        return None

    def _read_tracking(self, params: Mapping[str, object]) -> object:
        try:
            return self.session.call(Kind.READ, "GET", "/tracking", params=params)
        except Rejected as refusal:
            if refusal.values.get("status") == HTTPStatus.NOT_FOUND:
                return {"shipments": []}
            raise

    # -- the rest ---------------------------------------------------------------------------------

    def track(self, number: str) -> Track:
        data = self._read_tracking(mapper.track_params(number))
        return self.parse(lambda one: mapper.track(one, number), data)

    def validate(self, address: Address) -> AddressCheck:
        """Whether DHL delivers to the town; of streets it says nothing."""
        return self.ask_address(
            lambda: self.session.call(
                Kind.READ, "GET", "/address-validate", params=mapper.address_params(address)
            ),
            lambda one: mapper.address_check(one, address),
        )

    def service_points(self, address: Address) -> Sequence[ServicePoint]:
        key = self.account.credentials.get("locator_key", "")
        try:
            data = self.session.call(
                Kind.READ, "GET", "/servicepoints", params=mapper.points_params(address, key)
            )
        except Rejected as refusal:
            if refusal.values.get("status") == HTTPStatus.NOT_FOUND:
                return []
            raise
        return self.parse(mapper.points, data)

    def pickup(self, spec: PickupSpec) -> Pickup:
        data = self.session.call(
            Kind.MONEY,
            "POST",
            "/pickups",
            json_body=mapper.pickup_request(spec, self.number),
        )
        return self.parse_sold(mapper.booked, data, "took the pickup but gave no number for it")

    def cancel_pickup(self, reference: str) -> None:
        # cancelling twice does no harm, and the answer is empty
        self.session.call(
            Kind.READ,
            "DELETE",
            f"/pickups/{self.path(reference)}",
            params={"requestorName": "Shipping", "reason": "Not needed any more"},
        )

    def check_connection(self) -> str:
        """By a question that costs nothing: whether DHL knows its own town."""
        self.check_account()
        self.session.call(
            Kind.READ,
            "GET",
            "/address-validate",
            params={
                "type": "delivery",
                "countryCode": "DE",
                "postalCode": "53113",
                "cityName": "Bonn",
            },
        )
        return "DHL Express accepts the API key and secret."
