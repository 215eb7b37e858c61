"""GS1 keys and element strings, by the examples that GS1 publishes and by hand."""

import pytest
from shipping_core import gs1


@pytest.mark.parametrize(
    ("key", "source"),
    [
        ("376104250021234569", "GS1, how to calculate a check digit manually (SSCC)"),
        ("6291041500213", "GS1, how to calculate a check digit manually (GTIN-13)"),
        ("106141412345678908", "GS1 General Specifications, SSCC of the prefix 0614141"),
        ("4006381333931", "GTIN-13 of the Wikipedia article on check digits"),
        # by hand: 3·3+4·1+0·3+1·1+2·3+3·1+4·3+5·1 = 40, so the check digit is 0
        ("340123450000000000", "by hand"),
    ],
)
def test_check_digit_of_published_keys(key, source):
    assert gs1.check_digit(key[:-1]) == int(key[-1]), source
    assert gs1.has_valid_check_digit(key)


@pytest.mark.parametrize("place", range(18))
def test_one_wrong_digit_is_found(place):
    good = "376104250021234569"
    bad = good[:place] + str((int(good[place]) + 1) % 10) + good[place + 1 :]
    assert not gs1.is_sscc(bad)


def test_sscc_of_the_published_example():
    # extension digit 1, prefix 0614141, serial reference 234567890, check digit 8
    assert gs1.build_sscc("0614141", 1_234567890) == "106141412345678908"


@pytest.mark.parametrize("prefix", ["9521", "9521234", "952123456", "952123456789"])
def test_every_serial_of_a_prefix_is_another_valid_sscc(prefix):
    capacity = gs1.sscc_capacity(prefix)
    assert capacity == 10 ** (17 - len(prefix))
    serials = [0, 1, 2, 9, 10, capacity // 10, capacity // 10 + 1, capacity - 1]
    built = [gs1.build_sscc(prefix, serial) for serial in serials]
    assert len(set(built)) == len(serials)
    assert all(gs1.is_sscc(sscc) and sscc[1 : 1 + len(prefix)] == prefix for sscc in built)


def test_a_used_up_prefix_says_so():
    with pytest.raises(gs1.GS1Error, match=r"used up.*another prefix"):
        gs1.build_sscc("952123456789", 10**5)


@pytest.mark.parametrize(
    ("prefix", "match"),
    [("952", "4 to 12"), ("1234567890123", "4 to 12"), ("95A1", "digits only"), ("٩٥٢١", "digits")],
)
def test_wrong_prefixes_are_refused(prefix, match):
    with pytest.raises(gs1.GS1Error, match=match):
        gs1.validate_company_prefix(prefix)


def test_separators_stand_behind_variable_lengths_only():
    elements = [("421", "372D02AF30"), ("00", "106141412345678908"), ("10", "LOT1")]
    data = gs1.element_string(elements)
    assert data == "421372D02AF30" + gs1.FNC1 + "00106141412345678908" + "10LOT1"
    assert gs1.parse_element_string(data) == dict(elements)
    assert gs1.human_readable(elements[:2]) == "(421)372D02AF30(00)106141412345678908"


def test_a_symbol_holds_48_characters():
    with pytest.raises(gs1.GS1Error, match="48"):
        gs1.element_string([("10", "A" * 20), ("21", "B" * 20), ("420", "C" * 5)])


@pytest.mark.parametrize(
    ("ai", "value", "match"),
    [
        ("00", "106141412345678909", "check digit"),
        ("00", "10614141234567890", "18 digits"),
        ("10", "", "1 to 20"),
        ("10", "ä", "does not encode"),
        ("99", "1", "not known"),
    ],
)
def test_elements_that_break_a_rule(ai, value, match):
    with pytest.raises(gs1.GS1Error, match=match):
        gs1.check_element(ai, value)


@pytest.mark.parametrize(
    "scan",
    [
        "106141412345678908",
        "00106141412345678908",
        "(00)106141412345678908",
        " (00) 1 0614141 234567890 8 ",
        "]C100106141412345678908",
        "]C1421372D02AF30\x1d00106141412345678908",
        "(421)372D02AF30(00)106141412345678908",
        "\x1d00106141412345678908",
    ],
)
def test_the_sscc_is_found_however_it_is_scanned(scan):
    assert gs1.find_sscc(scan) == "106141412345678908"


@pytest.mark.parametrize(
    "scan", ["", "P0000000017", "106141412345678909", "(00)1", "00", "99" * 9, "\x1d", "]C1"]
)
def test_what_holds_no_sscc(scan):
    assert gs1.find_sscc(scan) is None


def test_ship_to_postal_code():
    assert gs1.ship_to_postal_code("826", "SW1A 1AA") == ("421", "826SW1A1AA")
    assert gs1.ship_to_postal_code("840", "12345-6789") == ("421", "840123456789")
    assert gs1.ship_to_postal_code("", "SW1A 1AA") is None
    assert gs1.ship_to_postal_code("372", "") is None
    assert gs1.ship_to_postal_code("372", "ÄÖÜ") is None
