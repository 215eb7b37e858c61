"""Labels, read back: the PDF by a real bar code reader, the ZPL by the rules of the language."""

import dataclasses
import re
from datetime import date

import pypdfium2
import pytest
import zxingcpp
from shipping_core import gs1, label_pdf, label_zpl
from shipping_core.iso3166 import NUMERIC
from shipping_core.label import LabelData
from shipping_core.port import Address

SSCC = "106141412345678908"
SENDER = Address("Central", "GB", "SW1A 1AA", "London", "10 Downing Street", company="Acme Ltd")
RECIPIENT = Address("Jane Doe", "IE", "D02 AF30", "Dublin", "1 High Street", "Flat 3")
LABEL = LabelData(
    sender=SENDER,
    recipient=RECIPIENT,
    sender_country="United Kingdom",
    recipient_country="Ireland",
    carrier="Own vans",
    service="Next day",
    tracking_number="P0000000017",
    weight="3.20 kg",
    day=date(2026, 3, 2),
    sscc=SSCC,
    zone="Ireland",
    reference="S00042",
    index=2,
    count=3,
    numeric_country="372",
)


def scan(pdf, page=0, dpi=203):
    """What a reader finds on a page printed at ``dpi``: pairs of symbology identifier and bytes."""
    image = pypdfium2.PdfDocument(pdf)[page].render(scale=dpi / 72).to_pil()
    return sorted(
        (found.symbology_identifier, bytes(found.bytes)) for found in zxingcpp.read_barcodes(image)
    )


def text_of(pdf, page=0):
    return pypdfium2.PdfDocument(pdf)[page].get_textpage().get_text_range()


# -- PDF ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dpi", [150, 203, 300])
def test_the_symbols_scan_as_gs1_128(dpi):
    assert scan(label_pdf.render([LABEL]), dpi=dpi) == [
        ("]C1", b"00" + SSCC.encode()),
        ("]C1", b"421372D02AF30"),
    ]


def test_the_page_is_100_by_150_mm_and_says_everything():
    pdf = label_pdf.render([LABEL])
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (100, 150)
    text = text_of(pdf)
    for expected in (
        "Jane Doe", "1 High Street", "Flat 3", "D02 AF30 Dublin", "IRELAND", "Acme Ltd",
        "SW1A 1AA London", "United Kingdom", "NEXT DAY", "P0000000017", "2/3", "3.20 kg",
        "2026-03-02", "S00042", f"(00){SSCC}", "(421)372D02AF30",
    ):  # fmt: skip
        assert expected in text


def test_module_width_and_height_keep_to_the_guideline():
    # AI (00) in subset C: start, FNC1, ten pairs, check = 13 symbols of 11 modules, stop of 13
    image = pypdfium2.PdfDocument(label_pdf.render([LABEL]))[0].render(scale=600 / 72).to_pil()
    found = next(b for b in zxingcpp.read_barcodes(image) if b.bytes[:2] == b"00")
    corners = found.position
    width = (corners.top_right.x - corners.top_left.x) / 600 * 25.4
    assert width == pytest.approx(156 * 0.495, abs=0.6)
    height = (corners.bottom_left.y - corners.top_left.y) / 600 * 25.4
    assert height == pytest.approx(32, abs=1.5)


def test_without_sscc_the_tracking_number_is_the_barcode():
    pdf = label_pdf.render([dataclasses.replace(LABEL, sscc="")])
    assert scan(pdf) == [("]C0", b"P0000000017")]


def test_a_page_each():
    other = dataclasses.replace(LABEL, sscc="376104250021234569", index=3)
    pdf = label_pdf.render([LABEL, other])
    assert len(pypdfium2.PdfDocument(pdf)) == 2
    assert ("]C1", b"00376104250021234569") in scan(pdf, page=1)


def test_the_same_label_is_the_same_file():
    assert label_pdf.render([LABEL]) == label_pdf.render([LABEL])
    assert label_pdf.render([LABEL]) != label_pdf.render([dataclasses.replace(LABEL, index=1)])


@pytest.mark.parametrize(
    "name",
    [
        "Ægir Þórðarson",
        "W" * 300,
        "Линия 東京 서울 العربية 😀",
        "A\tB\nC\x00D",
        "e\u0301",
        "",
    ],
)
def test_any_address_prints_and_scans(name):
    odd = dataclasses.replace(RECIPIENT, name=name, company=name, street=name, city=name)
    pdf = label_pdf.render([dataclasses.replace(LABEL, recipient=odd, sender=odd, service=name)])
    assert ("]C1", b"00" + SSCC.encode()) in scan(pdf)


def test_the_town_is_never_pushed_off_the_label():
    full = dataclasses.replace(RECIPIENT, company="Company", street2="Floor 9", name="Jane")
    data = dataclasses.replace(LABEL, recipient=full, sender=full)
    for text in (text_of(label_pdf.render([data])), label_zpl.render([data]).decode()):
        assert text.count("D02 AF30 Dublin") == 2
        assert text.count("Floor 9") == 2


def test_wrong_numbers_are_not_drawn():
    with pytest.raises(gs1.GS1Error, match="no SSCC"):
        dataclasses.replace(LABEL, sscc="106141412345678909")
    with pytest.raises(ValueError, match="barcode"):
        dataclasses.replace(LABEL, tracking_number="Ä1")


# -- ZPL ------------------------------------------------------------------------------------------


def read_bc(data):
    """The characters that ``^BC`` data encodes, ``FNC1`` as ``gs1.FNC1``, and its symbols.

    By the ZPL II Programming Guide: ``>;`` and ``>:`` start subsets C and B, ``>5`` and ``>6``
    change to them, ``>8`` is FNC1, ``>0``, ``><``, ``>=`` are ``>``, ``^``, ``~``.
    """
    subset = {">;": "C", ">:": "B"}[data[:2]]
    place, out, symbols = 2, "", 1
    while place < len(data):
        pair = data[place : place + 2]
        symbols += 1
        if pair[0] == ">":
            place += 2
            if pair in (">5", ">6"):
                subset = {">5": "C", ">6": "B"}[pair]
            else:
                out += {">8": gs1.FNC1, ">0": ">", "><": "^", ">=": "~"}[pair]
        elif subset == "C":
            assert re.fullmatch(r"\d\d", pair), f"{pair!r} in subset C of {data}"
            out += pair
            place += 2
        else:
            out += pair[0]
            place += 1
    return out, symbols


def read_symbols(zpl):
    return [read_bc(data)[0] for data in re.findall(r"\^BCN[^^]*\^FD(.*?)\^FS", zpl)]


def read_texts(zpl):
    fields = re.findall(r"\^FH\^FD(.*?)\^FS", zpl)
    return [re.sub(r"_([0-9A-F]{2})", lambda m: chr(int(m[1], 16)), one) for one in fields]


def test_zpl_symbols_hold_the_elements():
    zpl = label_zpl.render([LABEL]).decode()
    assert read_symbols(zpl) == [gs1.FNC1 + "421372D02AF30", gs1.FNC1 + "00" + SSCC]
    assert f"^FD>;>800{SSCC}^FS" in zpl  # all in subset C: 156 modules, as on the PDF
    texts = read_texts(zpl)
    for expected in ("Jane Doe", "D02 AF30 Dublin", "IRELAND", "2/3", "3.20 kg", f"(00){SSCC}"):
        assert expected in texts


def test_zpl_frame():
    zpl = label_zpl.render([LABEL, LABEL]).decode()
    assert zpl.count("^XA^CI28") == zpl.count("^XZ") == 2
    assert "^PW800^LL1200" in zpl
    assert "^PW1200^LL1800" in label_zpl.render([LABEL], dpi=300).decode()
    with pytest.raises(ValueError, match="600"):
        label_zpl.render([LABEL], dpi=600)


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("changes", [{}, {"sscc": ""}, {"sscc": "", "tracking_number": "Q" * 30}])
def test_zpl_symbols_stay_on_the_label_with_their_quiet_zones(dpi, changes):
    zpl = label_zpl.render([dataclasses.replace(LABEL, **changes)], dpi).decode()
    dots = {203: 8, 300: 12}[dpi]
    found = re.findall(r"\^FO(\d+),(\d+)\^BY(\d+),3,(\d+)\^BCN,\d+,N,N,N,N\^FD(.*?)\^FS", zpl)
    assert found
    for x, y, module, height, data in found:
        x, y, module, height = int(x), int(y), int(module), int(height)
        modules = 11 * (read_bc(data)[1] + 1) + 13  # the check symbol, and the longer stop
        quiet = 10 * module
        assert quiet <= x + 1
        assert x + modules * module + quiet <= 100 * dots + 1
        assert y + height < 150 * dots


@pytest.mark.parametrize(
    "data",
    ["P0000000017", "12345", "123456", "1234567A", "A1234B5678", "AB12", "x>^~y", "12", "1", "A"],
)
def test_zpl_subsets_keep_the_data(data):
    assert read_bc(label_zpl.code128_data(data))[0] == data
    assert read_bc(label_zpl.code128_data(data, gs1_128=True))[0] == gs1.FNC1 + data


def test_zpl_separators_inside():
    data = gs1.element_string([("421", "372D02AF30"), ("00", SSCC)])
    assert read_bc(label_zpl.code128_data(data, gs1_128=True))[0] == gs1.FNC1 + data


def test_zpl_refuses_what_code_128_cannot_hold():
    with pytest.raises(ValueError, match="Code 128"):
        label_zpl.code128_data("Ä")


@pytest.mark.parametrize("evil", ["^XZ^XA^FDpwned", "~JA", "a_5Eb", "back\\&slash", "t\tn\nz\x00"])
def test_text_cannot_become_a_command(evil):
    odd = dataclasses.replace(LABEL, recipient=dataclasses.replace(RECIPIENT, name=evil))
    zpl = label_zpl.render([odd]).decode()
    assert zpl.count("^XA") == zpl.count("^XZ") == 1
    assert "~" not in zpl
    shown = re.sub(r"[\t\n]", " ", evil).replace("\x00", "")
    assert shown in read_texts(zpl)


# -- countries ------------------------------------------------------------------------------------


def test_numeric_country_codes():
    known = {"GB": "826", "IE": "372", "DE": "276", "FR": "250", "US": "840", "JP": "392"}
    assert {code: NUMERIC[code] for code in known} == known
    assert len(set(NUMERIC.values())) == len(NUMERIC)
    assert all(
        re.fullmatch("[A-Z]{2}", a) and re.fullmatch(r"\d{3}", n) for a, n in NUMERIC.items()
    )
