"""Stock in the days ahead, by hand."""

import pytest
from smart_reorder_engine.outlook import band, by_day, days_shown, project, weekly_band


def test_demand_and_arrivals():
    arriving = by_day([(2, 10.0)], 4)
    assert project(5, 2, arriving, [0.0] * 5) == [5, 3, 11, 9, 7]


def test_promised_is_part_of_the_demand_unless_it_is_more():
    """2 a day are expected; 3 are promised for day 1, 1 more for day 3: 3, 4, 6, 8 have left."""
    leaving = by_day([(1, 3.0), (3, 1.0)], 4)
    assert project(10, 2, [0.0] * 5, leaving) == [10, 7, 6, 4, 2]


def test_what_was_due_before_is_expected_tomorrow():
    assert by_day([(-5, 1.0), (0, 2.0), (1, 4.0)], 2) == [0, 7, 0]


def test_what_is_beyond_the_picture_is_left_out():
    assert by_day([(3, 1.0)], 2) == [0, 0, 0]


def test_days_shown():
    assert days_shown(2, 1) == 21
    assert days_shown(14.5, 7) == 43
    assert days_shown(300, 1) == 120


def test_band_is_as_wide_as_the_reorder_point_says():
    """8 expected in four days, and with 95 % not more than 14: 3 more in one day, 6 in four."""
    low, high = band([10, 8, 6, 4, 2], mean=8, quantile=14, interval=4)
    assert [low[0], low[1], low[4]] == pytest.approx([10, 5, -4])
    # sold can be less than expected, not less than nothing
    assert [high[0], high[1], high[4]] == pytest.approx([10, 10, 8])


def test_no_band_without_demand():
    assert band([3, 3], mean=0, quantile=0, interval=7) == ([3, 3], [3, 3])


def test_band_of_a_week():
    """28 in a week, not more than 35 as sure as wanted: ± 7. Over 28 days four times the demand and
    twice the spread: 112 and 126. Nothing is below 0."""
    assert weekly_band(28, 35, 7) == (21, 35)
    assert weekly_band(112, 126, 28) == pytest.approx((21, 35))
    assert weekly_band(1, 9, 7) == (0, 9)
    assert weekly_band(0, 0, 7) == (0, 0)
