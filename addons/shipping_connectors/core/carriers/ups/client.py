"""The calls that UPS is asked with."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from urllib.parse import quote as quote_path

from ...carrier_session import CarrierSession, Kind
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
    Retryable,
    ShipmentSpec,
    Track,
    Unknown,
)
from ...spec_check import Needs, check
from ...token_cache import TOKENS
from ..registry import Account, Environment
from . import mapper

HOSTS = {
    Environment.TEST: "https://wwwcie.ups.com",
    Environment.PRODUCTION: "https://onlinetools.ups.com",
}
#: of the APIs, as their specifications number them
RATING, SHIPPING, PICKUP, ADDRESS, RECOVERY = "v2409", "v2409", "v2409", "v2", "v1"

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
        Capability.LABEL_PDF,
        Capability.LABEL_PNG,
        Capability.LABEL_ZPL,
        Capability.CUSTOMS,
        Capability.INSURANCE,
    }
)
_BAD = (KeyError, TypeError, ValueError, AttributeError, IndexError)


class UPS:
    """One account of UPS."""

    capabilities = CAPABILITIES
    # UPS does not say after how long a label can be found by its reference: that none is found
    # proves nothing, and a person decides
    find_proves_after: float | None = None
    needs = Needs(phone=True)

    def __init__(self, account: Account) -> None:
        self.account = account
        self.host = account.base_url.rstrip("/") or HOSTS[account.environment]
        self.number = account.credentials.get("account_number", "").strip().upper()
        self.session = CarrierSession(
            "UPS",
            f"{self.host}/api",
            self._authorize,
            mapper.KEPT,
            mapper.explain,
            keep=account.keep,
            refused=self._drop_token,
            money_until=account.money_until,
        )

    # -- token ----------------------------------------------------------------------------------

    @property
    def _token_key(self) -> str:
        credentials = self.account.credentials
        text = f"{self.host}|{credentials.get('client_id')}|{credentials.get('client_secret')}"
        return hashlib.sha256(text.encode()).hexdigest()

    def _authorize(self) -> Mapping[str, str]:
        self._token = TOKENS.get(self._token_key, "", self._fetch_token)
        return {
            "Authorization": f"Bearer {self._token}",
            "transId": uuid.uuid4().hex,
            "transactionSrc": "odoo",
        }

    def _drop_token(self) -> None:
        TOKENS.drop(self._token_key, "", self._token)

    def _fetch_token(self) -> tuple[str, float]:
        credentials = self.account.credentials
        pair = f"{credentials.get('client_id', '')}:{credentials.get('client_secret', '')}"
        basic = base64.b64encode(pair.encode()).decode()
        session = CarrierSession(
            "UPS",
            self.host,
            lambda: {"Authorization": f"Basic {basic}", "x-merchant-id": self.number},
            (),
            mapper.explain,
        )
        data = session.call(
            Kind.READ,
            "POST",
            "/security/v1/oauth/token",
            form={"grant_type": "client_credentials"},
        )
        return self._read(lambda one: (str(one["access_token"]), float(one["expires_in"])), data)

    # -- rates ----------------------------------------------------------------------------------

    def rate(self, spec: ShipmentSpec) -> Sequence[Quote]:
        """All services, with the account's own rates and the days that they take."""
        spec = self._check(spec)
        data = self.session.call(
            Kind.READ,
            "POST",
            f"/rating/{RATING}/Shoptimeintransit",
            json_body=mapper.rate_request(spec, self.number, self._now()),
        )
        quotes = self._read(mapper.quotes, data)
        if spec.service:
            quotes = [quote for quote in quotes if quote.service == spec.service]
        if not quotes:
            name = mapper.SERVICES.get(spec.service, spec.service) or "No service"
            raise Rejected(
                f"{name} is not offered for these parcels to this address.",
                "no_service",
                service=spec.service,
            )
        return sorted(quotes, key=lambda quote: (quote.amount, quote.service))

    def _check(self, spec: ShipmentSpec) -> ShipmentSpec:
        unknown = sorted(set(spec.options) - mapper.OPTIONS)
        if unknown:
            raise Rejected(
                f"UPS does not offer the option {unknown[0]} here. Remove it.",
                "unknown_option",
                option=unknown[0],
            )
        if spec.label_format not in mapper.FORMATS:
            raise Rejected(
                f"UPS makes no labels as {spec.label_format}. Choose PDF, PNG or ZPL.",
                "label_format",
                format=spec.label_format,
            )
        if len(self.number) != 6:
            raise Rejected(
                "The account number of UPS has six letters and digits. Correct it on the carrier "
                "account.",
                "account_number",
            )
        return check(spec, self.needs)

    def _now(self) -> datetime:
        return datetime.now(timezone.utc)

    # -- buying ---------------------------------------------------------------------------------

    def buy(self, spec: ShipmentSpec, key: str) -> Bought:
        spec = self._check(spec)
        if not spec.service:
            spec = replace(spec, service=self.rate(spec)[0].service)
        data = self.session.call(
            Kind.MONEY,
            "POST",
            f"/shipments/{SHIPPING}/ship",
            json_body=mapper.ship_request(spec, self.number, key, self._now()),
        )
        try:
            return mapper.bought(data, spec, key)  # type: ignore[arg-type]
        except _BAD as error:
            raise Unknown(
                "UPS took the purchase but answered without what makes a label.", "unreadable"
            ) from error

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
        return self._read(lambda one: mapper.recovered(one, key, "pdf"), data)

    def labels(self, reference: str, label_format: str) -> tuple[Label, ...]:
        number = reference.rpartition("/")[2]
        data = self.session.call(
            Kind.READ,
            "POST",
            f"/labels/{RECOVERY}/recovery",
            json_body=mapper.reprint_request(number, label_format),
        )
        found = self._read(lambda one: mapper.recovered(one, number, label_format), data)
        if found is None or not found.parcels[0].labels:
            raise Rejected("UPS has no label for this parcel.", "label_format")
        return found.parcels[0].labels

    def void(self, reference: str) -> None:
        """UPS answers "voided" as well when it was voided before."""
        shipment, _slash, number = reference.partition("/")
        data = self.session.call(
            Kind.MONEY,
            "DELETE",
            f"/shipments/{SHIPPING}/void/cancel/{quote_path(shipment, safe='')}",
            params={"trackingnumber": number or shipment, "shipperNumber": self.number},
        )
        try:
            answer = data["VoidShipmentResponse"]  # type: ignore[index]
            results = mapper.many(answer.get("PackageLevelResults"))
            mine = [one for one in results if one.get("TrackingNumber") == number]
            status = (mine or [answer["SummaryResult"]])[0]["Status"]
            code, words = str(status["Code"]), str(status.get("Description") or "")
        except _BAD as error:
            raise Unknown("UPS did not say what became of the void.", "unreadable") from error
        if code != "1":
            raise Rejected(f"UPS does not void this label: {words or code}", "not_voided")

    # -- the rest -------------------------------------------------------------------------------

    def track(self, number: str) -> Track:
        data = self.session.call(
            Kind.READ, "GET", f"/track/v1/details/{quote_path(number, safe='')}"
        )
        return self._read(lambda one: mapper.track(one, number), data)

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
        return self._read(lambda one: mapper.address_check(one, address), data)

    def pickup(self, spec: PickupSpec) -> Pickup:
        if not spec.references:
            raise Rejected("There is no parcel to be picked up.", "no_parcel")
        data = self.session.call(
            Kind.MONEY,
            "POST",
            f"/pickupcreation/{PICKUP}/pickup",
            json_body=mapper.pickup_request(spec, self.number),
        )
        try:
            number = str(data["PickupCreationResponse"]["PRN"])  # type: ignore[index]
        except _BAD as error:
            raise Unknown("UPS took the pickup but gave no number for it.", "unreadable") from error
        return Pickup(reference=number, confirmation=number)

    def cancel_pickup(self, reference: str) -> None:
        # 02: by the number of the pickup
        self.session.call(
            Kind.MONEY, "DELETE", f"/shipments/{PICKUP}/pickup/02", headers={"Prn": reference}
        )

    def check_connection(self) -> str:
        if len(self.number) != 6:
            raise Rejected(
                "The account number of UPS has six letters and digits. Correct it on the carrier "
                "account.",
                "account_number",
            )
        self._authorize()
        return "UPS accepts the client ID and secret."

    def _read(self, parse, data):
        try:
            return parse(data)
        except (*_BAD, LookupError) as error:
            raise Retryable("UPS answered something that cannot be read.", "unreadable") from error
