"""What a shipment must have before a carrier is asked: each refusal names the field and the fix."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from decimal import Decimal

from .port import Address, Customs, Option, Parcel, Rejected, ShipmentSpec

#: countries whose addresses carry a state or province on a label
STATE_COUNTRIES = frozenset({"US", "CA", "AU", "BR", "MX", "IN", "IE", "MY"})
#: countries without postal codes that carriers demand all the same elsewhere
NO_ZIP_COUNTRIES = frozenset(
    (  # noqa: SIM905 - words read better so
        "AE AG AN AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GH GM GQ GY "
        "HK HM IE JM KI KM KN KP LY ML MO MR MW NR NU QA RW SB SC SL SR ST SX SY TD TF TG TK TL "
        "TO TT TV UG VU YE ZW"
    ).split()
)


@dataclass(frozen=True)
class Limits:
    """What no service of a carrier takes; what only some refuse, they refuse themselves.

    :param weight: kg of a parcel
    :param length: mm of the longest side
    :param girth: mm of the longest side and twice the two others together
    """

    weight: Decimal | None = None
    length: Decimal | None = None
    girth: Decimal | None = None


@dataclass(frozen=True)
class Needs:
    """What one carrier demands beyond what all do."""

    phone: bool = False
    dimensions: bool = False
    #: carriers whose labels take Latin letters only
    latin: bool = True
    #: pairs of countries between which nothing is declared
    customs_unions: tuple[frozenset[str], ...] = ()
    limits: Limits = Limits()


#: the customs territory: the members, and Monaco with France
EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK MC".split()  # noqa: SIM905
)


def crosses_border(spec: ShipmentSpec, unions: Collection[frozenset[str]] = (EU,)) -> bool:
    """Whether goods are declared on the way."""
    pair = {spec.sender.country_code, spec.recipient.country_code}
    return len(pair) > 1 and not any(pair <= union for union in unions)


def check(spec: ShipmentSpec, needs: Needs) -> ShipmentSpec:
    """The spec as it may be sent, its addresses in letters that the carrier can print.

    :raises Rejected: naming the first thing that is missing and where to enter it
    """
    if not spec.parcels:
        raise Rejected("There is nothing to ship.", "no_parcel")
    sender = _check_address(spec.sender, "sender", needs)
    recipient = _check_address(spec.recipient, "recipient", needs)
    for parcel in spec.parcels:
        if parcel.weight is None or parcel.weight <= 0:
            raise Rejected(
                f"{parcel.reference}: the weight is missing. Enter it on the package, or on the "
                "products inside.",
                "missing_weight",
                parcel=parcel.reference,
            )
        if Option.DRY_ICE in spec.options and not 0 < parcel.dry_ice_weight <= parcel.weight:
            raise Rejected(
                f"{parcel.reference}: the weight of the dry ice is missing, or is above that of "
                "the parcel. Enter it on the delivery method.",
                "dry_ice_weight",
                parcel=parcel.reference,
            )
        if needs.dimensions and not (parcel.length > 0 and parcel.width > 0 and parcel.height > 0):
            raise Rejected(
                f"{parcel.reference}: the size is missing. Choose a package type with length, "
                "width and height.",
                "missing_size",
                parcel=parcel.reference,
            )
        _check_limits(parcel, needs.limits)
    spec = replace(spec, sender=sender, recipient=recipient)
    if crosses_border(spec, needs.customs_unions or (EU,)):
        _check_customs(spec.customs)
    return spec


def _check_limits(parcel: Parcel, limits: Limits) -> None:
    sides = sorted((parcel.length, parcel.width, parcel.height), reverse=True)
    girth = sides[0] + 2 * (sides[1] + sides[2])
    measures = (
        ("too_heavy", "weighs", parcel.weight or Decimal(0), limits.weight, 1, "kg"),
        ("too_long", "is as long as", sides[0], limits.length, 10, "cm"),
        ("too_big", "measures, with its girth,", girth, limits.girth, 10, "cm"),
    )
    for code, verb, value, limit, unit, name in measures:
        if limit is not None and value > limit:
            raise Rejected(
                f"{parcel.reference} {verb} {value / unit:.2f} {name}, and the carrier takes at "
                f"most {limit / unit:.2f} {name}. Pack it into several parcels, or choose another "
                "carrier.",
                code,
                parcel=parcel.reference,
            )


def _check_address(address: Address, role: str, needs: Needs) -> Address:
    if needs.latin:
        address = to_latin_address(address)
    missing = ""
    if not address.country_code:
        missing = "country"
    elif not (address.name or address.company):
        missing = "name"
    elif not address.street:
        missing = "street"
    elif not address.city:
        missing = "city"
    elif not address.zip and address.country_code not in NO_ZIP_COUNTRIES:
        missing = "zip"
    elif address.country_code in ("US", "CA") and not address.state_code:
        missing = "state"
    elif needs.phone and len(re.sub(r"\D", "", address.phone)) < 6:
        missing = "phone"
    if missing:
        words = {"zip": "postal code", "phone": "telephone number"}
        who = address.name or address.company or f"the {role}"
        raise Rejected(
            f"The address of {who} ({role}) has no {words.get(missing, missing)}. "
            "Enter it on the contact.",
            f"missing_{missing}_of_{role}",
            name=who,
        )
    return address


def _check_customs(customs: Customs | None) -> None:
    if customs is None or not customs.items:
        raise Rejected(
            "The parcel crosses a border, and nothing is known of its contents to declare.",
            "missing_customs",
        )
    for item in customs.items:
        problem = ""
        if len(re.sub(r"\D", "", item.hs_code)) < 6:
            problem = "hs_code"
        elif not item.origin:
            problem = "origin"
        elif item.value <= 0:
            problem = "value"
        elif item.weight <= 0:
            problem = "weight"
        elif item.quantity <= 0:
            problem = "quantity"
        if problem:
            fixes = {
                "hs_code": "an HS code of six digits or more",
                "origin": "a country of origin",
                "value": "a value above zero: customs refuse lines without one, samples included",
                "weight": "a weight",
                "quantity": "a quantity",
            }
            raise Rejected(
                f"{item.description}: the customs declaration needs {fixes[problem]}. "
                "Enter it on the product.",
                f"customs_{problem}",
                product=item.description,
            )


# -- letters --------------------------------------------------------------------------------------

# letters that do not fall apart into a plain one and an accent
_LETTERS = str.maketrans(
    {
        "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i", "Œ": "OE", "œ": "oe", "Ħ": "H",
        "ħ": "h", "Ŧ": "T", "ŧ": "t", "ĸ": "k", "Ŋ": "N", "ŋ": "n", "ẞ": "SS",
        "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ",
    }
)  # fmt: skip


def to_latin(text: str) -> str:
    """``text`` in letters of ISO 8859-1: accents that it lacks are dropped.

    :raises ValueError: when letters of another script are in it; which sound they stand for is for
        its writer to say
    """
    out = []
    for char in unicodedata.normalize("NFC", text).translate(_LETTERS):
        if ord(char) < 256:
            out.append(char)
            continue
        plain = "".join(
            one for one in unicodedata.normalize("NFKD", char) if not unicodedata.combining(one)
        )
        if not plain or any(ord(one) > 255 for one in plain):
            raise ValueError(char)
        out.append(plain)
    return "".join(out)


def to_latin_address(address: Address) -> Address:
    """The address in Latin letters.

    :raises Rejected: when that is not possible
    """
    changed = {}
    for one in fields(address):
        value = getattr(address, one.name)
        try:
            changed[one.name] = to_latin(value)
        except ValueError as error:
            raise Rejected(
                f"“{value}” has letters that the carrier cannot print. Write the address in Latin "
                "letters.",
                "not_latin",
                text=value,
            ) from error
    return replace(address, **changed)
