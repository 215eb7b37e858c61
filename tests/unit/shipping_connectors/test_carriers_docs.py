"""The documented carrier runs as it stands."""

import re
from pathlib import Path

import pytest
from carrier_kit import ROOT, shipment
from shipping_core.carriers import registry
from shipping_core.port import Unknown

DOCUMENT = Path(ROOT / "docs" / "carriers.md")


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
