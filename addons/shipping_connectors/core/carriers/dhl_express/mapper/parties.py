"""Addresses: on requests, and as DHL checks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ....port import Address, AddressCheck
from ...mapping import digits, street_lines

_LINE = 45


def address(value: Address) -> dict[str, object]:
    data: dict[str, object] = {
        # empty where a country has none
        "postalCode": value.zip[:12],
        "cityName": value.city[:45],
        "countryCode": value.country_code,
    }
    if len(value.state_code) >= 2:
        data["provinceCode"] = value.state_code[:35]
    for number, line in enumerate(street_lines(value, "DHL Express", width=_LINE), start=1):
        data[f"addressLine{number}"] = line
    return data


def party(value: Address) -> dict[str, object]:
    phone = digits(value.phone)
    contact: dict[str, object] = {
        "companyName": (value.company or value.name)[:100],
        "fullName": (value.name or value.company)[:255],
        "phone": f"+{phone}" if value.phone.strip().startswith("+") else phone,
    }
    if value.email and len(value.email) <= 70:
        contact["email"] = value.email
    return {"postalAddress": address(value), "contactInformation": contact}


def address_params(value: Address) -> dict[str, object]:
    data = {
        "type": "delivery",
        "countryCode": value.country_code,
        "postalCode": value.zip,
        "cityName": value.city,
        "strictValidation": "true",
    }
    return {name: text for name, text in data.items() if text}


def address_check(data: Mapping[str, object], asked: Address) -> AddressCheck:
    """DHL knows towns and postal codes, and says nothing of the street."""
    found = data.get("address") or ()
    said = tuple(str(one) for one in data.get("warnings") or ())  # type: ignore[attr-defined]
    if not found:
        return AddressCheck(False, None, None, said or ("DHL Express does not serve this town.",))
    first = found[0]  # type: ignore[index]
    suggestion = replace(
        asked,
        country_code=str(first["countryCode"]),
        zip=str(first.get("postalCode") or asked.zip),
        city=str(first.get("cityName") or asked.city),
        state="",
    )
    return AddressCheck(True, suggestion, None, said)
