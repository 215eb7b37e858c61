"""States never run backwards."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from shipping_core import tracking
from shipping_core.port import TrackEvent
from shipping_core.tracking import next_state, refusal

NOON = datetime(2026, 3, 2, 12)
LATER = NOON + timedelta(hours=1)
EARLIER = NOON - timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "last", "code", "moment", "expected"),
    [
        ("pending", None, "picked_up", NOON, "picked_up"),
        ("picked_up", NOON, "out_for_delivery", LATER, "out_for_delivery"),
        ("out_for_delivery", NOON, "attempted", LATER, "attempted"),
        ("attempted", NOON, "out_for_delivery", LATER, "out_for_delivery"),
        # a scan that is heard late does not turn the clock back
        ("out_for_delivery", NOON, "in_transit", EARLIER, "out_for_delivery"),
        ("delivered", NOON, "in_transit", LATER, "delivered"),
        ("delivered", NOON, "returned", LATER, "returned"),
        ("cancelled", NOON, "delivered", LATER, "cancelled"),
        ("returned", NOON, "delivered", LATER, "returned"),
        # the end counts whenever it is heard
        ("in_transit", NOON, "delivered", EARLIER, "delivered"),
        ("in_transit", NOON, "unknown", LATER, "in_transit"),
        ("in_transit", NOON, "gibberish", LATER, "in_transit"),
    ],
)
def test_next_state(state, last, code, moment, expected):
    assert next_state(state, last, code, moment) == expected


@pytest.mark.parametrize(
    ("state", "code", "expected"),
    [
        ("pending", "picked_up", ""),
        ("picked_up", "picked_up", "repeated"),
        ("attempted", "attempted", ""),
        ("delivered", "delivered", "repeated"),
        ("delivered", "attempted", "finished"),
        ("delivered", "returned", ""),
        ("returned", "delivered", "finished"),
        ("cancelled", "picked_up", "cancelled"),
        ("pending", "cancelled", "unknown_code"),
        ("pending", "", "unknown_code"),
    ],
)
def test_what_a_driver_may_report(state, code, expected):
    assert refusal(state, code, NOON, NOON) == expected
    assert (code in tracking.driver_choices(state)) == (expected == "")


def test_the_future_is_refused_with_a_tolerance_for_clocks():
    assert refusal("pending", "picked_up", NOON + timedelta(minutes=4), NOON) == ""
    assert refusal("pending", "picked_up", NOON + timedelta(minutes=6), NOON) == "future"


def test_what_is_announced_again_does_not_go_back():
    assert next_state("in_transit", NOON, "pending", LATER) == "in_transit"


def event(code, moment, **values):
    return TrackEvent(code, moment, **values)


def test_events_in_any_order_lead_to_the_same():
    events = [
        event("picked_up", NOON),
        event("in_transit", NOON + timedelta(hours=2)),
        event("out_for_delivery", NOON + timedelta(hours=20)),
        event("delivered", NOON + timedelta(hours=26), recipient="Reception"),
    ]
    for heard in permutations(events):
        progress = tracking.advance("pending", None, heard)
        assert (progress.state, progress.last_moment) == ("delivered", events[-1].moment)
        assert progress.became.recipient == "Reception"
    # heard one by one, the latest first: the state never goes back
    state, last, seen = "pending", None, []
    for one in reversed(events):
        progress = tracking.advance(state, last, [one])
        state, last = progress.state, progress.last_moment
        seen.append(state)
    assert seen == ["delivered"] * 4
    assert last == events[-1].moment


def test_nothing_new_changes_nothing():
    progress = tracking.advance("in_transit", LATER, [event("picked_up", NOON)])
    assert (progress.state, progress.last_moment, progress.became) == ("in_transit", LATER, None)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], ""),
        (["pending"], "pending"),
        (["delivered", "in_transit"], "in_transit"),
        (["delivered", "delivered"], "delivered"),
        (["delivered", "cancelled"], "delivered"),
        (["cancelled"], "cancelled"),
        (["delivered", "exception", "attempted"], "exception"),
        (["out_for_delivery", "delayed"], "delayed"),
        (["out_for_delivery", "picked_up"], "picked_up"),
    ],
)
def test_shipment_state(states, expected):
    assert tracking.shipment_state(states) == expected


def test_event_key():
    known = event("delivered", NOON, key="abc")
    assert tracking.event_key(known) == "abc"
    plain = event("delivered", NOON)
    assert tracking.event_key(plain) == tracking.event_key(event("delivered", NOON))
    assert tracking.event_key(plain) != tracking.event_key(event("delivered", LATER))
    long = event("delivered", NOON, key="k" * 300)
    assert len(tracking.event_key(long)) == 64
