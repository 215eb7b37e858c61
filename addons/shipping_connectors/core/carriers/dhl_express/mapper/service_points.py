"""DHL Express service points: found near an address, and named when a label is bought."""

from __future__ import annotations

from collections.abc import Mapping

from ....port import Address, ServicePoint, ShipmentSpec
from ...mapping import KM_PER_MILE, many
from .parties import party

#: how many are asked for
MOST = 20


def points_params(value: Address, key: str = "") -> dict[str, object]:
    """:param key: of DHL's locator, which some countries' accounts get beside that of the API"""
    town = " ".join(part for part in (value.zip, value.city) if part)
    data = {
        "address": ", ".join(part for part in (value.street, town) if part),
        "countryCode": value.country_code,
        "servicePointResults": str(MOST),
        "language": "eng",
    }
    return {**data, "key": key} if key else data


def points(data: Mapping[str, object]) -> list[ServicePoint]:
    """Those where a recipient can fetch a parcel, the nearest first."""
    found = [
        _point(one)
        for one in many(data.get("servicePoints"))
        if (one.get("servicePointCapabilities") or {}).get("shipmentCollection") is not False
    ]
    return sorted(found, key=lambda point: (point.distance is None, point.distance))


def _point(data: Mapping[str, object]) -> ServicePoint:
    place = data["address"]
    lines = [str(place[f"addressLine{n}"]) for n in (1, 2, 3) if place.get(f"addressLine{n}")]  # type: ignore[attr-defined,index]
    name = data.get("localName") or data.get("servicePointName") or "DHL Service Point"
    return ServicePoint(
        reference=str(data["facilityId"]),
        address=Address(
            name=str(name),
            country_code=str(place["country"]),  # type: ignore[index]
            zip=str(place.get("zipCode") or ""),  # type: ignore[attr-defined]
            city=str(place.get("city") or ""),  # type: ignore[attr-defined]
            street=lines[0] if lines else "",
            street2=", ".join(lines[1:]),
        ),
        distance=_distance(data),
        hours=_hours(data.get("openingHours")),
    )


def _distance(data: Mapping[str, object]) -> float | None:
    """km; DHL tells it in the unit of the country."""
    try:
        value = float(data["distanceMetric"])  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError):
        return None
    return value * KM_PER_MILE if str(data.get("distance") or "").endswith("mi") else value


def _hours(data: object) -> str:
    days = many((data or {}).get("openingHours"))  # type: ignore[attr-defined]
    return "\n".join(
        f"{str(day['dayOfWeek']).title()[:3]} {day['openingTime']}–{day['closingTime']}"
        for day in days
        if day.get("openingTime") and day.get("closingTime")
    )


def on_demand_delivery(spec: ShipmentSpec) -> dict[str, object]:
    """The parts of a shipment that send it to a service point; empty without one."""
    if spec.service_point is None:
        return {}
    return {
        "onDemandDelivery": {
            "deliveryOption": "servicepoint",
            "servicePointId": spec.service_point.reference,
        }
    }


def buyer(spec: ShipmentSpec) -> dict[str, object]:
    """Who fetches it: DHL wants them named beside the recipient."""
    return {"buyerDetails": party(spec.recipient)} if spec.service_point is not None else {}
