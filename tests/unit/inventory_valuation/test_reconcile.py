"""Why stock and account differ: each reason by hand, and that nothing is ever left over."""

import random

import pytest
from valuation_core.reconcile import CATEGORIES, Finding, Item, explain, get_difference

BILL, LATER_BILL = ("account.move", 7), ("account.move", 8)
RECEIPT = ("stock.move", 1)


def stock(value, quantity=0.0, when="within", matter="purchase", **values):
    values = {"reference": 1, "product": 5, "documents": (RECEIPT,), **values}
    return Item("stock", when, matter, quantity=quantity, value=value, **values)


def ledger(value, quantity=0.0, when="within", matter="purchase", **values):
    values = {"reference": 1, "product": 5, "documents": (BILL,), **values}
    return Item("ledger", when, matter, quantity=quantity, value=value, **values)


def found(*items):
    return {finding.category: finding.value for finding in explain(items)}


class TestOrders:
    def test_received_and_billed(self):
        assert found(stock(10000, 10), ledger(10000, 10)) == {}

    def test_received_not_billed(self):
        """10 at 10.00, 4 are billed: 6 wait for their bill."""
        items = [stock(10000, 10, ordered=10000), ledger(4000, 4)]
        assert explain(items) == [
            Finding("received_not_billed", 6000, 5, 6, "", (RECEIPT,), 1),
        ]

    def test_a_dearer_bill_after_some_was_delivered(self):
        """10 at 10.00 received, 8 delivered, 4 billed at 12.00: of these 8.00 more, the 2 that are
        left bear 1.60. What waits is what was ordered, 60.00; 6.40 are of delivered goods."""
        items = [stock(10000, 10, ordered=10000), stock(160), ledger(4800, 4)]
        assert found(*items) == {"received_not_billed": 6000, "price_difference": -640}

    def test_billed_before_it_is_received_at_another_price(self):
        """4 billed at 12.00, then 10 received: 4 × 12.00 + 6 × 10.00."""
        items = [stock(10800, 10, ordered=10000), ledger(4800, 4)]
        assert found(*items) == {"received_not_billed": 6000}

    def test_billed_not_received(self):
        assert found(ledger(3000, 3)) == {"billed_not_received": -3000}

    def test_the_bill_is_dated_later(self):
        """Of 6 that wait, 4 are billed on a later date: cut-off; 2 are not billed at all."""
        items = [
            stock(10000, 10, ordered=10000),
            ledger(4000, 4),
            ledger(4400, 4, "after", documents=(LATER_BILL,)),
        ]
        cut_off, waiting = explain(items)
        assert (cut_off.category, cut_off.value, cut_off.quantity) == ("cut_off", 4000, 4)
        assert cut_off.documents == (LATER_BILL,)
        assert (waiting.category, waiting.value) == ("received_not_billed", 2000)

    def test_the_goods_come_later(self):
        assert found(ledger(3000, 3), stock(3000, 3, "after")) == {"cut_off": -3000}

    def test_received_before_the_closing_billed_after(self):
        """The closing set the account to 100.00 of stock; the bill then adds 100.00 again."""
        items = [
            stock(10000, 10, "before"),
            ledger(10000, 0, "before", "closing", product=None),
            ledger(10000, 10),
        ]
        assert found(*items) == {"cut_off": -10000}

    def test_delivered_not_invoiced(self):
        items = [stock(-5000, -5, matter="sale"), ledger(-3000, -3, matter="sale")]
        (finding,) = explain(items)
        assert (finding.category, finding.value, finding.quantity) == (
            "delivered_not_invoiced",
            -2000,
            -2,
        )

    def test_invoiced_not_delivered(self):
        items = [stock(-3000, -3, matter="sale"), ledger(-5000, -5, matter="sale")]
        assert found(*items) == {"invoiced_not_delivered": 2000}

    def test_returned_without_a_credit_note(self):
        """10 received and billed, 2 sent back: 20.00 are too much on the account."""
        items = [stock(10000, 10), stock(-2000, -2), ledger(10000, 10)]
        assert found(*items) == {"billed_not_received": -2000}

    def test_consigned_goods_are_billed(self):
        """5 own and 3 of the vendor's are received, 8 are billed."""
        items = [stock(5000, 5, consigned=3), ledger(8000, 8)]
        assert found(*items) == {"consignment": -3000}

    def test_another_cost_than_posted(self):
        items = [
            stock(-5000, -5, matter="sale"),
            ledger(-4500, -5, matter="sale"),
        ]
        assert found(*items) == {"price_difference": -500}

    def test_standard_price(self):
        """10 at 12.00 come at a standard price of 10.00; the bill posts 120.00, less 20.00 as price
        difference."""
        items = [
            stock(12000, 10),
            stock(-2000, matter="cost", reference=None),
            ledger(12000, 10),
            ledger(-2000),
        ]
        assert found(*items) == {}

    def test_cents_are_rounding(self):
        assert found(stock(3333, 10), ledger(3334, 10)) == {"rounding": -1}
        assert found(stock(3333, 10), ledger(3336, 10)) == {"price_difference": -3}


class TestOthers:
    def test_manual(self):
        (finding,) = explain([ledger(2500, matter="manual")])
        assert (finding.category, finding.value, finding.documents) == ("manual", -2500, (BILL,))

    def test_reversed(self):
        assert found(ledger(2500, matter="manual"), ledger(-2500, matter="manual")) == {}

    def test_no_entry(self):
        """2 are found in a count, 1 is scrapped."""
        items = [
            stock(2000, 2, matter="own", reference=1, kind="adjustment"),
            stock(-1000, -1, matter="own", reference=2, kind="scrap"),
        ]
        assert [(one.value, one.kind) for one in explain(items)] == [
            (2000, "adjustment"),
            (-1000, "scrap"),
        ]

    def test_a_price_was_set(self):
        assert found(stock(700, matter="revaluation")) == {"revaluation": 700}

    def test_entry_of_a_transfer(self):
        matched = [stock(-900, -3, matter="entry"), ledger(-900, -3, matter="entry")]
        assert found(*matched) == {}
        later = [stock(-900, -3, matter="entry"), ledger(-900, -3, "after", "entry")]
        assert found(*later) == {"cut_off": -900}
        edited = [*matched, stock(-300, -1, matter="entry")]
        assert found(*edited) == {"edit": -300}

    def test_landed_costs(self):
        """Dated before the validation a cut-off; a cent that the account has more is a rounding,
        what goods that are gone would bear a price difference."""
        both = [stock(1200, matter="landed"), ledger(1200, matter="landed")]
        assert found(*both) == {}
        later = [stock(1200, 0, "after", "landed"), ledger(1200, matter="landed")]
        assert found(*later) == {"cut_off": -1200}
        assert found(stock(1199, matter="landed"), both[1]) == {"rounding": -1}
        assert found(stock(800, matter="landed"), both[1]) == {"price_difference": -400}

    def test_periodic(self):
        """Since the closing, 50.00 came and a count of an earlier date was entered."""
        items = [
            stock(10000, 10, "before", periodic=True),
            ledger(10000, 0, "before", "closing", product=None),
            stock(5000, 5, periodic=True, kind="receipt"),
            stock(-1000, -1, "late", "own", periodic=True, kind="adjustment"),
            ledger(1500, 1, periodic=True),
        ]
        assert found(*items) == {"awaiting_closing": 5000, "edit": -1000, "manual": -1500}

    def test_closing(self):
        """Odoo adds up what is not rounded: half a cent of each of 3 products."""
        before = [stock(1000, 1, "before", product=number) for number in range(3)]
        assert found(*before, ledger(3001, 0, "before", "closing")) == {"rounding": -1}
        assert found(*before, ledger(3002, 0, "before", "closing")) == {"unexplained": -2}

    def test_taken_back_after_the_closing(self):
        """An entry of 20.00 was there when the closing posted the other 80.00."""
        items = [
            stock(10000, 10, "before"),
            ledger(8000, 0, "before", "closing", product=None),
            ledger(2000, 2, "withdrawn"),
        ]
        assert get_difference(items) == 2000
        assert found(*items) == {"edit": 2000}


def test_many_are_shortened():
    items = [stock(value, 1, matter="own", reference=value) for value in range(1, 11)]
    findings = explain(items, limit=3)
    # 10 and 9 by themselves, 1 + … + 8 = 36 together
    assert [(one.value, one.count) for one in findings] == [(10, 1), (9, 1), (36, 8)]


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_left_over(seed):
    chance = random.Random(seed)
    matters = (
        "purchase",
        "sale",
        "entry",
        "landed",
        "own",
        "revaluation",
        "cost",
        "manual",
        "closing",
    )
    items = [
        Item(
            side=chance.choice(("stock", "ledger")),
            when=chance.choice(("before", "late", "within", "after", "withdrawn")),
            matter=chance.choice(matters),
            reference=chance.randrange(4),
            product=chance.choice((None, 1, 2, 3)),
            quantity=chance.choice((0, 1, -2, 3.5, 1 / 3)),
            value=chance.randrange(-5000, 5000),
            consigned=chance.choice((0, 0, 2, -1)),
            ordered=chance.choice((0, 1000.5, -300)),
            periodic=chance.random() < 0.2,
        )
        for _ in range(60)
    ]
    # only entries can be taken back
    items = [item for item in items if item.when != "withdrawn" or item.side == "ledger"]
    findings = explain(items, limit=chance.choice((1, 3, 1000)))
    assert sum(finding.value for finding in findings) == get_difference(items)
    assert {finding.category for finding in findings} <= set(CATEGORIES)
