"""Between the port's words and EasyPost's JSON. Weights are ounces there, lengths inches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal

from ... import tracking, webhook
from ...port import (
    Address,
    AddressCheck,
    Bought,
    BoughtParcel,
    Customs,
    Label,
    Manifest,
    Option,
    Parcel,
    Pickup,
    PickupSpec,
    Quote,
    ShipmentSpec,
    Track,
    TrackEvent,
)
from ...rate_table import KG_PER_LB
from ..mapping import MM_PER_INCH, export_statement, money, round_up
from ..mapping import moment as parse_moment

# an ounce is a sixteenth of a pound
KG_PER_OUNCE = KG_PER_LB / 16

#: leaves of EasyPost's answers that are kept; see `redact`
KEPT = frozenset(
    (  # noqa: SIM905 - words read better so
        "id object mode status status_detail reference tracking_code created_at updated_at "
        "service carrier rate currency list_rate retail_rate delivery_days est_delivery_days "
        "delivery_date refund_status insurance order_id shipment_id carrier_account_id amount "
        "type charged refunded code field confirmation label_date label_file_type label_size "
        "label_resolution"
    ).split()
)

STATES: Mapping[str, str] = {
    "unknown": tracking.UNKNOWN,
    "pre_transit": tracking.PENDING,
    "in_transit": tracking.IN_TRANSIT,
    "out_for_delivery": tracking.OUT_FOR_DELIVERY,
    "available_for_pickup": tracking.READY_FOR_PICKUP,
    "delivered": tracking.DELIVERED,
    "return_to_sender": tracking.RETURNED,
    "failure": tracking.EXCEPTION,
    "error": tracking.EXCEPTION,
    "cancelled": tracking.CANCELLED,
}

_OPTIONS: Mapping[Option, Mapping[str, object]] = {
    Option.SIGNATURE: {"delivery_confirmation": "SIGNATURE"},
    Option.ADULT_SIGNATURE: {"delivery_confirmation": "ADULT_SIGNATURE"},
    Option.SATURDAY: {"saturday_delivery": True},
    Option.DRY_ICE: {"dry_ice": True},
    Option.LITHIUM_BATTERY: {"hazmat": "LITHIUM"},
}
OPTIONS = frozenset(_OPTIONS)

#: forms of a shipment that customs want
_PAPERS = ("commercial_invoice", "nafta_certificate_of_origin")


# -- what is asked --------------------------------------------------------------------------------


def address(value: Address) -> dict[str, object]:
    data = {
        "name": value.name,
        "company": value.company if value.company != value.name else "",
        "street1": value.street,
        "street2": value.street2,
        "city": value.city,
        "state": value.state_code or value.state,
        "zip": value.zip,
        "country": value.country_code,
        "phone": value.phone,
        "email": value.email,
    }
    return {key: text for key, text in data.items() if text}


def parcel(value: Parcel) -> dict[str, object]:
    data: dict[str, object] = {"weight": ounces(value.weight or Decimal(0))}
    for name in ("length", "width", "height"):
        size = getattr(value, name)
        if size > 0:
            data[name] = float(round_up(size / MM_PER_INCH))
    return data


def ounces(weight: Decimal) -> float:
    """Rounded up: a parcel declared lighter than it is gets surcharged or sent back."""
    return float(round_up(weight / KG_PER_OUNCE))


def customs(value: Customs, sender_country: str) -> dict[str, object]:
    """:raises Rejected: when goods of this value need an export filing that is not stated"""
    return {
        "contents_type": value.contents,
        "customs_certify": bool(value.signer),
        "customs_signer": value.signer,
        "eel_pfc": export_statement(value, sender_country),
        "non_delivery_option": "return",
        "restriction_type": "none",
        "customs_items": [
            {
                "description": item.description[:50],
                "quantity": float(item.quantity),
                # of all pieces of the line together
                "value": float(round(item.value * item.quantity, 2)),
                "weight": ounces(item.weight * item.quantity),
                "hs_tariff_number": item.hs_code,
                "origin_country": item.origin,
                "currency": value.currency,
            }
            for item in value.items
        ],
    }


def shipment(spec: ShipmentSpec, one: Parcel, key: str) -> dict[str, object]:
    """The draft of one parcel; ``key`` makes it findable."""
    options: dict[str, object] = {"label_format": spec.label_format.upper()}
    for option in sorted(spec.options):
        options.update(_OPTIONS[Option(option)])
    if one.dry_ice_weight > 0:
        options["dry_ice_weight"] = ounces(one.dry_ice_weight)
    if spec.reference:
        options["print_custom_1"] = spec.reference[:35]
    data: dict[str, object] = {
        "from_address": address(spec.sender),
        "to_address": address(spec.recipient),
        "parcel": parcel(one),
        "options": options,
    }
    if spec.customs is not None:
        data["customs_info"] = customs(spec.customs, spec.sender.country_code)
        if spec.customs.incoterm:
            options["incoterm"] = spec.customs.incoterm
        if spec.customs.invoice_number:
            options["invoice_number"] = spec.customs.invoice_number
    if spec.is_return:
        # EasyPost itself swaps the two addresses of a return
        data["is_return"] = True
    if key:
        data["reference"] = key
    return {"shipment": data}


def pickup(spec: PickupSpec, shipment_id: str) -> dict[str, object]:
    return {
        "pickup": {
            "address": address(spec.address),
            "min_datetime": _iso(spec.earliest),
            "max_datetime": _iso(spec.latest),
            "instructions": spec.instructions,
            "shipment": {"id": shipment_id},
        }
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


# -- what is answered -----------------------------------------------------------------------------


def explain(data: object) -> str:
    """EasyPost's words for an error: its message, and the fields that it names."""
    error = data["error"]  # type: ignore[index]
    if isinstance(error, str):
        return error
    parts = [str(error.get("message") or error.get("code") or "")]
    for one in error.get("errors") or ():
        if isinstance(one, dict):
            parts.append(f"{one.get('field') or ''}: {one.get('message') or ''}".strip(": "))
        else:
            parts.append(str(one))
    return " ".join(part for part in parts if part)[:500]


def error_code(data: object) -> str:
    error = data.get("error") if isinstance(data, dict) else None
    return str(error.get("code") or "") if isinstance(error, dict) else ""


def service_code(rate: Mapping[str, object]) -> str:
    return f"{rate['carrier']}/{rate['service']}"


def quote(rate: Mapping[str, object]) -> Quote:
    days = rate.get("delivery_days") or rate.get("est_delivery_days")
    listed = rate.get("list_rate")
    return Quote(
        service=service_code(rate),
        service_name=f"{rate['carrier']} {rate['service']}",
        amount=money(rate["rate"]),
        currency=str(rate["currency"]),
        transit_days=int(days) if days else None,  # type: ignore[call-overload]
        delivery_date=moment(rate.get("delivery_date")),
        is_guaranteed=bool(rate.get("delivery_date_guaranteed")),
        list_amount=money(listed) if listed else None,
    )


def bought(data: Mapping[str, object], one: Parcel | None, key: str, labels: Sequence[Label]):
    """A bought shipment; its cost is the postage, with the fees that were charged for it.

    :raises KeyError, TypeError, ValueError: when what makes a purchase is not in it
    """
    number, chosen = data["tracking_code"], data["selected_rate"]
    if not isinstance(number, str) or not number or not isinstance(chosen, dict):
        raise ValueError("no purchase")
    offer = quote(chosen)
    fees = [fee for fee in data.get("fees") or () if isinstance(fee, dict) and fee.get("charged")]
    cost = sum((money(fee["amount"]) for fee in fees), Decimal(0)) if fees else offer.amount
    got = BoughtParcel(
        reference=one.reference if one else "",
        tracking_number=number,
        cost=cost,
        labels=tuple(labels),
        carrier_ref=str(data["id"]),
    )
    return Bought((got,), offer.currency, key, offer, reference=str(data["id"]))


def label_url(data: Mapping[str, object], label_format: str) -> str:
    """Where the label of this format lies; empty when the carrier made none in it."""
    made = data.get("postage_label")
    if not isinstance(made, dict):
        return ""
    if url := made.get(f"label_{label_format}_url"):
        return str(url)
    kinds = {"pdf": "application/pdf", "png": "image/png", "zpl": "application/zpl"}
    if made.get("label_file_type") == kinds[label_format]:
        return str(made.get("label_url") or "")
    return ""


def paper_urls(data: Mapping[str, object]) -> list[str]:
    """Where the papers for customs lie that EasyPost drew beside the label."""
    return [
        str(form["form_url"])
        for form in data.get("forms") or ()
        if isinstance(form, dict) and form.get("form_type") in _PAPERS and form.get("form_url")
    ]


def track(data: Mapping[str, object]) -> Track:
    number = str(data["tracking_code"])
    events = [
        _event(detail)
        for detail in data.get("tracking_details") or ()
        if moment(detail.get("datetime")) is not None
    ]
    return Track(
        number=number,
        events=tuple(sorted(events, key=lambda event: event.moment)),
        estimated_delivery=moment(data.get("est_delivery_date")),
        signed_by=str(data.get("signed_by") or ""),
    )


def report(data: object, body: bytes) -> webhook.Report:
    """A webhook event: a tracker is taken as it is, anything else says nothing.

    :raises webhook.Unreadable: when it is no event of EasyPost's
    """
    try:
        key, result = str(data["id"]), data["result"]  # type: ignore[index]
        is_tracker = result.get("object") == "Tracker"
        tracks = (track(result),) if is_tracker else ()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise webhook.Unreadable("The report is no event of EasyPost's.") from error
    return webhook.Report(key, tracks)


def _event(detail: Mapping[str, object]) -> TrackEvent:
    status = str(detail.get("status") or "")
    where = detail.get("tracking_location") or {}
    places = [where.get(name) for name in ("city", "state", "country")]  # type: ignore[attr-defined]
    code = STATES.get(status, tracking.UNKNOWN)
    return TrackEvent(
        code=code,
        moment=moment(detail["datetime"]),  # type: ignore[arg-type]
        raw_status=f"{status}/{detail.get('status_detail') or ''}".strip("/"),
        location=", ".join(str(place) for place in places if place),
        note=str(detail.get("message") or ""),
        key=f"{detail['datetime']}|{status}|{detail.get('message') or ''}",
    )


def moment(value: object) -> datetime | None:
    return parse_moment(value, timezone.utc)


def address_check(data: Mapping[str, object], asked: Address) -> AddressCheck:
    found = data.get("address", data)
    verifications = found.get("verifications") or {}  # type: ignore[attr-defined]
    delivery = verifications.get("delivery") or {}
    suggestion = replace(
        asked,
        country_code=str(found.get("country") or ""),  # type: ignore[attr-defined]
        zip=str(found.get("zip") or ""),  # type: ignore[attr-defined]
        city=str(found.get("city") or ""),  # type: ignore[attr-defined]
        street=str(found.get("street1") or ""),  # type: ignore[attr-defined]
        street2=str(found.get("street2") or ""),  # type: ignore[attr-defined]
        state_code=str(found.get("state") or ""),  # type: ignore[attr-defined]
        state="",
    )
    return AddressCheck(
        is_deliverable=bool(delivery.get("success")),
        suggestion=suggestion,
        is_residential=found.get("residential"),  # type: ignore[attr-defined]
        messages=tuple(str(one.get("message") or "") for one in delivery.get("errors") or ()),
    )


def booked(data: Mapping[str, object]) -> Pickup:
    rates = data.get("pickup_rates") or ()
    first = rates[0] if rates else {}  # type: ignore[index]
    return Pickup(
        reference=str(data["id"]),
        confirmation=str(data.get("confirmation") or ""),
        amount=money(first.get("rate") or 0),
        currency=str(first.get("currency") or ""),
    )


def manifest(data: Mapping[str, object]) -> Manifest:
    return Manifest(
        reference=str(data["id"]),
        numbers=tuple(str(one) for one in data.get("tracking_codes") or ()),
        url=str(data.get("form_url") or ""),
    )


def manifest_problem(data: Mapping[str, object]) -> str:
    """Why a form was not made, in EasyPost's words; empty when it was."""
    if data.get("status") != "failed":
        return ""
    return str(data.get("message") or "It did not say why.")
