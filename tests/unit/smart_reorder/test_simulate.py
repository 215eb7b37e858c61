"""Policies played by hand, day by day."""

import numpy as np
import pytest
from smart_reorder_engine.simulate import at_fill, play


def settings(*values, periods=1):
    """(periods, 1 product, settings)"""
    return np.repeat(np.array(values, float)[None, None, :], periods, axis=0)


def test_order_up_to_by_hand():
    """S = 5, lead time 2, reviewed daily, 2 sold a day, then 4.

    ======= === ========= ======== ====== ====== ====
    day     in  position  ordered  asked  served left
    ======= === ========= ======== ====== ====== ====
    0       0   5         0        2      2      3
    1       0   3         2        2      2      1
    2       0   1+2=3     2        2      1      0
    3       2   2+2=4     1        4      2      0
    ======= === ========= ======== ====== ====== ====
    """
    done = play(np.array([[2.0, 2, 2, 4]]), settings(5), settings(5), 2)
    assert done.sold[0, 0] == 7
    assert done.lost[0, 0] == 3
    assert done.ordered[0, 0] == 5
    assert done.orders[0, 0] == 3
    assert done.stock[0, 0] == (3 + 1 + 0 + 0) / 4
    assert done.unit_fill() == pytest.approx([0.7])


def test_minimum_is_strict_as_in_odoo():
    """Three left and a minimum of three: nothing is ordered, with four it is filled up to ten."""
    done = play(np.array([[0.0]]), settings(3, 4), settings(10, 10), 1, start=np.full((1, 2), 3.0))
    assert done.ordered.tolist() == [[0, 7]]


def test_reviews_are_weekly_and_figures_are_refreshed():
    demand = np.full((1, 14), 1.0)
    least = np.array([[[7.0]], [[9.0]]])
    done = play(demand, least, least, 0, review=7)
    # Seven at first, nothing to order; a week later nine are missing, and two remain.
    assert (done.orders[0, 0], done.ordered[0, 0], done.lost[0, 0]) == (1, 9, 0)
    assert done.stock[0, 0] == (sum(range(7)) + sum(range(2, 9))) / 14


def test_orders_come_in_whole_packagings():
    done = play(np.array([[5.0, 0]]), settings(6), settings(6), 0, multiple=4.0)
    assert done.ordered[0, 0] == 8


def test_order_days_by_hand():
    """S = 5, lead time 2, one sold a day; orders are taken on days 1 and 4.

    ======= === ======== ======= ====
    day     in  position ordered left
    ======= === ======== ======= ====
    0       0   5        closed  4
    1       0   4        1       3
    2       0            closed  2
    3       1            closed  2
    4       0   2        3       1
    5       0            closed  0
    ======= === ======== ======= ====
    """
    wait = np.array([[-1, 0, -1, -1, 0, -1]])
    done = play(np.ones((1, 6)), settings(5), settings(5), 2, wait=wait)
    assert (done.lost[0, 0], done.orders[0, 0], done.ordered[0, 0]) == (0, 2, 4)
    assert done.stock[0, 0] == (4 + 3 + 2 + 2 + 1 + 0) / 6


def test_the_lead_time_begins_when_the_order_counts():
    """Placed on day 0, counted on day 1, a day underway: there on day 2. Two a day are asked for:
    2, 1 and 1 of them are served, and none on day 3."""
    wait = np.array([[1, -1, -1, -1]])
    start = np.full((1, 1), 3.0)
    done = play(np.full((1, 4), 2.0), settings(4), settings(4), 1, wait=wait, start=start)
    assert (done.sold[0, 0], done.lost[0, 0], done.ordered[0, 0]) == (4, 4, 1)


def test_a_minimum_and_then_packagings():
    """Two are missing, six is the least, and four are in a box: eight."""
    done = play(
        np.array([[2.0, 0]]),
        settings(6),
        settings(6),
        0,
        start=np.full((1, 1), 4.0),
        multiple=4.0,
        minimum=6.0,
    )
    assert (done.ordered[0, 0], done.orders[0, 0]) == (8, 1)


def test_what_orders_come_to_together():
    """Each wants two of three; who settles it gives them to the second on the first day only."""
    asked = []

    def settle(day, quantity, position, least):
        asked.append((day, quantity[:, 0].tolist(), position[:, 0].tolist(), least[0, 0]))
        return np.array([[0.0], [2.0]]) * (day == 0)

    level, there = np.full((2, 2, 1), 3.0), np.full((2, 1), 1.0)
    done = play(np.zeros((2, 2)), level, level, 5, refresh=1, start=there, settle=settle)
    assert asked == [(0, [2, 2], [1, 1], 3), (1, [2, 0], [1, 3], 3)]
    assert done.ordered[:, 0].tolist() == [0, 2]


def test_only_the_days_that_count_count():
    done = play(np.array([[3.0, 1]]), settings(0), settings(0), 1, count_from=1)
    assert (done.lost[0, 0], done.sold[0, 0]) == (1, 0)


def test_each_product_has_its_own_lead_time():
    four = np.full((1, 2, 1), 4.0)
    done = play(np.array([[2.0] * 4] * 2), four, four, [1, 3])
    assert done.lost[0, 0] == 0
    # Four last for two days; what was ordered on day 1 comes on day 4.
    assert done.lost[1, 0] == 4


def test_too_few_figures_are_refused():
    with pytest.raises(ValueError, match="too few"):
        play(np.zeros((1, 8)), settings(1), settings(1), 1)


def test_mean_of_the_products_own_fills():
    done = play(
        np.array([[10.0], [1.0], [0.0]]), np.full((1, 3, 1), 1.0), np.full((1, 3, 1), 1.0), 1
    )
    assert done.unit_fill() == pytest.approx([2 / 11])
    assert done.product_fill() == pytest.approx([(0.1 + 1) / 2]), "who sold nothing has no fill"


def test_curve_at_a_fill():
    """Straight over ln(1 - fill): half way between 90 and 99 % lies 1 - √(0.1·0.01)."""
    middle = 1 - np.sqrt(0.1 * 0.01)
    assert at_fill([0.9, 0.99], [100.0, 200.0], middle) == pytest.approx(150)
    assert np.isnan(at_fill([0.9, 0.99], [100.0, 200.0], 0.999)), "nothing is extrapolated"
