"""The codes that DHL Express speaks in."""

from collections.abc import Mapping

from .... import tracking
from ....port import Option

#: leaves of DHL's answers that are kept; see `redact`
KEPT = frozenset(
    (  # noqa: SIM905 - words read better so
        "shipmenttrackingnumber trackingnumber referencenumber packagereferencenumber typecode "
        "imageformat currencytype pricecurrency price status productcode servicecode "
        "dispatchconfirmationnumber dispatchconfirmationnumbers volumetricweight "
        "estimateddeliverydate totaltransitdays nextpickupdate readybytime"
    ).split()
)

FORMATS = ("pdf", "zpl")

#: names of the products; what DHL adds later is shown by its code
SERVICES = {
    "N": "DHL Express Domestic",
    "1": "DHL Express Domestic 12:00",
    "P": "DHL Express Worldwide",
    "U": "DHL Express Worldwide EU",
    "E": "DHL Express 9:00",
    "M": "DHL Express 10:30",
    "Y": "DHL Express 12:00",
    "H": "DHL Economy Select",
    "W": "DHL Economy Select EU",
}

#: services that are added to a product
SIGNATURE, ADULT_SIGNATURE, SATURDAY = "SF", "SD", "AA"
DRY_ICE, LITHIUM_BATTERY = "HC", "HV"
INSURANCE, PAPERLESS, DUTIES_PAID, KEEPS_THREE_MONTHS = "II", "WY", "DD", "PT"
#: what DHL calls the contents of the dangerous goods above
DRY_ICE_CONTENT, BATTERY_CONTENT = "901", "967"
#: lithium-ion batteries in equipment, in the United Nations' list of dangerous goods
BATTERY_NUMBER = "3481"

OPTIONS = frozenset(
    {
        Option.SIGNATURE,
        Option.ADULT_SIGNATURE,
        Option.SATURDAY,
        Option.DRY_ICE,
        Option.LITHIUM_BATTERY,
    }
)

#: the checkpoints of DHL Express
STATES: Mapping[str, str] = {
    "SA": tracking.PENDING,
    "PU": tracking.PICKED_UP,
    "PL": tracking.IN_TRANSIT,
    "DF": tracking.IN_TRANSIT,
    "AF": tracking.IN_TRANSIT,
    "AR": tracking.IN_TRANSIT,
    "IC": tracking.IN_TRANSIT,
    "CI": tracking.IN_TRANSIT,
    "CR": tracking.IN_TRANSIT,
    "RR": tracking.IN_TRANSIT,
    "TR": tracking.IN_TRANSIT,
    "FD": tracking.IN_TRANSIT,
    "WC": tracking.OUT_FOR_DELIVERY,
    "OK": tracking.DELIVERED,
    "DL": tracking.DELIVERED,
    "PD": tracking.EXCEPTION,
    "NH": tracking.ATTEMPTED,
    "CA": tracking.ATTEMPTED,
    "CC": tracking.READY_FOR_PICKUP,
    "DS": tracking.EXCEPTION,
    "RT": tracking.RETURNED,
    "RD": tracking.EXCEPTION,
    "BA": tracking.EXCEPTION,
    "ND": tracking.EXCEPTION,
    "MS": tracking.EXCEPTION,
    "MC": tracking.EXCEPTION,
    "TD": tracking.DELAYED,
    "UD": tracking.DELAYED,
    "MD": tracking.DELAYED,
    "OH": tracking.ON_HOLD,
    "HP": tracking.ON_HOLD,
    "CD": tracking.ON_HOLD,
}


def explain(data: object) -> str:
    """DHL's words for an error, with the fields that it names."""
    parts = [str(data.get("detail") or data.get("message") or data["title"])]  # type: ignore[attr-defined,index]
    parts.extend(str(one) for one in data.get("additionalDetails") or ())  # type: ignore[attr-defined]
    return " ".join(dict.fromkeys(parts))[:500]
