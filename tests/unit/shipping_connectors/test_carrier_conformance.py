"""Every adapter passes the suite that comes with the addon."""

from dataclasses import replace
from decimal import Decimal

import pytest
import shipping_core
from carrier_kit import (
    PARCEL,
    account,
    conformance,
    loopback,
    loopback_dhl_express,
    loopback_fedex,
    loopback_ups,
    loopback_usps,
    shipment,
)
from shipping_core.carriers import registry
from shipping_core.carriers.dhl_express import DHLExpress
from shipping_core.carriers.easypost import EasyPost
from shipping_core.carriers.fedex import FedEx
from shipping_core.carriers.ups import UPS
from shipping_core.carriers.usps import USPS, mapper


class TestEasyPost(conformance.CarrierConformance):
    core = shipping_core

    @pytest.fixture
    def server(self):
        with loopback.LoopbackCarrier() as server:
            yield server

    def connect(self, server, **account_values):
        return EasyPost(account(server.url, **account_values))

    def spec(self, **changes):
        return shipment(**changes)


class TestUPS(conformance.CarrierConformance):
    core = shipping_core

    @pytest.fixture
    def server(self):
        with loopback_ups.LoopbackUPS() as server:
            yield server

    def connect(self, server, **account_values):
        return UPS(
            registry.Account(loopback_ups.CREDENTIALS, base_url=server.url, **account_values)
        )

    def spec(self, **changes):
        second = replace(PARCEL, reference="BOX2", weight=Decimal(1))
        return shipment(**{"parcels": (PARCEL, second), **changes})


class TestFedEx(conformance.CarrierConformance):
    core = shipping_core

    @pytest.fixture
    def server(self):
        with loopback_fedex.LoopbackFedEx() as server:
            yield server

    def connect(self, server, **account_values):
        return FedEx(
            registry.Account(loopback_fedex.CREDENTIALS, base_url=server.url, **account_values)
        )

    def spec(self, **changes):
        return shipment(**changes)


class TestDHLExpress(conformance.CarrierConformance):
    core = shipping_core

    @pytest.fixture
    def server(self):
        with loopback_dhl_express.LoopbackDHLExpress() as server:
            yield server

    def connect(self, server, **account_values):
        credentials = loopback_dhl_express.CREDENTIALS
        return DHLExpress(registry.Account(credentials, base_url=server.url, **account_values))

    def spec(self, **changes):
        second = replace(PARCEL, reference="BOX2", weight=Decimal(1))
        return shipment(**{"parcels": (PARCEL, second), **changes})


class TestUSPS(conformance.CarrierConformance):
    core = shipping_core

    @pytest.fixture
    def server(self):
        with loopback_usps.LoopbackUSPS() as server:
            yield server

    def connect(self, server, **account_values):
        return USPS(
            registry.Account(loopback_usps.CREDENTIALS, base_url=server.url, **account_values)
        )

    def sent_key(self, key):
        return mapper.idempotency_key(key)

    def spec(self, **changes):
        return shipment(**changes)


def test_all_carriers_are_tested():
    tested = {
        "dhl_express": TestDHLExpress,
        "easypost": TestEasyPost,
        "fedex": TestFedEx,
        "ups": TestUPS,
        "usps": TestUSPS,
    }
    assert {one.code for one in registry.definitions()} - {"pigeon"} == set(tested)
