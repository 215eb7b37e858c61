"""States never run backwards."""

from datetime import datetime, timedelta

import pytest
from shipping_core import tracking
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
