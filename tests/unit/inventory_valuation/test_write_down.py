"""The lower of cost and net realisable value, reversed up to cost: by hand, after IAS 2."""

import pytest
from valuation_core.write_down import (
    AGEING,
    CONTRACT,
    EXPIRY,
    NONE,
    PRICE_LIST,
    SALES,
    Change,
    Goods,
    Price,
    assess,
    get_change,
    get_percent,
    get_required,
    get_unsellable,
)


def found(parts):
    return [(part.kind, part.quantity, part.cost, part.unit_nrv) for part in parts]


class TestAssess:
    def test_selling_price_less_costs(self):
        """100 at 10.00; sold after the date at 9.00, of which selling takes 10 %: 8.10 each."""
        (part,) = assess([Goods(100, 100_000)], price=Price(SALES, 900), cost_rate=0.1)
        assert (part.kind, part.unit_price, part.unit_nrv) == (SALES, 900, pytest.approx(810))
        assert get_required(100_000, 81_000) == 19_000

    def test_contract_stock_at_contract_price(self):
        """IAS 2.31: 30 of 100 are sold firmly at 12.00; the rest brings 8.00."""
        parts = assess(
            [Goods(100, 100_000)],
            contracts=[Price(CONTRACT, 1200, 30)],
            price=Price(PRICE_LIST, 800),
        )
        assert found(parts) == [(CONTRACT, 30, 30_000, 1200), (PRICE_LIST, 70, 70_000, 800)]
        # item by item (29): the gain of 60.00 on the contract does not lessen the loss of 140.00
        required = [get_required(part.cost, round(part.unit_nrv * part.quantity)) for part in parts]
        assert required == [0, 14_000]

    def test_more_sold_than_there_is(self):
        parts = assess(
            [Goods(10, 1000)], contracts=[Price(CONTRACT, 5.0, 8), Price(CONTRACT, 4, 8)]
        )
        assert found(parts) == [(CONTRACT, 8, 800, 5.0), (CONTRACT, 2, 200, 4.0)]

    def test_contracts_take_the_oldest(self):
        parts = assess(
            [Goods(4, 400), Goods(4, 800)],
            contracts=[Price(CONTRACT, 5.0, 6)],
            price=Price(SALES, 1.0),
        )
        assert found(parts) == [(CONTRACT, 6, 800, 5.0), (SALES, 2, 400, 1.0)]

    def test_what_expires_brings_nothing(self):
        parts = assess(
            [Goods(5, 500, lot=1), Goods(5, 500, lot=2)],
            unsellable={1: 5, 2: 2},
            price=Price(SALES, 3.0),
        )
        assert found(parts) == [(EXPIRY, 5, 500, 0), (EXPIRY, 2, 200, 0), (SALES, 3, 300, 3.0)]
        assert [part.lot for part in parts] == [1, 2, None]

    def test_age_where_nothing_else_says(self):
        """50 % from 180 days on, 80 % from 365: 10 × 1.00 × 50 % + 10 × 2.00 × 20 % = 9.00."""
        rules = [(180, 50.0), (365, 80.0)]
        parts = assess([Goods(10, 1000, 200), Goods(10, 2000, 365), Goods(1, 100, 3)], rules=rules)
        assert found(parts) == [(NONE, 1, 100, None), (AGEING, 20, 3000, 900 / 20)]

    def test_a_price_list_says_nothing_about_dead_goods(self):
        goods = [Goods(10, 1000, 400, dead=True), Goods(10, 1000, 400)]
        rules = [(365, 80.0)]
        parts = assess(goods, price=Price(PRICE_LIST, 9.0), rules=rules)
        assert found(parts) == [(PRICE_LIST, 10, 1000, 9.0), (AGEING, 10, 1000, 20.0)]
        # but what was sold does, and without a rule the price list is all there is
        assert found(assess(goods, price=Price(SALES, 9.0), rules=rules)) == [
            (SALES, 20, 2000, 9.0)
        ]
        assert [part.kind for part in assess(goods, price=Price(PRICE_LIST, 9.0))] == [PRICE_LIST]

    def test_no_cent_is_lost(self):
        goods = [Goods(3, 1000, lot=1), Goods(7, 1001)]
        parts = assess(
            goods,
            unsellable={1: 1.7},
            contracts=[Price(CONTRACT, 1.0, 1.1), Price(CONTRACT, 2.0, 2.3)],
            price=Price(SALES, 1.0),
        )
        assert sum(part.cost for part in parts) == 2001
        assert sum(part.quantity for part in parts) == pytest.approx(10)


def test_percent_of_the_highest_age_reached():
    rules = [(180, 50.0), (365, 80.0)]
    assert [get_percent(age, rules) for age in (179, 180, 364, 365)] == [None, 50, 50, 80]


def test_first_expired_first_sold():
    """2 a day: 10 of 12 within 5 days; then 4 of the next within 7 days in all; expired: all."""
    assert get_unsellable([(-1, 3), (5, 12), (7, 9)], 2) == [3, 2, 5]


class TestRequired:
    @pytest.mark.parametrize(
        ("cost", "nrv", "required"),
        [(1000, 800, 200), (1000, 1000, 0), (1000, 1500, 0), (1000, -50, 1000), (-100, 50, 0)],
    )
    def test_between_nothing_and_cost(self, cost, nrv, required):
        assert get_required(cost, nrv) == required


class TestChange:
    """Cost 1000.00, written down by 300.00."""

    @pytest.mark.parametrize(
        ("prior", "required", "kept", "change"),
        [
            (0, 30_000, 1, Change(30_000, 0, 0)),
            (30_000, 30_000, 1, Change(0, 0, 0)),
            (30_000, 45_000, 1, Change(15_000, 0, 0)),
            # IAS 2.33: NRV recovers to 900.00, then beyond cost: back to cost, never above
            (30_000, 10_000, 1, Change(0, 20_000, 0)),
            (30_000, 0, 1, Change(0, 30_000, 0)),
            # 40 % of the goods were sold: their 120.00 went with them; the rest needs 180.00
            (30_000, 18_000, 0.6, Change(0, 0, 12_000)),
            (30_000, 5_000, 0.6, Change(0, 13_000, 12_000)),
            (30_000, 20_000, 0.6, Change(2_000, 0, 12_000)),
            (30_000, 0, 0, Change(0, 0, 30_000)),
        ],
    )
    def test_by_hand(self, prior, required, kept, change):
        assert get_change(prior, required, kept) == change
        assert prior + change.write_down - change.reversal - change.used == required
