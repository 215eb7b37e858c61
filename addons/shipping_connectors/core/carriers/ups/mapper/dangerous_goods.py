"""Dry ice, and batteries in equipment, as each of UPS' APIs is told of them.

The batteries are those of :attr:`~....port.Option.LITHIUM_BATTERY`, which UPS calls lightly
regulated: number and name are declared, and no shipper's declaration or emergency telephone.
"""

from __future__ import annotations

from ....port import Option, Parcel, ShipmentSpec
from ....spec_check import EU
from ...mapping import ends, round_up

#: services that go by road all the way: Ground, Standard, Ground Saver
_ROAD_SERVICES = frozenset({"03", "11", "93"})
#: where UPS Standard goes by the rules of European roads (ADR)
_EUROPE = EU | {"AD", "CH", "GB", "GG", "IM", "JE", "LI", "NO", "SM"}
_HOME = frozenset({"US", "PR"})

#: lithium-ion batteries in equipment, in the United Nations' list of dangerous goods
_NUMBER, _NAME = "UN3481", "Lithium ion batteries contained in equipment"
_LIGHTLY_REGULATED = "LR"
#: from this version of its APIs on UPS knows lightly regulated goods
_SUB_VERSION = "1701"

#: how shipping and rating name the same way of transport
_HIGHWAY, _GROUND, _PASSENGER = ("Highway", "01"), ("Ground", "02"), ("Passenger Aircraft", "03")


def regulations(spec: ShipmentSpec) -> str:
    """By whose rules goods travel: those of the roads that the service keeps to, else of the air.

    >>> from ....port import Address
    >>> berlin, paris = Address("A", "DE"), Address("B", "FR")
    >>> regulations(ShipmentSpec(berlin, paris, (), service="11"))
    'ADR'
    """
    start, end = (address.country_code for address in ends(spec))
    by_road = spec.service in _ROAD_SERVICES
    if {start, end} <= _HOME or (by_road and (start, end) == ("US", "CA")):
        return "CFR"
    if by_road and start == "CA" and end in ("CA", "US"):
        return "TDG"
    if by_road and {start, end} <= _EUROPE:
        return "ADR"
    return "IATA"


def dry_ice(spec: ShipmentSpec, parcel: Parcel) -> dict[str, object]:
    """In kilograms everywhere; of Canada's rules for roads (TDG) UPS knows none for it."""
    rules = regulations(spec)
    return {
        "RegulationSet": "IATA" if rules == "TDG" else rules,
        "DryIceWeight": {
            "UnitOfMeasurement": {"Code": "00", "Description": "Kilograms"},
            "Weight": str(round_up(parcel.dry_ice_weight)),
        },
    }


def has_batteries(spec: ShipmentSpec) -> bool:
    return Option.LITHIUM_BATTERY in spec.options


def request_version(spec: ShipmentSpec) -> dict[str, object]:
    """The part of a request that makes UPS understand what is declared of batteries."""
    return {"SubVersion": _SUB_VERSION} if has_batteries(spec) else {}


def shipped_batteries(spec: ShipmentSpec, number: int) -> dict[str, object]:
    """As shipping takes them among a package's options; empty without any.

    :param number: of the package in the shipment, from 1
    """
    if not has_batteries(spec):
        return {}
    return {"HazMat": [_record(spec, 0)], "PackageIdentifier": str(number)}


def rated_batteries(spec: ShipmentSpec, number: int) -> dict[str, object]:
    """As rating takes them, which names everything a little differently."""
    if not has_batteries(spec):
        return {}
    goods = {"PackageIdentifier": str(number), "HazMatChemicalRecord": [_record(spec, 1)]}
    return {"HazMat": goods}


def _record(spec: ShipmentSpec, naming: int) -> dict[str, object]:
    rules = regulations(spec)
    mode = _PASSENGER
    if rules == "ADR":
        mode = _HIGHWAY
    elif spec.service in _ROAD_SERVICES:
        mode = _GROUND
    return {
        "ChemicalRecordIdentifier": "1",
        "IDNumber": _NUMBER,
        "ProperShippingName": _NAME,
        "CommodityRegulatedLevelCode": _LIGHTLY_REGULATED,
        "RegulationSet": rules,
        "TransportationMode": mode[naming],
    }
