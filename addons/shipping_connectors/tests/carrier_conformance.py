"""What every carrier's adapter has to do, as tests to derive from.

A pure Python suite for pytest: name the package of the core in ``core`` (an addon's tests import
it from Odoo, unit tests under an alias), give ``server`` something that behaves like the carrier
(see `loopback_carrier`), and ``connect`` an adapter for an account there::

    class TestPigeon(CarrierConformance):
        core = shipping_core

        @pytest.fixture
        def server(self): ...

        def connect(self, server, **account_values): ...

        def spec(self, **changes): ...
"""

import importlib
from dataclasses import replace
from decimal import Decimal

import pytest

#: what a fault leaves to be known: these were certainly not bought, anything else may have been
CERTAIN = ("unauthorized", "rate_limited")


class CarrierConformance:
    core = None
    #: what each capability lets a caller use
    METHODS = {
        "rate": "rate",
        "buy": "buy",
        "find": "find",
        "reprint": "labels",
        "void": "void",
        "track": "track",
        "validate_address": "validate",
        "pickup": "pickup",
        "manifest": "manifest",
        "service_points": "service_points",
    }

    def connect(self, server, **account_values):
        raise NotImplementedError

    def spec(self, **changes):
        raise NotImplementedError

    @pytest.fixture
    def port(self):
        return importlib.import_module(f"{self.core.__name__}.port")

    @pytest.fixture
    def adapter(self, server):
        return self.quick(self.connect(server))

    def quick(self, adapter):
        """Without the patience of production."""
        adapter.session.timeouts = (1.0, 1.0)
        adapter.session.total_timeout = 1.5
        adapter.session.sleep = lambda _seconds: None
        return adapter

    def count(self, spec):
        return len(spec.parcels)

    def sent_key(self, key):
        """What the carrier gets as a purchase's key."""
        return key

    # -- what it says of itself -----------------------------------------------------------------

    def test_what_it_claims_is_there(self, adapter):
        for capability in adapter.capabilities:
            if name := self.METHODS.get(capability.value):
                assert callable(getattr(adapter, name))
        assert callable(adapter.check_connection)
        proves = adapter.find_proves_after
        assert proves is None or proves >= 60

    def test_the_connection_is_checked(self, server, adapter):
        assert adapter.check_connection()

    # -- rates ----------------------------------------------------------------------------------

    def test_rates(self, server, adapter):
        quotes = adapter.rate(self.spec())
        amounts = [quote.amount for quote in quotes]
        assert amounts == sorted(amounts)
        assert all(isinstance(amount, Decimal) and amount > 0 for amount in amounts)
        assert len({quote.service for quote in quotes}) == len(quotes)
        assert all(len(quote.currency) == 3 for quote in quotes)
        assert all(quote.service_name for quote in quotes)
        assert server.sold == []
        # one of them alone
        last = quotes[-1]
        assert [one.amount for one in adapter.rate(self.spec(service=last.service))] == [
            last.amount
        ]

    def test_no_service(self, adapter, port):
        with pytest.raises(port.Rejected):
            adapter.rate(self.spec(service="nonsense"))

    # -- buying ---------------------------------------------------------------------------------

    def test_buy(self, server, adapter):
        spec = self.spec()
        bought = adapter.buy(spec, "KEY000000000001")
        assert [one.reference for one in bought.parcels] == [one.reference for one in spec.parcels]
        assert len(server.sold) == self.count(spec)
        numbers = [one.tracking_number for one in bought.parcels]
        assert sorted(numbers) == sorted(one["tracking_code"] for one in server.sold)
        assert all(one.cost > 0 for one in bought.parcels)
        assert bought.cost == adapter.rate(spec)[0].amount, "without a service: the cheapest"
        assert all(one.labels[0].format == "pdf" for one in bought.parcels)
        assert all(one.labels[0].content.startswith(b"%PDF") for one in bought.parcels)
        assert {one["reference"] for one in server.sold} == {self.sent_key("KEY000000000001")}

    def test_the_service_asked_for(self, server, adapter):
        dearest = adapter.rate(self.spec())[-1]
        assert adapter.buy(self.spec(service=dearest.service), "KEY1").cost == dearest.amount

    def test_find(self, server, adapter, port):
        assert adapter.find("KEY1") is None
        bought = adapter.buy(self.spec(), "KEY1")
        adapter.buy(self.spec(), "KEY2")
        found = adapter.find("KEY1")
        assert [one.tracking_number for one in found.parcels] == [
            one.tracking_number for one in bought.parcels
        ]
        assert [one.carrier_ref for one in found.parcels] == [
            one.carrier_ref for one in bought.parcels
        ]
        pairs = zip(found.parcels, bought.parcels, strict=True)
        assert all(one.cost in (None, got.cost) for one, got in pairs)
        if port.Capability.REPRINT in adapter.capabilities:
            assert all(one.labels for one in found.parcels)

    def test_void_is_idempotent(self, server, adapter, port):
        if port.Capability.VOID not in adapter.capabilities:
            return
        bought = adapter.buy(self.spec(), "KEY1")
        kept = adapter.buy(self.spec(), "KEY2")
        for _again in range(2):
            for parcel in bought.parcels:
                adapter.void(parcel.carrier_ref)
        assert sorted(one["tracking_code"] for one in server.kept) == sorted(
            one.tracking_number for one in kept.parcels
        )

    def test_what_it_does_not_know_is_no_void(self, adapter, port):
        if port.Capability.VOID not in adapter.capabilities:
            return
        with pytest.raises(port.Rejected):
            adapter.void("nonsense")

    def test_reprint(self, server, adapter, port):
        if port.Capability.REPRINT not in adapter.capabilities:
            return
        parcel = adapter.buy(self.spec(), "KEY1").parcels[0]
        sold = len(server.sold)
        [label] = adapter.labels(parcel.carrier_ref, "pdf")
        assert label.content.startswith(b"%PDF")
        assert len(server.sold) == sold

    # -- bad input, before anything is sent ------------------------------------------------------

    @pytest.mark.parametrize(
        "case", ["no_weight", "no_street", "no_country", "no_parcel", "option", "format", "kanji"]
    )
    def test_bad_input_is_refused_here(self, server, adapter, port, case):
        spec = self.spec()
        bad = {
            "no_weight": {"parcels": tuple(replace(one, weight=None) for one in spec.parcels)},
            "no_street": {"recipient": replace(spec.recipient, street="")},
            "no_country": {"recipient": replace(spec.recipient, country_code="")},
            "no_parcel": {"parcels": ()},
            "option": {"options": frozenset({"telepathy"})},
            "format": {"label_format": "papyrus"},
            "kanji": {"recipient": replace(spec.recipient, city="東京")},
        }[case]
        asked = len(server.requests)
        for method in (adapter.rate, lambda one: adapter.buy(one, "KEY1")):
            with pytest.raises(port.Rejected) as refusal:
                method(replace(spec, **bad))
            assert len(refusal.value.message) > 20
            assert refusal.value.code
        assert len(server.requests) == asked
        assert server.sold == []

    # -- what goes wrong on the way --------------------------------------------------------------

    @pytest.mark.parametrize(
        "fault",
        [
            "drop_before", "drop_during", "drop_after", "reset_after", "hang_before", "hang_after",
            "unauthorized", "conflict", "rate_limited", "html_error", "html_error_sold",
            "truncated", "wrong_type", "empty", "not_json", "trickle",
        ],
    )  # fmt: skip
    def test_a_failed_purchase(self, server, adapter, port, fault):
        """Only what is certain is called so; the carrier is asked once, and its books decide."""
        spec = self.spec()
        server.fail("buy", fault)
        expected = (port.Rejected, port.Retryable) if fault in CERTAIN else port.Unknown
        with pytest.raises(expected):
            adapter.buy(spec, "KEY1")
        assert server.count("buy") == 1
        found = self.quick(self.connect(server)).find("KEY1")
        assert len(found.parcels if found else ()) == len(server.sold)

    def test_an_answer_that_comes_twice(self, server, adapter):
        server.fail("buy", "duplicate")
        first = adapter.buy(self.spec(), "KEY1")
        second = adapter.buy(self.spec(), "KEY2")
        numbers = [one.tracking_number for one in (*first.parcels, *second.parcels)]
        assert sorted(numbers) == sorted(one["tracking_code"] for one in server.sold)

    def test_nobody_there(self, server, port):
        adapter = self.quick(self.connect(server))
        server.shutdown()
        server.server_close()
        with pytest.raises(port.Retryable):
            adapter.buy(self.spec(), "KEY1")

    def test_what_is_kept_names_nobody(self, server):
        kept = []
        spec = self.spec()
        self.connect(server, keep=kept.append).buy(spec, "KEY1")
        assert kept, "what was answered to a purchase is kept"
        text = " ".join(one.body for one in kept)
        for secret in (spec.recipient.name, spec.recipient.street, spec.recipient.phone):
            assert secret not in text

    def test_after_its_time_nothing_is_bought(self, server, port):
        adapter = self.quick(self.connect(server, money_until=1.0))
        with pytest.raises(port.Retryable):
            adapter.buy(self.spec(), "KEY1")
        assert server.sold == []
