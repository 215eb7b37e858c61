"""Purchases: what is sent, what is sold, what is found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from ....port import Bought, BoughtParcel, Label, Quote, ShipmentSpec
from ...mapping import ends, label, many, money, share
from .packages import content, planned, shipment_services
from .parties import party
from .rates import accounts
from .service_points import buyer, on_demand_delivery
from .words import SERVICES

#: papers beside the labels
_PAPERS = ("invoice", "waybillDoc")


def ship_request(spec: ShipmentSpec, account: str, key: str, now: datetime) -> dict[str, object]:
    start, end = ends(spec)
    # the key first: it is what a purchase is found again by
    references = [{"value": key, "typeCode": "CU"}]
    if spec.reference:
        references.append({"value": spec.reference[:35], "typeCode": "CU"})
    images: list[dict[str, object]] = [
        {"typeCode": "label", "templateName": "ECOM26_A6_002", "isRequested": True},
        {"typeCode": "waybillDoc", "templateName": "ARCH_8x4", "isRequested": True},
    ]
    if spec.customs is not None:
        images.append(
            {
                "typeCode": "invoice",
                "templateName": "COMMERCIAL_INVOICE_P_10",
                "isRequested": True,
                "invoiceType": "returns" if spec.is_return else "commercial",
                "languageCode": "eng",
            }
        )
    data: dict[str, object] = {
        "plannedShippingDateAndTime": planned(spec, now),
        # drivers are booked for all parcels of a day
        "pickup": {"isRequested": False},
        "productCode": spec.service,
        "getRateEstimates": True,
        "accounts": accounts(spec, account),
        "customerReferences": references,
        "customerDetails": {
            "shipperDetails": party(start),
            "receiverDetails": party(end),
            **buyer(spec),
        },
        "content": content(spec, now),
        "outputImageProperties": {
            "printerDPI": 300,
            "encodingFormat": spec.label_format,
            "imageOptions": images,
            "splitTransportAndWaybillDocLabels": True,
            # a file for each parcel
            "splitDocumentsByPages": True,
            "splitInvoiceAndReceipt": True,
        },
    }
    data.update(on_demand_delivery(spec))
    if added := shipment_services(spec):
        data["valueAddedServices"] = added
    return data


def bought(data: Mapping[str, object], spec: ShipmentSpec, key: str) -> Bought:
    """:raises KeyError, TypeError, ValueError: when what makes a purchase is not in it"""
    waybill = str(data["shipmentTrackingNumber"])
    packages = sorted(many(data["packages"]), key=lambda one: one.get("referenceNumber") or 0)
    if not waybill or len(packages) != len(spec.parcels):
        raise ValueError("another number of packages")
    cost, currency = _cost(many(data.get("shipmentCharges")))
    costs: Sequence[Decimal | None] = [None] * len(packages)
    if cost is not None:
        costs = share(cost, spec.parcels)
    documents = many(data.get("documents"))
    labels = _labels(documents, packages, spec.label_format)
    return Bought(
        parcels=tuple(
            BoughtParcel(
                reference=parcel.reference,
                tracking_number=str(one["trackingNumber"]),
                cost=part,
                labels=own,
                carrier_ref=reference(spec.service, waybill, one["trackingNumber"]),
            )
            for parcel, one, part, own in zip(spec.parcels, packages, costs, labels, strict=True)
        ),
        currency=currency,
        key=key,
        quote=Quote(
            spec.service,
            SERVICES.get(spec.service, f"DHL {spec.service}"),
            cost or Decimal(0),
            currency,
        ),
        reference=waybill,
        documents=tuple(
            Label("pdf" if document["typeCode"] == "invoice" else spec.label_format, one.content)
            for document in documents
            if document.get("typeCode") in _PAPERS
            for one in label(document.get("content"), spec.label_format, spec.label_format)
        ),
    )


def reference(product: object, waybill: object, piece: object) -> str:
    return f"{product or ''}/{waybill}/{piece}"


def _cost(charges: list) -> tuple[Decimal | None, str]:
    for one in charges:
        if one.get("currencyType") == "BILLC" and one.get("price"):
            return money(one["price"]), str(one["priceCurrency"])
    return None, ""


def _labels(documents: list, packages: list, label_format: str) -> list[tuple[Label, ...]]:
    """The labels of each package; DHL numbers them, or gives them in the order of the packages."""
    made = [one for one in documents if one.get("typeCode") == "label"]
    found: list[tuple[Label, ...]] = [() for _package in packages]
    for place, document in enumerate(made):
        number = document.get("packageReferenceNumber")
        # more pages than packages without a number belong to the last one
        index = int(number) - 1 if number else min(place, len(packages) - 1)
        found[index] += label(document.get("content"), label_format, label_format)
    return found


# -- found again ----------------------------------------------------------------------------------


def find_params(key: str, account: str, today: datetime) -> dict[str, object]:
    """:param today: a purchase is looked for from a fortnight before to one after it"""
    around = timedelta(days=14)
    return {
        "shipmentReference": key,
        "shipmentReferenceType": "CU",
        "shipperAccountNumber": account,
        "dateRangeFrom": (today - around).strftime("%Y-%m-%d"),
        "dateRangeTo": (today + around).strftime("%Y-%m-%d"),
        "levelOfDetail": "all",
    }


def found(data: Mapping[str, object], key: str) -> Bought | None:
    """What a reference bought, as far as tracking tells: no label, and not what it cost."""
    parcels: list[BoughtParcel] = []
    waybill = ""
    for shipment in many(data.get("shipments")):
        waybill = str(shipment["shipmentTrackingNumber"])
        product = shipment.get("productCode")
        pieces = sorted(many(shipment.get("pieces")), key=lambda one: one.get("number") or 0)
        numbers = [str(one["trackingNumber"]) for one in pieces] or [waybill]
        parcels.extend(
            BoughtParcel("", number, None, carrier_ref=reference(product, waybill, number))
            for number in numbers
        )
    if not parcels:
        return None
    return Bought(tuple(parcels), "", key, reference=waybill)
