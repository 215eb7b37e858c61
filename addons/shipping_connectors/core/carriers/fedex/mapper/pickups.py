"""Drivers that come to fetch parcels; Express and Ground send their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ....port import Pickup, PickupSpec, Rejected
from ...mapping import many, round_up
from .parties import address, contact

#: joins what is needed to cancel a pickup into its reference
_JOIN = "|"


def carrier_of(spec: PickupSpec) -> str:
    """:raises Rejected: when there is nothing to fetch, or it is fetched by two drivers"""
    if not spec.references:
        raise Rejected("There is no parcel to be picked up.", "no_parcel")
    codes = {reference.partition("/")[0] for reference in spec.references}
    if len(codes) > 1:
        raise Rejected(
            "FedEx Express and FedEx Ground fetch their parcels separately. Book a pickup for "
            "each.",
            "mixed_pickup",
        )
    return codes.pop()


def _day(spec: PickupSpec, today: datetime) -> str:
    here = today.astimezone(spec.earliest.tzinfo)
    return "SAME_DAY" if spec.earliest.date() == here.date() else "FUTURE_DAY"


def availability_request(spec: PickupSpec, carrier: str, today: datetime) -> dict[str, object]:
    return {
        "pickupAddress": address(spec.address),
        "dispatchDate": spec.earliest.strftime("%Y-%m-%d"),
        "packageReadyTime": spec.earliest.strftime("%H:%M:%S"),
        "customerCloseTime": spec.latest.strftime("%H:%M:%S"),
        "pickupRequestType": [_day(spec, today)],
        "carriers": [carrier],
        "countryRelationship": "DOMESTIC",
    }


def check_available(data: Mapping[str, object]) -> None:
    """:raises Rejected: when no driver comes at that time, with the latest one that FedEx offers"""
    options = many(data["output"].get("options"))  # type: ignore[attr-defined]
    if any(one.get("available") for one in options):
        return
    cut_offs = sorted(str(one["cutOffTime"])[:5] for one in options if one.get("cutOffTime"))
    until = f" FedEx takes bookings until {cut_offs[-1]}." if cut_offs else ""
    raise Rejected(
        f"No driver of FedEx is offered at that time. Choose another one.{until}", "no_pickup"
    )


def pickup_request(
    spec: PickupSpec, carrier: str, account: str, today: datetime
) -> dict[str, object]:
    """Times are those of the place: the spec's moments carry its time zone."""
    data: dict[str, object] = {
        "associatedAccountNumber": {"value": account},
        "originDetail": {
            "pickupLocation": {"contact": contact(spec.address), "address": address(spec.address)},
            "readyDateTimestamp": spec.earliest.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "customerCloseTime": spec.latest.strftime("%H:%M:%S"),
            "pickupDateType": _day(spec, today),
        },
        "packageCount": len(spec.references),
        "carrierCode": carrier,
    }
    if spec.weight > 0:
        data["totalWeight"] = {"units": "KG", "value": float(round_up(spec.weight))}
    if spec.instructions:
        data["remarks"] = spec.instructions[:60]
    return data


def booked(data: Mapping[str, object], spec: PickupSpec, carrier: str) -> Pickup:
    output = data["output"]
    number = str(output["pickupConfirmationCode"])  # type: ignore[index]
    place = str(output.get("location") or "")  # type: ignore[attr-defined]
    day = spec.earliest.strftime("%Y-%m-%d")
    return Pickup(
        reference=_JOIN.join((carrier, day, number, place)), confirmation=f"{place}{number}"
    )


def cancel_pickup_request(reference: str, account: str) -> dict[str, object]:
    """:raises Rejected: when it is no reference of a pickup"""
    parts = reference.split(_JOIN)
    if len(parts) != 4:
        raise Rejected(f"{reference} is no pickup of FedEx.", "not_found")
    carrier, day, number, place = parts
    data: dict[str, object] = {
        "associatedAccountNumber": {"value": account},
        "pickupConfirmationCode": number,
        "scheduledDate": day,
        "carrierCode": carrier,
    }
    if place:
        data["location"] = place
    return data
