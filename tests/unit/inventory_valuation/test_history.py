"""The past of a product, told again; values in cents, by hand."""

import math
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


def odoo_average(events):
    """What Odoo says that is left: `_run_avco` and `_compute_value` of its `product.product`.

    Amounts in the currency; returns cents and quantity."""
    quantity = cost = total = 0.0
    for kind, moved, value in events:
        if kind == "in":
            before = quantity
            quantity += moved
            if before > 0:
                total += value
                cost = total / quantity
            else:
                cost = value / moved
                total = cost * quantity
        else:
            total -= moved * cost
            quantity -= moved
    return (round_as_odoo(total * quantity / quantity) if quantity else 0), quantity


def odoo_fifo(events):
    """The same of `_run_fifo`: the youngest receipts that make up the quantity."""
    quantity = sum(moved if kind == "in" else -moved for kind, moved, _value in events)
    stack, missing, rest = [], quantity, 0.0
    for kind, moved, value in reversed(events):
        if kind == "in" and missing > 0:
            stack.insert(0, (moved, value))
            rest = min(moved, missing)
            missing -= moved
    total = 0.0
    for number, (moved, value) in enumerate(stack):
        total += value if number else value * rest / moved
    return (round_as_odoo(total * quantity / quantity) if quantity else 0), quantity


def round_as_odoo(amount):
    """`float_round` to 0.01, halves up, in cents."""
    cents = amount * 100
    return round(cents + math.copysign(2 ** (math.log2(abs(cents)) - 50), cents)) if cents else 0


@pytest.mark.parametrize(("method", "odoo"), [("average", odoo_average), ("fifo", odoo_fifo)])
def test_to_the_cent_as_odoo(method, odoo):
    """Averages of few pieces often end on half a cent, and floats fall to either side of it: after
    each of some 20,000 movements the total is Odoo's, halves included."""
    halves = 0
    for seed in range(3000):
        chance = random.Random(seed)
        history, events = History(method, cents=100.0), []
        for number in range(chance.randrange(2, 12)):
            quantity = odoo(events)[1]
            if quantity and chance.random() < 0.6:
                moved = float(chance.randrange(1, int(quantity) + 1))
                events.append(("out", moved, 0.0))
                event = delivery(number, STORE, moved, 0)
            else:
                moved = float(chance.choice([2, 4, 6, 8, 12, 16, 20, 24, 40]))
                cents = int(moved) * chance.randrange(100, 3000)
                events.append(("in", moved, cents / 100))
                event = receipt(number, STORE, moved, cents)
            list(history.replay([event]))
            assert history.book.value == odoo(events)[0], (seed, events)
            halves += abs(history.worth * 100 % 1 - 0.5) < 1e-6
    assert method == "fifo" or halves > 100


def test_a_half_that_falls_down():
    """(24 × 4.01 + 24 × 10.80) / 48 = 7.405; 3 × 7.405 = 22.215, and 22.21 in Odoo's floats."""
    history = History("average", cents=100.0)
    events = [receipt(0, STORE, 24.0, 9624), receipt(1, STORE, 24.0, 25920)]
    list(history.replay(events))
    assert not history.tied
    list(history.replay([delivery(2, STORE, 45.0, 33323)]))
    assert history.book.value == 2221
    assert history.tied


def test_what_was_shared_out_counts_unrounded():
    """6.666… of a receipt are this lot's, and half of that is 3.33, not the 3.34 of 6.67."""
    history = History("average", cents=100.0)
    came = Event(day(0), Movement(None, STORE, 2.0, "receipt", 667, 7), move=7, worth=20 / 3)
    written = list(history.replay([came, delivery(1, STORE, 1.0, 333)]))
    assert value_at(written, 1) == 333


def test_product_moves_of_one_move_are_one():
    """10 pieces for 10.00, laid down in two places,
    entered on the first: both are worth the average."""
    lines = [
        Event(day(0), Movement(None, place, 5.0, "receipt", value, 7), move=7)
        for place, value in ((STORE, 1000), (SHOP, 0))
    ]
    written = list(History("average", cents=100.0).replay(lines))
    assert [(entry.kind, entry.place, entry.value) for _date, entry in written] == [
        ("receipt", STORE, 1000),
        ("receipt", SHOP, 0),
        ("revaluation", SHOP, 500),
        ("revaluation", STORE, -500),
    ]
