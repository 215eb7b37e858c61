"""HTTP with a carrier: every way in which an exchange can go wrong, and what it means for money."""

import threading
import time
from decimal import Decimal

import pytest
from carrier_kit import account, loopback, shipment
from shipping_core import carrier_session, redact, token_cache
from shipping_core.carrier_session import CarrierSession, Kind, parse_retry_after
from shipping_core.carriers.easypost import EasyPost
from shipping_core.port import Rejected, Retryable, Unknown


@pytest.fixture
def carrier():
    with loopback.LoopbackCarrier() as server:
        yield server


def connect(carrier, **values):
    """An adapter that does not wait as long as in production."""
    adapter = EasyPost(account(carrier.url, **values))
    adapter.session.timeouts = (1.0, 1.0)
    adapter.session.total_timeout = 1.5
    adapter.session.sleep = lambda _seconds: None
    return adapter


# -- money ----------------------------------------------------------------------------------------

# what was certainly not bought is Rejected or Retryable; only these may say so
CERTAIN = {"unauthorized": Rejected, "rate_limited": Retryable}


@pytest.mark.parametrize("fault", sorted(loopback.FAULTS))
def test_what_a_failed_purchase_means(carrier, fault):
    carrier.fail("buy", fault)
    adapter = connect(carrier)
    if fault == "duplicate":
        assert adapter.buy(shipment(), "KEY1").parcels[0].tracking_number
    else:
        with pytest.raises(CERTAIN.get(fault, Unknown)):
            adapter.buy(shipment(), "KEY1")
    # sent once, whatever became of it
    assert carrier.count("buy") == 1
    sold = loopback.FAULTS[fault]
    assert len(carrier.sold) == sold
    if fault in CERTAIN:
        assert not sold
    # and the carrier itself can say what it was
    found = connect(carrier).find("KEY1")
    assert (found is not None) == sold
    if sold:
        assert found.parcels[0].tracking_number == carrier.sold[0]["tracking_code"]
        assert found.cost == Decimal("6.07")
        assert found.parcels[0].labels[0].content == loopback.PDF


@pytest.mark.parametrize("fault", sorted(set(loopback.FAULTS) - {"duplicate"}))
def test_a_draft_that_fails_has_bought_nothing(carrier, fault):
    carrier.fail("create", fault)
    with pytest.raises(Rejected if fault in ("unauthorized", "conflict") else Retryable):
        connect(carrier).buy(shipment(), "KEY1")
    assert (carrier.count("create"), carrier.count("buy"), len(carrier.sold)) == (1, 0, 0)


@pytest.mark.parametrize("fault", ["drop_after", "hang_after", "truncated", "html_error_sold"])
def test_a_void_is_idempotent(carrier, fault):
    bought = connect(carrier).buy(shipment(), "KEY1")
    reference = bought.parcels[0].carrier_ref
    carrier.fail("void", fault)
    with pytest.raises(Unknown):
        connect(carrier).void(reference)
    # it was given back: the carrier refuses to do so again, which is no error
    connect(carrier).void(reference)
    connect(carrier).void(reference)
    assert carrier.kept == []


def test_nobody_there():
    with loopback.LoopbackCarrier() as server:
        url = server.url
    adapter = EasyPost(account(url))
    with pytest.raises(Retryable) as failure:
        adapter.session.call(Kind.MONEY, "POST", "/shipments/shp_1/buy", json_body={})
    assert failure.value.code == "unreachable"


def test_no_money_moves_after_its_time(carrier):
    adapter = connect(carrier, money_until=time.time() - 1)
    with pytest.raises(Retryable, match="nothing was sent"):
        adapter.buy(shipment(), "KEY1")
    assert carrier.count("buy") == 0


def test_a_label_that_does_not_arrive_is_no_failure(carrier):
    """It is paid: the purchase stands, and the label is asked for again."""
    carrier.fail("file", "html_error", "html_error", "html_error")
    bought = connect(carrier).buy(shipment(), "KEY1")
    assert bought.parcels[0].labels == ()
    [label] = connect(carrier).labels(bought.parcels[0].carrier_ref, "pdf")
    assert label.content == loopback.PDF


def test_a_trickle_ends(carrier):
    carrier.fail("buy", "trickle")
    started = time.monotonic()
    with pytest.raises(Unknown):
        connect(carrier).buy(shipment(), "KEY1")
    assert time.monotonic() - started < 4


# -- reading --------------------------------------------------------------------------------------


def test_reads_are_repeated_twice(carrier):
    waits = []
    adapter = connect(carrier)
    adapter.session.sleep = waits.append
    adapter.buy(shipment(), "KEY1")
    carrier.fail("find", "html_error", "drop_before")
    assert adapter.find("KEY1").cost == Decimal("6.07")
    # half a second and one second, each spread by half
    assert [0.25 <= waits[0] <= 0.75, 0.5 <= waits[1] <= 1.5] == [True, True]
    carrier.fail("find", "html_error", "html_error", "html_error")
    with pytest.raises(Retryable):
        adapter.find("KEY1")


def test_retry_after_is_kept(carrier):
    waits = []
    adapter = connect(carrier)
    adapter.session.sleep = waits.append
    carrier.fail("find", "rate_limited")
    assert adapter.find("KEY9") is None
    assert waits == [0.0]


def test_retry_after_forms():
    assert parse_retry_after("7") == 7
    assert parse_retry_after("") is parse_retry_after("soon") is None
    assert parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    later = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 100))
    assert 95 < parse_retry_after(later) <= 100


def test_a_refused_token_is_dropped(carrier):
    dropped = []
    session = CarrierSession(
        "EasyPost",
        carrier.url,
        lambda: {"Authorization": "Bearer stale"},
        (),
        lambda data: data["error"]["message"],
        refused=lambda: dropped.append(True),
    )
    with pytest.raises(Rejected) as refusal:
        session.call(Kind.READ, "GET", "/trackers")
    assert (refusal.value.code, refusal.value.values["words"]) == ("auth", "Invalid API key.")
    assert dropped == [True]


def test_nothing_that_authorises_goes_to_a_file_server(carrier, monkeypatch):
    seen = []
    handle = loopback.LoopbackHandler._handle

    def spy(self, method):
        if self.path.startswith("/files"):
            seen.append(self.headers.get("Authorization"))
        handle(self, method)

    monkeypatch.setattr(loopback.LoopbackHandler, "_handle", spy)
    connect(carrier).buy(shipment(), "KEY1")
    assert seen == [None]


# -- what is kept ---------------------------------------------------------------------------------


def test_the_answer_is_kept_before_it_is_understood(carrier):
    kept = []
    carrier.fail("buy", "truncated")
    adapter = connect(carrier, keep=kept.append)
    with pytest.raises(Unknown):
        adapter.buy(shipment(), "KEY1")
    assert [(one.method, one.status) for one in kept] == [("POST", 201), ("POST", 200)]
    assert kept[1].path.endswith("/buy")
    assert "not JSON" in kept[1].body
    # ids and prices are kept, people are not
    assert '"reference": "KEY1"' in kept[0].body
    assert "6.07" in kept[0].body
    for personal in ("Swan", "Harbor", "90277", "5555555555", "example.com", loopback.API_KEY):
        assert personal not in kept[0].body


def test_redaction_is_an_allow_list():
    value = {"id": "a", "name": "Jane", "list": [{"id": "b", "zip": "1"}, "free text"], "ok": True}
    assert redact.redact(value, {"id"}) == {
        "id": "a",
        "name": "…",
        "list": [{"id": "b", "zip": "…"}, "…"],
        "ok": True,
    }
    assert redact.redact_body(b"<html>", "text/html; x=1", ()) == "(6 bytes of text/html, not JSON)"


# -- tokens ---------------------------------------------------------------------------------------


def test_sixteen_threads_fetch_one_token():
    cache = token_cache.TokenCache()
    fetched = []

    def fetch():
        time.sleep(0.05)
        fetched.append(True)
        return "secret", 3600.0

    results = []
    threads = [
        threading.Thread(target=lambda: results.append(cache.get("account", "scope", fetch)))
        for _number in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(fetched), set(results)) == (1, {"secret"})
    assert cache.get("other", "scope", lambda: ("theirs", 60.0)) == "theirs"


def test_a_token_ends_before_it_expires():
    now = [0.0]
    cache = token_cache.TokenCache(margin=60, clock=lambda: now[0])
    tokens = iter("abc")

    def get():
        return cache.get("account", "", lambda: (next(tokens), 100.0))

    assert get() == "a"
    now[0] = 39
    assert get() == "a"
    now[0] = 40
    assert get() == "b"
    # only the very token that was refused is dropped
    cache.drop("account", "", "a")
    assert get() == "b"
    cache.drop("account", "", "b")
    assert get() == "c"


def test_the_limits_of_a_call_fit_into_the_lease():
    """A draft, a purchase and their connections end well within the three minutes of a purchase."""
    call = carrier_session.TOTAL_TIMEOUT + carrier_session.CONNECT_TIMEOUT
    assert 2 * call < 180
