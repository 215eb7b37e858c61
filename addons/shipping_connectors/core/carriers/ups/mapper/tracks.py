"""Where a parcel is."""

from __future__ import annotations

from collections.abc import Mapping

from .... import tracking
from ....port import Track, TrackEvent
from ...mapping import many
from .rates import date

# the types of UPS' statuses
STATES: Mapping[str, str] = {
    "M": tracking.PENDING,
    "MV": tracking.CANCELLED,
    "P": tracking.PICKED_UP,
    "I": tracking.IN_TRANSIT,
    "DO": tracking.IN_TRANSIT,
    "DD": tracking.IN_TRANSIT,
    "W": tracking.ON_HOLD,
    "O": tracking.OUT_FOR_DELIVERY,
    "D": tracking.DELIVERED,
    "X": tracking.EXCEPTION,
    "RS": tracking.RETURNED,
    "NA": tracking.UNKNOWN,
}


def track(data: Mapping[str, object], number: str) -> Track:
    """:raises LookupError: when UPS knows nothing of the number"""
    shipments = many(data["trackResponse"]["shipment"])  # type: ignore[index]
    packages = [one for shipment in shipments for one in many(shipment.get("package"))]
    if not packages:
        raise LookupError(number)
    one = next((one for one in packages if one.get("trackingNumber") == number), packages[0])
    events = [event for event in map(_event, many(one.get("activity"))) if event is not None]
    due = [day for day in many(one.get("deliveryDate")) if day.get("type") in ("SDD", "RDD", "DEL")]
    return Track(
        number=number,
        events=tuple(sorted(events, key=lambda event: event.moment)),
        estimated_delivery=date(due[0].get("date"), None) if due else None,
        signed_by=str((one.get("deliveryInformation") or {}).get("receivedBy") or ""),
    )


def _event(data: Mapping[str, object]) -> TrackEvent | None:
    moment = date(
        data.get("gmtDate") or data.get("date"),
        str(data.get("gmtTime") or data.get("time") or "").replace(":", ""),
    )
    if moment is None:
        return None
    status = data.get("status") or {}
    kind = str(status.get("type") or "").strip()  # type: ignore[attr-defined]
    code = str(status.get("code") or "").strip()  # type: ignore[attr-defined]
    place = (data.get("location") or {}).get("address") or {}  # type: ignore[attr-defined]
    parts = [place.get(name) for name in ("city", "stateProvince", "countryCode")]
    return TrackEvent(
        code=STATES.get(kind, tracking.UNKNOWN),
        moment=moment,
        raw_status=f"{kind}/{code}".strip("/"),
        location=", ".join(str(part).strip() for part in parts if part),
        note=str(status.get("description") or "").strip(),  # type: ignore[attr-defined]
        key=f"{moment.isoformat()}|{kind}|{code}",
    )
