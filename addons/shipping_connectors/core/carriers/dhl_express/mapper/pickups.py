"""Drivers that come to fetch parcels."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ....port import Pickup, PickupSpec, Rejected
from ...mapping import round_up
from .packages import dhl_moment
from .parties import party

#: kg of a parcel whose weight nobody told: DHL demands one, and weighs what it carries itself
_SUPPOSED = Decimal(1)


def pickup_request(spec: PickupSpec, account: str) -> dict[str, object]:
    """:raises Rejected: when there is nothing to fetch, or it has no product"""
    counts: dict[str, int] = {}
    for reference in spec.references:
        product = reference.partition("/")[0]
        if not product:
            raise Rejected(f"{reference} is no parcel of DHL Express.", "not_found")
        counts[product] = counts.get(product, 0) + 1
    if not counts:
        raise Rejected("There is no parcel to be picked up.", "no_parcel")
    each = spec.weight / len(spec.references) if spec.weight > 0 else _SUPPOSED
    package = {"weight": float(round_up(each, Decimal("0.001")))}
    data: dict[str, object] = {
        "plannedPickupDateAndTime": dhl_moment(spec.earliest),
        "closeTime": spec.latest.strftime("%H:%M"),
        "accounts": [{"typeCode": "shipper", "number": account}],
        "customerDetails": {"shipperDetails": party(spec.address)},
        "shipmentDetails": [
            {
                "productCode": product,
                "isCustomsDeclarable": False,
                "unitOfMeasurement": "metric",
                "packages": [package] * count,
            }
            for product, count in sorted(counts.items())
        ],
    }
    if spec.instructions:
        data["specialInstructions"] = [{"value": spec.instructions[:75]}]
    return data


def booked(data: Mapping[str, object]) -> Pickup:
    number = str(data["dispatchConfirmationNumbers"][0])  # type: ignore[index]
    return Pickup(reference=number, confirmation=number)
