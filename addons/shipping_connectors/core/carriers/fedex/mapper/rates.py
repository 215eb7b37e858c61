"""Rates and transit times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal

from ....port import Quote, ShipmentSpec
from ...mapping import ends, many, moment, money
from .packages import commodity, package, shipment_services
from .parties import address
from .words import days


def rate_request(spec: ShipmentSpec, account: str, today: datetime) -> dict[str, object]:
    start, end = ends(spec)
    shipment: dict[str, object] = {
        "shipper": {"address": address(start, lines=False)},
        "recipient": {"address": address(end, lines=False)},
        "pickupType": "USE_SCHEDULED_PICKUP",
        "packagingType": "YOUR_PACKAGING",
        "rateRequestType": ["ACCOUNT", "LIST"],
        "shipDateStamp": (spec.ship_date or today).strftime("%Y-%m-%d"),
        "requestedPackageLineItems": [package(spec, parcel) for parcel in spec.parcels],
    }
    if spec.service:
        shipment["serviceType"] = spec.service
    if services := shipment_services(spec):
        shipment["shipmentSpecialServices"] = services
    if spec.customs is not None:
        shipment["customsClearanceDetail"] = {
            "commodities": [commodity(spec, spec.customs, item) for item in spec.customs.items]
        }
    return {
        "accountNumber": {"value": account},
        "rateRequestControlParameters": {"returnTransitTimes": True},
        "requestedShipment": shipment,
    }


def quotes(data: Mapping[str, object]) -> list[Quote]:
    return [_quote(one) for one in many(data["output"]["rateReplyDetails"])]  # type: ignore[index]


def _quote(one: Mapping[str, object]) -> Quote:
    paid, listed = _charges(many(one["ratedShipmentDetails"]))
    commit = one.get("commit") or {}
    operational = one.get("operationalDetail") or {}
    spent = commit.get("transitDays") or {}  # type: ignore[attr-defined]
    when = (commit.get("dateDetail") or {}).get("dayFormat") or operational.get("deliveryDate")  # type: ignore[attr-defined]
    service = str(one["serviceType"])
    return Quote(
        service=service,
        service_name=str(one.get("serviceName") or service).replace("®", ""),
        amount=paid[0],
        currency=paid[1],
        transit_days=days(spent.get("minimumTransitTime") or operational.get("transitTime")),  # type: ignore[attr-defined]
        # the clock of the place that it is delivered to
        delivery_date=moment(when, timezone.utc),
        is_guaranteed=operational.get("ineligibleForMoneyBackGuarantee") is False,  # type: ignore[attr-defined]
        list_amount=listed,
    )


def _charges(rated: list) -> tuple[tuple[Decimal, str], Decimal | None]:
    """What the account pays with its currency, and the list price where it is told.

    :raises ValueError: when there is no price
    """
    prices: dict[str, tuple[Decimal, str]] = {}
    for one in rated:
        inner = one.get("shipmentRateDetail") or {}
        currency = one.get("currency") or inner.get("currency")
        # "PAYOR_ACCOUNT_PACKAGE" and "ACCOUNT" are the same
        kind = "LIST" if "LIST" in str(one.get("rateType")) else "ACCOUNT"
        if currency and one.get("totalNetCharge") is not None:
            prices.setdefault(kind, (money(one["totalNetCharge"]), str(currency)))
    if not prices:
        raise ValueError("no price")
    listed = prices.get("LIST")
    paid = prices.get("ACCOUNT") or listed
    assert paid is not None
    return paid, listed[0] if listed and listed[1] == paid[1] else None
