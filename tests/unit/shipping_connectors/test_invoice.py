"""Carriers' invoices are read whole or not at all, and differences add up."""

from decimal import Decimal

import pytest
from shipping_core.csv_io import CsvError
from shipping_core.invoice_check import Known, compare, safe_cell
from shipping_core.invoice_csv import TEMPLATES, Billed, Charge, Template, classify_charge, read

CENT = Decimal("0.01")

UPS = """\
Invoice Number,Invoice Date,Tracking Number,Charge Description,Net Amount,Billed Weight,\
Billed Weight Unit,Invoice Currency Code
INV1,2026-03-31,1Z1,Ground Residential,10.00,5,LBS,USD
INV1,2026-03-31,1Z1,Fuel Surcharge,1.50,,,USD
INV1,2026-03-31,1Z2,Ground Commercial,"1,234.56",10,LBS,USD
INV1,2026-03-31,,Service Fee,25.00,,,USD
"""


def test_a_row_for_each_charge():
    first, second, fee = read(UPS, TEMPLATES["ups"])
    assert (first.number, first.invoice, str(first.day)) == ("1Z1", "INV1", "2026-03-31")
    assert first.amount == Decimal("11.50")
    assert [charge.kind for charge in first.charges] == ["residential", "fuel"]
    # an international pound is 0.45359237 kg
    assert first.weight == 5 * Decimal("0.45359237")
    assert second.amount == Decimal("1234.56")
    assert second.currency == "USD"
    assert (fee.number, fee.amount) == ("", 25)
    assert [one.kind for one in compare(fee, None, CENT)] == ["fee"]


def test_charges_side_by_side():
    text = (
        "Invoice Number,Express or Ground Tracking ID,Transportation Charge Amount,"
        "Tracking ID Charge Description,Tracking ID Charge Amount,"
        "Tracking ID Charge Description,Tracking ID Charge Amount\n"
        "F1,7941,20.00,Fuel Surcharge,2.00,Address Correction,18.00\n"
    )
    [one] = read(text, TEMPLATES["fedex"])
    assert one.amount == 40
    assert {charge.kind: charge.amount for charge in one.charges} == {
        "freight": 20,
        "fuel": 2,
        "address_correction": 18,
    }


def test_dhl_and_usps_and_easypost():
    [one] = read(
        "Invoice Number;Invoice Date;Shipment Number;Currency;Weight (kg);Weight Charge;"
        "XC1 Name;XC1 Charge\n"
        "D1;20260331;12345;EUR;7.5;30.00;Fuel Surcharge;4.20\n",
        TEMPLATES["dhl"],
    )
    assert (one.amount, one.weight, one.currency) == (Decimal("34.20"), Decimal("7.5"), "EUR")
    [one] = read(
        "Transaction ID,Tracking Number,Postage,Adjustment\nT1,9400,6.07,1.35\n", TEMPLATES["usps"]
    )
    assert one.amount == Decimal("7.42")
    [one] = read(
        "id,created_at,tracking_code,rate,postage_fee\nI1,2026-03-31T10:00:00Z,9400,6.07,0.05\n",
        TEMPLATES["easypost"],
    )
    assert (one.amount, str(one.day)) == (Decimal("6.12"), "2026-03-31")


def test_a_mapping_of_ones_own():
    mine = Template(
        "Mine",
        {"number": ("sendung",), "amount": ("betrag",), "charge": ("art",), "invoice": ("rg",)},
        currency="EUR",
        decimal_comma=True,
    )
    [one] = read("RG;Sendung;Art;Betrag\nR1;S1;Fracht;1.234,50\n", mine)
    assert (one.amount, one.currency) == (Decimal("1234.50"), "EUR")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("a,b\n1,2\n", "tracking number is missing"),
        ("tracking number,invoice number\n1Z,I\n", "There is no amount"),
        ("tracking number,net amount\n1Z,ten\n", "Row 2: “ten” is no amount"),
        ("tracking number,net amount\n1Z,NaN\n", "is no amount"),
        ('tracking number,net amount\n1Z,"1,23"\n', "is no amount"),
        ("tracking number,net amount,invoice date\n1Z,1,yesterday\n", "is no date"),
        ('tracking number,net amount\n"1Z,1\n', "no valid CSV"),
        ("tracking number,net amount\n,1\n", "no row with a tracking number"),
        ("tracking number,net amount\n1Z,1\0\n", "no text file"),
    ],
)
def test_bad_files_are_refused_whole(text, message):
    with pytest.raises(CsvError) as refusal:
        read(text, TEMPLATES["ups"])
    assert message in str(refusal.value)


def test_every_mistake_is_named():
    text = "tracking number,net amount\n1Z,1\n1Z,x\n1Z,y\n"
    with pytest.raises(CsvError) as refusal:
        read(text, TEMPLATES["ups"])
    assert [row for row, _text in refusal.value.problems] == [3, 4]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Fuel Surcharge", "fuel"),
        ("Residential Surcharge", "residential"),
        ("Address Correction Ground", "address_correction"),
        ("Additional Handling - Dimension", "dimensional"),
        ("Transportation Charge Amount", "freight"),
        ("Duties and Taxes Paid", "duty"),
        ("Declared Value", "insurance"),
        ("Mystery", "other"),
    ],
)
def test_classify_charge(text, kind):
    assert classify_charge(text) == kind


def billed(*charges, weight=None, currency="USD"):
    return Billed(
        "1Z1",
        "INV1",
        None,
        currency,
        tuple(Charge(kind, kind, Decimal(amount)) for kind, amount in charges),
        Decimal(weight) if weight else None,
    )


def known(cost, **values):
    cost = None if cost is None else Decimal(cost)
    values = {name: Decimal(one) if name == "weight" else one for name, one in values.items()}
    return Known(cost, "USD", **values)


@pytest.mark.parametrize(
    ("bill", "parcel", "expected"),
    [
        (billed(("freight", 10)), known("10"), {}),
        (billed(("freight", "10.01")), known("10"), {}),
        (billed(("freight", 10)), None, {"unknown_shipment": 10}),
        (billed(("freight", 10)), known("10", billed_before="INV0"), {"duplicate": 10}),
        (billed(("freight", 10)), known("10", is_voided=True), {"voided": 10}),
        (billed(("freight", 10), currency="EUR"), known("10"), {"currency": 0}),
        (billed(("freight", 8)), known("10"), {"credit": -2}),
        (billed(("freight", 10), ("residential", 4)), known("10"), {"residential": 4}),
        # both were unknown: 18 + 4 = 22 beyond the label
        (
            billed(("freight", 10), ("residential", 4), ("address_correction", 18)),
            known("10"),
            {"address_correction": 18, "residential": 4},
        ),
        # the residential charge was in the label's price already
        (billed(("freight", 10), ("residential", 4)), known("14"), {}),
        # charged as 12 kg, declared as 5
        (
            billed(("freight", 25), weight="12"),
            known("10", weight="5"),
            {"dimensional_weight": 15},
        ),
        # 5 % more weight is the scale
        (billed(("freight", 25), weight="5.25"), known("10", weight="5"), {"other": 15}),
        (billed(("freight", 10), ("fuel", 3)), known("12"), {"fuel": 1}),
        (billed(("freight", 20), ("fuel", 3)), known("10"), {"fuel": 3, "other": 10}),
        (billed(("freight", 10)), known(None), {}),
    ],
)
def test_compare(bill, parcel, expected):
    found = compare(bill, parcel, CENT)
    assert {one.kind: one.amount for one in found} == expected
    assert all(one.reason for one in found)


def test_parts_add_up():
    bill = billed(
        ("freight", "30.10"), ("fuel", "3.33"), ("residential", "4.45"), ("other", "2"),
        ("address_correction", "18.20"), ("dimensional", "7"), weight="9",
    )  # fmt: skip
    found = compare(bill, known("12.34", weight="2"), CENT)
    assert sum(one.amount for one in found) == bill.amount - Decimal("12.34")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_formula_is_exported(text):
    assert safe_cell(text) == "'" + text
    assert safe_cell(-1) == -1
    assert safe_cell("plain") == "plain"
