"""FedEx Ground's end of the day: what the account shipped is closed, and listed for the driver.

As FedEx describes its *Ground End of Day Close API* (version 1): a close takes no list of parcels,
may be repeated, and gives its manifest as plain text; for three days the manifest is printed again.
Express shipments are closed without being asked.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import date

from ....port import Label, Manifest, Rejected
from ...mapping import many

_GROUND = "FDXG"


def ground_numbers(references: Sequence[str]) -> tuple[str, ...]:
    """The tracking numbers that Ground carries.

    :raises Rejected: when it carries none of them
    """
    pairs = [reference.rpartition("/") for reference in references]
    numbers = tuple(number for carrier, _slash, number in pairs if carrier == _GROUND)
    if not numbers:
        raise Rejected(
            "None of these parcels goes by FedEx Ground. FedEx closes those of Express by itself: "
            "there is nothing to do.",
            "closes_itself",
        )
    return numbers


def close_request(account: str, day: date) -> dict[str, object]:
    return {
        "closeReqType": "GCDR",
        "accountNumber": {"value": account},
        "groundServiceCategory": "GROUND",
        "closeDate": day.isoformat(),
        "closeDocumentSpecification": {"closeDocumentTypes": ["MANIFEST"]},
    }


def reprint_request(account: str, day: date) -> dict[str, object]:
    return {
        **close_request(account, day),
        "closeReqType": "RGCDR",
        "reprintOption": "BY_SHIP_DATE",
    }


def closed(data: Mapping[str, object], numbers: tuple[str, ...], day: date) -> Manifest:
    """What became of the day; without a document where FedEx gave none."""
    documents = [
        one
        for one in many(data["output"].get("closeDocuments"))  # type: ignore[attr-defined]
        if one.get("type") == "MANIFEST"
    ]
    cycles = [str(one["shippingCycle"]) for one in documents if one.get("shippingCycle")]
    text = b"\f".join(filter(None, map(_text, documents)))
    return Manifest(
        reference=", ".join(dict.fromkeys(cycles)) or day.isoformat(),
        numbers=numbers,
        document=Label("txt", text) if text else None,
    )


def _text(document: Mapping[str, object]) -> bytes:
    parts = sorted(
        many(document.get("parts")), key=lambda one: one.get("documentPartSequenceNumber") or 0
    )
    return b"".join(
        base64.b64decode(one["image"], validate=True) for one in parts if one.get("image")
    )
