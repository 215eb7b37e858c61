"""Post offices that keep parcels: found near an address, and named when a label is bought."""

from __future__ import annotations

from collections.abc import Mapping

from ....port import Address, Rejected, ServicePoint, ShipmentSpec
from ...mapping import KM_PER_MILE, digits, many
from .parties import home_address, zip_code

MOST = 20


def points_params(value: Address) -> dict[str, object]:
    """Post offices with Hold for Pickup."""
    return {
        "ZIPCode": zip_code(value),
        "postOfficeType": "POST_OFFICE",
        "pickupService": "HOLD_FOR_PICKUP",
        "limit": MOST,
    }


def points(data: Mapping[str, object]) -> list[ServicePoint]:
    found = [_point(one) for one in many(data.get("locations"))]
    return sorted(found, key=lambda point: (point.distance is None, point.distance))


def _point(data: Mapping[str, object]) -> ServicePoint:
    place = data["facilityAddress"]
    distance = data.get("distance")
    return ServicePoint(
        reference=str(data["facilityID"]),
        address=Address(
            name=str(data.get("facilityName") or "Post Office"),
            country_code="US",
            zip=str(place.get("ZIPCode") or ""),  # type: ignore[attr-defined]
            city=str(place.get("city") or ""),  # type: ignore[attr-defined]
            state_code=str(place.get("state") or ""),  # type: ignore[attr-defined]
            street=str(place.get("streetAddress") or ""),  # type: ignore[attr-defined]
            street2=str(place.get("secondaryAddress") or ""),  # type: ignore[attr-defined]
        ),
        distance=float(distance) * KM_PER_MILE if distance is not None else None,  # type: ignore[arg-type]
    )


def held(spec: ShipmentSpec, to_address: dict[str, object]) -> dict[str, object]:
    """``toAddress`` of a parcel that a post office keeps; as it was without a service point.

    :raises Rejected: when USPS could not tell somebody that it waits
    """
    point = spec.service_point
    if point is None:
        return to_address
    for address, role in ((spec.recipient, "recipient"), (spec.sender, "sender")):
        missing = "phone" if not digits(address.phone) else "" if address.email else "email"
        if missing:
            words = {"phone": "telephone number", "email": "e-mail address"}[missing]
            raise Rejected(
                f"The address of {address.name} ({role}) has no {words}, which USPS wants for "
                "parcels that wait at a post office. Enter it on the contact.",
                f"missing_{missing}_of_{role}",
                name=address.name,
            )
    names = ("firstName", "lastName", "firm", "phone", "email")
    person = {name: to_address[name] for name in names if name in to_address}
    return {
        **person,
        **home_address(point.address),
        "holdForPickup": True,
        "facilityId": point.reference,
    }
