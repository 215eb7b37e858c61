"""From the moves of products in places to a history, on small examples worked out by hand."""

from datetime import date

import numpy as np
import pytest
from smart_reorder_engine.places import (
    CHANGE,
    DEMAND,
    PlaceRecord,
    day_number,
    days_without_stock,
    recorded_demand,
)

START = date(2025, 6, 2)
FIRST = day_number(START)


def place(demand=(), changes=(), first=None):
    """Days are given from the start."""
    return PlaceRecord(
        None if first is None else FIRST + first,
        np.array([(receiver, FIRST + day, qty) for receiver, day, qty in demand], DEMAND),
        np.array([(FIRST + day, net, arrived) for day, net, arrived in changes], CHANGE),
    )


def test_days_are_counted_from_1970():
    assert [day_number(date(1970, 1, 1)), day_number(date(1971, 1, 1))] == [0, 365]


def test_rows_are_places_and_columns_days():
    places = [
        place([(0, 0, 3), (0, 2, 4), (0, 9, 8)], first=-5),
        place([(0, -1, 7), (0, 1, 5)], first=1),
    ]
    history = recorded_demand(places, [(), ()], START, 4)
    assert history.quantity.tolist() == [[3, 0, 4, 0], [0, 5, 0, 0]]
    assert history.first_day.tolist() == [0, 1]


def test_what_supplied_places_took_is_left_out():
    """5 went to place 8 and 2 to place 9; of these only place 8 is looked at itself."""
    transfers = place([(0, 0, 3), (8, 0, 5), (9, 0, 2)], first=0)
    history = recorded_demand([transfers, transfers], [{8}, set()], START, 2)
    assert history.quantity.tolist() == [[5, 0], [10, 0]]


def test_a_place_without_moves_has_no_history():
    history = recorded_demand([place()], [{8}], START, 3)
    assert history.quantity.tolist() == [[0, 0, 0]]
    assert history.first_day.tolist() == [3]


def test_no_places():
    assert recorded_demand([], [], START, 3).quantity.shape == (0, 3)


def test_days_without_stock():
    """6 came on day 0, all were sold on day 1; 9 came on day 3, and are there. One more was
    received by a clock that is ahead."""
    changes = [(0, 6, 6), (1, -6, 0), (3, 9, 9), (8, 1, 1)]
    places = [place([(0, 1, 6)], changes, first=0)]
    recorded = recorded_demand(places, [()], START, 5)
    hidden = days_without_stock(places, recorded, np.array([10.0]), START)
    # sold out on day 1, nothing to sell on day 2
    assert hidden.tolist() == [[False, True, True, False, False]]


def test_changes_before_the_window_say_nothing():
    places = [place([], [(-3, 50, 50)], first=-3)]
    recorded = recorded_demand(places, [()], START, 2)
    assert not days_without_stock(places, recorded, np.array([50.0]), START).any()


def test_what_is_kept_is_what_was_read():
    """Also when many are kept together; quantities are not rounded."""
    records = [place([(8, 4, 0.1), (0, 5, -1 / 3)], [(4, -0.1, 0.7)], first=2), place()]
    for record in records:
        again = PlaceRecord.from_bytes(record.first_day, *record.as_bytes())
        assert again.first_day == record.first_day
        assert again.demand.tolist() == record.demand.tolist()
        assert again.changes.tolist() == record.changes.tolist()


def test_what_was_cut_off_is_refused():
    demand, changes = place([(0, 1, 6)], [(1, -6, 0)], first=0).as_bytes()
    with pytest.raises(ValueError, match="buffer size"):
        PlaceRecord.from_bytes(0, demand[:-1], changes)
