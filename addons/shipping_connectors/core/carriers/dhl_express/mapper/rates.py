"""Rates and delivery dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal

from ....port import Quote, ShipmentSpec
from ...mapping import customs_value, ends, many, moment, money
from .packages import package, planned, services
from .parties import address
from .words import SERVICES

#: what is billed; the public rates of the country
_BILLED, _LISTED = "BILLC", "PULCL"


def accounts(spec: ShipmentSpec, account: str) -> list[dict[str, object]]:
    """Who pays: we, in either direction."""
    data: list[dict[str, object]] = [{"typeCode": "shipper", "number": account}]
    if spec.is_return:
        data.append({"typeCode": "payer", "number": account})
    if spec.customs is not None and spec.customs.incoterm == "DDP":
        data.append({"typeCode": "duties-taxes", "number": account})
    return data


def rate_request(spec: ShipmentSpec, account: str, now: datetime) -> dict[str, object]:
    start, end = ends(spec)
    data: dict[str, object] = {
        "customerDetails": {"shipperDetails": address(start), "receiverDetails": address(end)},
        "accounts": accounts(spec, account),
        "plannedShippingDateAndTime": planned(spec, now),
        "unitOfMeasurement": "metric",
        "isCustomsDeclarable": spec.customs is not None,
        "estimatedDeliveryDate": {"isRequested": True, "typeCode": "QDDC"},
        "packages": [package(parcel) for parcel in spec.parcels],
    }
    if spec.customs is not None:
        value = float(round(customs_value(spec), 2))
        data["monetaryAmount"] = [
            {"typeCode": "declaredValue", "value": value, "currency": spec.customs.currency}
        ]
    if added := services(spec):
        data["valueAddedServices"] = added
    return data


def quotes(data: Mapping[str, object]) -> list[Quote]:
    """Products with a price; of others DHL says that it cannot be calculated."""
    found = [_quote(one) for one in many(data["products"])]
    return [quote for quote in found if quote is not None]


def warnings(data: Mapping[str, object]) -> str:
    """What DHL says beside the products."""
    return "; ".join(str(one) for one in many(data.get("warnings")))


def _quote(one: Mapping[str, object]) -> Quote | None:
    prices = {
        str(price.get("currencyType")): price
        for price in many(one.get("totalPrice"))
        if price.get("price") and price.get("priceCurrency")
    }
    billed = prices.get(_BILLED)
    if billed is None:
        return None
    listed = prices.get(_LISTED)
    delivery = one.get("deliveryCapabilities") or {}
    days = delivery.get("totalTransitDays")  # type: ignore[attr-defined]
    currency = str(billed["priceCurrency"])
    code = str(one["productCode"])
    return Quote(
        service=code,
        service_name=SERVICES.get(code) or f"DHL {str(one.get('productName') or code).title()}",
        amount=money(billed["price"]),
        currency=currency,
        transit_days=int(days) if days is not None else None,
        # the clock of the place that it is delivered to
        delivery_date=moment(delivery.get("estimatedDeliveryDateAndTime"), timezone.utc),  # type: ignore[attr-defined]
        list_amount=_list_price(listed, currency),
    )


def _list_price(listed: Mapping[str, object] | None, currency: str) -> Decimal | None:
    if listed is None or listed["priceCurrency"] != currency:
        return None
    return money(listed["price"])
