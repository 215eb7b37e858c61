"""What can be promised at places and groups; expected values by hand."""

import itertools
import random

import pytest
from visibility_core.ledger import Claim, Flow, Ledger


def claim(places, quantity):
    return Claim(frozenset(places), quantity)


def test_a_place_alone():
    ledger = Ledger({"A": [7]})
    assert ledger.room({"A"}) == 7
    ledger.take({"A"}, 5)
    assert ledger.room({"A"}) == 2


def test_more_promised_than_there_will_be():
    assert Ledger({"A": [-3]}).room({"A"}) == 0


def test_a_group_has_what_its_places_have():
    ledger = Ledger({"A": [5], "B": [5]})
    assert ledger.room({"A", "B"}) == 10


def test_a_hold_at_the_group_leaves_the_rest_to_its_places():
    """5 + 5 less 6 leaves 4, wherever; before that no place is short of the 4."""
    ledger = Ledger({"A": [5], "B": [5]}, [claim("AB", 6)])
    assert ledger.room({"A"}) == 4
    assert ledger.room({"B"}) == 4
    assert ledger.room({"A", "B"}) == 4
    ledger.take({"A"}, 4)
    assert ledger.room({"A"}) == 0
    assert ledger.room({"B"}) == 0
    assert ledger.room({"A", "B"}) == 0


def test_a_small_hold_at_the_group_does_not_touch_a_place():
    """B alone can deliver the 5, so all of A may be promised; but then none of B."""
    ledger = Ledger({"A": [5], "B": [5]}, [claim("AB", 5)])
    assert ledger.room({"A"}) == 5
    ledger.take({"A"}, 5)
    assert ledger.room({"B"}) == 0


def test_a_hold_at_a_place_lowers_the_group():
    ledger = Ledger({"A": [5], "B": [5]})
    ledger.take({"A"}, 3)
    assert ledger.room({"A", "B"}) == 7


def test_groups_that_share_a_place():
    """AB holds 8 of 10, BC 7 of 10: B is between them. All of ABC has 15, so nothing is left."""
    ledger = Ledger({"A": [5], "B": [5], "C": [5]}, [claim("AB", 8), claim("BC", 7)])
    for places in ("A", "B", "C", "AB", "BC", "ABC"):
        assert ledger.room(set(places)) == 0, places


def test_a_far_group_matters():
    """A's own group is fine; but its hold may lean on B, which BC's hold needs."""
    ledger = Ledger({"A": [5], "B": [5], "C": [0]}, [claim("AB", 4), claim("BC", 5)])
    # BC must take all of B, so AB must take 4 of A
    assert ledger.room({"A"}) == 1
    assert ledger.room({"B"}) == 0


def test_a_group_answers_for_what_a_place_is_short_of():
    """A has promised 4 too many: the network has 10 - 4, B alone has 10."""
    ledger = Ledger({"A": [-4], "B": [10]})
    assert ledger.room({"A", "B"}) == 6
    assert ledger.room({"B"}) == 10


def test_a_location_lies_in_its_warehouse():
    """3 of the warehouse's 5 are in the location; the group holds 2 of them."""
    ledger = Ledger({"W": [5], "L": [3]}, [claim("L", 2)], {"L": "W"})
    assert ledger.room({"L"}) == 1
    assert ledger.room({"W"}) == 3
    ledger.take({"W"}, 3)
    assert ledger.room({"L"}) == 0


def test_a_location_counts_once_beside_its_warehouse():
    ledger = Ledger({"W": [5], "L": [3]}, [], {"L": "W"})
    assert ledger.total({"W", "L"}) == 5
    assert ledger.room({"W", "L"}) == 5
    assert ledger.room({"L"}) == 3


def test_what_is_set_aside():
    ledger = Ledger({"A": [5], "B": [5]})
    aside = [claim("A", 4), claim("AB", 3)]
    # AB's 3 can come from B
    assert ledger.room({"A"}, set_aside=aside) == 1
    assert ledger.room({"B"}, set_aside=aside) == 3
    assert ledger.room({"A", "B"}, set_aside=aside) == 3
    # more is set aside than there is
    assert ledger.room({"A"}, set_aside=[claim("A", 9)]) == 0


class TestDates:
    """Receipts of 20 in a week: 5 can be promised for today, 25 for next week."""

    def test_later_promise_uses_what_arrives(self):
        ledger = Ledger({"A": [5, 25]})
        assert ledger.room({"A"}, 1) == 25
        ledger.take({"A"}, 20, 1)
        # the balance of next week is 5, as low as today's
        assert ledger.room({"A"}, 0) == 5
        assert ledger.room({"A"}, 1) == 5
        ledger.take({"A"}, 3, 1)
        assert ledger.room({"A"}, 0) == 2

    def test_promise_for_today_is_gone_next_week_too(self):
        ledger = Ledger({"A": [5, 25]})
        ledger.take({"A"}, 5, 0)
        assert ledger.room({"A"}, 0) == 0
        assert ledger.room({"A"}, 1) == 20


def brute_force(capacity, claims, target):
    """Return what can be added at `target`, by trying every set of claims (Gale)."""
    best = sum(max(capacity[place], 0) for place in target)
    for size in range(len(claims) + 1):
        for several in itertools.combinations(claims, size):
            places = set(target).union(*(one.places for one in several))
            room = sum(max(capacity[place], 0) for place in places)
            best = min(best, room - sum(one.quantity for one in several))
    return max(best, 0)


@pytest.mark.parametrize("seed", range(60))
def test_flow_equals_the_condition_on_every_set_of_groups(seed):
    generator = random.Random(seed)
    places = "ABCDE"[: generator.randint(1, 5)]
    capacity = {place: generator.randint(0, 9) for place in places}
    ledger = Ledger({place: [quantity] for place, quantity in capacity.items()})
    for _number in range(8):
        target = set(generator.sample(places, generator.randint(1, len(places))))
        expected = brute_force(capacity, ledger.claims, target)
        assert ledger.room(target) == expected, (capacity, ledger.claims, target)
        quantity = generator.randint(0, expected)
        if not quantity:
            continue
        ledger.take(target, quantity)
        if len(target) == 1:
            capacity[next(iter(target))] -= quantity


def test_earlier_claims_are_not_served_less():
    flow = Flow({"A": 3, "B": 3})
    assert flow.push("AB", 3) == 3
    assert flow.push("A", 3) == 3
    assert flow.push("AB", 1) == 0
