"""What the tests of carriers share: the loopback carrier, recorded exchanges, a shipment."""

import importlib.util
import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from shipping_core.carriers import registry
from shipping_core.port import Address, Parcel, ShipmentSpec

ROOT = Path(__file__).resolve().parents[2]
RECORDED = ROOT.parent / "shared" / "carriers"


def _load_loopback():
    path = ROOT / "addons/shipping_connectors/tests/loopback_carrier.py"
    spec = importlib.util.spec_from_file_location("loopback_carrier", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


loopback = _load_loopback()

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


def shipment(**values):
    return ShipmentSpec(
        **{"sender": SENDER, "recipient": RECIPIENT, "parcels": (PARCEL,), **values}
    )


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
