"""GTIN-13 of the sample's products, in the range that GS1 keeps for demonstrations (952)."""

from __future__ import annotations

#: GS1 company prefix of the sample company.
COMPANY_PREFIX = "9521234"


def check_digit(digits: str) -> str:
    """GS1's check digit: weights 3 and 1 from the right (GS1 General Specifications, 7.9).

    >>> check_digit("629104150021")
    '3'
    """
    total = sum(int(digit) * (3, 1)[i % 2] for i, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def gtin13(item: int) -> str:
    """The barcode of the company's item number ``item`` (0 to 99999)."""
    digits = f"{COMPANY_PREFIX}{item:05d}"
    return digits + check_digit(digits)
