"""Addresses: on requests, and as USPS corrects them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ....port import Address, AddressCheck
from ...mapping import digits, many, street_lines
from .words import HOME


def _names(value: Address) -> dict[str, object]:
    """A person's first and last name; a company is a firm."""
    data: dict[str, object] = {}
    if value.name and value.name != value.company:
        first, _space, last = value.name.strip().rpartition(" ")
        data["firstName"] = (first or last)[:50]
        if first:
            data["lastName"] = last[:50]
    if value.company or not data:
        data["firm"] = (value.company or value.name)[:50]
    return data


def _street(value: Address) -> dict[str, object]:
    lines = street_lines(value, "USPS", most=2, width=50)
    data: dict[str, object] = {"streetAddress": lines[0]}
    if len(lines) > 1:
        data["secondaryAddress"] = lines[1]
    return data


def home_address(value: Address) -> dict[str, object]:
    """Without names."""
    first, _dash, plus = value.zip.replace(" ", "").partition("-")
    data = {
        **_street(value),
        "city": value.city[:28],
        "state": value.state_code if value.country_code == "US" else value.country_code,
        "ZIPCode": first[:5],
    }
    if len(plus) == 4 and plus.isdigit():
        data["ZIPPlus4"] = plus
    return data


def party(value: Address) -> dict[str, object]:
    data = {**_names(value), **home_address(value)}
    if number := digits(value.phone):
        data["phone"] = number
    if value.email and len(value.email) <= 50:
        data["email"] = value.email
    return data


def foreign_party(value: Address) -> dict[str, object]:
    data = {
        **_names(value),
        **_street(value),
        "city": value.city[:28],
        "country": value.country or value.country_code,
        "countryISOAlpha2Code": value.country_code,
    }
    if value.zip:
        data["postalCode"] = value.zip[:11]
    if len(value.state_code) == 2 and value.state_code.isalpha():
        data["provinceISOAlpha2Code"] = value.state_code
    elif value.state:
        data["province"] = value.state[:40]
    if number := digits(value.phone):
        data["phone"] = number
    return data


def zip_code(value: Address) -> str:
    return value.zip.strip()[:5]


def address_params(value: Address) -> dict[str, object]:
    data = home_address(value)
    return {name: data[name] for name in data if name != "ZIPPlus4"}


def address_check(data: Mapping[str, object], asked: Address) -> AddressCheck:
    found = data["address"]
    more = data.get("additionalInfo") or {}
    plus = found.get("ZIPPlus4")  # type: ignore[attr-defined]
    suggestion = replace(
        asked,
        zip=f"{found.get('ZIPCode') or ''}{'-' + str(plus) if plus else ''}",  # type: ignore[attr-defined]
        city=str(found.get("city") or ""),  # type: ignore[attr-defined]
        street=str(found.get("streetAddress") or ""),  # type: ignore[attr-defined]
        street2=str(found.get("secondaryAddress") or ""),  # type: ignore[attr-defined]
        state_code=str(found.get("state") or "") if asked.country_code in HOME else "",  # type: ignore[attr-defined]
        state="",
    )
    confirmed = str(more.get("DPVConfirmation") or "")  # type: ignore[attr-defined]
    said = [str(one.get("text") or "") for one in many(data.get("corrections"))]
    said += [str(one) for one in many(data.get("warnings"))]
    if confirmed == "N":
        said.append("USPS does not deliver to this address.")
    elif confirmed == "D":
        said.append("The apartment or suite is missing.")
    elif confirmed == "S":
        said.append("USPS does not know this apartment or suite.")
    return AddressCheck(
        # S and D: the building is right
        is_deliverable=confirmed in ("Y", "S", "D"),
        suggestion=suggestion,
        is_residential={"Y": False, "N": True}.get(str(more.get("business"))),  # type: ignore[attr-defined]
        messages=tuple(one for one in said if one),
    )
