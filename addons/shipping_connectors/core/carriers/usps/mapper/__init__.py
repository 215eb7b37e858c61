"""Between the port's words and USPS' JSON, by topic."""

from .packages import customs_form, measures
from .parties import address_check, address_params, foreign_party, party
from .pickups import booked, manifest, pickup_request, scan_request
from .rates import Offer, offers, options_request
from .service_points import points, points_params
from .shipments import (
    DOMESTIC,
    INTERNATIONAL,
    bought,
    idempotency_key,
    image_info,
    international_request,
    label_request,
    picture,
    reference,
)
from .tracks import track
from .words import (
    FORMATS,
    HOME,
    KEPT,
    OPTIONS,
    SERVICES,
    explain,
    extra_services,
    is_domestic,
)

__all__ = [
    "DOMESTIC",
    "FORMATS",
    "HOME",
    "INTERNATIONAL",
    "KEPT",
    "OPTIONS",
    "SERVICES",
    "Offer",
    "address_check",
    "address_params",
    "booked",
    "bought",
    "customs_form",
    "explain",
    "extra_services",
    "foreign_party",
    "idempotency_key",
    "image_info",
    "international_request",
    "is_domestic",
    "label_request",
    "manifest",
    "measures",
    "offers",
    "options_request",
    "party",
    "pickup_request",
    "picture",
    "points",
    "points_params",
    "reference",
    "scan_request",
    "track",
]
