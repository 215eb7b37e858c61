"""Between the port's words and DHL Express' JSON, by topic."""

from .packages import content, package, planned, shipment_services
from .parties import address, address_check, address_params
from .pickups import booked, pickup_request
from .rates import quotes, rate_request, warnings
from .service_points import points, points_params
from .shipments import bought, find_params, found, ship_request
from .tracks import track, track_params
from .words import FORMATS, KEPT, OPTIONS, SERVICES, explain

__all__ = [
    "FORMATS",
    "KEPT",
    "OPTIONS",
    "SERVICES",
    "address",
    "address_check",
    "address_params",
    "booked",
    "bought",
    "content",
    "explain",
    "find_params",
    "found",
    "package",
    "pickup_request",
    "planned",
    "points",
    "points_params",
    "quotes",
    "rate_request",
    "ship_request",
    "shipment_services",
    "track",
    "track_params",
    "warnings",
]
