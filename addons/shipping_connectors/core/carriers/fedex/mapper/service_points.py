"""Places of FedEx that keep parcels (*hold at location*): found near an address, and named when a
label is bought.

As FedEx describes its *Locations Search API* (version 1) and the Ship API's ``HOLD_AT_LOCATION``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ....port import Address, ServicePoint, ShipmentSpec
from ...mapping import KM_PER_MILE, digits, many
from .parties import address

#: how many are asked for, and within how many kilometres (FedEx looks no farther than 50 miles)
MOST, WITHIN = 20, 50
_HOLD = "HOLD_AT_LOCATION"


def points_request(value: Address) -> dict[str, object]:
    """Places that keep parcels, the closest first."""
    place = address(value)
    del place["residential"]
    return {
        "locationsSummaryRequestControlParameters": {
            "distance": {"units": "KM", "value": WITHIN},
            "maxResults": MOST,
        },
        "locationSearchCriterion": "ADDRESS",
        "location": {"address": {name: part for name, part in place.items() if part}},
        "multipleMatchesAction": "RETURN_ALL",
        "sameCountry": True,
        "sort": {"criteria": "DISTANCE", "order": "ASCENDING"},
        "locationCapabilities": [{"transferOfPossessionType": _HOLD}],
    }


def points(data: Mapping[str, object]) -> list[ServicePoint]:
    found = [
        _point(one)
        for one in many(data["output"].get("locationDetailList"))  # type: ignore[attr-defined]
        if _keeps_parcels(one)
    ]
    return sorted(found, key=lambda point: (point.distance is None, point.distance))


def _keeps_parcels(data: Mapping[str, object]) -> bool:
    """FedEx was asked for such places only: what does not tell is taken for one."""
    told = many(data.get("locationCapabilities"))
    return not told or any(one.get("transferOfPossessionType") == _HOLD for one in told)


def _point(data: Mapping[str, object]) -> ServicePoint:
    known = data["contactAndAddress"]
    place = known["address"]  # type: ignore[index]
    contact = known.get("contact") or {}  # type: ignore[attr-defined]
    lines = [str(line) for line in many(place.get("streetLines"))]
    return ServicePoint(
        reference=str(data["locationId"]),
        address=Address(
            name=str(contact.get("companyName") or "FedEx"),
            country_code=str(place["countryCode"]),
            zip=str(place.get("postalCode") or ""),
            city=str(place.get("city") or ""),
            state_code=str(place.get("stateOrProvinceCode") or ""),
            street=lines[0] if lines else "",
            street2=", ".join(lines[1:]),
            phone=str(contact.get("phoneNumber") or ""),
        ),
        distance=_distance(data.get("distance")),
        hours=_hours(data.get("storeHours")),
    )


def _distance(data: object) -> float | None:
    try:
        value = float(data["value"])  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        return None
    return value * KM_PER_MILE if data["units"] == "MI" else value  # type: ignore[index]


def _hours(data: object) -> str:
    """A line for each run of days with the same hours: ``Mon–Fri 08:00–17:00``."""
    runs: list[tuple[str, list[str]]] = []
    for day in many(data):
        hours = _day_hours(day)
        if not runs or runs[-1][0] != hours:
            runs.append((hours, []))
        runs[-1][1].append(str(day.get("dayofweek") or "").title()[:3])
    return "\n".join(
        f"{'–'.join(dict.fromkeys((days[0], days[-1])))} {hours}" for hours, days in runs if hours
    )


def _day_hours(day: Mapping[str, object]) -> str:
    if day.get("operationalHoursType") == "OPEN_ALL_DAY":
        return "0:00–24:00"
    return ", ".join(
        f"{str(one['begins'])[:5]}–{str(one['ends'])[:5]}"
        for one in many(day.get("operationalHours"))
        if one.get("begins") and one.get("ends")
    )


def held(spec: ShipmentSpec) -> dict[str, object]:
    """The details of a shipment that waits at a place; empty without one."""
    point = spec.service_point
    if point is None:
        return {}
    who = spec.recipient
    return {
        "holdAtLocationDetail": {
            "locationId": point.reference,
            "locationContactAndAddress": {
                # the place's name, and whom it hands the parcel to
                "contact": {
                    "personName": (who.name or who.company)[:70],
                    "phoneNumber": digits(who.phone),
                    "companyName": point.address.name[:35],
                },
                "address": {**address(point.address), "residential": False},
            },
        }
    }
