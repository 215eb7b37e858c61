"""The calls that UPS is asked with."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from ...carrier_adapter import CarrierAdapter
from ...carrier_session import CarrierSession, Kind
from ...oauth import ClientCredentials, TokenRequest
from ...port import (
    Address,
    AddressCheck,
    Bought,
    Capability,
    Label,
    Pickup,
    PickupSpec,
    Quote,
    Rejected,
    ServicePoint,
    ShipmentSpec,
    Track,
)
from ...spec_check import Limits, Needs
from ..mapping import MM_PER_INCH
from ..registry import Account, Environment
from . import mapper

HOSTS = {
    Environment.TEST: "https://wwwcie.ups.com",
    Environment.PRODUCTION: "https://onlinetools.ups.com",
}
#: of the APIs, as their specifications number them
RATING, SHIPPING, PICKUP, ADDRESS, RECOVERY = "v2409", "v2409", "v2409", "v2", "v1"
LOCATOR = "v3"

CAPABILITIES = frozenset(
    {
        Capability.RATE,
        Capability.BUY,
        Capability.MULTI_PARCEL,
        Capability.FIND,
        Capability.REPRINT,
        Capability.VOID,
        Capability.TRACK,
        Capability.RETURN_LABEL,
        Capability.VALIDATE_ADDRESS,
        Capability.PICKUP,
        Capability.SERVICE_POINTS,
        Capability.LABEL_PDF,
        Capability.LABEL_PNG,
        Capability.LABEL_ZPL,
        Capability.CUSTOMS,
        Capability.INSURANCE,
    }
)


class UPS(CarrierAdapter):
    """One account of UPS."""

    name = "UPS"
    capabilities = CAPABILITIES
    options = mapper.OPTIONS
    label_formats = mapper.FORMATS
    # UPS does not say after how long a label can be found by its reference: that none is found
    # proves nothing, and a person decides
    find_proves_after: float | None = None
    # 70 kg, 108 inches, and 165 with the girth: what UPS publishes
    needs = Needs(phone=True, limits=Limits(Decimal(70), 108 * MM_PER_INCH, 165 * MM_PER_INCH))

    def __init__(self, account: Account) -> None:
        self.account = account
        self.host = account.base_url.rstrip("/") or HOSTS[account.environment]
        self.number = account.credentials.get("account_number", "").strip().upper()
        credentials = account.credentials
        identity = (credentials.get("client_id", ""), credentials.get("client_secret", ""))
        self.oauth = ClientCredentials("UPS", self.host, self._ask_token, identity, mapper.explain)
        self.session = CarrierSession(
            "UPS",
            f"{self.host}/api",
            self._authorize,
            mapper.KEPT,
            mapper.explain,
            keep=account.keep,
            refused=self.oauth.drop,
            money_until=account.money_until,
        )

    def _authorize(self) -> Mapping[str, str]:
        return {
            **self.oauth.headers(),
            "transId": uuid.uuid4().hex,
            "transactionSrc": "odoo",
        }

    def _ask_token(self) -> TokenRequest:
        credentials = self.account.credentials
        pair = f"{credentials.get('client_id', '')}:{credentials.get('client_secret', '')}"
        basic = base64.b64encode(pair.encode()).decode()
        return TokenRequest(
            "/security/v1/oauth/token",
            form={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {basic}", "x-merchant-id": self.number},
        )

    def check_account(self) -> None:
        if len(self.number) != 6:
            raise self.refuse_number("account number", "six letters and digits")

    # -- rates ----------------------------------------------------------------------------------

    def rate(self, spec: ShipmentSpec) -> Sequence[Quote]:
        """All services, with the account's own rates and the days that they take."""
        spec = self.check_spec(spec)
        data = self.session.call(
            Kind.READ,
            "POST",
            f"/rating/{RATING}/Shoptimeintransit",
            json_body=mapper.rate_request(spec, self.number, self._now()),
        )
        return self.offer(self.parse(mapper.quotes, data), spec.service, mapper.SERVICES)

    # -- buying ---------------------------------------------------------------------------------

    def buy(self, spec: ShipmentSpec, key: str) -> Bought:
        spec = self.check_spec(spec)
        if not spec.service:
            spec = replace(spec, service=self.rate(spec)[0].service)
        data = self.session.call(
            Kind.MONEY,
            "POST",
            f"/shipments/{SHIPPING}/ship",
            json_body=mapper.ship_request(spec, self.number, key, self._now()),
        )
        return self.parse_bought(lambda one: mapper.bought(one, spec, key), data)

    def find(self, key: str) -> Bought | None:
        try:
            data = self.session.call(
                Kind.READ,
                "POST",
                f"/labels/{RECOVERY}/recovery",
                json_body=mapper.recovery_request(key, self.number, "pdf"),
            )
        except Rejected as refusal:
            if refusal.code == "auth":
                raise
            return None
        return self.parse(lambda one: mapper.recovered(one, key, "pdf"), data)

    def labels(self, reference: str, label_format: str) -> tuple[Label, ...]:
        number = reference.rpartition("/")[2]
        data = self.session.call(
            Kind.READ,
            "POST",
            f"/labels/{RECOVERY}/recovery",
            json_body=mapper.reprint_request(number, label_format),
        )
        found = self.parse(lambda one: mapper.recovered(one, number, label_format), data)
        if found is None or not found.parcels[0].labels:
            raise Rejected("UPS has no label for this parcel.", "label_format")
        return found.parcels[0].labels

    def void(self, reference: str) -> None:
        """UPS answers "voided" as well when it was voided before."""
        shipment, _slash, number = reference.partition("/")
        data = self.session.call(
            Kind.MONEY,
            "DELETE",
            f"/shipments/{SHIPPING}/void/cancel/{self.path(shipment)}",
            params={"trackingnumber": number or shipment, "shipperNumber": self.number},
        )
        code, words = self.parse_sold(
            lambda one: mapper.void_status(one, number),
            data,
            "did not say what became of the void",
        )
        if code != "1":
            raise Rejected(f"UPS does not void this label: {words or code}", "not_voided")

    # -- the rest -------------------------------------------------------------------------------

    def track(self, number: str) -> Track:
        data = self.session.call(Kind.READ, "GET", f"/track/v1/details/{self.path(number)}")
        return self.parse(lambda one: mapper.track(one, number), data)

    def validate(self, address: Address) -> AddressCheck:
        if address.country_code not in ("US", "PR"):
            raise Rejected(
                "UPS checks addresses in the USA and Puerto Rico only.", "address_country"
            )
        data = self.session.call(
            Kind.READ,
            "POST",
            # 3: validates and classifies
            f"/addressvalidation/{ADDRESS}/3",
            json_body=mapper.address_request(address),
        )
        return self.parse(lambda one: mapper.address_check(one, address), data)

    def service_points(self, address: Address) -> Sequence[ServicePoint]:
        data = self.session.call(
            Kind.READ,
            "POST",
            # 64: access points
            f"/locations/{LOCATOR}/search/availabilities/64",
            json_body=mapper.points_request(address),
        )
        return self.parse(mapper.points, data)

    def pickup(self, spec: PickupSpec) -> Pickup:
        if not spec.references:
            raise Rejected("There is no parcel to be picked up.", "no_parcel")
        data = self.session.call(
            Kind.MONEY,
            "POST",
            f"/pickupcreation/{PICKUP}/pickup",
            json_body=mapper.pickup_request(spec, self.number),
        )
        number = self.parse_sold(
            lambda one: str(one["PickupCreationResponse"]["PRN"]),
            data,
            "took the pickup but gave no number for it",
        )
        return Pickup(reference=number, confirmation=number)

    def cancel_pickup(self, reference: str) -> None:
        # 02: by the number of the pickup
        self.session.call(
            Kind.MONEY, "DELETE", f"/shipments/{PICKUP}/pickup/02", headers={"Prn": reference}
        )

    def check_connection(self) -> str:
        self.check_account()
        self.oauth.check()
        return "UPS accepts the client ID and secret."
