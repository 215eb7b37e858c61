"""Parcels, and what is declared of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ....port import Customs, Parcel, Rejected, ShipmentSpec
from ...mapping import CENT, MM_PER_INCH, export_statement, pieces, pounds, round_up
from .words import extra_services, is_domestic, is_hazardous

_STEP = Decimal("0.0001")


def measures(parcel: Parcel) -> dict[str, object]:
    """Pounds and inches, rounded up; the longest side is the length."""
    sizes = sorted((parcel.length, parcel.width, parcel.height), reverse=True)
    names = ("length", "width", "height")
    return {
        "weight": float(pounds(parcel.weight or Decimal(0), _STEP)),
        **{
            name: float(round_up(size / MM_PER_INCH, CENT))
            for name, size in zip(names, sizes, strict=True)
        },
    }


def package_options(spec: ShipmentSpec) -> dict[str, object]:
    data: dict[str, object] = {}
    if spec.insured_value > 0:
        data["packageValue"] = float(spec.insured_value.quantize(CENT))
    if is_hazardous(spec):
        data["contentType"] = "HAZMAT"
    return data


def _classes(spec: ShipmentSpec) -> str:
    if not is_domestic(spec):
        return "ALL"
    return "ALL_RETURNS" if spec.is_return else "ALL_OUTBOUND"


def asked_price(spec: ShipmentSpec, today: datetime) -> dict[str, object]:
    """A parcel as prices are asked for."""
    [parcel] = spec.parcels
    data: dict[str, object] = {
        **measures(parcel),
        "mailClass": _classes(spec),
        "mailingDate": (spec.ship_date or today).strftime("%Y-%m-%d"),
    }
    if codes := extra_services(spec):
        data["extraServices"] = codes
    if spec.insured_value > 0:
        data["packageValue"] = float(spec.insured_value.quantize(CENT))
    return data


#: what customs are told of the contents
_CONTENTS = {"merchandise": "MERCHANDISE", "gift": "GIFT", "documents": "DOCUMENT"}


def customs_form(customs: Customs, spec: ShipmentSpec) -> dict[str, object]:
    """:raises Rejected: for values in another currency than USPS declares in"""
    if customs.currency != "USD":
        raise Rejected(
            "USPS declares goods to customs in US dollars, and this document is in "
            f"{customs.currency}. Ship it by another carrier, or from a document in USD.",
            "customs_currency",
            currency=customs.currency,
        )
    kind = "RETURNED_GOODS" if spec.is_return else _CONTENTS.get(customs.contents, "OTHER")
    data: dict[str, object] = {
        "customsContentType": kind,
        "contents": [
            {
                "itemDescription": item.description[:30],
                "itemQuantity": pieces(item.quantity),
                "itemTotalValue": float((item.value * item.quantity).quantize(CENT)),
                "weightUOM": "lb",
                "itemTotalWeight": float(pounds(item.weight * item.quantity, _STEP)),
                "HSTariffNumber": item.hs_code[:14],
                "countryofOrigin": item.origin,
            }
            for item in customs.items
        ],
    }
    if kind == "OTHER":
        data["contentComments"] = customs.contents[:25]
    if customs.invoice_number:
        data["invoiceNumber"] = customs.invoice_number[-15:]
    if statement := export_statement(customs, spec.sender.country_code):
        # the same exemption, as USPS spells it
        data["AESITN"] = statement.replace("NOEEI", "NO EEI")[:35]
    return data
