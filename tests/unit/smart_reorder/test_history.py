import numpy as np
import pytest
from smart_reorder_engine.history import build_history, counting_unit, net_returns


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
