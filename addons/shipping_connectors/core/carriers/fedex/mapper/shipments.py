"""Purchases: what is sent, what is sold, what is found again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from ....port import Bought, BoughtParcel, Label, Quote, ShipmentSpec
from ...mapping import ends, label, many, money, pounds, round_up
from .packages import clearance, is_imperial, package, shipment_services
from .parties import party
from .words import FORMATS

#: papers for customs among the documents of a shipment
_PAPERS = ("COMMERCIAL_INVOICE", "PROFORMA", "CERTIFICATE_OF_ORIGIN")


def ship_request(
    spec: ShipmentSpec, account: str, key: str, today: datetime, *, is_paperless: bool = True
) -> dict[str, object]:
    """:param is_paperless: FedEx sends its invoice to customs itself, beside the printed one"""
    start, end = ends(spec)
    [parcel] = spec.parcels
    one = package(spec, parcel)
    # the key first: it is what a purchase is found again by
    references = [{"customerReferenceType": "CUSTOMER_REFERENCE", "value": key}]
    if spec.reference:
        references.append({"customerReferenceType": "P_O_NUMBER", "value": spec.reference[:30]})
    one["customerReferences"] = references
    kilograms = parcel.weight or Decimal(0)
    shipment: dict[str, object] = {
        "shipDatestamp": (spec.ship_date or today).strftime("%Y-%m-%d"),
        "shipper": party(start),
        "recipients": [party(end)],
        "pickupType": "USE_SCHEDULED_PICKUP",
        "serviceType": spec.service,
        "packagingType": "YOUR_PACKAGING",
        "totalWeight": float(pounds(kilograms) if is_imperial(spec) else round_up(kilograms)),
        "shippingChargesPayment": {
            "paymentType": "SENDER",
            "payor": {"responsibleParty": {"accountNumber": {"value": account}}},
        },
        "labelSpecification": {
            "imageType": FORMATS[spec.label_format],
            "labelStockType": "STOCK_4X6" if spec.label_format == "zpl" else "PAPER_4X6",
        },
        "rateRequestType": ["ACCOUNT"],
        "totalPackageCount": 1,
        "requestedPackageLineItems": [one],
    }
    services = shipment_services(spec)
    if spec.customs is not None:
        shipment["customsClearanceDetail"] = clearance(spec, spec.customs, account)
        shipment["shippingDocumentSpecification"] = {
            "shippingDocumentTypes": ["COMMERCIAL_INVOICE"],
            "commercialInvoiceDetail": {
                "documentFormat": {"stockType": "PAPER_LETTER", "docType": "PDF"}
            },
        }
        if is_paperless:
            services.setdefault("specialServiceTypes", [])
            services["specialServiceTypes"].append("ELECTRONIC_TRADE_DOCUMENTS")  # type: ignore[attr-defined]
            services["etdDetail"] = {"requestedDocumentTypes": ["COMMERCIAL_INVOICE"]}
    if services:
        shipment["shipmentSpecialServices"] = services
    return {
        "requestedShipment": shipment,
        "labelResponseOptions": "LABEL",
        "accountNumber": {"value": account},
        "shipAction": "CONFIRM",
        "processingOptionType": "SYNCHRONOUS_ONLY",
    }


def bought(data: Mapping[str, object], spec: ShipmentSpec, key: str) -> Bought:
    """:raises KeyError, TypeError, ValueError: when what makes a purchase is not in it"""
    [shipment] = data["output"]["transactionShipments"]  # type: ignore[index]
    [piece] = shipment["pieceResponses"]
    detail = shipment.get("completedShipmentDetail") or {}
    number = str(piece.get("trackingNumber") or shipment["masterTrackingNumber"])
    if not number:
        raise ValueError("no number")
    cost, currency = _cost(piece, detail)
    service = str(shipment.get("serviceType") or spec.service)
    labels = tuple(
        one
        for document in many(piece.get("packageDocuments"))
        for one in label(document.get("encodedLabel"), spec.label_format, spec.label_format)
    )
    documents = tuple(
        Label("pdf", one.content)
        for document in many(shipment.get("shipmentDocuments"))
        if document.get("contentType") in _PAPERS
        for one in label(document.get("encodedLabel"), "pdf", "pdf")
    )
    name = str(shipment.get("serviceName") or service).replace("®", "")
    got = BoughtParcel(
        reference=spec.parcels[0].reference,
        tracking_number=number,
        cost=cost,
        labels=labels,
        carrier_ref=f"{carrier_code(service)}/{number}",
    )
    quote = Quote(service, name, cost or Decimal(0), currency)
    return Bought((got,), currency, key, quote, reference=number, documents=documents)


def _cost(piece: Mapping[str, object], detail: Mapping[str, object]) -> tuple[Decimal | None, str]:
    """What the account pays; nothing is said of labels that are paid when they are scanned."""
    rating = detail.get("shipmentRating") or {}
    rates = many(rating.get("shipmentRateDetails"))  # type: ignore[attr-defined]
    wanted = rating.get("actualRateType")  # type: ignore[attr-defined]
    rates.sort(key=lambda one: one.get("rateType") != wanted)
    for one in rates:
        if one.get("currency") and one.get("totalNetCharge") is not None:
            return money(one["totalNetCharge"]), str(one["currency"])
    for package_detail in many(detail.get("completedPackageDetails")):
        rating = package_detail.get("packageRating") or {}
        for one in many(rating.get("packageRateDetails")):
            if one.get("currency") and one.get("netCharge") is not None:
                return money(one["netCharge"]), str(one["currency"])
    if piece.get("netChargeAmount") and piece.get("currency"):
        return money(piece["netChargeAmount"]), str(piece["currency"])
    return None, ""


def carrier_code(service: str) -> str:
    """Ground has drivers of its own."""
    return "FDXG" if "GROUND" in service else "FDXE"


def cancel_request(number: str, account: str) -> dict[str, object]:
    return {
        "accountNumber": {"value": account},
        "deletionControl": "DELETE_ALL_PACKAGES",
        "trackingNumber": number,
    }


def reference_request(key: str, account: str, today: datetime) -> dict[str, object]:
    """:param today: a purchase is looked for from a fortnight before to one after it"""
    around = timedelta(days=14)
    return {
        "includeDetailedScans": False,
        "referencesInformation": {
            "type": "CUSTOMER_REFERENCE",
            "value": key,
            "accountNumber": account,
            "shipDateBegin": (today - around).strftime("%Y-%m-%d"),
            "shipDateEndDate": (today + around).strftime("%Y-%m-%d"),
        },
    }


def found(data: Mapping[str, object], key: str) -> Bought | None:
    """What a reference bought, as far as tracking tells: no label, and not what it cost."""
    parcels = []
    for complete in many(data["output"].get("completeTrackResults")):  # type: ignore[attr-defined]
        for result in many(complete.get("trackResults")):
            number = str((result.get("trackingNumberInfo") or {}).get("trackingNumber") or "")
            status = (result.get("latestStatusDetail") or {}).get("code")
            if not number or result.get("error") or status == "CA":
                continue
            service = str((result.get("serviceDetail") or {}).get("type") or "")
            parcels.append(
                BoughtParcel("", number, None, carrier_ref=f"{carrier_code(service)}/{number}")
            )
    if not parcels:
        return None
    return Bought(tuple(parcels), "", key, reference=parcels[0].tracking_number)
