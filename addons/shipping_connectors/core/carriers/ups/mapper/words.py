"""The codes that UPS speaks in."""

from __future__ import annotations

from ....port import Option
from ...mapping import many

#: names of the services; what UPS adds later is shown by its code
SERVICES = {
    "01": "UPS Next Day Air",
    "02": "UPS 2nd Day Air",
    "03": "UPS Ground",
    "07": "UPS Worldwide Express",
    "08": "UPS Worldwide Expedited",
    "11": "UPS Standard",
    "12": "UPS 3 Day Select",
    "13": "UPS Next Day Air Saver",
    "14": "UPS Next Day Air Early",
    "54": "UPS Worldwide Express Plus",
    "59": "UPS 2nd Day Air A.M.",
    "65": "UPS Worldwide Saver",
    "70": "UPS Access Point Economy",
    "93": "UPS Ground Saver",
    "96": "UPS Worldwide Express Freight",
}

#: leaves of UPS' answers that are kept; see `redact`
KEPT = frozenset(
    (  # noqa: SIM905 - words read better so
        "code currencycode monetaryvalue shipmentidentificationnumber trackingnumber weight "
        "customercontext ratechart status prn ratingmethod type subtype"
    ).split()
)

OPTIONS = frozenset(
    {
        Option.SIGNATURE,
        Option.ADULT_SIGNATURE,
        Option.SATURDAY,
        Option.DRY_ICE,
        Option.LITHIUM_BATTERY,
    }
)

FORMATS = {"pdf": "PNG", "png": "PNG", "zpl": "ZPL"}


def explain(data: object) -> str:
    errors = data["response"]["errors"]  # type: ignore[index]
    return " ".join(f"{one['message']} ({one['code']})" for one in many(errors))[:500]
