import numpy as np
import pytest
from smart_reorder_engine.history import (
    DemandHistory,
    build_history,
    counting_unit,
    estimate_hidden,
    find_unusual,
    hidden_days,
    net_returns,
    sum_histories,
)


def test_movements_become_days():
    history = build_history([0, 0, 1, 1], [0, 0, 2, 9], [3, 4, 5, 6], 2, 4)
    assert history.quantity.tolist() == [[7, 0, 0, 0], [0, 0, 5, 0]]
    assert history.first_day.tolist() == [0, 2]


def test_same_day_cancellation_leaves_nothing():
    history = build_history([0, 0, 0], [1, 1, 2], [80995, -80995, 3], 1, 3)
    assert history.quantity.tolist() == [[0, 0, 3]]


def test_later_return_undoes_the_nearest_earlier_demand():
    assert net_returns(np.array([[5.0, 4.0, 0.0, -6.0, 2.0]])).tolist() == [[3, 0, 0, 0, 2]]


def test_return_of_what_was_sold_before_the_window_is_dropped():
    assert net_returns(np.array([[1.0, -6.0, 2.0]])).tolist() == [[0, 0, 2]]


def test_first_movement_of_any_kind_begins_the_history():
    history = build_history([0], [5], [1], 2, 8, first_day=[2, 99])
    assert history.first_day.tolist() == [2, 8]
    assert build_history([], [], [], 1, 8, first_day=[-40]).first_day.tolist() == [0]


def test_arrays_of_different_length_are_refused():
    with pytest.raises(ValueError, match="same length"):
        build_history([0], [1, 2], [1], 1, 3)


def test_whole_pieces_are_counted_as_such():
    matrix = np.array([[1.0, 2.0], [0.5, 2.0]])
    assert counting_unit(matrix, 0.01).tolist() == [1.0, 0.01]


# Days without stock


def hidden(quantity, on_hand, net, arrived):
    return hidden_days(*(np.array(v, float) for v in ([quantity], [on_hand], [net], [arrived])))[
        0
    ].tolist()


def test_days_without_stock_follow_from_the_stock_of_today():
    """Stock of 5 at first: 3 sold, 2 sold (ran out), none, none, 9 received and 4 sold; now 5."""
    assert hidden([3, 2, 0, 0, 4], 5, [-3, -2, 0, 0, 5, 0], [0, 0, 0, 0, 9, 0]) == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_what_moved_today_is_taken_back_first():
    """None yesterday; 7 came today."""
    assert hidden([0], 7, [0, 7], [0, 7]) == [True]


def test_negative_stock_hides_nothing():
    assert hidden([0, 2], -4, [0, -2, 0], [0, 0, 0]) == [False, False]


def test_received_and_sold_within_a_day_ran_out():
    assert hidden([6], 0, [0, 0], [6, 0]) == [True]


def history_of(quantity, first_day=0):
    return DemandHistory(np.array([quantity], float), np.array([first_day]))


def mask(days, *columns):
    out = np.zeros((1, days), dtype=bool)
    out[0, list(columns)] = True
    return out


def test_hidden_days_take_the_demand_expected_before():
    """4 a day; on the fifth day 1 was sold and the stock ran out, on the sixth there was none."""
    given = history_of([4, 4, 4, 4, 1, 0, 4])
    filled = estimate_hidden(given, mask(7, 4, 5))
    assert filled.quantity[0].tolist() == [4, 4, 4, 4, 4, 4, 4]
    assert filled.estimated[0].tolist() == [False] * 4 + [True, True, False]
    assert filled.recorded is given.quantity


def test_day_on_which_stock_ran_out_keeps_what_was_sold_when_that_is_more():
    filled = estimate_hidden(history_of([4, 4, 9]), mask(3, 2))
    assert filled.quantity[0].tolist() == [4, 4, 9]
    assert not filled.estimated.any()


def test_left_out_day_takes_the_demand_expected_before():
    filled = estimate_hidden(history_of([4, 4, 100, 4]), mask(4), mask(4, 2))
    assert filled.quantity[0].tolist() == [4, 4, 4, 4]
    assert filled.recorded[0, 2] == 100


def test_estimates_know_nothing_of_the_future():
    rng = np.random.default_rng(5)
    quantity = rng.poisson(2, (1, 120)).astype(float)
    blank = mask(120, *range(40, 60))
    other = quantity.copy()
    other[:, 60:] = rng.permutation(other[0, 60:])
    first = estimate_hidden(DemandHistory(quantity, np.zeros(1, int)), blank)
    second = estimate_hidden(DemandHistory(other, np.zeros(1, int)), blank)
    assert first.quantity[0, :60].tolist() == second.quantity[0, :60].tolist()


def test_product_that_is_seldom_in_stock_is_not_estimated():
    """Bought to order: in stock on a day in ten, where it is sold. As many days are estimated as
    were seen, and no more."""
    quantity = [5, 0, 0, 0, 0, 0, 0, 0, 0, 0] * 3
    days = [column for column in range(30) if column % 10]
    filled = estimate_hidden(history_of(quantity), mask(30, *days))
    assert filled.estimated.sum() <= 15


def test_long_absence_is_no_demand():
    quantity = [3] * 200 + [0] * 150
    filled = estimate_hidden(history_of(quantity), mask(350, *range(200, 350)))
    assert filled.estimated[0, 200:].sum() == 91
    assert filled.quantity[0, -1] == 0


def test_rows_of_an_owner_add_up():
    given = DemandHistory(
        np.array([[1.0, 2, 3], [4, 4, 4], [7, 7, 7]]),
        np.array([0, 1, 2]),
        np.array([[True, False, False], [True, True, False], [False] * 3]),
        np.array([[0.0, 2, 3], [1, 1, 4], [7, 7, 7]]),
    )
    total = sum_histories(given, np.array([0, 0, 1]), 2)
    assert total.quantity.tolist() == [[5, 6, 7], [7, 7, 7]]
    assert total.recorded.tolist() == [[1, 3, 7], [7, 7, 7]]
    assert total.estimated.tolist() == [[True, True, False], [False] * 3]
    assert total.first_day.tolist() == [0, 2]


# Unusual demand


def test_unusual_demand():
    """Median of ln is that of 4, all others equal: the scale is the least, 0.5, so unusual is more
    than 4·e^1.75 = 23.02."""
    row = [4.0] * 20
    assert find_unusual(np.array([[*row, 23.0], [*row, 24.0]])) == [(1, 20, pytest.approx(4))]


def test_spread_demand_is_not_unusual():
    """ln of 1, e, e², e³, e⁴: MAD 1, so the limit is e^(2 + 3.5·1.4826)."""
    sizes = np.exp([0, 1, 2, 3, 4] * 3)
    limit = np.exp(2 + 3.5 * 1.4826)
    assert find_unusual(np.array([[*sizes, 0, 0]])) == []
    assert [row[:2] for row in find_unusual(np.array([[*sizes, limit * 1.6, 0]]))] == [(0, 15)]


def test_few_demands_say_nothing():
    assert find_unusual(np.array([[1.0, 1, 1, 1, 1, 1, 500, 0, 0, 0]])) == []
