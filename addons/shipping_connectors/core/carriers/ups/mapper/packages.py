"""Parcels and what is asked for them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ....port import Option, Parcel, ShipmentSpec
from ...mapping import MM_PER_INCH, ends, pounds, round_up, sides
from .dangerous_goods import dry_ice


def is_imperial(spec: ShipmentSpec) -> bool:
    """UPS wants the units of the country that the parcel leaves from."""
    return ends(spec)[0].country_code in ("US", "PR")


def unit(code: str) -> dict[str, object]:
    names = {"LBS": "Pounds", "KGS": "Kilograms", "IN": "Inches", "CM": "Centimeters"}
    return {"Code": code, "Description": names[code]}


def is_domestic(spec: ShipmentSpec) -> bool:
    return {spec.sender.country_code, spec.recipient.country_code} <= {"US", "PR"}


def package(
    spec: ShipmentSpec,
    parcel: Parcel,
    packaging: str,
    batteries: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """:param packaging: how this API calls the kind of box
    :param batteries: what this API is told of them
    """
    imperial = is_imperial(spec)
    data: dict[str, object] = {
        packaging: {"Code": "02"},
        "PackageWeight": weight(spec, parcel.weight or Decimal(0)),
    }
    if sizes := sides(parcel, MM_PER_INCH if imperial else Decimal(10)):
        # UPS takes the longest side as length
        data["Dimensions"] = {
            "UnitOfMeasurement": unit("IN" if imperial else "CM"),
            **{
                name: str(size)
                for name, size in zip(("Length", "Width", "Height"), sizes, strict=True)
            },
        }
    options: dict[str, object] = dict(batteries or {})
    if spec.insured_value > 0:
        options["DeclaredValue"] = {
            "CurrencyCode": spec.currency,
            "MonetaryValue": f"{spec.insured_value:.2f}",
        }
    # inside the USA a signature belongs to the package, elsewhere to the shipment
    if is_domestic(spec) and (kind := _signature(spec, "2", "3")):
        options["DeliveryConfirmation"] = {"DCISType": kind}
    if Option.DRY_ICE in spec.options:
        options["DryIce"] = dry_ice(spec, parcel)
    if options:
        data["PackageServiceOptions"] = options
    return data


def _signature(spec: ShipmentSpec, plain: str, adult: str) -> str:
    if Option.ADULT_SIGNATURE in spec.options:
        return adult
    return plain if Option.SIGNATURE in spec.options else ""


def service_options(spec: ShipmentSpec) -> dict[str, object]:
    options: dict[str, object] = {}
    if Option.SATURDAY in spec.options:
        options["SaturdayDeliveryIndicator"] = ""
    if not is_domestic(spec) and (kind := _signature(spec, "1", "2")):
        options["DeliveryConfirmation"] = {"DCISType": kind}
    return options


def weight(spec: ShipmentSpec, kilograms: Decimal) -> dict[str, object]:
    imperial = is_imperial(spec)
    return {
        "UnitOfMeasurement": unit("LBS" if imperial else "KGS"),
        "Weight": str(pounds(kilograms) if imperial else round_up(kilograms)),
    }
