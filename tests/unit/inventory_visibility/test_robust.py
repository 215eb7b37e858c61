"""Robust statistics: values by hand, and the normal distribution's table."""

from math import inf

import pytest
from visibility_core import robust


def test_scale_is_the_mad_of_a_normal_distribution():
    # median 3; deviations 2, 1, 0, 1, 97 with the median 1: one wild value changes nothing
    assert robust.scale([1, 2, 3, 4, 100]) == pytest.approx(1.4826)


def test_scale_when_more_than_half_are_equal():
    # median and MAD are 0; the mean absolute deviation is 8 / 4
    assert robust.scale([0, 0, 0, 8]) == pytest.approx(1.2533 * 2)


def test_scale_of_a_constant():
    assert robust.scale([5, 5, 5]) == 0


@pytest.mark.parametrize(
    ("value", "history", "expected"),
    [
        (25, [9, 11] * 13, 15 / 1.4826),
        (5, [9, 11] * 13, -5 / 1.4826),
        (10, [9, 11] * 13, 0),
        (5, [5, 5, 5], 0),
        (6, [5, 5, 5], inf),
        (4, [5, 5, 5], -inf),
    ],
)
def test_z_score(value, history, expected):
    assert robust.z_score(value, history) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("one_in", "limit"),
    # table of the normal distribution: two-sided 5 %, 0.27 %, 0.01 %
    [(20, 1.95996), (370.398, 3.0), (10_000, 3.89059)],
)
def test_limit_and_rate(one_in, limit):
    assert robust.z_limit(one_in) == pytest.approx(limit, abs=1e-4)
    assert robust.false_alarm_rate(limit) == pytest.approx(1 / one_in, rel=1e-3)


@pytest.mark.parametrize("one_in", [1, 0, -5])
def test_limit_needs_more_than_one(one_in):
    with pytest.raises(ValueError, match="above 1"):
        robust.z_limit(one_in)
