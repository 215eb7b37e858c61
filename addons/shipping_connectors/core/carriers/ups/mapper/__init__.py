"""Between the port's words and UPS' JSON, by topic."""

from ...mapping import share
from .packages import package
from .parties import address, address_check, address_request
from .pickups import pickup_request
from .rates import quotes, rate_request
from .service_points import points, points_request
from .shipments import (
    bought,
    recovered,
    recovery_request,
    reprint_request,
    ship_request,
    void_status,
)
from .tracks import track
from .words import FORMATS, KEPT, OPTIONS, SERVICES, explain

__all__ = [
    "FORMATS",
    "KEPT",
    "OPTIONS",
    "SERVICES",
    "address",
    "address_check",
    "address_request",
    "bought",
    "explain",
    "package",
    "pickup_request",
    "points",
    "points_request",
    "quotes",
    "rate_request",
    "recovered",
    "recovery_request",
    "reprint_request",
    "share",
    "ship_request",
    "track",
    "void_status",
]
