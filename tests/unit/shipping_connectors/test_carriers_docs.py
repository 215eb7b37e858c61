"""The documented carrier runs as it stands."""

import re
from pathlib import Path

import pytest
from carrier_kit import ROOT, shipment
from shipping_core.carriers import registry
from shipping_core.port import Capability, Option, Unknown

DOCUMENT = Path(ROOT / "docs" / "carriers.md")


#: rows of the table, by the capability that they tell of
ROWS = {
    "several parcels in one shipment": Capability.MULTI_PARCEL,
    "looked up after a lost answer": Capability.FIND,
    "label printed again by the carrier": Capability.REPRINT,
    "rates": Capability.RATE,
    "labels": Capability.BUY,
    "voids": Capability.VOID,
    "tracking": Capability.TRACK,
    "return labels": Capability.RETURN_LABEL,
    "address check": Capability.VALIDATE_ADDRESS,
    "pickups": Capability.PICKUP,
    "manifests": Capability.MANIFEST,
    "service points": Capability.SERVICE_POINTS,
    "PDF": Capability.LABEL_PDF,
    "ZPL": Capability.LABEL_ZPL,
    "PNG": Capability.LABEL_PNG,
    "customs forms": Capability.CUSTOMS,
    "insurance": Capability.INSURANCE,
}


def read_tables():
    """The tables of the page, each a list of rows of cells, without the rule below the head."""
    blocks = re.findall(r"(?:^\|.*\n)+", DOCUMENT.read_text(), re.MULTILINE)
    for block in blocks:
        head, _rule, *rows = (
            [cell.strip() for cell in line.split("|")[1:-1]] for line in block.splitlines()
        )
        yield [head, *rows]


def test_the_table_says_what_the_carriers_say():
    head, *rows = next(read_tables())
    names = {one.name: one for one in registry.definitions() if one.code != "pigeon"}
    assert head[1:] == ["EasyPost", "UPS", "FedEx", "DHL Express", "USPS"]
    assert set(head[1:]) == set(names)
    told = set()
    for title, *cells in rows:
        for name, cell in zip(head[1:], cells, strict=True):
            definition = names[name]
            if option := title.removeprefix("option: ") if title.startswith("option: ") else "":
                code = Option(option.replace(" ", "_"))
                offered = code in definition.connect(registry.Account({})).options
            else:
                offered = ROWS[title] in definition.capabilities
            assert cell == ("✓" if offered else "–"), (title, name)
        told.add(title)
    assert told >= set(ROWS)
    assert set(ROWS.values()) == set(Capability)
    assert {f"option: {one.value.replace('_', ' ')}" for one in Option} <= told


def test_whatever_is_not_offered_has_its_reason():
    (head, *rows), (_titles, *reasons), *_more = read_tables()
    dashes = {
        (title, name)
        for title, *cells in rows
        for name, cell in zip(head[1:], cells, strict=True)
        if cell == "–"
    }
    assert dashes == {(title, name) for title, name, _why in reasons}
    assert len(dashes) == len(reasons)
    assert all(why for _title, _name, why in reasons)


def test_the_example(monkeypatch):
    [code] = re.findall(r"```python\n(# my_carrier.*?)```", DOCUMENT.read_text(), re.DOTALL)
    code = code.replace("odoo.addons.shipping_connectors.core", "shipping_core")
    monkeypatch.setattr(registry, "_definitions", dict(registry._definitions))
    exec(compile(code, str(DOCUMENT), "exec"), {})
    pigeon = registry.get("pigeon")
    adapter = pigeon.connect(registry.Account({"token": "t"}))
    label = {"id": "7", "number": "P7", "price": "4.20"}
    answers = iter([{"price": "4.20"}, label, {"labels": [label]}, {"labels": []}, {}])
    asked = []

    def call(kind, method, path, **values):
        asked.append((kind.value, method, path))
        return next(answers)

    adapter.session.call = call
    assert adapter.rate(shipment())[0].currency == "EUR"
    assert adapter.buy(shipment(), "KEY").parcels[0].tracking_number == "P7"
    assert adapter.find("KEY").parcels[0].carrier_ref == "7"
    assert adapter.find("OTHER") is None
    with pytest.raises(Unknown):
        adapter.buy(shipment(), "KEY")
    assert asked[1] == ("money", "POST", "/labels")
