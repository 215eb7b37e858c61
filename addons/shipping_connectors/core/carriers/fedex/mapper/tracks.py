"""Where a parcel is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timezone

from .... import tracking
from ....port import Rejected, Track, TrackEvent
from ...mapping import many, moment
from .words import STATES


def track_request(number: str) -> dict[str, object]:
    return {
        "includeDetailedScans": True,
        "trackingInfo": [{"trackingNumberInfo": {"trackingNumber": number}}],
    }


def track(data: Mapping[str, object], number: str) -> Track:
    """:raises Rejected: when FedEx knows nothing of the number"""
    result = data["output"]["completeTrackResults"][0]["trackResults"][0]  # type: ignore[index]
    if error := result.get("error"):
        raise Rejected(
            f"FedEx does not know {number}: {error.get('message') or error.get('code')}",
            "not_found",
            number=number,
        )
    events = [event for event in map(_event, many(result.get("scanEvents"))) if event is not None]
    due = {one.get("type"): one.get("dateTime") for one in many(result.get("dateAndTimes"))}
    delivery = result.get("deliveryDetails") or {}
    window = (result.get("estimatedDeliveryTimeWindow") or {}).get("window") or {}
    when = window.get("ends") or due.get("ESTIMATED_DELIVERY") or due.get("COMMITMENT")
    return Track(
        number=number,
        events=tuple(sorted(events, key=lambda event: event.moment)),
        estimated_delivery=moment(when, timezone.utc),
        signed_by=str(delivery.get("signedByName") or delivery.get("receivedByName") or ""),
    )


def status(data: Mapping[str, object]) -> str:
    """The code of the latest status; empty when FedEx knows nothing."""
    result = data["output"]["completeTrackResults"][0]["trackResults"][0]  # type: ignore[index]
    return str((result.get("latestStatusDetail") or {}).get("code") or "")


def _event(data: Mapping[str, object]) -> TrackEvent | None:
    when = moment(data.get("date"), timezone.utc)
    if when is None:
        return None
    kind = str(data.get("eventType") or "")
    derived = str(data.get("derivedStatusCode") or "")
    exception = str(data.get("exceptionCode") or "")
    place = data.get("scanLocation") or {}
    parts = [place.get(name) for name in ("city", "stateOrProvinceCode", "countryCode")]  # type: ignore[attr-defined]
    code = STATES.get(kind) or STATES.get(derived, tracking.UNKNOWN)
    if kind == "DE" and data.get("exceptionDescription") and exception in ("08", "15"):
        # nobody was there, or it was closed: the driver came in vain
        code = tracking.ATTEMPTED
    note = str(data.get("eventDescription") or "")
    if data.get("exceptionDescription"):
        note = f"{note}: {data['exceptionDescription']}"
    return TrackEvent(
        code=code,
        moment=when,
        raw_status="/".join(part for part in (kind, derived, exception) if part),
        location=", ".join(str(part) for part in parts if part),
        note=note,
        key=f"{when.isoformat()}|{kind}|{exception}",
    )
