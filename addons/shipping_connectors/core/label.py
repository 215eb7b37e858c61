"""What stands on a parcel label, apart from how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from . import gs1
from .port import Address


@dataclass(frozen=True)
class LabelTexts:
    """The fixed words of a label, so that they can be translated."""

    sender: str = "From"
    recipient: str = "To"
    tracking: str = "Tracking"
    parcel: str = "Parcel"
    weight: str = "Weight"
    date: str = "Date"
    reference: str = "Ref."
    sscc: str = "SSCC"
    returned: str = "RETURN"


@dataclass(frozen=True)
class LabelData:
    """One label.

    :param sscc: 18 digits, or empty: then the tracking number is the barcode (plain Code 128)
    :param weight: ready to print, with its unit
    :param numeric_country: ISO 3166-1 numeric code of the destination, for AI (421); may be empty
    """

    sender: Address
    recipient: Address
    sender_country: str
    recipient_country: str
    carrier: str
    service: str
    tracking_number: str
    weight: str
    day: date
    sscc: str = ""
    zone: str = ""
    reference: str = ""
    index: int = 1
    count: int = 1
    numeric_country: str = ""
    is_return: bool = False
    texts: LabelTexts = LabelTexts()

    def __post_init__(self) -> None:
        if self.sscc and not gs1.is_sscc(self.sscc):
            raise gs1.GS1Error(f"“{self.sscc}” is no SSCC: 18 digits with a right check digit.")
        if not self.tracking_number.isascii() or not self.tracking_number.isprintable():
            raise ValueError(f"“{self.tracking_number}” cannot be printed as a barcode.")

    @property
    def sscc_elements(self) -> list[tuple[str, str]]:
        """The main symbol's elements: AI (00) with the SSCC, or nothing."""
        return [("00", self.sscc)] if self.sscc else []

    @property
    def ship_to_elements(self) -> list[tuple[str, str]]:
        """The second symbol's elements: AI (421) where the postal code can be encoded."""
        if not self.sscc:
            return []
        element = gs1.ship_to_postal_code(self.numeric_country, self.recipient.zip)
        return [element] if element else []

    @property
    def count_text(self) -> str:
        return f"{self.index}/{self.count}"


def fit_lines(address: Address, room: int) -> list[str]:
    """The address in at most ``room`` lines: the last ones (street, town) are never given up."""
    lines = list(address.lines)
    while len(lines) > room:
        lines[0:2] = [f"{lines[0]}, {lines[1]}"]
    return lines
