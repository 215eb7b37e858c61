"""The calls that EasyPost is asked with."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from http import HTTPStatus

from ...carrier_adapter import CarrierAdapter
from ...carrier_session import CarrierSession, Kind
from ...port import (
    Address,
    AddressCheck,
    Bought,
    Capability,
    CarrierError,
    Label,
    Manifest,
    Parcel,
    Pickup,
    PickupSpec,
    Quote,
    Rejected,
    Retryable,
    ShipmentSpec,
    Track,
    Unknown,
)
from ..registry import Account, Environment
from . import mapper

BASE_URL = "https://api.easypost.com/v2"
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
        Capability.MANIFEST,
        Capability.LABEL_PDF,
        Capability.LABEL_ZPL,
        Capability.LABEL_PNG,
        Capability.CUSTOMS,
        Capability.INSURANCE,
    }
)
_GIVEN_BACK = ("submitted", "refunded")


class EasyPost(CarrierAdapter):
    """One account of EasyPost."""

    name = "EasyPost"
    capabilities = CAPABILITIES
    options = mapper.OPTIONS
    label_formats = ("pdf", "zpl", "png")
    # a purchase that has not appeared under its reference by then was never made: EasyPost answers
    # or gives up within a minute
    find_proves_after: float | None = 120.0

    def __init__(self, account: Account) -> None:
        self.account = account
        key = account.credentials.get("api_key", "")
        token = base64.b64encode(f"{key}:".encode()).decode()
        self.session = CarrierSession(
            "EasyPost",
            account.base_url or BASE_URL,
            lambda: {"Authorization": f"Basic {token}"},
            mapper.KEPT,
            mapper.explain,
            keep=account.keep,
            money_until=account.money_until,
        )

    # -- rates ----------------------------------------------------------------------------------

    def rate(self, spec: ShipmentSpec) -> Sequence[Quote]:
        """Offers for all parcels; a service that does not take every one of them is left out."""
        spec = self.check_spec(spec)
        totals = self.rate_each(spec, self._rate_one)
        if not totals:
            raise Rejected("No service takes all of these parcels.", "no_service")
        return sorted(totals, key=lambda quote: (quote.amount, quote.service))

    def _rate_one(self, spec: ShipmentSpec) -> list[Quote]:
        offers = self._offers(self._draft(spec, spec.parcels[0], ""), spec.service)
        return [self._parse_quote(rate) for rate in offers]

    def _draft(self, spec: ShipmentSpec, parcel: Parcel, key: str) -> dict:
        data = self.session.call(
            Kind.CREATE, "POST", "/shipments", json_body=mapper.shipment(spec, parcel, key)
        )
        if not isinstance(data, dict) or not isinstance(data.get("rates"), list):
            raise Retryable("EasyPost answered without rates. Try again in a minute.", "unreadable")
        return data

    def _offers(self, draft: dict, service: str) -> list[dict]:
        """The rates of a draft, those of ``service`` where one is wanted.

        :raises Rejected: when there is none, with what the carriers said about it
        """
        offers = [
            rate
            for rate in draft["rates"]
            if isinstance(rate, dict) and (not service or mapper.service_code(rate) == service)
        ]
        if not offers:
            said = "; ".join(
                str(one.get("message") or "")
                for one in draft.get("messages") or ()
                if isinstance(one, dict)
            )
            wanted = f"{service} is not offered" if service else "No service is offered"
            raise Rejected(
                f"{wanted} for this parcel to this address. {said}".strip(),
                "no_service",
                service=service,
                words=said,
            )
        return offers

    def _parse_quote(self, rate: dict) -> Quote:
        return self.parse(mapper.quote, rate)

    # -- buying ---------------------------------------------------------------------------------

    def buy(self, spec: ShipmentSpec, key: str) -> Bought:
        """Draft, choose, pay. Whatever fails before the payment has bought nothing."""
        spec = self.check_spec(spec)
        parcel = self.check_one_parcel(spec)
        draft = self._draft(spec, parcel, key)
        quotes = [(self._parse_quote(rate), rate) for rate in self._offers(draft, spec.service)]
        _cheapest, rate = min(quotes, key=lambda pair: (pair[0].amount, pair[0].service))
        body: dict[str, object] = {"rate": {"id": rate["id"]}}
        if spec.insured_value > 0:
            body["insurance"] = f"{spec.insured_value:.2f}"
        path = f"/shipments/{self.path(draft['id'])}/buy"
        return self._parse_bought(
            self.session.call(Kind.MONEY, "POST", path, json_body=body),
            parcel,
            key,
            spec.label_format,
        )

    def _parse_bought(self, data: object, parcel: Parcel | None, key: str, label_format: str):
        bought = self.parse_bought(lambda one: mapper.bought(one, parcel, key, ()), data)
        # it is paid: a label that does not arrive now is fetched later, and no reason to fail
        with contextlib.suppress(CarrierError):
            labels = self._fetch(data, label_format)  # type: ignore[arg-type]
            bought = mapper.bought(data, parcel, key, labels)  # type: ignore[arg-type]
        return replace(bought, documents=self._fetch_papers(data))  # type: ignore[arg-type]

    def _fetch_papers(self, data: dict) -> tuple[Label, ...]:
        """Papers for customs; one that does not arrive can be printed at EasyPost."""
        papers = []
        for url in mapper.paper_urls(data):
            with contextlib.suppress(CarrierError):
                papers.append(Label("pdf", self.session.download(url)))
        return tuple(papers)

    def _fetch(self, data: dict, label_format: str) -> tuple[Label, ...]:
        url = mapper.label_url(data, label_format)
        if not url:
            return ()
        return (Label(label_format, self.session.download(url)),)

    def find(self, key: str) -> Bought | None:
        data = self._get_shipment(key)
        if data is None or not data.get("tracking_code"):
            return None
        if data.get("refund_status") in _GIVEN_BACK:
            return None
        return self._parse_bought(data, None, key, self._bought_format(data))

    def _bought_format(self, data: dict) -> str:
        options = data.get("options") or {}
        wanted = str(options.get("label_format") or "png").lower()
        return wanted if wanted in ("pdf", "zpl", "png") else "png"

    def _get_shipment(self, reference: str) -> dict | None:
        try:
            data = self.session.call(Kind.READ, "GET", f"/shipments/{self.path(reference)}")
        except Rejected as refusal:
            if refusal.values.get("status") == HTTPStatus.NOT_FOUND:
                return None
            raise
        if not isinstance(data, dict) or "id" not in data:
            raise Retryable("EasyPost answered a shipment that cannot be read.", "unreadable")
        return data

    def labels(self, reference: str, label_format: str) -> tuple[Label, ...]:
        """The label in any format; EasyPost converts what it made in another."""
        data = self.session.call(
            Kind.READ,
            "GET",
            f"/shipments/{self.path(reference)}/label",
            params={"file_format": label_format.upper()},
        )
        labels = self._fetch(data, label_format) if isinstance(data, dict) else ()
        if not labels:
            raise Rejected(
                f"EasyPost has no {label_format.upper()} label for this parcel.", "label_format"
            )
        return labels

    def void(self, reference: str) -> None:
        path = f"/shipments/{self.path(reference)}/refund"
        try:
            data = self.session.call(Kind.MONEY, "POST", path)
        except Rejected:
            # refused because it is done already?
            known = self._get_shipment(reference)
            if known is not None and known.get("refund_status") in _GIVEN_BACK:
                return
            raise
        status = data.get("refund_status") if isinstance(data, dict) else None
        if status in _GIVEN_BACK:
            return
        if status in ("rejected", "not_applicable"):
            raise Rejected(
                "EasyPost does not refund this label: it was used, or is too old.", "not_refunded"
            )
        raise Unknown("EasyPost did not say what became of the refund.", "unreadable")

    # -- the rest -------------------------------------------------------------------------------

    def track(self, number: str) -> Track:
        """EasyPost gives the tracker that it has of a number, or makes one: repeating is safe."""
        data = self.session.call(
            Kind.READ, "POST", "/trackers", json_body={"tracker": {"tracking_code": number}}
        )
        return self.parse(mapper.track, data)

    def validate(self, address: Address) -> AddressCheck:
        data = self.session.call(
            Kind.READ,
            "POST",
            "/addresses",
            json_body={"address": mapper.address(address), "verify": True},
        )
        return self.parse(lambda found: mapper.address_check(found, address), data)

    def pickup(self, spec: PickupSpec) -> Pickup:
        """One shipment stands for all: the driver takes what is ready."""
        if not spec.references:
            raise Rejected("There is no parcel to be picked up.", "no_parcel")
        draft = self.session.call(
            Kind.CREATE, "POST", "/pickups", json_body=mapper.pickup(spec, spec.references[0])
        )
        rates = draft.get("pickup_rates") if isinstance(draft, dict) else None
        if not rates:
            raise Rejected("No driver is offered at that time. Choose another one.", "no_pickup")
        cheapest = min(
            rates, key=lambda rate: self.parse(lambda one: mapper.money(one["rate"]), rate)
        )
        data = self.session.call(
            Kind.MONEY,
            "POST",
            f"/pickups/{self.path(draft['id'])}/buy",
            json_body={"carrier": cheapest["carrier"], "service": cheapest["service"]},
        )
        return self.parse(mapper.booked, data)

    def cancel_pickup(self, reference: str) -> None:
        path = f"/pickups/{self.path(reference)}"
        try:
            self.session.call(Kind.MONEY, "POST", f"{path}/cancel")
        except Rejected:
            known = self.session.call(Kind.READ, "GET", path)
            if isinstance(known, dict) and known.get("status") == "canceled":
                return
            raise

    def manifest(
        self,
        references: Sequence[str],
        sender: Address | None = None,
        day: date | None = None,
    ) -> Manifest:
        data = self.session.call(
            Kind.CREATE,
            "POST",
            "/scan_forms",
            json_body={"scan_form": {"shipment": [{"id": one} for one in references]}},
        )
        manifest = self.parse(mapper.manifest, data)
        if problem := mapper.manifest_problem(data):
            raise Rejected(f"EasyPost made no form: {problem}", "not_closed")
        if manifest.url:
            with contextlib.suppress(CarrierError):
                return replace(manifest, document=Label("pdf", self.session.download(manifest.url)))
        return manifest

    def check_connection(self) -> str:
        key = self.account.credentials.get("api_key", "")
        wanted = {Environment.TEST: "EZTK", Environment.PRODUCTION: "EZAK"}
        other = wanted[
            Environment.PRODUCTION
            if self.account.environment is Environment.TEST
            else Environment.TEST
        ]
        if key.startswith(other):
            raise Rejected(
                f"The API key begins with {other} and so belongs to the other environment. Enter "
                f"the key that begins with {wanted[self.account.environment]}.",
                "wrong_environment",
            )
        self.session.call(Kind.READ, "GET", "/trackers", params={"page_size": 1})
        return "EasyPost accepts the API key."
