"""GS1 identifiers and element strings: check digit, SSCC, GS1-128 data, reading a scan.

Source: GS1 General Specifications, sections 7.9.1 (check digit), 3.3.1 (AI 00, SSCC), 3.8
(AI 410 to 421, ship-to) and 5.4 (GS1-128). An SSCC has 18 digits: an extension digit (0 to 9), the
GS1 Company Prefix and a serial reference filling 16 digits between them, and the check digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

FNC1 = "\x1d"
"""Function 1 as scanners transmit it between elements (ASCII group separator)."""

DEMO_PREFIX = "952"
"""GS1 prefix kept for demonstrations and examples; never on a parcel that leaves for real."""

SYMBOLOGY_GS1_128 = "]C1"

# AIs whose value has a predefined length: no separator is needed behind them (section 7.8.5)
FIXED_LENGTH = {
    "00": 18,
    "01": 14,
    "02": 14,
    "11": 6,
    "13": 6,
    "15": 6,
    "17": 6,
    "20": 2,
    "410": 13,
}
VARIABLE_LENGTH = {
    "10": 20,
    "21": 20,
    "37": 8,
    "400": 30,
    "401": 30,
    "403": 30,
    "420": 20,
    "421": 12,
}
_CHARSET_82 = re.compile(r"[!\"%-?A-Z_a-z]*")
_SCAN = re.compile(r"\((\d{2,4})\)([^(]*)")


class GS1Error(ValueError):
    """Data that breaks a GS1 rule; the message says which one."""


def check_digit(digits: str) -> int:
    """The modulo 10 check digit of ``digits`` (without check digit), for every GS1 key.

    From the right, digits are weighted 3, 1, 3, 1 ...; the check digit completes the sum to a
    multiple of ten.

    >>> check_digit("37610425002123456")  # the SSCC example of section 7.9.1
    9
    """
    if not digits.isascii() or not digits.isdigit():
        raise GS1Error(f"“{digits}” has characters other than digits.")
    total = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))
    )
    return -total % 10


def has_valid_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    return (
        len(digits) > 1
        and digits.isascii()
        and digits.isdigit()
        and check_digit(digits[:-1]) == int(digits[-1])
    )


def validate_company_prefix(prefix: str) -> str:
    """``prefix`` if it can be a GS1 Company Prefix (4 to 12 digits), else :class:`GS1Error`."""
    if not prefix.isascii() or not prefix.isdigit():
        raise GS1Error("A GS1 company prefix consists of digits only.")
    if not 4 <= len(prefix) <= 12:
        raise GS1Error(
            f"A GS1 company prefix has 4 to 12 digits, this one has {len(prefix)}. "
            "It stands on the certificate of your GS1 member organisation."
        )
    return prefix


def sscc_capacity(prefix: str) -> int:
    """How many SSCCs a prefix can make, the extension digit counting as a digit of the serial."""
    return 10 ** (17 - len(validate_company_prefix(prefix)))


def build_sscc(prefix: str, serial: int) -> str:
    """The SSCC with number ``serial`` of a company prefix.

    Extension digit and serial reference together count up, so the serial may use all
    ``17 - len(prefix)`` digits: the extension digit has no meaning and serves to increase capacity.

    >>> build_sscc("0614141", 1234567890)
    '106141412345678908'
    """
    capacity = sscc_capacity(prefix)
    if not 0 <= serial < capacity:
        raise GS1Error(
            f"The GS1 company prefix {prefix} is used up: it can number {capacity} parcels. "
            "Enter another prefix in the inventory settings."
        )
    number = f"{serial:0{17 - len(prefix)}d}"
    body = number[0] + prefix + number[1:]
    return body + str(check_digit(body))


def is_sscc(text: str) -> bool:
    """Whether ``text`` is 18 digits with a right check digit."""
    return len(text) == 18 and has_valid_check_digit(text)


def element_string(elements: Iterable[tuple[str, str]]) -> str:
    """The data of a GS1-128 symbol: AIs and values, ``FNC1`` behind those of variable length.

    The leading FNC1 that makes a Code 128 symbol a GS1-128 one belongs to the symbol and is not
    part of the string.

    :param elements: pairs of application identifier and value, in printing order
    """
    pairs = list(elements)
    parts = []
    for place, (ai, value) in enumerate(pairs):
        check_element(ai, value)
        last = place == len(pairs) - 1
        parts.append(ai + value + ("" if last or ai in FIXED_LENGTH else FNC1))
    data = "".join(parts)
    if len(data) > 48:
        raise GS1Error(f"A GS1-128 symbol holds 48 characters at most, this one has {len(data)}.")
    return data


def check_element(ai: str, value: str) -> None:
    """Raise :class:`GS1Error` unless ``value`` may stand behind the application identifier."""
    if ai in FIXED_LENGTH:
        if not value.isascii() or not value.isdigit() or len(value) != FIXED_LENGTH[ai]:
            raise GS1Error(f"({ai}) takes {FIXED_LENGTH[ai]} digits, not “{value}”.")
        if ai in ("00", "01", "02", "410") and not has_valid_check_digit(value):
            raise GS1Error(f"({ai}){value} has a wrong check digit.")
    elif ai in VARIABLE_LENGTH:
        if not value or len(value) > VARIABLE_LENGTH[ai]:
            raise GS1Error(f"({ai}) takes 1 to {VARIABLE_LENGTH[ai]} characters, not “{value}”.")
        if not _CHARSET_82.fullmatch(value):
            raise GS1Error(f"({ai}) has a character that GS1 does not encode in “{value}”.")
    else:
        raise GS1Error(f"The application identifier ({ai}) is not known here.")


def human_readable(elements: Iterable[tuple[str, str]]) -> str:
    """The interpretation line printed under a symbol: AIs in round brackets (section 4.14)."""
    return "".join(f"({ai}){value}" for ai, value in elements)


def ship_to_postal_code(numeric_country: str, postal_code: str) -> tuple[str, str] | None:
    """The ship-to element AI (421): ISO 3166-1 numeric country and postal code without spaces.

    ``None`` when the code cannot be encoded (no postal code, or longer than nine characters).
    """
    code = re.sub(r"[\s-]", "", postal_code or "").upper()
    if not re.fullmatch(r"[0-9A-Z]{1,9}", code) or not re.fullmatch(r"\d{3}", numeric_country):
        return None
    return ("421", numeric_country + code)


def parse_element_string(data: str) -> dict[str, str]:
    """Take a scanned element string apart; the inverse of :func:`element_string`."""
    data = data.removeprefix(SYMBOLOGY_GS1_128).lstrip(FNC1)
    elements: dict[str, str] = {}
    while data:
        ai = next((data[:n] for n in (2, 3, 4) if data[:n] in FIXED_LENGTH | VARIABLE_LENGTH), None)
        if ai is None:
            raise GS1Error(f"“{data[:4]}” does not start with a known application identifier.")
        data = data[len(ai) :]
        if ai in FIXED_LENGTH:
            value, data = data[: FIXED_LENGTH[ai]], data[FIXED_LENGTH[ai] :]
            data = data.removeprefix(FNC1)
        else:
            value, _separator, data = data.partition(FNC1)
        check_element(ai, value)
        elements[ai] = value
    return elements


def find_sscc(text: str) -> str | None:
    """The SSCC in what a person typed or a scanner sent, or ``None``.

    Understood: 18 digits, ``00`` and 18 digits, ``(00)`` and 18 digits with or without spaces, and
    an element string with symbology identifier and separators.
    """
    text = text.strip()
    bracketed = dict(_SCAN.findall(text))
    if "00" in bracketed:
        text = bracketed["00"]
    compact = re.sub(r"[\s.-]", "", text.replace(FNC1, "\0")).replace("\0", FNC1)
    if is_sscc(compact):
        return compact
    try:
        return parse_element_string(compact).get("00")
    except GS1Error:
        return None
