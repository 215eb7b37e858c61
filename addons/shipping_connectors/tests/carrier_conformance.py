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

    def abroad(self, port, **item):
        """The shipment to another country, declaring one line of goods."""
        spec = self.spec()
        recipient = replace(
            spec.recipient, country_code="CA", state_code="BC", city="Vancouver", zip="V6B 1A1"
        )
        tea = port.CustomsItem("Tea", Decimal(1), Decimal(5), Decimal("0.1"), "IN", "090210")
        customs = port.Customs((replace(tea, **item),), "USD")
        return replace(spec, recipient=recipient, customs=customs)

    #: bad input, and the code of its refusal
    BAD_INPUT = {
        "no_weight": "missing_weight",
        "no_street": "missing_street_of_recipient",
        "no_country": "missing_country_of_recipient",
        "no_phone": "missing_phone_of_recipient",
        "no_parcel": "no_parcel",
        "option": "unknown_option",
        "format": "label_format",
        "kanji": "not_latin",
        "too_heavy": "too_heavy",
        "nothing_declared": "missing_customs",
        "no_hs_code": "customs_hs_code",
        "no_value": "customs_value",
    }

    def _get_bad_input(self, case, port, needs):
        """The spec with one thing wrong; ``None`` for what this carrier leaves to be wrong."""
        spec = self.spec()
        recipient, first = spec.recipient, spec.parcels[0]
        if case == "no_phone" and not (needs and needs.phone):
            return None
        heaviest = needs.limits.weight if needs else None
        if case == "too_heavy" and heaviest is None:
            return None
        changes = {
            "no_weight": lambda: {"parcels": (replace(first, weight=None),)},
            "no_street": lambda: {"recipient": replace(recipient, street="")},
            "no_country": lambda: {"recipient": replace(recipient, country_code="")},
            "no_phone": lambda: {"recipient": replace(recipient, phone="")},
            "no_parcel": lambda: {"parcels": ()},
            "option": lambda: {"options": frozenset({"telepathy"})},
            "format": lambda: {"label_format": "papyrus"},
            "kanji": lambda: {"recipient": replace(recipient, city="東京")},
            "too_heavy": lambda: {"parcels": (replace(first, weight=heaviest + 1),)},
        }
        if case in changes:
            return replace(spec, **changes[case]())
        if case == "nothing_declared":
            return replace(self.abroad(port), customs=None)
        wrong = {"no_hs_code": {"hs_code": ""}, "no_value": {"value": Decimal(0)}}
        return self.abroad(port, **wrong[case])

    @pytest.mark.parametrize("case", BAD_INPUT)
    def test_bad_input_is_refused_here(self, server, adapter, port, case):
        """By a sentence that says what to do, before the carrier is asked."""
        bad = self._get_bad_input(case, port, getattr(adapter, "needs", None))
        if bad is None:
            return
        asked = len(server.requests)
        for method in (adapter.rate, lambda one: adapter.buy(one, "KEY1")):
            with pytest.raises(port.Rejected) as refusal:
                method(bad)
            assert refusal.value.code == self.BAD_INPUT[case]
            assert len(refusal.value.message) > 20
        assert len(server.requests) == asked
        assert server.sold == []

    # -- bad input that only the carrier knows to be so -------------------------------------------

    def test_a_place_that_it_does_not_serve(self, server, adapter, port):
        """The server serves nobody at the postal code 00000."""
        spec = self.spec()
        spec = replace(spec, recipient=replace(spec.recipient, zip="00000"))
        for method in (adapter.rate, lambda one: adapter.buy(one, "KEY1")):
            with pytest.raises(port.Rejected) as refusal:
                method(spec)
            assert len(refusal.value.message) > 20
        assert server.sold == []

    def test_expired_credentials(self, server, adapter, port):
        """Everything is refused, and no purchase is taken for one that was never made."""
        spec = self.spec()
        adapter.buy(spec, "KEY1")
        server.has_expired = True
        for call in (
            adapter.check_connection,
            lambda: adapter.rate(spec),
            lambda: adapter.buy(spec, "KEY2"),
            lambda: adapter.find("KEY1"),
        ):
            with pytest.raises(port.Rejected) as refusal:
                call()
            assert refusal.value.code == "auth"
        assert len(server.sold) == self.count(spec)

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
