"""Where a parcel is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timezone

from .... import tracking
from ....port import Rejected, Track, TrackEvent
from ...mapping import many, moment
from .words import STATES


def track_params(number: str) -> dict[str, object]:
    """Waybills are digits alone, numbers of pieces begin with letters."""
    name = "shipmentTrackingNumber" if number.isdigit() else "pieceTrackingNumber"
    return {name: number, "trackingView": "all-checkpoints", "levelOfDetail": "all"}


def track(data: Mapping[str, object], number: str) -> Track:
    """:raises Rejected: when DHL knows nothing of the number"""
    shipments = many(data.get("shipments"))
    if not shipments:
        raise Rejected(f"DHL Express does not know {number}.", "not_found", number=number)
    shipment = shipments[0]
    own = [piece for piece in many(shipment.get("pieces")) if piece.get("trackingNumber") == number]
    told = many(own[0].get("events")) if own else []
    events = [
        event for event in map(_event, told or many(shipment.get("events"))) if event is not None
    ]
    events.sort(key=lambda event: event.moment)
    signed = [event.recipient for event in events if event.recipient]
    return Track(
        number=number,
        events=tuple(events),
        estimated_delivery=moment(shipment.get("estimatedDeliveryDate"), timezone.utc),
        signed_by=signed[-1] if signed else "",
    )


def _event(data: Mapping[str, object]) -> TrackEvent | None:
    zone = str(data.get("GMTOffset") or "")
    when = moment(f"{data.get('date')}T{data.get('time')}{zone}", timezone.utc)
    if when is None:
        return None
    kind = str(data.get("typeCode") or "")
    areas = [str(area.get("description") or "") for area in many(data.get("serviceArea"))]
    return TrackEvent(
        code=STATES.get(kind, tracking.UNKNOWN),
        moment=when,
        raw_status=kind,
        location=", ".join(area for area in areas if area),
        note=str(data.get("description") or ""),
        recipient=str(data.get("signedBy") or ""),
        key=f"{when.isoformat()}|{kind}",
    )
