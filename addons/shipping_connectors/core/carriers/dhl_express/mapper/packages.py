"""Parcels, the services that are added to them, and what is declared of them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

from ....port import Customs, CustomsItem, Option, Parcel, ShipmentSpec
from ...mapping import CENT, customs_value, description, ends, export_statement, pieces, round_up
from . import words

_GRAM = Decimal("0.001")


def planned(spec: ShipmentSpec, now: datetime) -> str:
    """When it leaves, as DHL writes it: never in the past, which DHL refuses."""
    soon = now + timedelta(minutes=10)
    when = max(spec.ship_date, soon) if spec.ship_date else soon
    return dhl_moment(when)


def dhl_moment(when: datetime) -> str:
    if when.tzinfo is None:
        when = when.replace(tzinfo=timezone.utc)
    zone = when.strftime("%z")
    return f"{when:%Y-%m-%dT%H:%M:%S} GMT{zone[:3]}:{zone[3:5]}"


def package(parcel: Parcel) -> dict[str, object]:
    """Kilograms and whole centimetres everywhere, rounded up."""
    return {
        "weight": float(round_up(parcel.weight or Decimal(0), _GRAM)),
        "dimensions": {
            name: int(round_up(getattr(parcel, name) / 10, Decimal(1)))
            for name in ("length", "width", "height")
        },
    }


def services(spec: ShipmentSpec) -> list[dict[str, object]]:
    """What is asked for beside the product itself."""
    data: list[dict[str, object]] = []
    if Option.ADULT_SIGNATURE in spec.options:
        data.append({"serviceCode": words.ADULT_SIGNATURE})
    elif Option.SIGNATURE in spec.options:
        data.append({"serviceCode": words.SIGNATURE})
    if Option.SATURDAY in spec.options:
        data.append({"serviceCode": words.SATURDAY})
    if spec.insured_value > 0:
        data.append(
            {
                "serviceCode": words.INSURANCE,
                "value": float((spec.insured_value * len(spec.parcels)).quantize(CENT)),
                "currency": spec.currency,
            }
        )
    if spec.customs is not None and spec.customs.incoterm == "DDP":
        data.append({"serviceCode": words.DUTIES_PAID})
    return data


def shipment_services(spec: ShipmentSpec) -> list[dict[str, object]]:
    """With what only a purchase says: papers, returns, and the declared dangerous goods."""
    data = services(spec)
    if spec.customs is not None:
        data.append({"serviceCode": words.PAPERLESS})
    if spec.is_return:
        # nobody knows on which day the customer brings it
        data.append({"serviceCode": words.KEEPS_THREE_MONTHS})
    if Option.DRY_ICE in spec.options:
        ice = sum((parcel.dry_ice_weight for parcel in spec.parcels), Decimal(0))
        goods = {
            "contentId": words.DRY_ICE_CONTENT,
            "dryIceTotalNetWeight": float(round_up(ice, _GRAM)),
        }
        data.append({"serviceCode": words.DRY_ICE, "dangerousGoods": [goods]})
    if Option.LITHIUM_BATTERY in spec.options:
        batteries = {"contentId": words.BATTERY_CONTENT, "unCodes": [words.BATTERY_NUMBER]}
        data.append({"serviceCode": words.LITHIUM_BATTERY, "dangerousGoods": [batteries]})
    return data


def content(spec: ShipmentSpec, today: datetime) -> dict[str, object]:
    customs = spec.customs
    data: dict[str, object] = {
        "packages": [
            {**package(parcel), "referenceNumber": number}
            for number, parcel in enumerate(spec.parcels, start=1)
        ],
        "isCustomsDeclarable": customs is not None,
        "description": description(spec, 70),
        "incoterm": (customs.incoterm if customs else "") or "DAP",
        "unitOfMeasurement": "metric",
    }
    if customs is not None:
        data["declaredValue"] = float(customs_value(spec).quantize(CENT))
        data["declaredValueCurrency"] = customs.currency
        data["exportDeclaration"] = declaration(customs, spec, today)
        if statement := export_statement(customs, ends(spec)[0].country_code):
            data["USFilingTypeValue"] = statement[:20]
    return data


def declaration(customs: Customs, spec: ShipmentSpec, today: datetime) -> dict[str, object]:
    """What the commercial invoice is drawn from."""
    reason = "commercial_purpose_or_sale" if customs.contents == "merchandise" else "permanent"
    invoice: dict[str, object] = {
        "number": (customs.invoice_number or spec.reference or "-")[:35],
        "date": (spec.ship_date or today).strftime("%Y-%m-%d"),
    }
    if customs.signer:
        invoice["signatureName"] = customs.signer[:35]
    return {
        "lineItems": [_line(number, item) for number, item in enumerate(customs.items, start=1)],
        "invoice": invoice,
        "exportReason": customs.contents[:30],
        "exportReasonType": "return" if spec.is_return else reason,
        "shipmentType": "commercial",
    }


def _line(number: int, item: CustomsItem) -> dict[str, object]:
    weight = float(round_up(item.weight * item.quantity, _GRAM))
    data: dict[str, object] = {
        "number": number,
        "description": item.description[:512],
        "price": float(item.value.quantize(CENT)),
        "quantity": {"value": pieces(item.quantity), "unitOfMeasurement": "PCS"},
        "commodityCodes": [{"typeCode": "outbound", "value": item.hs_code[:18]}],
        "manufacturerCountry": item.origin,
        # of all pieces of the line together
        "weight": {"netValue": weight, "grossValue": weight},
    }
    if item.sku:
        data["customerReferences"] = [{"typeCode": "PAN", "value": item.sku[:35]}]
    return data
