"""What the tests of carriers share: the loopback carrier, recorded exchanges, a shipment."""

import importlib
import json
import sys
import types
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from shipping_core.carriers import registry
from shipping_core.port import Address, Customs, CustomsItem, Parcel, ShipmentSpec

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT.parent / "shared" / "carriers"


def _load_tests(name):
    """A module of the addon's tests that needs no Odoo."""
    full = f"shipping_tests.{name}"
    if "shipping_tests" not in sys.modules:
        package = types.ModuleType("shipping_tests")
        package.__path__ = [str(ROOT / "addons/shipping_connectors/tests")]
        sys.modules["shipping_tests"] = package
    return importlib.import_module(full)


loopback = _load_tests("loopback_carrier")
loopback_ups = _load_tests("loopback_ups")
loopback_usps = _load_tests("loopback_usps")
loopback_dhl_express = _load_tests("loopback_dhl_express")
loopback_fedex = _load_tests("loopback_fedex")
conformance = _load_tests("carrier_conformance")

#: the shipment of the recorded exchanges: 15.4 oz, 10 × 8 × 4 in, from San Francisco
SENDER = Address(
    name="Jack Sparrow",
    street="388 Townsend St",
    street2="Apt 20",
    city="San Francisco",
    state_code="CA",
    zip="94107",
    country_code="US",
    email="test@example.com",
    phone="5555555555",
)
RECIPIENT = Address(
    name="Elizabeth Swan",
    street="179 N Harbor Dr",
    city="Redondo Beach",
    state_code="CA",
    zip="90277",
    country_code="US",
    email="test@example.com",
    phone="5555555555",
)
PARCEL = Parcel(
    "BOX1",
    weight=Decimal("15.4") * Decimal("0.45359237") / 16,
    length=Decimal(254),
    width=Decimal("203.2"),
    height=Decimal("101.6"),
)


#: abroad, and what is declared there
VANCOUVER = Address(
    "Jane Doe",
    "CA",
    zip="V6B 1A1",
    city="Vancouver",
    street="1 Water St",
    state_code="BC",
    phone="+1 604 555-0100",
    country="Canada",
)
TEA = CustomsItem("Tea", Decimal(3), Decimal("4.50"), Decimal("0.1"), "IN", "090210", "TEA-1")
DECLARED = Customs((TEA,), "USD", incoterm="DAP", invoice_number="WH/OUT/1", signer="Acme")


def shipment(**values):
    return ShipmentSpec(
        **{"sender": SENDER, "recipient": RECIPIENT, "parcels": (PARCEL,), **values}
    )


class Replay:
    """Stands for the network: gives one answer after the other, and keeps what was asked.

    The last answer stays; an error among them is raised.
    """

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def call(self, kind, method, path, **values):
        self.asked.append((kind.value, method, path, values))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def authorize(self):
        return {}


def account(url="", **values):
    return registry.Account(
        credentials={"api_key": values.pop("api_key", loopback.API_KEY)}, base_url=url, **values
    )


def recorded(name):
    """Exchanges of a real client: ``[(method, path, request, status, answer)]``."""
    path = RECORDED / "easypost" / f"{name}.yaml"
    if not path.is_file():
        pytest.skip("needs the recorded exchanges in ../shared/carriers/easypost")
    exchanges = []
    for one in yaml.safe_load(path.read_text())["interactions"]:
        asked, answer = one["request"], one["response"]
        exchanges.append(
            (
                asked["method"],
                asked["uri"].removeprefix("https://api.easypost.com/v2"),
                json.loads(asked["body"]) if asked["body"] else None,
                answer["status"]["code"],
                json.loads(answer["body"]["string"]),
            )
        )
    return exchanges
