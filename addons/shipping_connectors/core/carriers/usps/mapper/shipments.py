"""Purchases: what is sent, what is sold, what is found again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from ....port import Bought, BoughtParcel, Label, Parcel, Quote, Rejected, ShipmentSpec
from ...mapping import ends, label, many, money
from .packages import customs_form, measures, package_options
from .parties import foreign_party, party
from .rates import Offer
from .service_points import held
from .words import FORMATS, SERVICES, extra_services

#: makes a UUID, which USPS wants, out of the ledger's key
_KEYS = uuid.UUID("5b1c4f6e-3f0a-4f0b-9b62-8d5d6c4f1f37")

DOMESTIC, INTERNATIONAL = "D", "I"


def idempotency_key(key: str) -> str:
    """What USPS knows a purchase by: the same for the same key, wherever it is asked."""
    return str(uuid.uuid5(_KEYS, key))


def image_info(label_format: str, *, abroad: bool) -> dict[str, object]:
    """:raises Rejected: for pictures of labels to other countries, which USPS does not make"""
    if abroad and label_format == "png":
        raise Rejected(
            "USPS makes labels to other countries as PDF and ZPL only. Choose one of them.",
            "label_format",
            format=label_format,
        )
    return {"imageType": FORMATS[label_format], "labelType": "4X6LABEL"}


def label_request(spec: ShipmentSpec, offer: Offer, today: datetime) -> dict[str, object]:
    """A domestic label, there or back."""
    start, end = ends(spec)
    data = {
        "imageInfo": {**image_info(spec.label_format, abroad=False), "receiptOption": "NONE"},
        "toAddress": held(spec, party(end)),
        "fromAddress": party(start),
        "packageDescription": _description(spec, offer),
    }
    if spec.is_return:
        return data
    description = data["packageDescription"]
    description["mailingDate"] = (spec.ship_date or today).strftime("%Y-%m-%d")
    description["destinationEntryFacilityType"] = "NONE"
    return data


def international_request(spec: ShipmentSpec, offer: Offer, today: datetime) -> dict[str, object]:
    """:raises Rejected: for a way back from abroad, which only its post sells, and for post
    offices abroad
    """
    if spec.service_point is not None:
        raise Rejected(
            "USPS keeps parcels at post offices in the USA only. Remove the service point.",
            "service_point",
        )
    if spec.is_return:
        raise Rejected(
            "USPS sells no labels for the way back from other countries. Choose another carrier.",
            "no_return",
        )
    assert spec.customs is not None
    description = _description(spec, offer)
    del description["packageOptions"]
    options = package_options(spec)
    options.pop("contentType", None)
    if options:
        description["packageOptions"] = options
    if spec.customs.incoterm == "DDP":
        description["prepayDutiesTaxesFees"] = True
    return {
        "imageInfo": image_info(spec.label_format, abroad=True),
        "toAddress": foreign_party(spec.recipient),
        "fromAddress": party(spec.sender),
        "packageDescription": {
            **description,
            "packagingType": "VARIABLE",
            "destinationEntryFacilityType": "NONE",
            "mailingDate": (spec.ship_date or today).strftime("%Y-%m-%d"),
        },
        "customsForm": customs_form(spec.customs, spec),
    }


def _description(spec: ShipmentSpec, offer: Offer) -> dict[str, object]:
    data: dict[str, object] = {
        **measures(spec.parcels[0]),
        "weightUOM": "lb",
        "dimensionsUOM": "in",
        **offer.rate,
        "extraServices": extra_services(spec),
        "packageOptions": package_options(spec),
    }
    if spec.reference:
        data["customerReference"] = [{"referenceNumber": spec.reference[:30]}]
    return data


def bought(
    data: Mapping[str, object],
    parcel: Parcel | None,
    key: str,
    kind: str,
    label_format: str,
    service: str = "",
) -> Bought:
    """A bought label; its cost is the postage with extra services and fees.

    :param service: that was asked for; a label that is found again does not tell it
    :raises KeyError, TypeError, ValueError: when what makes a purchase is not in it
    """
    # beside a label printed again its description has a name of its own
    metadata = data.get("labelMetadata") or data
    number = str(
        metadata.get("trackingNumber") or metadata.get("internationalTrackingNumber") or ""  # type: ignore[attr-defined]
    )
    if not number:
        raise ValueError("no number")
    cost = _cost(metadata)  # type: ignore[arg-type]
    got = BoughtParcel(
        reference=parcel.reference if parcel else "",
        tracking_number=number,
        cost=cost,
        labels=picture(data, label_format),
        carrier_ref=reference(kind, str(metadata.get("SKU") or ""), number),  # type: ignore[attr-defined]
    )
    quote = Quote(service, SERVICES.get(service, "USPS"), cost, "USD")
    return Bought((got,), "USD", key, quote, reference=number)


def reference(kind: str, sku: str, number: str) -> str:
    """What a label is cancelled and fetched by; its product is known by two letters."""
    return f"{kind}/{sku[:2]}/{number}"


def picture(data: Mapping[str, object], label_format: str) -> tuple[Label, ...]:
    return label(data.get("labelImage"), label_format, label_format)


def _cost(metadata: Mapping[str, object]) -> Decimal:
    parts = [*many(metadata.get("extraServices")), *many(metadata.get("fees"))]
    extra = sum((money(one.get("price") or 0) for one in parts), Decimal(0))
    return money(metadata["postage"]) + extra
