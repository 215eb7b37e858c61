"""The calls that USPS is asked with (apis.usps.com, version 3 of its APIs)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from http import HTTPStatus

from ...carrier_adapter import CarrierAdapter
from ...carrier_session import CarrierSession, Kind
from ...oauth import ClientCredentials, TokenRequest
from ...port import (
    Address,
    AddressCheck,
    Bought,
    Capability,
    Label,
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
from ...spec_check import EU, Limits, Needs
from ...token_cache import TOKENS
from ..mapping import MM_PER_INCH
from ..registry import Account, Environment
from . import mapper

HOSTS = {
    Environment.TEST: "https://apis-tem.usps.com",
    Environment.PRODUCTION: "https://apis.usps.com",
}

CAPABILITIES = frozenset(
    {
        Capability.RATE,
        Capability.BUY,
        Capability.FIND,
        Capability.REPRINT,
        Capability.VOID,
        Capability.TRACK,
        Capability.RETURN_LABEL,
        Capability.VALIDATE_ADDRESS,
        Capability.PICKUP,
        Capability.SERVICE_POINTS,
        Capability.MANIFEST,
        Capability.LABEL_PDF,
        Capability.LABEL_PNG,
        Capability.LABEL_ZPL,
        Capability.CUSTOMS,
        Capability.INSURANCE,
    }
)

#: where labels are made, printed again and cancelled
_LABELS = {
    mapper.DOMESTIC: ("/labels/v3/label", "/labels/v3/label-reprint"),
    mapper.INTERNATIONAL: (
        "/international-labels/v3/international-label",
        "/international-labels/v3/international-label-reprint",
    ),
}
#: labels come in JSON when they are asked for like this, else in parts of several types
_JSON_LABELS = "application/vnd.usps.labels+json"
#: a payment authorization is valid for eight hours
_PAYMENT_SECONDS = 8 * 3600.0


class USPS(CarrierAdapter):
    """One account of USPS."""

    name = "USPS"
    capabilities = CAPABILITIES
    options = mapper.OPTIONS
    label_formats = mapper.FORMATS
    # USPS knows purchases by our key, and does not say how soon after: that none is found proves
    # nothing, and a person decides
    find_proves_after: float | None = None
    # 70 pounds, and 130 inches with the girth, which Ground Advantage takes: what USPS publishes
    needs = Needs(
        dimensions=True,
        customs_unions=(EU, mapper.HOME),
        limits=Limits(70 * KG_PER_LB, girth=130 * MM_PER_INCH),
    )

    def __init__(self, account: Account) -> None:
        self.account = account
        self.host = account.base_url.rstrip("/") or HOSTS[account.environment]
        credentials = account.credentials
        self.mid = credentials.get("mid", "").strip()
        self.manifest_mid = credentials.get("manifest_mid", "").strip()
        self.crid = credentials.get("crid", "").strip()
        self.number = credentials.get("account_number", "").strip()
        identity = (
            credentials.get("client_id", ""),
            credentials.get("client_secret", ""),
            self.crid,
            self.mid,
            self.manifest_mid,
            self.number,
        )
        self.oauth = ClientCredentials(
            self.name, self.host, self._ask_token, identity, mapper.explain
        )
        self._payments: dict[str, str] = {}
        self.session = CarrierSession(
            self.name,
            self.host,
            self.oauth.headers,
            mapper.KEPT,
            mapper.explain,
            keep=account.keep,
            refused=self._drop_tokens,
            money_until=account.money_until,
        )

    # -- tokens -----------------------------------------------------------------------------------

    def _ask_token(self) -> TokenRequest:
        credentials = self.account.credentials
        return TokenRequest(
            "/oauth2/v3/token",
            json_body={
                "grant_type": "client_credentials",
                "client_id": credentials.get("client_id", ""),
                "client_secret": credentials.get("client_secret", ""),
            },
        )

    def _pay(self, *, is_return: bool = False) -> Mapping[str, str]:
        """The header that names who pays."""
        scope = "payment-return" if is_return else "payment"
        token = TOKENS.get(
            self.oauth.key, scope, lambda: self._authorize_payment(is_return=is_return)
        )
        self._payments[scope] = token
        return {"X-Payment-Authorization-Token": token}

    def _authorize_payment(self, *, is_return: bool) -> tuple[str, float]:
        ids = {"CRID": self.crid, "MID": self.mid, "manifestMID": self.manifest_mid}
        payer = {**ids, "accountType": "EPS", "accountNumber": self.number}
        roles = [{"roleName": "PAYER", **payer}, {"roleName": "LABEL_OWNER", **ids}]
        if is_return:
            roles += [
                {"roleName": "RETURN_LABEL_PAYER", **payer},
                {"roleName": "RETURN_LABEL_OWNER", **ids},
            ]
        data = self.session.call(
            Kind.READ, "POST", "/payments/v3/payment-authorization", json_body={"roles": roles}
        )
        token = self.parse(lambda one: str(one["paymentAuthorizationToken"]), data)
        return token, _PAYMENT_SECONDS

    def _drop_tokens(self) -> None:
        self.oauth.drop()
        for scope, token in self._payments.items():
            TOKENS.drop(self.oauth.key, scope, token)

    def check_account(self) -> None:
        for number, what in ((self.mid, "Mailer ID"), (self.manifest_mid, "manifest MID")):
            if not (number.isdigit() and len(number) in (6, 9)):
                raise self.refuse_number(what, "six or nine digits")

    def check_spec(self, spec: ShipmentSpec) -> ShipmentSpec:
        spec = super().check_spec(spec)
        mapper.extra_services(spec)
        if spec.sender.country_code not in mapper.HOME:
            raise Rejected(
                "USPS ships from the USA and Puerto Rico only. Choose another carrier for this "
                "warehouse.",
                "sender_country",
            )
        # nothing is declared on the way to Puerto Rico
        return replace(spec, customs=None) if mapper.is_domestic(spec) else spec

    # -- rates ------------------------------------------------------------------------------------

    def rate(self, spec: ShipmentSpec) -> Sequence[Quote]:
        """All mail classes for boxes of one's own, by the rates of the payment account."""
        spec = self.check_spec(spec)
        quotes = self.rate_each(spec, lambda one: [offer.quote for offer in self._ask_offers(one)])
        return self.offer(quotes, spec.service, mapper.SERVICES)

    def _ask_offers(self, spec: ShipmentSpec) -> list[mapper.Offer]:
        now = self._now()
        data = self.session.call(
            Kind.READ,
            "POST",
            "/shipments/v3/options/search",
            json_body=mapper.options_request(spec, self.number, self.mid, now),
        )
        return self.parse(lambda one: mapper.offers(one, spec, now), data)

    # -- buying -----------------------------------------------------------------------------------

    def buy(self, spec: ShipmentSpec, key: str) -> Bought:
        """Asks for the price first: a label repeats the codes of its rate."""
        spec = self.check_spec(spec)
        parcel = self.check_one_parcel(spec)
        offers = self._ask_offers(spec)
        quotes = [offer.quote for offer in offers]
        chosen = self.offer(quotes, spec.service, mapper.SERVICES)[0]
        [offer] = [one for one in offers if one.quote is chosen]
        kind, path, body = self._prepare_label(spec, offer)
        headers = {
            **self._pay(is_return=spec.is_return),
            "X-Idempotency-Key": mapper.idempotency_key(key),
            "Accept": _JSON_LABELS,
        }
        data = self.session.call(Kind.MONEY, "POST", path, json_body=body, headers=headers)
        return self.parse_bought(
            lambda one: mapper.bought(one, parcel, key, kind, spec.label_format, chosen.service),
            data,
        )

    def _prepare_label(self, spec: ShipmentSpec, offer: mapper.Offer) -> tuple[str, str, dict]:
        now = self._now()
        if not mapper.is_domestic(spec):
            kind = mapper.INTERNATIONAL
            return kind, _LABELS[kind][0], mapper.international_request(spec, offer, now)
        kind = mapper.DOMESTIC
        path = "/labels/v3/return-label" if spec.is_return else _LABELS[kind][0]
        return kind, path, mapper.label_request(spec, offer, now)

    def find(self, key: str) -> Bought | None:
        """By printing the label again that our key bought, at home or abroad."""
        for kind, (_make, reprint) in _LABELS.items():
            data = self._reprint(reprint, "pdf", mapper.idempotency_key(key))
            if data is not None:
                return self.parse(
                    lambda one, kind=kind: mapper.bought(one, None, key, kind, "pdf"), data
                )
        return None

    def _reprint(self, path: str, label_format: str, key: str = "") -> object | None:
        """``None`` when USPS knows of no such label."""
        abroad = path.startswith("/international")
        headers = {**self._pay(), "Accept": _JSON_LABELS}
        if key:
            headers["X-Idempotency-Key"] = key
        try:
            return self.session.call(
                Kind.READ,
                "POST",
                path,
                json_body={"imageInfo": mapper.image_info(label_format, abroad=abroad)},
                headers=headers,
            )
        except Rejected as refusal:
            if _is_unknown(refusal):
                return None
            raise

    def labels(self, reference: str, label_format: str) -> tuple[Label, ...]:
        """USPS prints a label again three times, until the day that it was made for."""
        kind, number = self._split(reference)
        data = self._reprint(f"{_LABELS[kind][1]}/{self.path(number)}", label_format)
        labels = (
            () if data is None else self.parse(lambda one: mapper.picture(one, label_format), data)
        )
        if not labels:
            raise Rejected("USPS has no label for this parcel.", "label_format")
        return labels

    def _split(self, reference: str) -> tuple[str, str]:
        """Where a label was made, and its number."""
        kind = reference.partition("/")[0]
        if kind not in _LABELS:
            raise Rejected(f"{reference} is no label of USPS.", "not_found")
        return kind, reference.rpartition("/")[2]

    def void(self, reference: str) -> None:
        """Cancelled, or, once it is in a manifest, asked to be refunded."""
        kind, number = self._split(reference)
        try:
            data = self.session.call(
                Kind.MONEY,
                "DELETE",
                f"{_LABELS[kind][0]}/{self.path(number)}",
                headers=dict(self._pay()),
            )
        except Rejected as refusal:
            if _is_done(refusal):
                return
            raise
        status = self.parse_sold(
            lambda one: str(one["status"]), data, "did not say what became of the label"
        )
        if status not in ("CANCELED", "DISPUTED"):
            raise Rejected(f"USPS does not take this label back: {status}", "not_voided")

    # -- the rest ---------------------------------------------------------------------------------

    def track(self, number: str) -> Track:
        data = self.session.call(
            Kind.READ,
            "GET",
            f"/tracking/v3/tracking/{self.path(number)}",
            params={"expand": "DETAIL"},
        )
        return self.parse(lambda one: mapper.track(one, number), data)

    def validate(self, address: Address) -> AddressCheck:
        if address.country_code not in mapper.HOME:
            raise Rejected("USPS checks addresses in the USA only.", "address_country")
        return self.ask_address(
            lambda: self.session.call(
                Kind.READ, "GET", "/addresses/v3/address", params=mapper.address_params(address)
            ),
            lambda one: mapper.address_check(one, address),
        )

    def service_points(self, address: Address) -> Sequence[ServicePoint]:
        if address.country_code not in mapper.HOME:
            raise Rejected("USPS has post offices in the USA only.", "address_country")
        data = self.session.call(
            Kind.READ,
            "GET",
            "/locations/v3/post-office-locations",
            params=mapper.points_params(address),
        )
        return self.parse(mapper.points, data)

    def pickup(self, spec: PickupSpec) -> Pickup:
        data = self.session.call(
            Kind.MONEY,
            "POST",
            "/pickup/v3/carrier-pickup",
            json_body=mapper.pickup_request(spec),
        )
        return self.parse_sold(mapper.booked, data, "took the pickup but gave no number for it")

    def cancel_pickup(self, reference: str) -> None:
        """USPS wants the version of the pickup named, which only reading it tells."""
        path = f"/pickup/v3/carrier-pickup/{self.path(reference)}"
        try:
            _data, version = self.session.read_tagged(path)
        except Rejected as refusal:
            if refusal.values.get("status") == HTTPStatus.NOT_FOUND:
                return
            raise
        # cancelling twice does no harm, and the answer is empty
        self.session.call(Kind.READ, "DELETE", path, headers={"If-Match": version})

    def manifest(
        self,
        references: Sequence[str],
        sender: Address | None = None,
        day: date | None = None,
    ) -> Manifest:
        """The SCAN form (PS Form 5630): one scan accepts all parcels."""
        data = self.session.call(
            Kind.CREATE,
            "POST",
            "/scan-forms/v3/scan-form",
            json_body=mapper.scan_request(references, sender, day or self._now().date()),
        )
        return self.parse(mapper.manifest, data)

    def check_connection(self) -> str:
        """The key and secret, and whether the payment account may be used."""
        self.check_account()
        self.oauth.check()
        self._authorize_payment(is_return=False)
        return "USPS accepts the key, the secret and the payment account."


def _is_unknown(refusal: Rejected) -> bool:
    """Whether USPS knows nothing of what it was asked about."""
    return refusal.code != "auth" and (
        refusal.values.get("status") == HTTPStatus.NOT_FOUND
        or "not found" in refusal.message.lower()
    )


def _is_done(refusal: Rejected) -> bool:
    """Whether a label was refused to be given back because it is back already."""
    words = refusal.message.lower()
    return "already" in words and any(
        done in words for done in ("cancel", "refund", "disput", "submitted")
    )
