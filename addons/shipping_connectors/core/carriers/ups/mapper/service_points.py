"""UPS Access Points: found near an address, and named when a label is bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ....port import Address, ServicePoint, ShipmentSpec
from ...mapping import KM_PER_MILE, many
from .parties import address

#: how many are asked for
MOST = "20"
#: kept for the recipient at an access point ("direct to retail")
_HOLD_AT_ACCESS_POINT = "01"
#: the recipient is told where the parcel waits; UPS demands it
_TELL_RECIPIENT = "012"


def points_request(value: Address) -> dict[str, object]:
    """Active access points, the closest first; UPS only shows those that take shipments."""
    place = {
        "AddressLine": value.street,
        "PoliticalDivision2": value.city,
        "PoliticalDivision1": value.state_code,
        "PostcodePrimaryLow": value.zip[:5] if value.country_code == "US" else value.zip,
        "CountryCode": value.country_code,
    }
    return {
        "LocatorRequest": {
            "Request": {"RequestAction": "Locator"},
            "OriginAddress": {
                "AddressKeyFormat": {name: text for name, text in place.items() if text},
                "MaximumListSize": MOST,
            },
            "Translate": {"Locale": "en_US"},
            "UnitOfMeasurement": {"Code": "KM"},
            "LocationSearchCriteria": {
                "AccessPointSearch": {"AccessPointStatus": "01"},
                "MaximumListSize": MOST,
            },
            "SortCriteria": {"SortType": "01"},
        }
    }


def points(data: Mapping[str, object]) -> list[ServicePoint]:
    """:raises LookupError: when UPS says that the search failed without saying why"""
    results = data["LocatorResponse"].get("SearchResults") or {}  # type: ignore[attr-defined]
    found = [_point(one) for one in many(results.get("DropLocation"))]
    return [point for point in found if point is not None]


def _point(data: Mapping[str, object]) -> ServicePoint | None:
    known = data.get("AccessPointInformation") or {}
    number = str(known.get("PublicAccessPointID") or "")  # type: ignore[attr-defined]
    if not number:  # a place of UPS' that is no access point
        return None
    place = data["AddressKeyFormat"]
    lines = [str(line) for line in many(place.get("AddressLine"))]  # type: ignore[attr-defined]
    hours = data.get("StandardHoursOfOperation") or ""
    return ServicePoint(
        reference=number,
        address=Address(
            name=str(place.get("ConsigneeName") or "UPS Access Point"),  # type: ignore[attr-defined]
            country_code=str(place["CountryCode"]),  # type: ignore[index]
            zip=str(place.get("PostcodePrimaryLow") or ""),  # type: ignore[attr-defined]
            city=str(place.get("PoliticalDivision2") or ""),  # type: ignore[attr-defined]
            state_code=str(place.get("PoliticalDivision1") or ""),  # type: ignore[attr-defined]
            street=lines[0] if lines else "",
            street2=", ".join(lines[1:]),
        ),
        distance=_distance(data.get("Distance")),
        hours=str(hours).replace(";", "\n").strip(),
    )


def _distance(data: object) -> float | None:
    try:
        value = float(data["Value"])  # type: ignore[index]
        code = data["UnitOfMeasurement"]["Code"]  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        return None
    return value if code == "KM" else value * KM_PER_MILE


def rated_delivery(spec: ShipmentSpec) -> dict[str, object]:
    """As rating takes a service point; empty without one."""
    point = spec.service_point
    if point is None:
        return {}
    where = replace(point.address, street2=point.address.street2[:35])
    return {
        "ShipmentIndicationType": [{"Code": _HOLD_AT_ACCESS_POINT}],
        "AlternateDeliveryAddress": {"Name": where.name[:35], "Address": address(where)},
    }


def alternate_delivery(spec: ShipmentSpec) -> dict[str, object]:
    """The parts of a shipment that send it to a service point; empty without one."""
    data = rated_delivery(spec)
    if spec.service_point is not None:
        data["AlternateDeliveryAddress"] = {
            **data["AlternateDeliveryAddress"],  # type: ignore[dict-item]
            "AttentionName": (spec.recipient.name or spec.recipient.company)[:35],
            "UPSAccessPointID": spec.service_point.reference,
        }
    return data


def notification(spec: ShipmentSpec) -> dict[str, object]:
    """By which UPS tells the recipient where the parcel waits."""
    return {
        "NotificationCode": _TELL_RECIPIENT,
        "EMail": {"EMailAddress": [spec.recipient.email]},
        "Locale": {"Language": "ENG", "Dialect": "US"},
    }
