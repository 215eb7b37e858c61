"""Orders of a day, settled by hand."""

import numpy as np
import pytest
from smart_reorder_engine.buyer import Budget, Buyer, Demand, Supply
from smart_reorder_engine.consolidate import Terms

MINIMUM = Terms(minimum={"value": 100.0}, least_share=0.5)


def buyer(limits=(), budgets=(), missed=(1.0, 1.0), is_bought=(True, True), mean=50.0):
    """Two products at 10.0 a piece, one of each sold a day; of one order when it has limits."""
    two = np.ones(2)
    supply = Supply(
        order=np.zeros(2, dtype=int) if limits else np.full(2, -1),
        limits=limits,
        is_bought=np.array(is_bought),
        price=10 * two,
        weight=two,
        volume=two,
        missed=np.array(missed),
        step=two,
        least=0 * two,
        holding_rate=0.2,
    )
    means = np.full((1, 2), mean)
    return Buyer(supply, Demand(means, means, np.ones((1, 2)), 0.5 * two), budgets)


def settle(one, wanted, position=(0.0, 0.0), reorder=(0.0, 0.0), day=0):
    columns = (np.array(values, float)[:, None] for values in (wanted, position, reorder))
    return one.settle(day, *columns)[:, 0].tolist()


def test_an_order_that_is_too_small_waits():
    assert settle(buyer([MINIMUM]), (4, 0)) == [0, 0], "40 of 100 is less than half"
    assert settle(buyer([MINIMUM]), (7, 5)) == [7, 5], "120 is enough"
    assert settle(buyer(), (4, 0)) == [4, 0], "there is no minimum"


def test_an_order_is_filled_with_what_is_needed_soonest():
    """60 of 100. The first has a piece more than its minimum of 5, so that the next one is needed
    in a day, then in 2, 3 and 4; the second has 3 more than its 5. Four pieces are missing: those
    of day 1, 2 and 3, and the second's of day 3."""
    found = settle(buyer([MINIMUM]), (6, 0), position=(0, 8), reorder=(5, 5))
    assert found == [9, 1]


def test_money_goes_where_it_avoids_most_missed_sales():
    """Far below the demand expected, each piece avoids a missed sale, worth 2 and 3: of 5 pieces
    the second gets the four that it wants."""
    one = buyer(budgets=[Budget(0, 6, 50.0)], missed=(2.0, 3.0))
    assert settle(one, (4, 4)) == [1, 4]
    assert settle(one, (4, 4), day=6) == [0, 0], "it is spent"
    assert settle(one, (4, 4), day=7) == [4, 4], "the period is over"


def test_enough_money_changes_nothing():
    one = buyer(budgets=[Budget(0, 6, 80.0)])
    assert settle(one, (4, 4)) == [4, 4]
    assert one.spent == [80]


def test_the_tightest_of_two_budgets_counts():
    one = buyer(budgets=[Budget(0, 30, 60.0), Budget(0, 6, 20.0)], missed=(2.0, 3.0))
    assert settle(one, (4, 4)) == [0, 2]
    assert one.spent == [20, 20]


def test_transfers_need_no_money():
    one = buyer(budgets=[Budget(0, 6, 10.0)], is_bought=(True, False))
    assert settle(one, (4, 4)) == [1, 4]


def test_money_for_less_than_the_minimum_buys_nothing():
    """50 do not suffice for an order of 100, and nothing else can be bought for them."""
    assert settle(buyer([MINIMUM], [Budget(0, 6, 50.0)]), (6, 6)) == [0, 0]
    assert settle(buyer([MINIMUM], [Budget(0, 6, 100.0)], missed=(2.0, 3.0)), (6, 6)) == [4, 6]


@pytest.mark.parametrize("mean", [0.0, 1.0])
def test_what_nobody_misses_is_not_bought(mean):
    """With 99 in stock no sale is missed: the money is kept."""
    one = buyer(budgets=[Budget(0, 6, 10.0)], mean=mean)
    assert settle(one, (4, 4), position=(99, 99)) == [0, 0]
