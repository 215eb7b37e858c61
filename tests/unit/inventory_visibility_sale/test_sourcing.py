"""Shares of an order line, worked out by hand."""

from datetime import date, timedelta

import pytest
from visibility_sale_core import sourcing
from visibility_sale_core.promise import Supply

TODAY = date(2026, 3, 2)
A, B, C = 1, 2, 3


@pytest.mark.parametrize(
    ("total", "before", "after"),
    [
        (10, [6, 4], [6, 4]),
        (12, [6, 4], [8, 4]),
        (7, [6, 4], [6, 1]),
        (5, [6, 4], [5, 0]),
        (0, [6, 4], [0, 0]),
        (3, [1], [3]),
        (3, [], []),
    ],
)
def test_fit(total, before, after):
    assert sourcing.fit(total, before) == after


@pytest.mark.parametrize(
    ("total", "done", "after"),
    [(7, [0, 4], [3, 4]), (4, [2, 3], [2, 2]), (5, [2, 3], [2, 3]), (12, [6, 4], [8, 4])],
)
def test_fit_leaves_what_is_delivered(total, done, after):
    assert sourcing.fit(total, [6, 4], done) == after


@pytest.mark.parametrize(
    ("total", "wanted", "ordered", "expected"),
    [
        # nothing ordered yet: every share in full
        (10, [(A, 6), (B, 4)], {}, [(A, 6), (B, 4)]),
        # two more, and they belong to A
        (2, [(A, 8), (B, 4)], {A: 6, B: 4}, [(A, 2)]),
        # three less: B goes down first
        (-3, [(A, 6), (B, 1)], {A: 6, B: 4}, [(B, -3)]),
        # B goes altogether, and A gives one
        (-5, [(A, 5)], {A: 6, B: 4}, [(B, -4), (A, -1)]),
        # A has one too many: it stays, only what is new is ordered
        (2, [(A, 5), (B, 7)], {A: 6, B: 4}, [(B, 2)]),
        # a place of earlier deliveries that has no share any more
        (-2, [(A, 6)], {A: 6, C: 2}, [(C, -2)]),
        # more than the shares account for goes to the preferred place
        (5, [(A, 6)], {A: 4}, [(A, 5)]),
        (0, [(A, 6), (B, 4)], {A: 4, B: 6}, []),
    ],
)
def test_deltas(total, wanted, ordered, expected):
    assert sourcing.deltas(total, wanted, ordered) == expected
    assert sum(part for _place, part in expected) == total


def supply(opening, *receipts):
    balances, balance = [], opening
    for days, quantity in receipts:
        balance += quantity
        balances.append((TODAY + timedelta(days=days), balance))
    return Supply(TODAY, opening, tuple(balances))


def test_split_takes_the_preferred_place_first():
    places = [(A, supply(6)), (B, supply(9)), (C, supply(9))]
    assert sourcing.split(10, places, TODAY) == [(A, 6), (B, 4)]


def test_split_waits_until_the_places_together_have_it():
    """6 and 1 now; 3 more on day 2 make ten."""
    places = [(A, supply(6)), (B, supply(1, (2, 3), (8, 50)))]
    assert sourcing.split(10, places, TODAY) == [(A, 6), (B, 4)]


def test_split_on_the_wanted_day_uses_what_is_there_by_then():
    places = [(A, supply(6, (3, 4))), (B, supply(4))]
    assert sourcing.split(10, places, TODAY + timedelta(days=5)) == [(A, 10)]


def test_split_of_more_than_there_ever_is():
    assert sourcing.split(10, [(A, supply(6)), (B, supply(-2))], TODAY) == [(A, 6)]
