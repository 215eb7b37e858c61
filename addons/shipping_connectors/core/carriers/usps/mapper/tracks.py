"""Where a parcel is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from ....port import Track, TrackEvent
from ...mapping import many, moment
from .words import state


def track(data: Mapping[str, object], number: str) -> Track:
    told = data["trackingEvents"]
    events = [event for event in map(_event, many(told)) if event is not None]
    due = (
        data.get("predictedDeliveryTimeStamp")
        or data.get("expectedDeliveryTimeStamp")
        or data.get("expectedDeliveryDate")
        or data.get("guaranteedDeliveryDate")
    )
    signed = [one.get("name") for one in many(told) if one.get("name")]
    return Track(
        number=number,
        events=tuple(sorted(events, key=lambda event: event.moment)),
        estimated_delivery=moment(due, timezone.utc),
        signed_by=str(signed[0]) if signed else "",
    )


def _event(data: Mapping[str, object]) -> TrackEvent | None:
    when = _moment(data)
    if when is None:
        return None
    code = str(data.get("eventCode") or "")
    words = str(data.get("eventType") or "")
    country = data.get("eventCountry")
    parts = [data.get("eventCity"), data.get("eventState"), country]
    return TrackEvent(
        code=state(code, words),
        moment=when,
        raw_status=code,
        location=", ".join(str(part) for part in parts if part),
        note=words,
        key=f"{when.isoformat()}|{code}",
    )


def _moment(data: Mapping[str, object]) -> datetime | None:
    """In universal time where it is told, else by the clock of the place and its offset."""
    if when := moment(data.get("GMTTimestamp"), timezone.utc):
        return when
    offset = data.get("GMTOffset")
    zone = timezone.utc
    if isinstance(offset, int | float) and abs(offset) < 24 * 60:
        zone = timezone(timedelta(minutes=offset))
    return moment(data.get("eventTimestamp"), zone)
