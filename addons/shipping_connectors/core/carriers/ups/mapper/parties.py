"""Addresses: on requests, and as UPS corrects them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ....port import Address, AddressCheck
from ...mapping import digits, many, street_lines

_NAME, _CITY = 35, 30


def address(value: Address) -> dict[str, object]:
    """:raises Rejected: when the street is longer than UPS' three lines of 35 letters"""
    data: dict[str, object] = {
        "AddressLine": street_lines(value, "UPS"),
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
    if number := digits(value.phone):
        data["Phone"] = {"Number": number}
    return data


def email(value: Address) -> dict[str, object]:
    """UPS tells the recipient; an address longer than it takes is left out."""
    return {"EMailAddress": value.email} if value.email and len(value.email) <= 50 else {}


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


def address_check(data: Mapping[str, object], asked: Address) -> AddressCheck:
    answer = data["XAVResponse"]
    candidates: Iterable = many(answer.get("Candidate"))  # type: ignore[attr-defined]
    first = next(iter(candidates), None)
    suggestion, residential = None, None
    if first is not None:
        found = first["AddressKeyFormat"]
        lines = [str(line) for line in many(found.get("AddressLine"))]
        plus = found.get("PostcodeExtendedLow")
        suggestion = replace(
            asked,
            country_code=str(found["CountryCode"]),
            zip=f"{found.get('PostcodePrimaryLow', '')}{'-' + str(plus) if plus else ''}",
            city=str(found.get("PoliticalDivision2") or ""),
            street=lines[0] if lines else "",
            street2=" ".join(lines[1:]),
            state_code=str(found.get("PoliticalDivision1") or ""),
            state="",
        )
        kind = (first.get("AddressClassification") or {}).get("Code")
        residential = {"1": False, "2": True}.get(str(kind))
    valid = "ValidAddressIndicator" in answer  # type: ignore[operator]
    ambiguous = "AmbiguousAddressIndicator" in answer  # type: ignore[operator]
    message = "" if valid else "Several addresses match." if ambiguous else "No address matches."
    return AddressCheck(valid, suggestion, residential, (message,) if message else ())
