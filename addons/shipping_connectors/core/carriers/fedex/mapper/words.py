"""The codes that FedEx speaks in."""

from collections.abc import Mapping

from .... import tracking
from ....port import Option
from ...mapping import many

#: leaves of FedEx' answers that are kept; see `redact`
KEPT = frozenset(
    (  # noqa: SIM905 - words read better so
        "transactionid customertransactionid code servicetype shipdatestamp servicecategory "
        "contenttype doctype trackingnumber mastertrackingnumber trackingidtype netchargeamount "
        "currency ratetype actualratetype totalnetcharge totalbasecharge totalsurcharges netcharge "
        "ratezone units value cancelledshipment cancelledhistory pickupconfirmationcode location "
        "alerttype packagesequencenumber carriercode"
    ).split()
)

FORMATS = {"pdf": "PDF", "png": "PNG", "zpl": "ZPLII"}

OPTIONS = frozenset(
    {
        Option.SIGNATURE,
        Option.ADULT_SIGNATURE,
        Option.SATURDAY,
        Option.DRY_ICE,
        Option.LITHIUM_BATTERY,
    }
)

#: how FedEx names numbers of days
DAYS = {
    name: number
    for number, name in enumerate(
        (  # noqa: SIM905 - words read better so
            "ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN ELEVEN TWELVE THIRTEEN FOURTEEN "
            "FIFTEEN SIXTEEN SEVENTEEN EIGHTEEN NINETEEN TWENTY"
        ).split(),
        start=1,
    )
}

#: the codes of FedEx' statuses
STATES: Mapping[str, str] = {
    "OC": tracking.PENDING,
    "IN": tracking.PENDING,
    "CA": tracking.CANCELLED,
    "PU": tracking.PICKED_UP,
    "DO": tracking.PICKED_UP,
    "DP": tracking.IN_TRANSIT,
    "IT": tracking.IN_TRANSIT,
    "AR": tracking.IN_TRANSIT,
    "AA": tracking.IN_TRANSIT,
    "AF": tracking.IN_TRANSIT,
    "PM": tracking.IN_TRANSIT,
    "PX": tracking.IN_TRANSIT,
    "CC": tracking.IN_TRANSIT,
    "OD": tracking.OUT_FOR_DELIVERY,
    "DE": tracking.EXCEPTION,
    "SE": tracking.EXCEPTION,
    "CD": tracking.ON_HOLD,
    "DY": tracking.DELAYED,
    "DD": tracking.DELAYED,
    "HL": tracking.READY_FOR_PICKUP,
    "DL": tracking.DELIVERED,
    "RS": tracking.EXCEPTION,
}


def explain(data: object) -> str:
    """FedEx' words for an error, and its code; of tokens, what OAuth says."""
    errors = data["errors"]  # type: ignore[index]
    parts = []
    for one in many(errors):
        # what the parameters name is where the mistake is
        names = [str(item.get("value") or "") for item in one.get("parameterList") or ()]
        where = f" [{', '.join(name for name in names if name)}]" if any(names) else ""
        parts.append(f"{one['message']} ({one['code']}){where}")
    return " ".join(parts)[:500]


def days(value: object) -> int | None:
    """``THREE_DAYS`` is 3."""
    name = str(value or "").removesuffix("S").removesuffix("_DAY")
    return DAYS.get(name)
