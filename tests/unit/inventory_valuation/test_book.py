"""The book of a product: examples as in accounting textbooks, in cents, reckoned by hand."""

import random

import pytest
from valuation_core.book import Balance, Book, Costing, Movement

SHOP, STORE, ANNEX = "shop", "store", "annex"


def receipt(place, quantity, value, layer=None):
    return Movement(None, place, quantity, "receipt", value, layer)


def delivery(place, quantity, value):
    return Movement(place, None, quantity, "delivery", value)


def transfer(source, target, quantity):
    return Movement(source, target, quantity, "transfer")


def effects(book):
    return [(e.place, e.quantity, e.value, e.kind) for e in book.entries]


class TestStandard:
    """10 pieces at 8.00; a receipt bought at 9.00 is worth the standard price."""

    def test_price_difference_and_price_change(self):
        book = Book(Costing(800))
        book.post(receipt(STORE, 10, 8000))
        book.settle(8000)
        book.post(transfer(STORE, SHOP, 4))
        book.settle(8000)
        assert book.get_values() == {STORE: 4800, SHOP: 3200}
        # the price goes up to 8.50: 6 × 0.50 and 4 × 0.50
        book = Book(Costing(850), [Balance(STORE, 6, 4800), Balance(SHOP, 4, 3200)])
        book.settle(8500)
        assert effects(book) == [
            (SHOP, 0, 200, "revaluation"),
            (STORE, 0, 300, "revaluation"),
        ]


class TestAverage:
    def test_moving_average(self):
        """10 at 10.00, 10 at 20.00: the average is 15.00 for both places."""
        book = Book(Costing(1000))
        book.post(receipt(STORE, 10, 10000))
        book.settle(10000)
        book.costing = Costing(1500)
        book.post(receipt(SHOP, 10, 20000))
        book.settle(30000)
        assert book.get_values() == {STORE: 15000, SHOP: 15000}
        book.post(delivery(STORE, 5, 7500))
        book.post(transfer(SHOP, STORE, 4))
        book.settle(22500)
        assert book.get_values() == {STORE: 13500, SHOP: 9000}
        assert effects(book)[-3:] == [
            (STORE, -5, -7500, "delivery"),
            (SHOP, -4, -6000, "transfer"),
            (STORE, 4, 6000, "transfer"),
        ]

    def test_thirds_lose_no_cent(self):
        """3 pieces for 10.00, carried one by one to another place: 3.33, then 3.34, then 3.33."""
        book = Book(Costing(1000 / 3))
        book.post(receipt(STORE, 3, 1000))
        for _ in range(3):
            book.post(transfer(STORE, SHOP, 1))
            book.settle(1000)
        assert book.get_values() == {STORE: 0, SHOP: 1000}
        assert [e.value for e in book.entries if e.place == SHOP] == [333, 334, 333]
        assert all(e.kind != "revaluation" for e in book.entries)

    def test_negative_stock_healed(self):
        """4 delivered at the last cost of 5.00 before 10 came at 7.00: 6 × 7.00 are left."""
        book = Book(Costing(500))
        book.post(delivery(STORE, 4, 2000))
        book.settle(-2000)
        book.costing = Costing(700)
        book.post(receipt(STORE, 10, 7000))
        book.settle(4200)
        assert effects(book) == [
            (STORE, -4, -2000, "delivery"),
            (STORE, 10, 7000, "receipt"),
            (STORE, 0, -800, "revaluation"),
        ]

    def test_a_place_in_debt_and_one_in_credit(self):
        """+5 and −5 are worth nothing together, and as much as they owe each."""
        book = Book(Costing(200))
        book.post(receipt(STORE, 5, 1000))
        book.post(delivery(SHOP, 5, 1000))
        book.settle(0)
        assert book.get_values() == {STORE: 1000, SHOP: -1000}

    def test_emptied_to_the_last_cent(self):
        """3 for 10.00 leave as 3.33 each: the last cent is a revaluation, and nothing stays."""
        book = Book(Costing(1000 / 3))
        book.post(receipt(STORE, 3, 1000))
        for left in (667, 333, 0):
            book.post(delivery(STORE, 1, 333))
            book.settle(left)
        assert book.get_values() == {STORE: 0}
        assert sum(e.value for e in book.entries) == 0

    def test_nothing_has_ever_been(self):
        book = Book(Costing(500))
        book.settle(100)
        assert not book.entries

    def test_free_goods(self):
        book = Book(Costing(0))
        book.post(receipt(STORE, 3, 0))
        book.settle(0)
        assert book.value == 0
        assert book.quantity == 3


class TestFifo:
    """Layers 1: 10 at 1.00 in the store; 2: 10 at 5.00 in the shop."""

    COSTING = Costing(500, fifo=True, layers={1: 100.0, 2: 500.0})

    def make(self):
        book = Book(self.COSTING)
        book.post(receipt(STORE, 10, 1000, 1))
        book.post(receipt(SHOP, 10, 5000, 2))
        book.settle(6000)
        book.entries.clear()
        return book

    def test_oldest_first(self):
        """15 leave the store's and shop's stock at 10 × 1.00 + 5 × 5.00."""
        book = self.make()
        book.post(delivery(STORE, 10, 1000))
        book.post(delivery(SHOP, 5, 2500))
        book.settle(2500)
        assert book.get_values() == {STORE: 0, SHOP: 2500}
        assert all(e.kind == "delivery" for e in book.entries)

    def test_the_oldest_lies_elsewhere(self):
        """The shop delivers all it has, at the oldest layer's 10.00; the store's stock is now the
        younger layer, 50.00."""
        book = self.make()
        book.post(delivery(SHOP, 10, 1000))
        book.settle(5000)
        assert book.get_values() == {STORE: 5000, SHOP: 0}
        assert book.get_quantities() == {STORE: 10, SHOP: 0}
        assert book.get_layers(STORE) == {2: 10}
        by_kind = {}
        for entry in book.entries:
            by_kind.setdefault((entry.place, entry.kind), []).append(entry.value)
        assert {key: sum(values) for key, values in by_kind.items()} == {
            (STORE, "transfer"): 4000,
            (SHOP, "transfer"): -4000,
            (SHOP, "delivery"): -1000,
        }

    def test_a_part_lies_elsewhere(self):
        """The store has 4 of the old layer left; the shop delivers 6: 4 × 1.00 + 2 × 5.00."""
        book = self.make()
        book.post(delivery(STORE, 6, 600))
        book.post(delivery(SHOP, 6, 1400))
        book.settle(4000)
        assert book.get_values() == {STORE: 2000, SHOP: 2000}
        assert book.get_layers(STORE) == {2: 4}
        assert book.get_layers(SHOP) == {2: 4}

    def test_which_place_gives_does_not_depend_on_the_telling(self):
        """Layer 1 lies in the annex and the store; the shop's 4 leave. The annex comes first."""
        balances = [
            Balance(STORE, 7, 700, 1),
            Balance(ANNEX, 3, 300, 1),
            Balance(SHOP, 10, 5000, 2),
        ]
        for order in ([0, 1, 2], [2, 1, 0], [1, 0, 2]):
            book = Book(self.COSTING, [balances[index] for index in order])
            book.post(delivery(SHOP, 4, 400))
            book.settle(5600)
            # 3 of layer 2 are the annex's now, 1 is the store's
            assert book.get_values() == {ANNEX: 1500, STORE: 1100, SHOP: 3000}

    def test_layers_move(self):
        """The shop gets 5 of layer 1; a transfer from there takes the oldest it has first."""
        book = self.make()
        book.post(transfer(STORE, SHOP, 5))
        book.post(transfer(SHOP, ANNEX, 7))
        book.settle(6000)
        assert book.get_layers(ANNEX) == {1: 5, 2: 2}
        assert book.get_values() == {STORE: 500, SHOP: 4000, ANNEX: 1500}
        assert {e.kind for e in book.entries} == {"transfer"}

    def test_bill_after_receipt(self):
        """Layer 2 turns out to cost 6.00; of its 10, 4 lie in the annex and 6 in the shop."""
        book = self.make()
        book.post(transfer(SHOP, ANNEX, 4))
        book.entries.clear()
        book.costing = Costing(500, fifo=True, layers={1: 100.0, 2: 600.0})
        book.settle(7000, "bill_difference", origin="BILL/1")
        assert effects(book) == [
            (ANNEX, 0, 400, "bill_difference"),
            (SHOP, 0, 600, "bill_difference"),
        ]
        assert book.entries[0].origin == "BILL/1"

    def test_delivered_before_it_came(self):
        """2 leave at 5.00 before layer 3 (10 at 6.00) comes: 8 × 6.00 are left, of layer 3."""
        book = Book(Costing(500, fifo=True))
        book.post(delivery(STORE, 2, 1000))
        book.settle(-1000)
        book.costing = Costing(600, fifo=True, layers={3: 600.0})
        book.post(receipt(STORE, 10, 6000, 3))
        book.settle(4800)
        assert book.get_layers(STORE) == {3: 8}
        assert book.value == 4800
        assert sum(e.value for e in book.entries if e.kind == "revaluation") == -200

    def test_a_corrected_receipt_takes_its_own_layer_back(self):
        book = self.make()
        book.post(receipt(STORE, 10, 5000, 2))
        book.post(Movement(STORE, None, 3, "receipt", 1500, 2))
        assert book.get_layers(STORE) == {1: 10, 2: 7}


class TestMatch:
    def test_untracked_stock_becomes_a_lots(self):
        book = Book(Costing(100), [Balance((STORE, None), 5, 500), Balance((STORE, "L"), -2, -200)])
        book.match({(STORE, None): 3})
        assert effects(book) == [
            ((STORE, None), -2, -200, "transfer"),
            ((STORE, "L"), 2, 200, "transfer"),
        ]

    def test_found_and_lost(self):
        book = Book(Costing(100), [Balance(STORE, 5, 500)])
        book.match({STORE: 7})
        book.match({STORE: 4})
        assert effects(book) == [
            (STORE, 2, 200, "adjustment"),
            (STORE, -3, -300, "adjustment"),
        ]


def test_a_movement_has_a_quantity():
    with pytest.raises(ValueError, match="above zero"):
        Book(Costing()).post(Movement(None, STORE, 0, "receipt"))


@pytest.mark.parametrize("fifo", [False, True])
def test_generated_histories_balance(fifo):
    """Whatever happens and whatever Odoo says: places sum to the total, empty ones are worth
    nothing, transfers create no value, and the entries explain every balance."""
    for seed in range(150):
        chance = random.Random(seed)
        places = ["a", "b", "c", "d"]
        costs = {}
        book = Book(Costing(100, fifo))
        for step in range(30):
            place, other = chance.sample(places, 2)
            quantity = chance.choice([1, 2, 5, 0.3, 1 / 3])
            event = chance.random()
            before = book.value
            if event < 0.4:
                costs[step] = chance.uniform(50, 900)
                book.costing = Costing(costs[step], fifo, dict(costs))
                book.post(receipt(place, quantity, round(quantity * costs[step]), step))
            elif event < 0.7:
                book.post(delivery(place, quantity, round(quantity * chance.uniform(50, 900))))
            else:
                book.post(transfer(place, other, quantity))
                assert book.value == before
            total = round(book.quantity * chance.uniform(50, 900))
            book.settle(total)
            assert book.value == total == sum(e.value for e in book.entries)
            for at in places:
                entries = [e for e in book.entries if e.place == at]
                assert abs(sum(e.quantity for e in entries) - book.get_quantities().get(at, 0)) < (
                    1e-6
                )
                assert sum(e.value for e in entries) == book.get_values().get(at, 0)
                if abs(book.get_quantities().get(at, 0)) < 1e-6 and total == 0:
                    assert book.get_values().get(at, 0) == 0
            if fifo:
                self_layers = [book.get_layers(at) for at in places]
                for layers in self_layers:
                    assert all(qty > 0 for layer, qty in layers.items() if layer is not None)


class TestExplained:
    """Whether what was told explains what is there."""

    def test_a_change_of_place_is_explained(self):
        book = Book(Costing(500), [Balance(STORE, 10, 5000)])
        book.match({STORE: 6, SHOP: 4})
        assert not book.adjusted

    @pytest.mark.parametrize("counted", [{STORE: 9}, {STORE: 11}, {STORE: 10, SHOP: 1}])
    def test_what_was_found_or_lost_is_not(self, counted):
        book = Book(Costing(500), [Balance(STORE, 10, 5000)])
        book.match(counted)
        assert book.adjusted

    def test_postings_are_counted(self):
        book = Book(Costing(500), [Balance(STORE, 10, 5000)])
        book.post(delivery(STORE, 1, 500))
        book.post(transfer(STORE, SHOP, 2))
        assert book.postings == 2
