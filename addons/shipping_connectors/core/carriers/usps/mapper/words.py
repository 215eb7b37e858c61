"""The codes that USPS speaks in."""

from __future__ import annotations

from collections.abc import Mapping

from .... import tracking
from ....port import Option, Rejected, ShipmentSpec
from ...mapping import many

#: leaves of USPS' answers that are kept; see `redact`
KEPT = frozenset(
    (  # noqa: SIM905 - words read better so
        "trackingnumber postage price sku zone mailingdate constructcode servicetypecode weight "
        "weightuom status disputeid code confirmationnumber pickupdate manifestnumber mailclass "
        "scheduledeliverydate expecteddeliverydate"
    ).split()
)

FORMATS = {"pdf": "PDF", "png": "PNG", "zpl": "ZPL203DPI"}

#: USPS' names of the mail classes that are bought here
SERVICES = {
    "USPS_GROUND_ADVANTAGE": "USPS Ground Advantage",
    "PRIORITY_MAIL": "USPS Priority Mail",
    "PRIORITY_MAIL_EXPRESS": "USPS Priority Mail Express",
    "FIRST-CLASS_PACKAGE_INTERNATIONAL_SERVICE": "USPS First-Class Package International",
    "PRIORITY_MAIL_INTERNATIONAL": "USPS Priority Mail International",
    "PRIORITY_MAIL_EXPRESS_INTERNATIONAL": "USPS Priority Mail Express International",
}
#: mail classes of the way back, with those that they are called by here
OUTWARD = {
    "USPS_GROUND_ADVANTAGE_RETURN_SERVICE": "USPS_GROUND_ADVANTAGE",
    "PRIORITY_MAIL_RETURN_SERVICE": "PRIORITY_MAIL",
    "PRIORITY_MAIL_EXPRESS_RETURN_SERVICE": "PRIORITY_MAIL_EXPRESS",
}

#: rates for boxes of one's own; all others are for those that USPS gives out, or for bulk
OWN_BOX = frozenset({"SP", "PA", "DR", "DN"})

#: extra services, by their numbers
_EXTRAS: Mapping[str, int] = {
    Option.SIGNATURE: 921,
    Option.ADULT_SIGNATURE: 922,
    Option.DRY_ICE: 819,
    Option.LITHIUM_BATTERY: 820,
}
OPTIONS = frozenset(_EXTRAS)
#: what there is on parcels to other countries
_ABROAD = frozenset({Option.LITHIUM_BATTERY})
_HAZARDOUS = frozenset({Option.DRY_ICE, Option.LITHIUM_BATTERY})
INSURANCE, INSURANCE_ABOVE_500 = 930, 931

#: USPS' own postal area; Puerto Rico is a country of its own elsewhere
HOME = frozenset({"US", "PR"})


def is_domestic(spec: ShipmentSpec) -> bool:
    return {spec.sender.country_code, spec.recipient.country_code} <= HOME


def extra_services(spec: ShipmentSpec) -> list[int]:
    """:raises Rejected: for what there is at home only"""
    options = set(spec.options)
    if not is_domestic(spec) and (missing := sorted(options - _ABROAD)):
        raise Rejected(
            f"USPS does not offer the option {getattr(missing[0], 'value', missing[0])} to other "
            "countries. Remove it.",
            "unknown_option",
            option=missing[0],
        )
    codes = [_EXTRAS[option] for option in sorted(options)]
    if spec.insured_value > 0:
        codes.append(INSURANCE if spec.insured_value <= 500 else INSURANCE_ABOVE_500)
    return codes


def is_hazardous(spec: ShipmentSpec) -> bool:
    return bool(spec.options & _HAZARDOUS)


#: the codes of USPS' events; of others their words tell
STATES: Mapping[str, str] = {
    "GX": tracking.PENDING,
    "GA": tracking.PENDING,
    "MA": tracking.PENDING,
    "VF": tracking.CANCELLED,
    "03": tracking.PICKED_UP,
    "OA": tracking.PICKED_UP,
    "TM": tracking.PICKED_UP,
    "07": tracking.IN_TRANSIT,
    "10": tracking.IN_TRANSIT,
    "NT": tracking.IN_TRANSIT,
    "T1": tracking.IN_TRANSIT,
    "L1": tracking.IN_TRANSIT,
    "EF": tracking.IN_TRANSIT,
    "OF": tracking.OUT_FOR_DELIVERY,
    "DG": tracking.OUT_FOR_DELIVERY,
    "01": tracking.DELIVERED,
    "I0": tracking.DELIVERED,
    "02": tracking.ATTEMPTED,
    "55": tracking.ATTEMPTED,
    "52": tracking.ATTEMPTED,
    "14": tracking.READY_FOR_PICKUP,
    "16": tracking.READY_FOR_PICKUP,
    "04": tracking.EXCEPTION,
    "05": tracking.EXCEPTION,
    "06": tracking.EXCEPTION,
    "09": tracking.EXCEPTION,
    "21": tracking.EXCEPTION,
    "31": tracking.RETURNED,
}
#: asked in this order: "return to sender" is not what "delivered, to sender" is
_WORDS = (
    ("delivered, to original sender", tracking.RETURNED),
    ("out for delivery", tracking.OUT_FOR_DELIVERY),
    ("available for pickup", tracking.READY_FOR_PICKUP),
    ("delivery attempt", tracking.ATTEMPTED),
    ("notice left", tracking.ATTEMPTED),
    ("return", tracking.EXCEPTION),
    ("undeliverable", tracking.EXCEPTION),
    ("delivered", tracking.DELIVERED),
    ("held", tracking.ON_HOLD),
    ("delay", tracking.DELAYED),
    ("label created", tracking.PENDING),
    ("pre-shipment", tracking.PENDING),
    ("accepted", tracking.PICKED_UP),
    ("picked up", tracking.PICKED_UP),
    ("arrived", tracking.IN_TRANSIT),
    ("departed", tracking.IN_TRANSIT),
    ("in transit", tracking.IN_TRANSIT),
    ("processed", tracking.IN_TRANSIT),
)


def state(code: str, words: str) -> str:
    """What an event means, by its code, else by its words."""
    if code in STATES:
        return STATES[code]
    lower = words.lower()
    return next((known for text, known in _WORDS if text in lower), tracking.UNKNOWN)


def explain(data: object) -> str:
    """USPS' words for an error, with the fields that it names; of tokens, what OAuth says."""
    error = data["error"]  # type: ignore[index]
    if isinstance(error, str):
        return str(data.get("error_description") or error)  # type: ignore[attr-defined]
    parts = []
    for one in many(error.get("errors")):
        source = one.get("source") or {}
        where = source.get("parameter") or source.get("pointer") or ""
        text = str(one.get("detail") or one.get("title") or "")
        parts.append(f"{where}: {text}".strip(": "))
    return " ".join(dict.fromkeys(parts or [str(error.get("message") or error["code"])]))[:500]
