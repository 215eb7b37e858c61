"""The past of a product, told again; values in cents, by hand."""

import random
from datetime import datetime, timedelta

import pytest
from valuation_core.book import Movement
from valuation_core.history import Event, History

STORE, SHOP = "store", "shop"
START = datetime(2026, 1, 1)


def day(number):
    return START + timedelta(days=number)


def receipt(number, place, quantity, value):
    return Event(day(number), Movement(None, place, quantity, "receipt", value, number))


def delivery(number, place, quantity, value):
    return Event(day(number), Movement(place, None, quantity, "delivery", value))


def transfer(number, source, target, quantity):
    return Event(day(number), Movement(source, target, quantity, "transfer"))


def price(number, cost):
    return Event(day(number), unit_cost=cost)


def value_at(written, number):
    return sum(entry.value for date, entry in written if date <= day(number))


class TestStandard:
    def test_price_of_the_day(self):
        history = History("standard", 800)
        written = list(
            history.replay(
                [receipt(0, STORE, 10, 8000), price(1, 850), delivery(2, STORE, 4, 3400)]
            )
        )
        assert [value_at(written, number) for number in range(3)] == [8000, 8500, 5100]
        assert [(e.kind, e.value) for _date, e in written] == [
            ("receipt", 8000),
            ("revaluation", 500),
            ("delivery", -3400),
        ]

    def test_bought_dearer(self):
        """A receipt whose value says 9.00 is worth the price of 8.00 each, from the same moment."""
        written = list(History("standard", 800).replay([receipt(0, STORE, 10, 9000)]))
        assert value_at(written, 0) == 8000


class TestAverage:
    def test_moving_average(self):
        """10 × 10.00, 10 × 20.00, 5 leave at 15.00; 15 × 15.00 = 225.00; 15 × 30.00 come:
        (225.00 + 450.00) / 30 = 22.50."""
        history = History("average")
        written = list(
            history.replay(
                [
                    receipt(0, STORE, 10, 10000),
                    receipt(1, SHOP, 10, 20000),
                    delivery(2, STORE, 5, 7500),
                    receipt(3, STORE, 15, 45000),
                ]
            )
        )
        assert [value_at(written, number) for number in range(4)] == [10000, 30000, 22500, 67500]
        assert history.unit_cost == pytest.approx(2250)
        assert history.book.get_values() == {STORE: 45000, SHOP: 22500}

    def test_into_a_debt(self):
        """4 leave at 5.00; 10 come at 7.00 and set the average anew: 6 × 7.00."""
        written = list(
            History("average", 500).replay(
                [delivery(0, STORE, 4, 2000), receipt(1, STORE, 10, 7000)]
            )
        )
        assert [value_at(written, number) for number in range(2)] == [-2000, 4200]

    def test_price_set_by_hand(self):
        written = list(
            History("average").replay(
                [receipt(0, STORE, 10, 10000), price(1, 1200), receipt(2, STORE, 10, 10000)]
            )
        )
        assert [value_at(written, number) for number in range(3)] == [10000, 12000, 22000]


class TestFifo:
    def test_layers(self):
        """10 × 1.00, 10 × 5.00; the shop's 10 leave as the oldest; 4 × 5.00 go to the shop."""
        history = History("fifo")
        written = list(
            history.replay(
                [
                    receipt(0, STORE, 10, 1000),
                    receipt(1, SHOP, 10, 5000),
                    delivery(2, SHOP, 10, 1000),
                    transfer(3, STORE, SHOP, 4),
                    price(4, 999),
                ]
            )
        )
        assert [value_at(written, number) for number in range(5)] == [1000, 6000, 5000, 5000, 5000]
        assert history.book.get_values() == {STORE: 3000, SHOP: 2000}

    def test_old_layers_are_forgotten(self):
        history = History("fifo")
        events = []
        for number in range(400):
            events += [receipt(number, STORE, 2, 200), delivery(number, STORE, 2, 200)]
        written = list(history.replay(events))
        assert len(history.layers) < 100
        assert value_at(written, 400) == 0


@pytest.mark.parametrize("method", ["standard", "average", "fifo"])
def test_generated(method):
    """The total is the method's, reckoned here in another way, after each movement."""
    for seed in range(30):
        chance = random.Random(seed)
        history = History(method, 500)
        layers, quantity, cost = [], 0, 500.0
        for number in range(60):
            if chance.random() < 0.5:
                more, value = chance.randrange(1, 9), chance.randrange(100, 9000)
                cost = (
                    (quantity * cost + value) / (quantity + more) if method == "average" else cost
                )
                quantity += more
                layers += [value / more] * more
                event = receipt(number, chance.choice([STORE, SHOP]), more, value)
            else:
                place = chance.choice([STORE, SHOP])
                there = int(history.book.get_quantities().get(place, 0))
                if not there:
                    continue
                less = chance.randrange(1, there + 1)
                value = sum(layers[:less]) if method == "fifo" else less * cost
                layers, quantity = layers[less:], quantity - less
                event = delivery(number, place, less, round(value))
            list(history.replay([event]))
            total = sum(layers) if method == "fifo" else quantity * cost
            assert history.book.value == pytest.approx(total, abs=0.51)
            assert abs(history.book.quantity - quantity) < 1e-6


def test_average_is_carried_without_rounding():
    """3 for 10.00 and, after one has left, 3 for 10.01: 20.01 less a third of 10.00 is left of 5.

    20.01 − 3.3333… = 16.6766… → 16.68, of which two cost 16.6766… × 2 / 5 = 6.6706…
    """
    history = History("average")
    written = list(
        history.replay(
            [
                receipt(0, STORE, 3, 1000),
                delivery(1, STORE, 1, 333),
                receipt(2, STORE, 3, 1001),
                delivery(3, STORE, 2, 667),
            ]
        )
    )
    assert [value_at(written, number) for number in range(4)] == [1000, 667, 1668, 1001]
    assert history.worth == pytest.approx(2001 - 1000 / 3 - (2001 - 1000 / 3) * 2 / 5)
