r"""The label as ZPL II for thermal printers, 100 × 150 mm.

Symbols are sent with explicit subsets, so that the printer encodes what the PDF shows and nothing
is left to its firmware's guess (ZPL II Programming Guide, ``^BC``): ``>;`` starts subset C, ``>:``
subset B, ``>6`` changes to B, ``>8`` is Function 1. Text is UTF-8 (``^CI28``) with
``^FH`` hexadecimal escapes for the characters that ZPL takes as commands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from . import gs1
from .label import LabelData, fit_lines

DOTS_PER_MM = {203: 8, 300: 12}
_ESCAPED = "_^~\\"


def render(labels: Iterable[LabelData], dpi: int = 203) -> bytes:
    """All labels, one ``^XA … ^XZ`` format each, as UTF-8.

    :param dpi: the printer's resolution, 203 (8 dots/mm) or 300 (12 dots/mm)
    """
    if dpi not in DOTS_PER_MM:
        raise ValueError(f"ZPL labels are made for {sorted(DOTS_PER_MM)} dpi, not {dpi}.")
    return "".join(_Format(label, DOTS_PER_MM[dpi]).text() for label in labels).encode()


def field_data(text: str) -> str:
    r"""``text`` as data behind ``^FH^FD``: control characters out, ZPL's own escaped.

    >>> field_data("A^B~C_D")
    'A_5EB_7EC_5FD'
    """
    text = unicodedata.normalize("NFC", text)
    text = "".join(" " if c.isspace() else c for c in text if c.isspace() or c.isprintable())
    return "".join(f"_{ord(c):02X}" if c in _ESCAPED else c for c in text)


def code128_data(data: str, gs1_128: bool = False) -> str:
    """``data`` in the notation of ``^BC``: subset C for the digits it starts with, B for the rest.

    It changes subset once at most. Returning to C would spare a few modules, but software that
    stands in for a printer does not always know the way back.

    :param gs1_128: start with Function 1; :data:`gs1.FNC1` inside ``data`` separates elements

    >>> code128_data("00106141412345678908", gs1_128=True)
    '>;>800106141412345678908'
    >>> code128_data("421372D02", gs1_128=True)
    '>;>8421372>6D02'
    """
    digits = re.match(r"[0-9]*", data)[0]
    in_c = len(digits) // 2 * 2
    if in_c < 4 and in_c != len(data):
        in_c = 0  # changing costs as much as it spares
    out = ">;" if in_c else ">:"
    if gs1_128:
        out += ">8"
    out += data[:in_c]
    rest = data[in_c:]
    if in_c and rest:
        out += ">6"
    return out + "".join(">8" if char == gs1.FNC1 else _subset_b(char) for char in rest)


def _subset_b(char: str) -> str:
    if not char.isascii() or not char.isprintable():
        raise ValueError(f"“{char}” cannot be printed as Code 128.")
    return {">": ">0", "^": "><", "~": ">="}.get(char, char)


class _Format:
    """One label; positions in mm from the upper left corner."""

    def __init__(self, label: LabelData, dots: int) -> None:
        self.label = label
        self.dots = dots
        self.out: list[str] = []

    def text(self) -> str:
        dots = self.dots
        self.out = [f"^XA^CI28^PW{100 * dots}^LL{150 * dots}^LH0,0^PON"]
        self._heading()
        self._addresses()
        self._facts()
        self._symbols()
        self.out.append("^PQ1^XZ\n")
        return "\n".join(self.out)

    def _heading(self) -> None:
        label = self.label
        carrier = f"{label.texts.returned} {label.carrier}" if label.is_return else label.carrier
        self._write(5, 5, label.service.upper(), 6, 58)
        self._write(64, 6, f"{carrier} {label.zone}".strip(), 3.5, 31)
        self._rule(14)

    def _addresses(self) -> None:
        label = self.label
        self._write(5, 16, label.texts.sender, 2.8, 12)
        for place, line in enumerate([*fit_lines(label.sender, 4), label.sender_country]):
            self._write(19, 16 + place * 3.8, line, 3.3, 76)
        self._rule(38)
        self._write(5, 41, label.texts.recipient, 2.8, 12)
        for place, line in enumerate(fit_lines(label.recipient, 5)):
            self._write(19, 40 + place * 5.2, line, 4.6, 76)
        self._write(19, 67, label.recipient_country.upper(), 5, 76)
        self._rule(73)

    def _facts(self) -> None:
        label = self.label
        texts = label.texts
        for x, caption, value, width in (
            (5, texts.parcel, label.count_text, 17),
            (24, texts.weight, label.weight, 32),
            (58, texts.date, label.day.isoformat(), 37),
        ):
            self._write(x, 74.5, caption, 2.8, width)
            self._write(x, 78, value, 4.6, width)
        self._write(5, 84.5, f"{texts.tracking} {label.tracking_number}", 4, 52)
        if label.reference:
            self._write(59, 84.5, f"{texts.reference} {label.reference}", 3.3, 36)
        self._rule(90)

    def _symbols(self) -> None:
        label = self.label
        if not label.sscc:
            self._symbol(98, 32, code128_data(label.tracking_number), label.tracking_number)
            return
        if label.ship_to_elements:
            data = code128_data(gs1.element_string(label.ship_to_elements), gs1_128=True)
            self._symbol(92, 12, data, gs1.human_readable(label.ship_to_elements))
        data = code128_data(gs1.element_string(label.sscc_elements), gs1_128=True)
        self._symbol(110, 32, data, gs1.human_readable(label.sscc_elements))

    # -- commands ---------------------------------------------------------------------------------

    def _at(self, x: float, y: float) -> str:
        return f"^FO{round(x * self.dots)},{round(y * self.dots)}"

    def _write(self, x: float, y: float, text: str, height: float, width: float) -> None:
        """Text of ``height`` mm, narrowed and at last cut so that it stays within ``width`` mm."""
        if not text:
            return
        narrow = min(1.0, max(width / (_text_width(text) * height), 0.6))
        char_width = height * narrow
        while len(text) > 1 and _text_width(text) * char_width > width:
            text = text[:-1]
        size = f"^A0N,{round(height * self.dots)},{round(char_width * self.dots)}"
        self.out.append(f"{self._at(x, y)}{size}^FH^FD{field_data(text)}^FS")

    def _rule(self, y: float) -> None:
        thickness = max(2, self.dots // 4)
        self.out.append(f"{self._at(5, y)}^GB{90 * self.dots},0,{thickness}^FS")

    def _symbol(self, y: float, height: float, data: str, caption: str) -> None:
        module = self.dots // 2  # 0.5 mm
        modules = _module_count(data)
        while module > 1 and (modules + 20) * module > 100 * self.dots:
            module -= 1
        x = (100 - modules * module / self.dots) / 2
        bars = round(height * self.dots)
        self.out.append(f"{self._at(x, y)}^BY{module},3,{bars}^BCN,{bars},N,N,N,N^FD{data}^FS")
        size = 4 if height > 20 else 3
        self._write(
            max(5, 50 - _text_width(caption) * size / 2), y + height + 0.8, caption, size, 90
        )


def _text_width(text: str) -> float:
    """Estimated width of text in the printer's condensed font 0, in its height."""
    return sum(0.9 if c in "MWmw@%" else 0.62 if c.isupper() else 0.5 for c in text) or 0.5


def _module_count(data: str) -> int:
    """Width of the symbol in modules: start, data and check symbols of 11, the stop of 13."""
    start, rest = data[:2], data[2:]
    in_c, change, in_b = rest.partition(">6") if start == ">;" else ("", "", rest)
    symbols = 1 + len(re.findall(r">.|[0-9]{2}", in_c)) + len(re.findall(r">.|.", in_b))
    return 11 * (symbols + bool(change) + 1) + 13
