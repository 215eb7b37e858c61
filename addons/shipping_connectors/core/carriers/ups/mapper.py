"""Between the port's words and UPS' JSON."""

from __future__ import annotations

import base64
import binascii
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal, InvalidOperation

from ... import tracking
from ...label_image import to_pdf
from ...port import (
    Address,
    AddressCheck,
    Bought,
    BoughtParcel,
    Label,
    Option,
    Parcel,
    PickupSpec,
    Quote,
    Rejected,
    ShipmentSpec,
    Track,
    TrackEvent,
)
from ...rate_table import KG_PER_LB

CM_PER_INCH = Decimal("2.54")

#: names of the services; what UPS adds later is shown by its code
SERVICES = {
    "01": "UPS Next Day Air",
    "02": "UPS 2nd Day Air",
    "03": "UPS Ground",
    "07": "UPS Worldwide Express",
    "08": "UPS Worldwide Expedited",
    "11": "UPS Standard",
    "12": "UPS 3 Day Select",
    "13": "UPS Next Day Air Saver",
    "14": "UPS Next Day Air Early",
    "54": "UPS Worldwide Express Plus",
    "59": "UPS 2nd Day Air A.M.",
    "65": "UPS Worldwide Saver",
    "70": "UPS Access Point Economy",
    "93": "UPS Ground Saver",
    "96": "UPS Worldwide Express Freight",
}

#: leaves of UPS' answers that are kept; see `redact`
KEPT = frozenset(
    (  # noqa: SIM905 - words read better so
        "code currencycode monetaryvalue shipmentidentificationnumber trackingnumber weight "
        "customercontext ratechart status prn ratingmethod type subtype"
    ).split()
)

OPTIONS = frozenset({Option.SIGNATURE, Option.ADULT_SIGNATURE, Option.SATURDAY})
FORMATS = {"pdf": "PNG", "png": "PNG", "zpl": "ZPL"}

# the types of UPS' statuses
STATES: Mapping[str, str] = {
    "M": tracking.PENDING,
    "MV": tracking.CANCELLED,
    "P": tracking.PICKED_UP,
    "I": tracking.IN_TRANSIT,
    "DO": tracking.IN_TRANSIT,
    "DD": tracking.IN_TRANSIT,
    "W": tracking.ON_HOLD,
    "O": tracking.OUT_FOR_DELIVERY,
    "D": tracking.DELIVERED,
    "X": tracking.EXCEPTION,
    "RS": tracking.RETURNED,
    "NA": tracking.UNKNOWN,
}

_MOST_LINES, _LINE, _NAME, _CITY = 3, 35, 35, 30


# -- what is asked --------------------------------------------------------------------------------


def address(value: Address) -> dict[str, object]:
    """:raises Rejected: when the street is longer than UPS' three lines of 35 letters"""
    lines = [
        line
        for part in (value.street, value.street2)
        if part
        for line in textwrap.wrap(part, _LINE)
    ]
    if len(lines) > _MOST_LINES:
        raise Rejected(
            f"The street of {value.name or value.company} is longer than three lines of 35 "
            "letters, which is all that UPS prints. Shorten it on the contact.",
            "street_too_long",
            name=value.name or value.company,
        )
    data: dict[str, object] = {
        "AddressLine": lines,
        "City": value.city[:_CITY],
        "PostalCode": value.zip,
        "CountryCode": value.country_code,
    }
    if value.state_code:
        data["StateProvinceCode"] = value.state_code[:5]
    return data


def place(value: Address) -> dict[str, object]:
    """As rating takes it: without what only a driver needs."""
    name = value.company or value.name
    return {"Name": name[:_NAME], "Address": address(value)}


def party(value: Address) -> dict[str, object]:
    data = {**place(value), "AttentionName": (value.name or value.company)[:_NAME]}
    digits = "".join(char for char in value.phone if char.isdigit())
    if digits:
        data["Phone"] = {"Number": digits[-15:]}
    return data


def _email(value: Address) -> dict[str, object]:
    """UPS tells the recipient; an address longer than it takes is left out."""
    return {"EMailAddress": value.email} if value.email and len(value.email) <= 50 else {}


def _ends(spec: ShipmentSpec) -> tuple[Address, Address]:
    """From where to where; a return goes the other way."""
    if spec.is_return:
        return spec.recipient, spec.sender
    return spec.sender, spec.recipient


def _is_imperial(spec: ShipmentSpec) -> bool:
    """UPS wants the units of the country that the parcel leaves from."""
    return _ends(spec)[0].country_code in ("US", "PR")


def _unit(code: str) -> dict[str, object]:
    names = {"LBS": "Pounds", "KGS": "Kilograms", "IN": "Inches", "CM": "Centimeters"}
    return {"Code": code, "Description": names[code]}


def _is_domestic(spec: ShipmentSpec) -> bool:
    return {spec.sender.country_code, spec.recipient.country_code} <= {"US", "PR"}


def package(spec: ShipmentSpec, parcel: Parcel, packaging: str) -> dict[str, object]:
    """:param packaging: how this API calls the kind of box"""
    imperial = _is_imperial(spec)
    weight = parcel.weight or Decimal(0)
    weight = weight / KG_PER_LB if imperial else weight
    data: dict[str, object] = {
        packaging: {"Code": "02"},
        "PackageWeight": {
            "UnitOfMeasurement": _unit("LBS" if imperial else "KGS"),
            # rounded up: what is declared too light is surcharged
            "Weight": str(weight.quantize(Decimal("0.1"), rounding=ROUND_UP)),
        },
    }
    if parcel.length > 0 and parcel.width > 0 and parcel.height > 0:
        per_unit = 10 * (CM_PER_INCH if imperial else 1)
        sizes = sorted((parcel.length, parcel.width, parcel.height), reverse=True)
        # UPS takes the longest side as length
        data["Dimensions"] = {
            "UnitOfMeasurement": _unit("IN" if imperial else "CM"),
            **{
                name: str(int((size / per_unit).to_integral_value(rounding=ROUND_UP)))
                for name, size in zip(("Length", "Width", "Height"), sizes, strict=True)
            },
        }
    options: dict[str, object] = {}
    if spec.insured_value > 0:
        options["DeclaredValue"] = {
            "CurrencyCode": spec.currency,
            "MonetaryValue": f"{spec.insured_value:.2f}",
        }
    # inside the USA a signature belongs to the package, elsewhere to the shipment
    if _is_domestic(spec) and (kind := _signature(spec, "2", "3")):
        options["DeliveryConfirmation"] = {"DCISType": kind}
    if options:
        data["PackageServiceOptions"] = options
    return data


def _signature(spec: ShipmentSpec, plain: str, adult: str) -> str:
    if Option.ADULT_SIGNATURE in spec.options:
        return adult
    return plain if Option.SIGNATURE in spec.options else ""


def _service_options(spec: ShipmentSpec) -> dict[str, object]:
    options: dict[str, object] = {}
    if Option.SATURDAY in spec.options:
        options["SaturdayDeliveryIndicator"] = ""
    if not _is_domestic(spec) and (kind := _signature(spec, "1", "2")):
        options["DeliveryConfirmation"] = {"DCISType": kind}
    return options


def _total_weight(spec: ShipmentSpec) -> dict[str, object]:
    imperial = _is_imperial(spec)
    weight = sum((parcel.weight or Decimal(0) for parcel in spec.parcels), Decimal(0))
    weight = weight / KG_PER_LB if imperial else weight
    return {
        "UnitOfMeasurement": _unit("LBS" if imperial else "KGS"),
        "Weight": str(weight.quantize(Decimal("0.1"), rounding=ROUND_UP)),
    }


def rate_request(spec: ShipmentSpec, account: str, today: datetime) -> dict[str, object]:
    start, end = _ends(spec)
    shipment: dict[str, object] = {
        "Shipper": {**place(spec.sender), "ShipperNumber": account},
        "ShipFrom": place(start),
        "ShipTo": place(end),
        "PaymentDetails": {
            "ShipmentCharge": [{"Type": "01", "BillShipper": {"AccountNumber": account}}]
        },
        "NumOfPieces": str(len(spec.parcels)),
        "Package": [package(spec, parcel, "PackagingType") for parcel in spec.parcels],
        "ShipmentRatingOptions": {"NegotiatedRatesIndicator": "Y"},
        "ShipmentTotalWeight": _total_weight(spec),
        "DeliveryTimeInformation": {
            "PackageBillType": "03",
            "Pickup": {"Date": (spec.ship_date or today).strftime("%Y%m%d")},
        },
    }
    if spec.customs is not None:
        shipment["InvoiceLineTotal"] = {
            "CurrencyCode": spec.customs.currency,
            "MonetaryValue": _customs_total(spec),
        }
    if options := _service_options(spec):
        shipment["ShipmentServiceOptions"] = options
    request = {"RequestOption": "Shop", "TransactionReference": {"CustomerContext": "rate"}}
    return {"RateRequest": {"Request": request, "Shipment": shipment}}


def _customs_total(spec: ShipmentSpec) -> str:
    """Whole units: UPS refuses decimals here."""
    items = spec.customs.items if spec.customs else ()
    total = sum((item.value * item.quantity for item in items), Decimal(0))
    return str(max(1, int(total.to_integral_value(rounding=ROUND_UP))))


def ship_request(spec: ShipmentSpec, account: str, key: str, today: datetime) -> dict[str, object]:
    start, end = _ends(spec)
    packages = [package(spec, parcel, "Packaging") for parcel in spec.parcels]
    shipment: dict[str, object] = {
        "Description": _description(spec),
        "Shipper": {**party(spec.sender), "ShipperNumber": account},
        "ShipFrom": party(start),
        "ShipTo": {**party(end), **_email(end)},
        "PaymentInformation": {
            "ShipmentCharge": [{"Type": "01", "BillShipper": {"AccountNumber": account}}]
        },
        "ShipmentRatingOptions": {"NegotiatedRatesIndicator": "X"},
        "Service": {"Code": spec.service},
        "Package": packages,
    }
    # the key first: it is what a purchase is found again by
    references = [{"Value": key}]
    if spec.reference:
        references.append({"Value": spec.reference[:35]})
    if _is_domestic(spec):
        for one in packages:
            one["ReferenceNumber"] = references
    else:
        shipment["ReferenceNumber"] = references
    if spec.is_return:
        # print return label: the customer gets it from us
        shipment["ReturnService"] = {"Code": "9"}
        for one in packages:
            one["Description"] = _description(spec)
    options = _service_options(spec)
    if spec.customs is not None:
        options["InternationalForms"] = _forms(spec, end, today)
        shipment["InvoiceLineTotal"] = {
            "CurrencyCode": spec.customs.currency,
            "MonetaryValue": _customs_total(spec),
        }
    if options:
        shipment["ShipmentServiceOptions"] = options
    return {
        "ShipmentRequest": {
            "Request": {
                "RequestOption": "nonvalidate",
                "TransactionReference": {"CustomerContext": key},
            },
            "Shipment": shipment,
            "LabelSpecification": label_specification(spec.label_format),
        }
    }


def _description(spec: ShipmentSpec) -> str:
    items = spec.customs.items if spec.customs else ()
    return (items[0].description if items else "Goods")[:50]


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


def _product(item, spec: ShipmentSpec) -> dict[str, object]:
    imperial = _is_imperial(spec)
    weight = item.weight * item.quantity
    weight = weight / KG_PER_LB if imperial else weight
    data: dict[str, object] = {
        "Description": textwrap.wrap(item.description, 35)[:3] or ["Goods"],
        "Unit": {
            "Number": str(int(item.quantity.to_integral_value(rounding=ROUND_UP))),
            "UnitOfMeasurement": {"Code": "PCS", "Description": "pieces"},
            "Value": f"{item.value:.2f}",
        },
        "CommodityCode": item.hs_code,
        "OriginCountryCode": item.origin,
        "ProductWeight": {
            "UnitOfMeasurement": _unit("LBS" if imperial else "KGS"),
            "Weight": str(weight.quantize(Decimal("0.1"), rounding=ROUND_UP)),
        },
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


def address_request(value: Address) -> dict[str, object]:
    lines = [line for line in (value.street, value.street2) if line]
    return {
        "XAVRequest": {
            "AddressKeyFormat": {
                "AddressLine": lines,
                "PoliticalDivision2": value.city[:30],
                "PoliticalDivision1": value.state_code,
                "PostcodePrimaryLow": value.zip[:5],
                "CountryCode": value.country_code,
            }
        }
    }


def pickup_request(spec: PickupSpec, account: str) -> dict[str, object]:
    """Times are those of the place: the spec's moments carry its time zone."""
    place = spec.address
    digits = "".join(char for char in place.phone if char.isdigit())
    return {
        "PickupCreationRequest": {
            "Request": {"TransactionReference": {"CustomerContext": "pickup"}},
            "RatePickupIndicator": "N",
            "Shipper": {
                "Account": {"AccountNumber": account, "AccountCountryCode": place.country_code}
            },
            "PickupDateInfo": {
                "PickupDate": spec.earliest.strftime("%Y%m%d"),
                "ReadyTime": spec.earliest.strftime("%H%M"),
                "CloseTime": spec.latest.strftime("%H%M"),
            },
            "PickupAddress": {
                "CompanyName": (place.company or place.name)[:27],
                "ContactName": (place.name or place.company)[:22],
                "AddressLine": [line for line in (place.street, place.street2) if line],
                "City": place.city,
                "StateProvince": place.state_code,
                "PostalCode": place.zip,
                "CountryCode": place.country_code,
                "ResidentialIndicator": "N",
                "Phone": {"Number": digits},
            },
            "AlternateAddressIndicator": "Y",
            "PickupPiece": [
                {
                    "ServiceCode": "001",
                    "Quantity": str(len(spec.references)),
                    "DestinationCountryCode": place.country_code,
                    "ContainerCode": "01",
                }
            ],
            "PaymentMethod": "01",
            "SpecialInstruction": spec.instructions[:57],
        }
    }


# -- what is answered -----------------------------------------------------------------------------


def many(value: object) -> list:
    """UPS gives one thing as itself and several as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def explain(data: object) -> str:
    errors = data["response"]["errors"]  # type: ignore[index]
    return " ".join(f"{one['message']} ({one['code']})" for one in many(errors))[:500]


def money(value: Mapping[str, object]) -> tuple[Decimal, str]:
    """:raises ValueError: when it is none"""
    try:
        return Decimal(str(value["MonetaryValue"])), str(value["CurrencyCode"])
    except InvalidOperation as error:
        raise ValueError("no amount") from error


def charges(data: Mapping[str, object], listed: str) -> tuple[Decimal, str, Decimal]:
    """What is paid, its currency, and the list price; the account's own rates where it has any."""
    public, currency = money(data[listed])  # type: ignore[arg-type]
    for negotiated in many(data.get("NegotiatedRateCharges")):
        total = negotiated.get("TotalCharge")
        if total:
            paid, currency = money(total)
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
        delivery_date=_date(when.get("Date"), when.get("Time")),
        is_guaranteed=summary.get("GuaranteedIndicator") is not None or bool(guaranteed),
        list_amount=listed,
    )


def _date(day: object, time: object) -> datetime | None:
    try:
        return datetime.strptime(f"{day} {str(time or '000000')[:6]}", "%Y%m%d %H%M%S").replace(
            tzinfo=timezone.utc
        )
    except ValueError:
        return None


def share(total: Decimal, parcels: Sequence[Parcel]) -> list[Decimal]:
    """The cost of a shipment on its parcels, by weight; their sum is the total to the cent."""
    weights = [parcel.weight or Decimal(0) for parcel in parcels]
    whole = sum(weights, Decimal(0))
    shares: list[Decimal] = []
    for weight in weights[:-1]:
        part = total * weight / whole if whole else total / len(parcels)
        shares.append(part.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
    return [*shares, total - sum(shares, Decimal(0))]


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
    if not isinstance(data, dict) or not data.get("GraphicImage"):
        return ()
    try:
        content = base64.b64decode(data["GraphicImage"], validate=True)
    except (binascii.Error, TypeError, ValueError):
        return ()
    if label_format == "pdf":
        try:
            return (Label("pdf", to_pdf(content)),)
        except ValueError:
            return (Label("png", content),)
    return (Label(label_format, content),)


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


def track(data: Mapping[str, object], number: str) -> Track:
    """:raises LookupError: when UPS knows nothing of the number"""
    shipments = many(data["trackResponse"]["shipment"])  # type: ignore[index]
    packages = [one for shipment in shipments for one in many(shipment.get("package"))]
    if not packages:
        raise LookupError(number)
    one = next((one for one in packages if one.get("trackingNumber") == number), packages[0])
    events = [event for event in map(_event, many(one.get("activity"))) if event is not None]
    due = [day for day in many(one.get("deliveryDate")) if day.get("type") in ("SDD", "RDD", "DEL")]
    return Track(
        number=number,
        events=tuple(sorted(events, key=lambda event: event.moment)),
        estimated_delivery=_date(due[0].get("date"), None) if due else None,
        signed_by=str((one.get("deliveryInformation") or {}).get("receivedBy") or ""),
    )


def _event(data: Mapping[str, object]) -> TrackEvent | None:
    moment = _date(
        data.get("gmtDate") or data.get("date"),
        str(data.get("gmtTime") or data.get("time") or "").replace(":", ""),
    )
    if moment is None:
        return None
    status = data.get("status") or {}
    kind = str(status.get("type") or "").strip()  # type: ignore[attr-defined]
    code = str(status.get("code") or "").strip()  # type: ignore[attr-defined]
    place = (data.get("location") or {}).get("address") or {}  # type: ignore[attr-defined]
    parts = [place.get(name) for name in ("city", "stateProvince", "countryCode")]
    return TrackEvent(
        code=STATES.get(kind, tracking.UNKNOWN),
        moment=moment,
        raw_status=f"{kind}/{code}".strip("/"),
        location=", ".join(str(part).strip() for part in parts if part),
        note=str(status.get("description") or "").strip(),  # type: ignore[attr-defined]
        key=f"{moment.isoformat()}|{kind}|{code}",
    )


def address_check(data: Mapping[str, object], asked: Address) -> AddressCheck:
    answer = data["XAVResponse"]
    candidates: Iterable = many(answer.get("Candidate"))  # type: ignore[attr-defined]
    first = next(iter(candidates), None)
    suggestion, residential = None, None
    if first is not None:
        found = first["AddressKeyFormat"]
        lines = [str(line) for line in many(found.get("AddressLine"))]
        plus = found.get("PostcodeExtendedLow")
        suggestion = Address(
            name=asked.name,
            company=asked.company,
            country_code=str(found["CountryCode"]),
            zip=f"{found.get('PostcodePrimaryLow', '')}{'-' + str(plus) if plus else ''}",
            city=str(found.get("PoliticalDivision2") or ""),
            street=lines[0] if lines else "",
            street2=" ".join(lines[1:]),
            state_code=str(found.get("PoliticalDivision1") or ""),
            phone=asked.phone,
            email=asked.email,
        )
        kind = (first.get("AddressClassification") or {}).get("Code")
        residential = {"1": False, "2": True}.get(str(kind))
    valid = "ValidAddressIndicator" in answer  # type: ignore[operator]
    ambiguous = "AmbiguousAddressIndicator" in answer  # type: ignore[operator]
    message = "" if valid else "Several addresses match." if ambiguous else "No address matches."
    return AddressCheck(valid, suggestion, residential, (message,) if message else ())
