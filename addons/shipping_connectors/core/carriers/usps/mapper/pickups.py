"""Carriers that come to fetch parcels, and the form that hands many over in one scan."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from ....port import Address, Label, Manifest, Pickup, PickupSpec, Rejected
from ...mapping import digits, many, pounds
from .parties import home_address, party, zip_code
from .shipments import INTERNATIONAL

#: kg of a parcel whose weight nobody told: USPS demands an estimate
_SUPPOSED = Decimal(1)
#: what pickups call a parcel, by the first letters of its product
_KINDS = {"DE": "PRIORITY_MAIL_EXPRESS", "DP": "PRIORITY_MAIL", "DU": "USPS_GROUND_ADVANTAGE"}


def _package_type(reference: str) -> str:
    kind, _slash, rest = reference.partition("/")
    if kind == INTERNATIONAL:
        return "INTERNATIONAL"
    return _KINDS.get(rest.partition("/")[0], "OTHER")


def pickup_request(spec: PickupSpec) -> dict[str, object]:
    """:raises Rejected: when there is nothing to fetch"""
    if not spec.references:
        raise Rejected("There is no parcel to be picked up.", "no_parcel")
    counts: dict[str, int] = {}
    for reference in spec.references:
        kind = _package_type(reference)
        counts[kind] = counts.get(kind, 0) + 1
    weight = spec.weight if spec.weight > 0 else _SUPPOSED * len(spec.references)
    who = spec.address.name or spec.address.company
    first, _space, last = who.strip().rpartition(" ")
    address: dict[str, object] = {
        "firstName": first or last,
        "lastName": last,
        "address": home_address(spec.address),
    }
    if spec.address.company:
        address["firm"] = spec.address.company[:50]
    # one way of telling each
    contact = []
    if spec.address.email:
        contact.append({"email": spec.address.email})
    if number := digits(spec.address.phone, 10):
        contact.append({"cellNumber": number})
    if contact:
        address["contact"] = contact
    location: dict[str, object] = {"packageLocation": "OFFICE"}
    if spec.instructions:
        location = {
            "packageLocation": "OTHER",
            "specialInstructions": spec.instructions[:255],
        }
    return {
        "pickupDate": spec.earliest.strftime("%Y-%m-%d"),
        "pickupAddress": address,
        "packages": [
            {"packageType": kind, "packageCount": count} for kind, count in sorted(counts.items())
        ],
        # whole pounds
        "estimatedWeight": int(pounds(weight, Decimal(1))),
        "pickupLocation": location,
    }


def booked(data: Mapping[str, object]) -> Pickup:
    number = str(data["confirmationNumber"])
    return Pickup(reference=number, confirmation=number)


def scan_request(references: Sequence[str], sender: Address | None, day: date) -> dict[str, object]:
    """:raises Rejected: without parcels or the address that they leave from"""
    if not references:
        raise Rejected("There is no parcel to be handed over.", "no_parcel")
    if sender is None:
        raise Rejected(
            "USPS prints the address of the warehouse on its SCAN form. Enter it on the warehouse.",
            "missing_sender",
        )
    return {
        "form": "5630",
        "imageInfo": {"imageType": "PDF", "labelType": "8.5X11LABEL"},
        "mailingDate": day.isoformat(),
        # labels that were made for another day leave today as well
        "overwriteMailingDate": True,
        "entryFacilityZIPCode": zip_code(sender),
        "destinationEntryFacilityType": "NONE",
        "shipment": {"trackingNumbers": [one.rpartition("/")[2] for one in references]},
        "fromAddress": {
            name: value for name, value in party(sender).items() if name not in ("phone", "email")
        },
    }


def manifest(data: Mapping[str, object]) -> Manifest:
    form = data["SCANFormMetaData"]
    image = data.get("SCANFormImage")
    document = None
    if isinstance(image, str) and image:
        document = Label("pdf", base64.b64decode(image, validate=True))
    return Manifest(
        reference=str(form["manifestNumber"]),  # type: ignore[index]
        numbers=tuple(str(one) for one in many(form.get("trackingNumbers"))),  # type: ignore[attr-defined]
        document=document,
    )
