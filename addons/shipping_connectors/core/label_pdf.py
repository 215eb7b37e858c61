"""The label as a PDF of 100 × 150 mm, one page a parcel.

The symbol follows the GS1 logistic label guideline: GS1-128 in subset C with AI (00), module width
0.495 mm (the least allowed in general distribution), bars 32 mm high, quiet zones of 10 modules,
the interpretation line below.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from . import gs1
from .label import LabelData, fit_lines

WIDTH, HEIGHT = 100 * mm, 150 * mm
MARGIN = 5 * mm
MODULE_WIDTH = 0.495 * mm
BAR_HEIGHT = 32 * mm
SMALL_BAR_HEIGHT = 13 * mm
_FNC1 = "\xf1"  # how reportlab spells Function 1

# Latin, Greek and Cyrillic come from an embedded font; Chinese, Japanese and Korean from the fonts
# that every PDF viewer and printer brings along
_CJK_FONTS = ("STSong-Light", "HeiseiMin-W3", "HYSMyeongJo-Medium")


class Fonts:
    """A regular and a bold face, and how to write characters that they do not have.

    :param regular: path of a TrueType file; without it reportlab's own Vera is used
    """

    def __init__(self, regular: str | Path = "", bold: str | Path = "") -> None:
        self.regular = self._register(regular or "Vera.ttf")
        self.bold = self._register(bold or regular or "VeraBd.ttf")

    @staticmethod
    def _register(path: str | Path) -> str:
        # the whole path names it: two files of one name would otherwise shadow each other
        name = f"label:{path}"
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(path)))
        return name

    def runs(self, text: str, bold: bool = False) -> list[tuple[str, str]]:
        """``text`` cut into pairs of font name and piece, so that every character has a glyph."""
        main = self.bold if bold else self.regular
        glyphs = pdfmetrics.getFont(main).face.charToGlyph
        runs: list[tuple[str, str]] = []
        for char in unicodedata.normalize("NFC", text):
            font, shown = main, char
            if ord(char) not in glyphs:
                font, shown = self._fallback(char, main, glyphs)
            if runs and runs[-1][0] == font:
                runs[-1] = (font, runs[-1][1] + shown)
            else:
                runs.append((font, shown))
        return runs

    @staticmethod
    def _fallback(char: str, main: str, glyphs: dict) -> tuple[str, str]:
        bare = "".join(c for c in unicodedata.normalize("NFKD", char) if ord(c) in glyphs)
        if bare.strip():
            return main, bare
        if font := _cjk_font(char):
            return font, char
        return main, " " if char.isspace() or not char.isprintable() else "?"

    def width(self, text: str, size: float, bold: bool = False) -> float:
        return sum(pdfmetrics.stringWidth(s, font, size) for font, s in self.runs(text, bold))


@lru_cache(maxsize=4096)
def _cjk_font(char: str) -> str:
    """The viewer's font for an East Asian character, or ``""``."""
    name = unicodedata.name(char, "")
    if name.startswith("HANGUL"):
        font = _CJK_FONTS[2]
    elif name.startswith(("HIRAGANA", "KATAKANA")):
        font = _CJK_FONTS[1]
    elif unicodedata.east_asian_width(char) in "WF":
        font = _CJK_FONTS[0]
    else:
        return ""
    if font not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(font))
    return font


def render(labels: Iterable[LabelData], fonts: Fonts | None = None) -> bytes:
    """All labels in one PDF, a page each.

    :param fonts: faces to write with; reportlab's own when not given
    """
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), pageCompression=1, invariant=1)
    canvas.setTitle("Parcel labels")
    fonts = fonts or Fonts()
    for label in labels:
        _Page(canvas, fonts, label).draw()
        canvas.showPage()
    canvas.save()
    return out.getvalue()


class _Page:
    """Draws one label, from the top down."""

    def __init__(self, canvas: Canvas, fonts: Fonts, label: LabelData) -> None:
        self.canvas = canvas
        self.fonts = fonts
        self.label = label

    def draw(self) -> None:
        label = self.label
        self._header()
        self._rule(136)
        self._sender()
        self._rule(112)
        self._recipient()
        self._rule(77)
        self._facts()
        self._rule(60)
        if label.sscc:
            if label.ship_to_elements:
                self._symbol(
                    _FNC1 + gs1.element_string(label.ship_to_elements),
                    gs1.human_readable(label.ship_to_elements),
                    bottom=45 * mm,
                    height=SMALL_BAR_HEIGHT,
                )
            self._symbol(
                _FNC1 + gs1.element_string(label.sscc_elements),
                gs1.human_readable(label.sscc_elements),
                bottom=8.5 * mm,
            )
        else:
            self._symbol(label.tracking_number, label.tracking_number, bottom=12 * mm)

    # -- parts ------------------------------------------------------------------------------------

    def _header(self) -> None:
        label = self.label
        service = label.service.upper()
        self._text(MARGIN, 139.5, service, 15, bold=True, width=60 * mm)
        carrier = f"{label.texts.returned} · {label.carrier}" if label.is_return else label.carrier
        right = carrier if not label.zone else f"{carrier} · {label.zone}"
        self._text(WIDTH - MARGIN, 139.5, right, 9, right=True, width=30 * mm)

    def _sender(self) -> None:
        label = self.label
        self._caption(MARGIN, 131.5, label.texts.sender)
        lines = [*fit_lines(label.sender, 4), label.sender_country]
        self._lines(MARGIN + 14 * mm, 131.5, lines, size=8, leading=3.7, room=5)

    def _recipient(self) -> None:
        label = self.label
        self._caption(MARGIN, 106.5, label.texts.recipient)
        lines = fit_lines(label.recipient, 5)
        self._lines(MARGIN + 14 * mm, 106, lines, size=11.5, leading=5.1, room=5, bold_first=True)
        self._text(
            MARGIN + 14 * mm, 79.7, label.recipient_country.upper(), 12, bold=True, width=74 * mm
        )

    def _facts(self) -> None:
        label = self.label
        texts = label.texts
        columns = (
            (5, texts.parcel, label.count_text, 14),
            (24, texts.weight, label.weight, 30),
            (58, texts.date, label.day.isoformat(), 37),
        )
        for x, caption, value, width in columns:
            self._caption(x * mm, 73.2, caption)
            self._text(x * mm, 68.7, value, 11, bold=True, width=width * mm)
        self._text(
            MARGIN,
            62.7,
            f"{texts.tracking} {label.tracking_number}",
            9.5,
            bold=True,
            width=52 * mm,
        )
        if label.reference:
            reference = f"{texts.reference} {label.reference}"
            self._text(WIDTH - MARGIN, 62.7, reference, 8, right=True, width=36 * mm)

    def _symbol(self, data: str, caption: str, bottom: float, height: float = BAR_HEIGHT) -> None:
        """Bars centred above their interpretation line; long data gets narrower modules."""
        module = MODULE_WIDTH
        symbol = Code128(data, barWidth=module, barHeight=height, quiet=0, humanReadable=0)
        room = WIDTH - 2 * 10 * module
        if symbol.width > room:
            module *= room / symbol.width
            symbol = Code128(data, barWidth=module, barHeight=height, quiet=0, humanReadable=0)
        symbol.drawOn(self.canvas, (WIDTH - symbol.width) / 2, bottom)
        size = 11 if height == BAR_HEIGHT else 8
        width = self.fonts.width(caption, size)
        self._text((WIDTH - width) / 2, bottom / mm - (4.6 if size == 11 else 3.3), caption, size)

    # -- strokes ----------------------------------------------------------------------------------

    def _rule(self, y: float) -> None:
        self.canvas.setLineWidth(0.6)
        self.canvas.line(MARGIN, y * mm, WIDTH - MARGIN, y * mm)

    def _caption(self, x: float, y: float, text: str) -> None:
        self._text(x, y, text, 7)

    def _lines(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        *,
        size: float,
        leading: float,
        room: int,
        bold_first: bool = False,
    ) -> None:
        for place, line in enumerate(lines[:room]):
            bold = bold_first and place == 0
            self._text(x, y - place * leading, line, size, bold=bold, width=WIDTH - MARGIN - x)

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        right: bool = False,
        width: float = 0,
    ) -> None:
        """Write at ``x`` points, ``y`` mm; smaller, and at last cut, where ``width`` is too narrow.

        :param right: ``x`` is the right end of the text
        """
        if width:
            while self.fonts.width(text, size, bold) > width and size > 6:
                size -= 0.5
            while len(text) > 1 and self.fonts.width(text, size, bold) > width:
                text = text[:-2] + "…"
        if right:
            x -= self.fonts.width(text, size, bold)
        for font, piece in self.fonts.runs(text, bold):
            self.canvas.setFont(font, size)
            self.canvas.drawString(x, y * mm, piece)
            x += pdfmetrics.stringWidth(piece, font, size)
