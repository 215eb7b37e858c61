"""Addresses: on requests, and as FedEx corrects them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ....port import Address, AddressCheck
from ...mapping import digits, many, street_lines


def address(value: Address, *, lines: bool = True) -> dict[str, object]:
    """:param lines: with the street; rates go without"""
    data: dict[str, object] = {
        "city": value.city[:35],
        "postalCode": value.zip,
        "countryCode": value.country_code,
        # who is not at a company lives there
        "residential": not value.company,
    }
    if lines:
        data["streetLines"] = street_lines(value, "FedEx")
    if value.state_code:
        data["stateOrProvinceCode"] = value.state_code[:2]
    return data


def contact(value: Address) -> dict[str, object]:
    data: dict[str, object] = {
        "personName": (value.name or value.company)[:70],
        "phoneNumber": digits(value.phone),
    }
    if value.company:
        data["companyName"] = value.company[:35]
    if value.email and len(value.email) <= 80:
        data["emailAddress"] = value.email
    return data


def party(value: Address) -> dict[str, object]:
    return {"contact": contact(value), "address": address(value)}


def address_request(value: Address) -> dict[str, object]:
    data = address(value)
    del data["residential"]
    return {"addressesToValidate": [{"address": data}]}


def address_check(data: Mapping[str, object], asked: Address) -> AddressCheck:
    found = data["output"]["resolvedAddresses"][0]  # type: ignore[index]
    attributes = {name: str(value).lower() for name, value in found["attributes"].items()}
    lines = [str(line) for line in many(found.get("streetLinesToken"))]
    postal = found.get("postalCodeToken") or {}
    suggestion = replace(
        asked,
        country_code=str(found.get("countryCode") or asked.country_code),
        zip=str(postal.get("value") or found.get("postalCode") or ""),
        city=str(found.get("city") or ""),
        street=lines[0] if lines else "",
        street2=" ".join(lines[1:]),
        state_code=str(found.get("stateOrProvinceCode") or ""),
        state="",
    )
    said = [str(one.get("message") or "") for one in many(found.get("customerMessages"))]
    # delivery point validation is known in the USA only
    is_found = attributes.get("Resolved") == "true" and attributes.get("DPV", "true") == "true"
    if not is_found and not any(said):
        said = ["FedEx does not know this address."]
    return AddressCheck(
        is_deliverable=is_found,
        suggestion=suggestion if attributes.get("Resolved") == "true" else None,
        is_residential={"RESIDENTIAL": True, "BUSINESS": False}.get(
            str(found.get("classification"))
        ),
        messages=tuple(one for one in said if one),
    )
