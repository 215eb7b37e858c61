"""Earliest dates, claims and transfers, worked out by hand."""

from datetime import date, timedelta

import pytest
from visibility_sale_core import promise
from visibility_sale_core.promise import INCOMING, NONE, STOCK, TRANSFER, Resupply, Supply

TODAY = date(2026, 3, 2)


def day(days):
    return TODAY + timedelta(days=days)


def supply(opening, *changes):
    """A supply of what is there and ``(days from today, change)``."""
    balances, balance = [], opening
    for days, change in changes:
        balance += change
        balances.append((day(days), balance))
    return Supply(TODAY, opening, tuple(balances))


def test_atp_is_the_minimum_from_the_day_on():
    # 10, then 10 - 12 = -2, then -2 + 20 = 18
    found = supply(10, (3, -12), (4, 20))
    assert found.steps() == [(day(0), -2), (day(3), -2), (day(4), 18)]
    assert [found.atp(day(days)) for days in (-1, 0, 3, 4, 99)] == [0, -2, -2, 18, 18]


def test_atp_never_falls_with_time():
    found = supply(5, (1, -3), (2, 7), (5, -4), (9, 1))
    values = [atp for _day, atp in found.steps()]
    assert values == sorted(values) == [2, 2, 5, 5, 6]


@pytest.mark.parametrize(
    ("quantity", "days"), [(0, 0), (2, 0), (2.5, 2), (5, 2), (6, 9), (6.1, None)]
)
def test_earliest(quantity, days):
    found = supply(5, (1, -3), (2, 7), (5, -4), (9, 1)).earliest(quantity)
    assert found == (None if days is None else day(days))


def test_no_date_but_today_without_changes():
    assert supply(3).earliest(3) == TODAY
    assert supply(3).earliest(3.01) is None


def test_float_noise_delays_nothing():
    assert supply(0.1 + 0.2 - 1e-12).earliest(0.3) == TODAY


def test_a_claim_lowers_every_later_day():
    left = supply(10, (5, 10)).claim(day(2), 6)
    assert left.steps() == [(day(0), 4), (day(2), 4), (day(5), 14)]


def test_a_claim_for_later_leaves_room_before_a_receipt_only():
    """10 now and 10 on day 5; 10 leave on day 5: 10 can still be had on any day, not 11."""
    left = supply(10, (5, 10)).claim(day(5), 10)
    assert left.earliest(10) == day(0)
    assert left.earliest(11) is None


def test_a_claim_given_back_restores_the_supply():
    first = supply(10, (3, -12), (4, 20))
    assert first.claim(day(2), 5).claim(day(2), -5).steps()[0] == first.steps()[0]
    assert first.claim(day(3), -12).earliest(10) == TODAY


def test_a_claim_on_a_past_day_counts_today():
    assert supply(10).claim(day(-3), 4).atp(TODAY) == 6


def test_stock_incoming_and_nothing():
    assert promise.find(supply(10), 10).source == STOCK
    found = promise.find(supply(4, (5, 10)), 10)
    assert (found.source, found.day, found.now) == (INCOMING, day(5), 4)
    found = promise.find(supply(4, (5, 5)), 10)
    assert (found.source, found.day, found.now) == (NONE, None, 4)


def test_a_receipt_of_today_is_not_stock():
    """It is overdue or has to come yet: the promise depends on it."""
    found = promise.find(supply(4, (0, 10)), 10)
    assert (found.source, found.day, found.now) == (INCOMING, TODAY, 4)


def test_transfer_brings_what_is_missing():
    """4 here, 6 there, 3 days between them."""
    found = promise.find(supply(4), 10, [Resupply(7, 1, supply(6), 3)])
    assert (found.source, found.day, found.transfer, found.leave) == (TRANSFER, day(3), 6, TODAY)


def test_transfer_waits_for_what_arrives_there():
    """There 2 are left of 6 until 5 more arrive on day 4; with 3 days between: day 7."""
    there = supply(6, (2, -4), (4, 5))
    found = promise.find(supply(4), 10, [Resupply(7, 1, there, 3)])
    assert (found.day, found.transfer, found.leave) == (day(7), 6, day(4))


def test_transfer_together_with_an_own_receipt():
    """4 here and 3 more on day 6; there are 3, ten days away would be day 10 for the 3 left."""
    here = supply(4, (6, 3))
    assert promise.find(here, 10, [Resupply(7, 1, supply(3), 2)]).day == day(6)
    assert promise.find(here, 10, [Resupply(7, 1, supply(3), 10)]).day == day(10)


def test_own_receipt_before_the_transfer_needs_none():
    found = promise.find(supply(4, (2, 6)), 10, [Resupply(7, 1, supply(99), 3)])
    assert (found.source, found.day, found.transfer) == (INCOMING, day(2), 0)


def test_own_stock_on_the_same_day_needs_no_transfer():
    found = promise.find(supply(4, (3, 6)), 10, [Resupply(7, 1, supply(99), 3)])
    assert found.source == INCOMING


def test_the_fastest_of_several_transfers():
    ways = [Resupply(1, 1, supply(6), 5), Resupply(2, 2, supply(6), 2), Resupply(3, 3, supply(5))]
    assert promise.find(supply(4), 10, ways).resupply.route == 2


def test_a_transfer_makes_good_what_the_place_owes_already():
    """-3 here: 13 have to come for 10 to leave without breaking an older promise."""
    owing = supply(-3)
    assert promise.find(owing, 10, [Resupply(1, 1, supply(12), 1)]).source == NONE
    assert promise.find(owing, 10, [Resupply(1, 1, supply(13), 1)]).transfer == 13


def test_promised_day():
    stock = promise.find(supply(10), 10)
    incoming = promise.find(supply(0, (5, 10)), 10)
    assert promise.promise_day(stock, TODAY, margin=2) == TODAY
    assert promise.promise_day(stock, day(4), margin=2) == day(4)
    assert promise.promise_day(incoming, TODAY, margin=2) == day(7)
    assert promise.promise_day(incoming, day(9), margin=2) == day(9)
    assert promise.promise_day(promise.find(supply(0), 1), TODAY) is None
