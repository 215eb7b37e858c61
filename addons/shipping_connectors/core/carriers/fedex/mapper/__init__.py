"""Between the port's words and FedEx' JSON, by topic."""

from .closes import close_request, closed, ground_numbers, reprint_request
from .packages import clearance, package
from .parties import address_check, address_request
from .pickups import (
    availability_request,
    booked,
    cancel_pickup_request,
    carrier_of,
    check_available,
    pickup_request,
)
from .rates import quotes, rate_request
from .service_points import points, points_request
from .shipments import bought, cancel_request, found, reference_request, ship_request
from .tracks import status, track, track_request
from .words import FORMATS, KEPT, OPTIONS, explain

__all__ = [
    "FORMATS",
    "KEPT",
    "OPTIONS",
    "address_check",
    "address_request",
    "availability_request",
    "booked",
    "bought",
    "cancel_pickup_request",
    "cancel_request",
    "carrier_of",
    "check_available",
    "clearance",
    "close_request",
    "closed",
    "explain",
    "found",
    "ground_numbers",
    "package",
    "pickup_request",
    "points",
    "points_request",
    "quotes",
    "rate_request",
    "reference_request",
    "reprint_request",
    "ship_request",
    "status",
    "track",
    "track_request",
]
