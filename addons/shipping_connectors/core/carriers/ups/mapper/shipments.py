"""Purchases: what is sent, what is sold, what is found again."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Mapping
from datetime import datetime

from ....port import Address, Bought, BoughtParcel, CustomsItem, Label, Quote, ShipmentSpec
from ...mapping import description, ends, label, many, pieces, share
from .dangerous_goods import request_version, shipped_batteries
from .packages import is_domestic, package, service_options, weight
from .parties import email, party
from .rates import charges, customs_total, who_pays
from .service_points import alternate_delivery, notification
from .words import FORMATS, SERVICES


def ship_request(spec: ShipmentSpec, account: str, key: str, today: datetime) -> dict[str, object]:
    start, end = ends(spec)
    packages = [
        package(spec, parcel, "Packaging", shipped_batteries(spec, number))
        for number, parcel in enumerate(spec.parcels, start=1)
    ]
    shipment: dict[str, object] = {
        "Description": description(spec),
        "Shipper": {**party(spec.sender), "ShipperNumber": account},
        "ShipFrom": party(start),
        "ShipTo": {**party(end), **email(end)},
        "PaymentInformation": {"ShipmentCharge": who_pays(spec, account)},
        "ShipmentRatingOptions": {"NegotiatedRatesIndicator": "X"},
        "Service": {"Code": spec.service},
        "Package": packages,
    }
    # the key first: it is what a purchase is found again by
    references = [{"Value": key}]
    if spec.reference:
        references.append({"Value": spec.reference[:35]})
    if is_domestic(spec):
        for one in packages:
            one["ReferenceNumber"] = references
    else:
        shipment["ReferenceNumber"] = references
    if spec.is_return:
        # print return label: the customer gets it from us
        shipment["ReturnService"] = {"Code": "9"}
        for one in packages:
            one["Description"] = description(spec)
    shipment.update(alternate_delivery(spec))
    options = service_options(spec)
    if spec.service_point is not None:
        options["Notification"] = [notification(spec)]
    if spec.customs is not None:
        options["InternationalForms"] = _forms(spec, end, today)
        shipment["InvoiceLineTotal"] = {
            "CurrencyCode": spec.customs.currency,
            "MonetaryValue": customs_total(spec),
        }
    if options:
        shipment["ShipmentServiceOptions"] = options
    return {
        "ShipmentRequest": {
            "Request": {
                "RequestOption": "nonvalidate",
                "TransactionReference": {"CustomerContext": key},
                **request_version(spec),
            },
            "Shipment": shipment,
            "LabelSpecification": label_specification(spec.label_format),
        }
    }


def label_specification(label_format: str) -> dict[str, object]:
    return {
        "LabelImageFormat": {"Code": FORMATS[label_format]},
        "LabelStockSize": {"Height": "6", "Width": "4"},
    }


def _forms(spec: ShipmentSpec, end: Address, today: datetime) -> dict[str, object]:
    """The commercial invoice, which UPS draws and sends ahead."""
    customs = spec.customs
    assert customs is not None
    forms: dict[str, object] = {
        "FormType": ["01"],
        "InvoiceDate": (spec.ship_date or today).strftime("%Y%m%d"),
        "ReasonForExport": "SALE" if customs.contents == "merchandise" else "OTHER",
        "CurrencyCode": customs.currency,
        "Contacts": {"SoldTo": party(end)},
        "Product": [_product(item, spec) for item in customs.items],
    }
    if customs.invoice_number:
        forms["InvoiceNumber"] = customs.invoice_number[:35]
    if customs.incoterm:
        forms["TermsOfShipment"] = customs.incoterm
    if customs.exemption:
        forms["DeclarationStatement"] = customs.exemption[:550]
    return forms


def _product(item: CustomsItem, spec: ShipmentSpec) -> dict[str, object]:
    data: dict[str, object] = {
        "Description": textwrap.wrap(item.description, 35)[:3] or ["Goods"],
        "Unit": {
            "Number": str(pieces(item.quantity)),
            "UnitOfMeasurement": {"Code": "PCS", "Description": "pieces"},
            "Value": f"{item.value:.2f}",
        },
        "CommodityCode": item.hs_code,
        "OriginCountryCode": item.origin,
        "ProductWeight": weight(spec, item.weight * item.quantity),
    }
    if item.sku:
        data["PartNumber"] = item.sku[:10]
    return data


def recovery_request(key: str, account: str, label_format: str) -> dict[str, object]:
    return {
        "LabelRecoveryRequest": {
            "Request": {"TransactionReference": {"CustomerContext": key}},
            "LabelSpecification": label_specification(label_format),
            "ReferenceValues": {"ReferenceNumber": {"Value": key}, "ShipperNumber": account},
        }
    }


def reprint_request(number: str, label_format: str) -> dict[str, object]:
    return {
        "LabelRecoveryRequest": {
            "Request": {"TransactionReference": {"CustomerContext": number}},
            "LabelSpecification": label_specification(label_format),
            "TrackingNumber": number,
        }
    }


def bought(data: Mapping[str, object], spec: ShipmentSpec, key: str) -> Bought:
    """:raises KeyError, TypeError, ValueError: when what makes a purchase is not in it"""
    results = data["ShipmentResponse"]["ShipmentResults"]  # type: ignore[index]
    packages = many(results["PackageResults"])
    if len(packages) != len(spec.parcels):
        raise ValueError("another number of packages")
    total, currency, _listed = charges(
        {
            **results["ShipmentCharges"],
            "NegotiatedRateCharges": results.get("NegotiatedRateCharges"),
        },
        "TotalCharges",
    )
    reference = str(results["ShipmentIdentificationNumber"])
    documents = [
        Label("pdf", base64.b64decode(form["Image"]["GraphicImage"], validate=True))
        for form in many(results.get("Form"))
        if form.get("Image")
    ]
    return Bought(
        parcels=tuple(
            BoughtParcel(
                reference=parcel.reference,
                tracking_number=str(one["TrackingNumber"]),
                cost=cost,
                labels=picture(one.get("ShippingLabel"), spec.label_format),
                carrier_ref=f"{reference}/{one['TrackingNumber']}",
            )
            for parcel, one, cost in zip(
                spec.parcels, packages, share(total, spec.parcels), strict=True
            )
        ),
        currency=currency,
        key=key,
        quote=Quote(spec.service, SERVICES.get(spec.service, spec.service), total, currency),
        reference=reference,
        documents=tuple(documents),
    )


def picture(data: object, label_format: str) -> tuple[Label, ...]:
    """The label of a package; a picture becomes a page where a PDF was asked for."""
    encoded = data.get("GraphicImage") if isinstance(data, dict) else None
    return label(encoded, FORMATS[label_format].lower(), label_format)


def recovered(data: Mapping[str, object], key: str, label_format: str) -> Bought | None:
    """What a reference bought, as far as UPS tells: not what it cost.

    The numbers of one shipment ascend in the order of its packages.
    """
    answer = data["LabelRecoveryResponse"]
    results = [one for one in many(answer.get("LabelResults")) if one.get("TrackingNumber")]  # type: ignore[attr-defined]
    if not results:
        return None
    results.sort(key=lambda one: str(one["TrackingNumber"]))
    reference = str(answer.get("ShipmentIdentificationNumber") or results[0]["TrackingNumber"])  # type: ignore[attr-defined]
    return Bought(
        parcels=tuple(
            BoughtParcel(
                reference="",
                tracking_number=str(one["TrackingNumber"]),
                cost=None,
                labels=picture(one.get("LabelImage"), label_format),
                carrier_ref=f"{reference}/{one['TrackingNumber']}",
            )
            for one in results
        ),
        currency="",
        key=key,
        reference=reference,
    )


def void_status(data: Mapping[str, object], number: str) -> tuple[str, str]:
    """What became of the void of a package: a code, ``1`` for given back, and UPS' words."""
    answer = data["VoidShipmentResponse"]
    results = many(answer.get("PackageLevelResults"))  # type: ignore[attr-defined]
    mine = [one for one in results if one.get("TrackingNumber") == number]
    status = (mine or [answer["SummaryResult"]])[0]["Status"]  # type: ignore[index]
    return str(status["Code"]), str(status.get("Description") or "")
