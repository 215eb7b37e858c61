"""Rates: asked for all services at once, answered with those of the account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal

from ....port import Quote, ShipmentSpec
from ...mapping import customs_value, ends, many, money, round_up, total_weight
from .dangerous_goods import rated_batteries, request_version
from .packages import package, service_options, weight
from .parties import place
from .service_points import rated_delivery
from .words import SERVICES

#: kinds of charges
_TRANSPORT, _DUTIES = "01", "02"


def rate_request(spec: ShipmentSpec, account: str, today: datetime) -> dict[str, object]:
    start, end = ends(spec)
    shipment: dict[str, object] = {
        "Shipper": {**place(spec.sender), "ShipperNumber": account},
        "ShipFrom": place(start),
        "ShipTo": place(end),
        "PaymentDetails": {"ShipmentCharge": who_pays(spec, account)},
        "NumOfPieces": str(len(spec.parcels)),
        "Package": [
            package(spec, parcel, "PackagingType", rated_batteries(spec, number))
            for number, parcel in enumerate(spec.parcels, start=1)
        ],
        "ShipmentRatingOptions": {"NegotiatedRatesIndicator": "Y"},
        "ShipmentTotalWeight": weight(spec, total_weight(spec)),
        "DeliveryTimeInformation": {
            "PackageBillType": "03",
            "Pickup": {"Date": (spec.ship_date or today).strftime("%Y%m%d")},
        },
    }
    if spec.customs is not None:
        shipment["InvoiceLineTotal"] = {
            "CurrencyCode": spec.customs.currency,
            "MonetaryValue": customs_total(spec),
        }
    shipment.update(rated_delivery(spec))
    if options := service_options(spec):
        shipment["ShipmentServiceOptions"] = options
    request = {
        "RequestOption": "Shop",
        "TransactionReference": {"CustomerContext": "rate"},
        **request_version(spec),
    }
    return {"RateRequest": {"Request": request, "Shipment": shipment}}


def who_pays(spec: ShipmentSpec, account: str) -> list[dict[str, object]]:
    """The account pays for the transport; duties too where they are paid (DDP), else whoever gets
    the parcel does, as UPS supposes.
    """
    is_paid = spec.customs is not None and spec.customs.incoterm == "DDP"
    kinds = (_TRANSPORT, _DUTIES) if is_paid else (_TRANSPORT,)
    return [{"Type": kind, "BillShipper": {"AccountNumber": account}} for kind in kinds]


def customs_total(spec: ShipmentSpec) -> str:
    """Whole units: UPS refuses decimals here."""
    return str(max(1, int(round_up(customs_value(spec), Decimal(1)))))


def charge(value: Mapping[str, object]) -> tuple[Decimal, str]:
    """:raises ValueError: when it is none"""
    return money(value["MonetaryValue"]), str(value["CurrencyCode"])


def charges(data: Mapping[str, object], listed: str) -> tuple[Decimal, str, Decimal]:
    """What is paid, its currency, and the list price; the account's own rates where it has any."""
    public, currency = charge(data[listed])  # type: ignore[arg-type]
    for negotiated in many(data.get("NegotiatedRateCharges")):
        total = negotiated.get("TotalCharge")
        if total:
            paid, currency = charge(total)
            return paid, currency, public
    return public, currency, public


def quotes(data: Mapping[str, object]) -> list[Quote]:
    return [_quote(one) for one in many(data["RateResponse"]["RatedShipment"])]  # type: ignore[index]


def _quote(one: Mapping[str, object]) -> Quote:
    code = str(one["Service"]["Code"])  # type: ignore[index]
    rated = {**one}
    total = "TotalCharges"
    amount, currency, listed = charges(
        {total: rated[total], "NegotiatedRateCharges": rated.get("NegotiatedRateCharges")}, total
    )
    summary = (rated.get("TimeInTransit") or {}).get("ServiceSummary") or {}  # type: ignore[attr-defined]
    arrival = summary.get("EstimatedArrival") or {}
    guaranteed = rated.get("GuaranteedDelivery") or {}
    days = arrival.get("BusinessDaysInTransit") or guaranteed.get("BusinessDaysInTransit")  # type: ignore[attr-defined]
    when = arrival.get("Arrival") or {}
    return Quote(
        service=code,
        service_name=SERVICES.get(code, f"UPS {code}"),
        amount=amount,
        currency=currency,
        transit_days=int(days) if days else None,
        delivery_date=date(when.get("Date"), when.get("Time")),
        is_guaranteed=summary.get("GuaranteedIndicator") is not None or bool(guaranteed),
        list_amount=listed,
    )


def date(day: object, time: object) -> datetime | None:
    try:
        return datetime.strptime(f"{day} {str(time or '000000')[:6]}", "%Y%m%d %H%M%S").replace(
            tzinfo=timezone.utc
        )
    except ValueError:
        return None
