"""What is set aside for channels; expected values by hand."""

import pytest
from visibility_core.allocation import Rule, Scope, choose, entitle, get_amount
from visibility_core.ledger import Ledger

WEB, SHOP = 1, 2


def rule(number, method="fixed", amount=10.0, kind="allocation", channel=WEB, **scope):
    return Rule(id=number, channel=channel, kind=kind, method=method, amount=amount, **scope)


class TestAmount:
    """Two decimals: 100 of the smallest quantity in a unit."""

    @pytest.mark.parametrize(
        ("method", "amount", "expected"),
        [
            ("fixed", 2.5, 250),
            ("fixed", 0.29, 29),  # 0.29 × 100 is 28.999999999999996 as a float
            ("percentage", 30, 300),
            ("percentage", 33.33, 333),
            ("days", 3, 450),
            ("days", 0.7, 105),
        ],
    )
    def test_amount(self, method, amount, expected):
        found = get_amount(rule(1, method, amount), gross=1000, daily_demand=1.5, scale=100)
        assert found == expected


class TestChoice:
    def chosen(self, rules, place="W", is_group=False):
        found = choose(rules, 7, [30, 3], place, is_group)
        return found[WEB, "allocation"].id if found else None

    def test_product_before_category_before_all(self):
        rules = [rule(1, product=7), rule(2, category=30), rule(3, category=3), rule(4)]
        assert self.chosen(rules) == 1
        assert self.chosen(rules[1:]) == 2
        assert self.chosen(rules[2:]) == 3
        assert self.chosen(rules[3:]) == 4

    def test_place_before_every_place(self):
        rules = [rule(1, place="W"), rule(2), rule(3, place="V")]
        assert self.chosen(rules) == 1
        assert self.chosen(rules[1:]) == 2
        assert self.chosen(rules[2:]) is None

    def test_the_product_decides_before_the_place(self):
        assert self.chosen([rule(1, product=7), rule(2, place="W")]) == 1

    def test_the_newest_of_equals(self):
        assert self.chosen([rule(2), rule(1)]) == 2

    def test_another_product_or_category(self):
        assert self.chosen([rule(1, product=8), rule(2, category=31)]) is None

    def test_every_place_is_no_group(self):
        assert self.chosen([rule(1)], "G", is_group=True) is None
        assert self.chosen([rule(1, place="G")], "G", is_group=True) == 1

    def test_each_channel_and_kind_by_itself(self):
        rules = [rule(1), rule(2, kind="buffer"), rule(3, channel=SHOP)]
        found = choose(rules, 7, [], "W", False)
        assert {key: one.id for key, one in found.items()} == {
            (WEB, "allocation"): 1,
            (WEB, "buffer"): 2,
            (SHOP, "allocation"): 3,
        }


class TestEntitle:
    def test_enough_for_all(self):
        assert entitle({WEB: 30, SHOP: 40}, {}, 100) == {WEB: 30, SHOP: 40}

    def test_what_was_taken_is_gone(self):
        assert entitle({WEB: 30, SHOP: 40}, {WEB: 10, SHOP: 50}, 100) == {WEB: 20, SHOP: 0}

    def test_too_little_is_shared_in_proportion(self):
        """70 wanted, 35 there: half of each."""
        assert entitle({WEB: 30, SHOP: 40}, {}, 35) == {WEB: 15, SHOP: 20}

    def test_asking_twice_gives_no_more(self):
        """The share of 15 was taken; what is left of the 35 is the other's."""
        assert entitle({WEB: 30, SHOP: 40}, {WEB: 15}, 35) == {WEB: 0, SHOP: 20}

    def test_nothing_there(self):
        assert entitle({WEB: 30}, {}, -5) == {WEB: 0}


class TestScope:
    """100 in W. WEB has 30 % of it, SHOP a fixed 40; WEB must leave 5."""

    def scope(self):
        return Scope(frozenset("W"), 100, wanted={WEB: 30, SHOP: 40}, buffers={WEB: 5})

    def room(self, ledger, scope, channel):
        return ledger.room({"W"}, set_aside=scope.set_aside(channel))

    def test_what_each_sees(self):
        ledger, scope = Ledger({"W": [100]}), self.scope()
        # the web: 100 - 40 of the shop - 5 to leave
        assert self.room(ledger, scope, WEB) == 55
        # the shop: 100 - 30 of the web
        assert self.room(ledger, scope, SHOP) == 70
        # no channel: 100 - 30 - 40
        assert self.room(ledger, scope, None) == 30

    def test_everything_is_taken_in_turns(self):
        ledger, scope = Ledger({"W": [100]}), self.scope()
        for channel, quantity in ((SHOP, 60), (WEB, 10)):
            ledger.take({"W"}, quantity)
            scope.take(channel, {"W"}, quantity)
        # 30 are left; 20 of them are still the web's
        assert self.room(ledger, scope, None) == 10
        assert self.room(ledger, scope, SHOP) == 10
        assert self.room(ledger, scope, WEB) == 25

    def test_stock_that_was_sold_elsewhere(self):
        """Only 20 of 100 are left, though the shop is to have 40 and has taken nothing."""
        scope = Scope(frozenset("W"), 20, wanted={SHOP: 40})
        assert self.room(Ledger({"W": [20]}), scope, SHOP) == 20
        assert self.room(Ledger({"W": [20]}), scope, WEB) == 0

    def test_a_group_sets_aside_of_all_its_places(self):
        """A and B have 5 each; of their 10 the shop is to have 7: the web may take 3, of either."""
        ledger = Ledger({"A": [5], "B": [5]})
        scope = Scope(frozenset("AB"), 10, wanted={SHOP: 7})
        for places in ("A", "B", "AB"):
            assert ledger.room(set(places), set_aside=scope.set_aside(WEB)) == 3
        ledger.take({"A"}, 3)
        scope.take(WEB, {"A"}, 3)
        assert ledger.room({"B"}, set_aside=scope.set_aside(WEB)) == 0
        assert ledger.room({"A", "B"}, set_aside=scope.set_aside(SHOP)) == 7

    def test_what_lies_elsewhere_does_not_count(self):
        scope = self.scope()
        scope.take(SHOP, {"V"}, 10)
        assert scope.used == {}
