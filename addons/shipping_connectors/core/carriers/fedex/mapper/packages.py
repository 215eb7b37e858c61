"""Parcels, what is asked for them, and what is declared of them."""

from __future__ import annotations

from decimal import Decimal

from ....port import Customs, CustomsItem, Option, Parcel, ShipmentSpec
from ...mapping import CENT, MM_PER_INCH, ends, export_statement, pieces, pounds, round_up, sides
from .service_points import held


def is_imperial(spec: ShipmentSpec) -> bool:
    """The units of the country that the parcel leaves from.

    Goods are declared in kilograms everywhere, and parcels have to be weighed like their goods.
    """
    return spec.customs is None and ends(spec)[0].country_code in ("US", "PR")


def weight(spec: ShipmentSpec, kilograms: Decimal) -> dict[str, object]:
    if is_imperial(spec):
        return {"units": "LB", "value": float(pounds(kilograms))}
    return {"units": "KG", "value": float(round_up(kilograms))}


def amount(value: Decimal, currency: str) -> dict[str, object]:
    return {"amount": float(value.quantize(CENT)), "currency": currency}


def package(spec: ShipmentSpec, parcel: Parcel) -> dict[str, object]:
    data: dict[str, object] = {"weight": weight(spec, parcel.weight or Decimal(0))}
    imperial = is_imperial(spec)
    if sizes := sides(parcel, MM_PER_INCH if imperial else Decimal(10)):
        data["dimensions"] = {
            **dict(zip(("length", "width", "height"), sizes, strict=True)),
            "units": "IN" if imperial else "CM",
        }
    if spec.insured_value > 0:
        data["declaredValue"] = amount(spec.insured_value, spec.currency)
    if services := _package_services(spec, parcel):
        data["packageSpecialServices"] = services
    return data


def _package_services(spec: ShipmentSpec, parcel: Parcel) -> dict[str, object]:
    kinds: list[str] = []
    data: dict[str, object] = {}
    if spec.options & {Option.SIGNATURE, Option.ADULT_SIGNATURE}:
        kinds.append("SIGNATURE_OPTION")
        data["signatureOptionType"] = (
            "ADULT" if Option.ADULT_SIGNATURE in spec.options else "DIRECT"
        )
    if Option.DRY_ICE in spec.options:
        kinds.append("DRY_ICE")
        # dry ice is declared in kilograms everywhere
        data["dryIceWeight"] = {"units": "KG", "value": float(round_up(parcel.dry_ice_weight))}
    if Option.LITHIUM_BATTERY in spec.options:
        kinds.append("BATTERY")
        data["batteryDetails"] = [
            {
                "batteryPackingType": "CONTAINED_IN_EQUIPMENT",
                "batteryRegulatoryType": "IATA_SECTION_II",
                "batteryMaterialType": "LITHIUM_ION",
            }
        ]
    return {"specialServiceTypes": kinds, **data} if kinds else {}


def shipment_services(spec: ShipmentSpec) -> dict[str, object]:
    kinds: list[str] = []
    data: dict[str, object] = {}
    if Option.SATURDAY in spec.options:
        kinds.append("SATURDAY_DELIVERY")
    if spec.is_return:
        kinds.append("RETURN_SHIPMENT")
        data["returnShipmentDetail"] = {"returnType": "PRINT_RETURN_LABEL"}
    if place := held(spec):
        kinds.append("HOLD_AT_LOCATION")
        data.update(place)
    return {"specialServiceTypes": kinds, **data} if kinds else {}


def clearance(spec: ShipmentSpec, customs: Customs, account: str) -> dict[str, object]:
    """The declaration, from which FedEx draws the commercial invoice."""
    pays = "SENDER" if customs.incoterm == "DDP" else "RECIPIENT"
    duties: dict[str, object] = {"paymentType": pays}
    if pays == "SENDER":
        duties["payor"] = {"responsibleParty": {"accountNumber": {"value": account}}}
    invoice: dict[str, object] = {
        "shipmentPurpose": "SOLD" if customs.contents == "merchandise" else "NOT_SOLD"
    }
    if customs.incoterm:
        invoice["termsOfSale"] = customs.incoterm
    if customs.signer:
        invoice["originatorName"] = customs.signer
    if customs.invoice_number:
        invoice["customerReferences"] = [
            {"customerReferenceType": "INVOICE_NUMBER", "value": customs.invoice_number[:30]}
        ]
    data: dict[str, object] = {
        "dutiesPayment": duties,
        "isDocumentOnly": False,
        "commercialInvoice": invoice,
        "commodities": [commodity(spec, customs, item) for item in customs.items],
        "totalCustomsValue": amount(
            sum((item.value * item.quantity for item in customs.items), Decimal(0)),
            customs.currency,
        ),
    }
    if statement := export_statement(customs, ends(spec)[0].country_code):
        # the same exemption, as FedEx spells it
        statement = statement.replace("NOEEI", "NO EEI")
        data["exportDetail"] = {"exportComplianceStatement": statement}
    return data


def commodity(spec: ShipmentSpec, customs: Customs, item: CustomsItem) -> dict[str, object]:
    data: dict[str, object] = {
        "description": item.description[:450],
        "quantity": pieces(item.quantity),
        "quantityUnits": "PCS",
        "numberOfPieces": 1,
        "unitPrice": amount(item.value, customs.currency),
        "customsValue": amount(item.value * item.quantity, customs.currency),
        "countryOfManufacture": item.origin,
        "harmonizedCode": item.hs_code,
        "weight": weight(spec, item.weight * item.quantity),
    }
    if item.sku:
        data["partNumber"] = item.sku[:20]
    return data
