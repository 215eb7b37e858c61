"""Small translations that several carriers need: units, streets, money, pictures."""

from __future__ import annotations

import base64
import binascii
import textwrap
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal, InvalidOperation

from ..label_image import to_pdf
from ..port import Address, Customs, Label, Parcel, Rejected, ShipmentSpec
from ..rate_table import KG_PER_LB

MM_PER_INCH = Decimal("25.4")
KM_PER_MILE = 1.609344
TENTH, CENT = Decimal("0.1"), Decimal("0.01")


def ends(spec: ShipmentSpec) -> tuple[Address, Address]:
    """From where to where; a return goes the other way."""
    if spec.is_return:
        return spec.recipient, spec.sender
    return spec.sender, spec.recipient


def many(value: object) -> list:
    """One thing that stands for itself where several make a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


# -- units ----------------------------------------------------------------------------------------


def round_up(value: Decimal, step: Decimal = TENTH) -> Decimal:
    """Upwards: what is declared lighter or smaller than it is gets surcharged or sent back."""
    return value.quantize(step, rounding=ROUND_UP)


def pounds(kilograms: Decimal, step: Decimal = TENTH) -> Decimal:
    return round_up(kilograms / KG_PER_LB, step)


def total_weight(spec: ShipmentSpec) -> Decimal:
    """kg of all parcels."""
    return sum((parcel.weight or Decimal(0) for parcel in spec.parcels), Decimal(0))


def sides(parcel: Parcel, per_unit: Decimal) -> tuple[int, int, int] | None:
    """Whole units, the longest first; ``None`` where a side is unknown.

    :param per_unit: millimetres of a unit
    """
    sizes = sorted((parcel.length, parcel.width, parcel.height), reverse=True)
    if sizes[-1] <= 0:
        return None
    first, second, third = (int(round_up(size / per_unit, Decimal(1))) for size in sizes)
    return first, second, third


# -- addresses ------------------------------------------------------------------------------------


def street_lines(address: Address, carrier: str, most: int = 3, width: int = 35) -> list[str]:
    """The street in the lines that a carrier prints.

    :raises Rejected: when it is longer
    """
    lines = [
        line
        for part in (address.street, address.street2)
        if part
        for line in textwrap.wrap(part, width)
    ]
    if len(lines) > most:
        words = {2: "two", 3: "three"}
        raise Rejected(
            f"The street of {address.name or address.company} is longer than "
            f"{words.get(most, most)} lines of {width} letters, which is all that {carrier} "
            "prints. Shorten it on the contact.",
            "street_too_long",
            name=address.name or address.company,
        )
    return lines


def digits(phone: str, most: int = 15) -> str:
    return "".join(char for char in phone if char.isdigit())[-most:]


# -- money ----------------------------------------------------------------------------------------


def money(value: object) -> Decimal:
    """:raises ValueError: when it is no amount"""
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is no amount") from error
    if not amount.is_finite():
        raise ValueError(f"{value!r} is no amount")
    return amount


def share(total: Decimal, parcels: Sequence[Parcel]) -> list[Decimal]:
    """The cost of a shipment on its parcels, by weight; their sum is the total to the cent."""
    weights = [parcel.weight or Decimal(0) for parcel in parcels]
    whole = sum(weights, Decimal(0))
    shares: list[Decimal] = []
    for weight in weights[:-1]:
        part = total * weight / whole if whole else total / len(parcels)
        shares.append(part.quantize(CENT, rounding=ROUND_HALF_UP))
    return [*shares, total - sum(shares, Decimal(0))]


def customs_value(spec: ShipmentSpec) -> Decimal:
    """Of all goods together, in the declaration's currency."""
    items = spec.customs.items if spec.customs else ()
    return sum((item.value * item.quantity for item in items), Decimal(0))


#: up to this value per line goods leave the USA without an export filing (15 CFR 30.37(a))
US_EXEMPT_VALUE = Decimal(2500)
US_EXEMPTION = "NOEEI 30.37(a)"


def export_statement(customs: Customs, sender_country: str) -> str:
    """Why no export filing is needed, or its number; empty where nobody asks for it.

    :raises Rejected: when goods of this value need a filing that is not stated
    """
    if sender_country != "US" or customs.exemption:
        return customs.exemption
    if any(item.value * item.quantity > US_EXEMPT_VALUE for item in customs.items):
        raise Rejected(
            "Goods worth more than 2,500 USD leave the USA with an export filing only. Enter its "
            "number (ITN) as export exemption of the delivery method.",
            "customs_export_filing",
        )
    return US_EXEMPTION


def pieces(quantity: Decimal) -> int:
    """Whole pieces, which customs count in."""
    return int(round_up(quantity, Decimal(1)))


def description(spec: ShipmentSpec, most: int = 50) -> str:
    """What is inside, in few words."""
    items = spec.customs.items if spec.customs else ()
    return (items[0].description if items else "Goods")[:most]


# -- pictures -------------------------------------------------------------------------------------


def label(encoded: object, made: str, wanted: str) -> tuple[Label, ...]:
    """The label in base64; a picture becomes a page where a PDF was asked for.

    :param made: the format that the carrier made
    :return: nothing when it cannot be read: it is paid, and asked for again later
    """
    if not isinstance(encoded, str) or not encoded:
        return ()
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return ()
    if made == "png" and wanted == "pdf":
        try:
            return (Label("pdf", to_pdf(content)),)
        except ValueError:
            return (Label("png", content),)
    return (Label(made, content),)


# -- moments --------------------------------------------------------------------------------------


def moment(value: object, default_zone=None) -> datetime | None:
    """A moment in ISO 8601; one without a zone is in ``default_zone``.

    :return: ``None`` for what is none, or has no zone where none is supposed
    """
    if not isinstance(value, str) or not value:
        return None
    try:
        parsed = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    if parsed.tzinfo is None:
        return parsed.replace(tzinfo=default_zone) if default_zone else None
    return parsed
