"""Carriers are asked when there may be news, and never more often than they allow."""

from datetime import datetime, timedelta

import pytest
from shipping_core.polling import Budget, next_poll

NOON = datetime(2026, 3, 2, 12)


def hours(count):
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("state", "silent", "failures", "expected"),
    [
        ("out_for_delivery", hours(1), 0, hours(0.5)),
        ("in_transit", hours(1), 0, hours(4)),
        ("ready_for_pickup", hours(1), 0, hours(12)),
        # a carrier that fails is asked after twice the time, then four times ...
        ("out_for_delivery", hours(1), 1, hours(1)),
        ("out_for_delivery", hours(1), 3, hours(4)),
        # ... but at least daily
        ("in_transit", hours(1), 5, hours(24)),
        ("in_transit", hours(1), 500, hours(24)),
        # silent for a week: half as often; for three: a sixth
        ("in_transit", timedelta(days=8), 0, hours(8)),
        ("in_transit", timedelta(days=22), 0, hours(24)),
    ],
)
def test_next_poll(state, silent, failures, expected):
    assert next_poll(state, NOON, NOON - silent, failures) == NOON + expected


@pytest.mark.parametrize("state", ["delivered", "returned", "cancelled"])
def test_the_end(state):
    assert next_poll(state, NOON, NOON) is None


def test_given_up_after_sixty_days():
    assert next_poll("in_transit", NOON, NOON - timedelta(days=60)) is not None
    assert next_poll("in_transit", NOON, NOON - timedelta(days=60, minutes=1)) is None


def test_a_budget():
    granted, left = Budget(60).take(NOON, 50)
    assert granted == 50
    granted, left = left.take(NOON, 50)
    assert granted == 10, "a minute's worth, not more"
    # a second later one more, after half a minute thirty, after an hour sixty
    assert left.take(NOON + timedelta(seconds=1), 50)[0] == 1
    assert left.take(NOON + timedelta(seconds=30), 50)[0] == 30
    assert left.take(NOON + hours(1), 500)[0] == 60
    assert left.next_full(NOON) == NOON + timedelta(minutes=1)


def test_a_clock_that_runs_back_gives_nothing():
    _granted, left = Budget(60).take(NOON, 60)
    granted, later = left.take(NOON - hours(1), 60)
    assert (granted, later.at) == (0, NOON)


def test_any_window_is_within_the_limit():
    """Asked every second for ten minutes: at most eleven minutes' worth."""
    budget, total = Budget(60), 0
    for second in range(600):
        granted, budget = budget.take(NOON + timedelta(seconds=second), 1000)
        total += granted
    assert 60 * 10 <= total + 1 <= 60 * 11


def test_nothing_allowed():
    granted, left = Budget(0).take(NOON, 5)
    assert granted == 0
    assert left.next_full(NOON) > NOON
