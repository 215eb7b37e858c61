"""Layers, their worth and their age: by hand."""

import random
from datetime import datetime, timedelta

import pytest
from valuation_core.ageing import (
    Flow,
    Layer,
    Limits,
    get_bucket,
    get_excess,
    get_layers,
    get_state,
    parse_bounds,
    share_value,
)

STORE, SHOP, ANNEX = "store", "shop", "annex"


def day(number):
    return datetime(2026, 1, 1) + timedelta(days=number)


class History:
    """Tells flows as a ledger does: a transfer is what leaves and what comes under one key."""

    def __init__(self):
        self.flows = []

    def move(self, number, source, target, quantity):
        key = len(self.flows)
        if source:
            self.flows.append(Flow(key, source, -quantity, day(number), key))
        if target:
            self.flows.append(Flow(key, target, quantity, day(number), key))
        return self

    def ages(self):
        """Return {place: [(day on which it came, quantity)]}."""
        return {
            place: [
                (layer.moment and (layer.moment - day(0)).days, layer.quantity) for layer in layers
            ]
            for place, layers in get_layers(self.flows).items()
        }


class TestLayers:
    def test_the_oldest_leaves_first(self):
        history = History().move(1, None, STORE, 10).move(5, None, STORE, 4)
        history.move(9, STORE, None, 7)
        assert history.ages() == {STORE: [(1, 3), (5, 4)]}

    def test_a_transfer_carries_its_age(self):
        """The shop's delivery uses up what came from the store on day 1, not what came later."""
        history = History().move(1, None, STORE, 10).move(5, None, STORE, 10)
        history.move(20, STORE, SHOP, 12)
        assert history.ages() == {STORE: [(5, 8)], SHOP: [(1, 10), (5, 2)]}
        history.move(25, SHOP, None, 9).move(30, SHOP, ANNEX, 2)
        assert history.ages() == {STORE: [(5, 8)], SHOP: [(5, 1)], ANNEX: [(1, 1), (5, 1)]}

    def test_older_goods_that_come_later_leave_first(self):
        """The shop has goods of day 5 when those of day 1 come from the store."""
        history = History().move(1, None, STORE, 3).move(5, None, SHOP, 3)
        history.move(6, STORE, SHOP, 3).move(7, SHOP, None, 4)
        assert history.ages() == {SHOP: [(5, 2)]}

    def test_a_delivery_does_not_age_other_places(self):
        """The store's goods are old, whatever the shop has received and sold since: a company-wide
        FIFO would call them young."""
        history = History().move(1, None, STORE, 10).move(50, None, SHOP, 10)
        history.move(60, SHOP, None, 10)
        assert history.ages() == {STORE: [(1, 10)]}

    def test_what_is_owed_is_paid_first(self):
        history = History().move(1, STORE, None, 4)
        assert history.ages() == {STORE: [(None, -4)]}
        history.move(3, None, STORE, 10)
        assert history.ages() == {STORE: [(3, 6)]}

    def test_what_a_transfer_did_not_have_is_as_old_as_the_transfer(self):
        history = History().move(1, None, STORE, 2).move(4, STORE, SHOP, 5)
        assert history.ages() == {STORE: [(None, -3)], SHOP: [(1, 2), (4, 3)]}

    def test_there_and_back(self):
        history = History().move(1, None, STORE, 5).move(2, STORE, SHOP, 5)
        history.move(3, SHOP, STORE, 5)
        assert history.ages() == {STORE: [(1, 5)]}

    @pytest.mark.parametrize("seed", range(20))
    def test_quantities_are_those_of_the_flows(self, seed):
        chance = random.Random(seed)
        history = History()
        for number in range(200):
            source, target = chance.sample([None, STORE, SHOP, ANNEX], 2)
            history.move(number, source, target, chance.choice([0.5, 1, 2, 7]))
        sums = dict.fromkeys([STORE, SHOP, ANNEX], 0.0)
        for flow in history.flows:
            sums[flow.place] += flow.quantity
        found = {
            place: sum(layer.quantity for layer in layers)
            for place, layers in get_layers(history.flows).items()
        }
        assert {place: found.get(place, 0.0) for place in sums} == pytest.approx(sums)
        for layers in get_layers(history.flows).values():
            moments = [layer.moment for layer in layers if layer.moment]
            assert moments == sorted(moments)


class TestValue:
    def layers(self, *quantities):
        return [Layer(quantity, day(number)) for number, quantity in enumerate(quantities)]

    def test_average(self):
        assert share_value(1000, self.layers(1, 1, 1)) == [334, 333, 333]

    def test_fifo_gives_the_oldest_goods_the_oldest_cost(self):
        """6 at 1.00 and 4 at 5.00: 2, 5 and 3 pieces cost 2.00; 4 × 1 + 1 × 5; 3 × 5."""
        costs = [(6, 100.0), (4, 500.0)]
        assert share_value(2600, self.layers(2, 5, 3), costs) == [200, 900, 1500]

    def test_a_revaluation_is_shared_in_proportion(self):
        costs = [(6, 100.0), (4, 500.0)]
        assert share_value(1300, self.layers(2, 5, 3), costs) == [100, 450, 750]

    def test_worth_nothing_by_its_layers(self):
        assert share_value(100, self.layers(3, 1), [(4, 0.0)]) == [75, 25]

    def test_owed(self):
        assert share_value(-400, [Layer(-4)]) == [-400]

    def test_no_cent_is_lost(self):
        chance = random.Random(6)
        for _ in range(300):
            layers = self.layers(*(chance.random() * 9 + 0.01 for _ in range(5)))
            costs = [(chance.random() * 9, chance.random() * 999) for _ in range(4)]
            value = chance.randrange(1_000_000)
            assert sum(share_value(value, layers, costs)) == value


class TestBuckets:
    @pytest.mark.parametrize(
        ("days", "bucket"),
        [
            (0, (0, 30)),
            (30, (0, 30)),
            (31, (31, 60)),
            (60, (31, 60)),
            (61, (61, None)),
            (9999, (61, None)),
            (None, (None, None)),
        ],
    )
    def test_bounds_belong_to_the_younger(self, days, bucket):
        assert get_bucket(days, [30, 60]) == bucket

    def test_parsing(self):
        assert parse_bounds("30, 60;90") == [30, 60, 90]
        for text in ("", "30,20", "0,10", "10,10", "ten", "-5"):
            with pytest.raises(ValueError, match=r"."):
                parse_bounds(text)


class TestState:
    @pytest.mark.parametrize(
        ("age", "idle", "state"),
        [
            (500, 0, "moving"),
            (500, 89, "moving"),
            (500, 90, "slow"),
            (500, 179, "slow"),
            (500, 180, "dead"),
            (500, None, "dead"),
            (10, None, "moving"),  # it came ten days ago: it has its chance
            (100, 500, "slow"),
            (None, 500, "moving"),
        ],
    )
    def test_age_and_departure(self, age, idle, state):
        assert get_state(age, idle, Limits(slow=90, dead=180)) == state

    def test_excess_is_in_the_youngest(self):
        """2 a day for 10 days are 20 of 26: the 6 are the whole youngest layer and 1 before."""
        assert get_excess([8, 13, 5], 2, 10) == [0, 1, 5]

    def test_no_excess_without_demand_or_within_cover(self):
        assert get_excess([8, 13], 0, 10) == [0, 0]
        assert get_excess([8, 12], 2, 10) == [0, 0]
