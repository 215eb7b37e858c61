import math

import numpy as np
import pytest
from smart_reorder_engine.service import abc_class, cost_level, xyz_classes


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0, "a"), (0.79, "a"), (0.80, "b"), (0.94, "b"), (0.95, "c"), (1.0, "c"), (None, None)],
)
def test_abc_by_the_share_before(share, expected):
    """Whoever crosses the limit still belongs to the class above: the best one is always A."""
    assert abc_class(share) == expected


def weekly(*weeks):
    """Daily demand with these weekly totals, on the first day of each week."""
    days = np.zeros((len(weeks), 7))
    days[:, 0] = weeks
    return days.ravel()


def test_xyz_by_the_coefficient_of_variation():
    """Ten weeks each. 5, 15, …: mean 10, deviation 5: 0.5. 0, 20, …: 1.0. 0, 0, 0, 0, 50: 2.0."""
    quantity = np.stack(
        [
            weekly(*[5, 15] * 5),
            weekly(*[0, 20] * 5),
            weekly(*[0, 0, 0, 0, 50] * 2),
            weekly(*[0] * 10),
        ]
    )
    assert xyz_classes(quantity, np.zeros(4, dtype=int)).tolist() == ["x", "y", "z", "z"]


def test_xyz_looks_at_the_weeks_that_are_known():
    """Twenty weeks, the first ten before the product was there; the last ten are steady."""
    quantity = np.stack([weekly(*[0] * 10, *[7] * 10)] * 2)
    assert xyz_classes(quantity, np.array([70, 0])).tolist() == ["x", "y"]
    assert xyz_classes(quantity, np.array([100, 140])).tolist() == ["z", "z"]


def test_cost_level_by_hand():
    """Margin 1; holding 7.30 at 20 % for 10 days costs 0.04: 1/1.04."""
    assert cost_level(1.0, 7.30, 0.20, 10) == pytest.approx(1 / 1.04)


def test_cost_level_is_the_newsvendors():
    """Snyder & Shen, ex. 4.3: h = 0.18, p = 0.70. A unit of cost 1 is held for a year."""
    assert cost_level(0.70, 1.0, 0.18, 365) == pytest.approx(0.70 / 0.88)


def test_cost_level_has_limits():
    assert cost_level(1e9, 1, 0.2, 7) == 0.999
    assert cost_level(1e-9, 100, 0.2, 30) == 0.5
    for missed, cost, rate, days in (
        (0, 1, 0.2, 7),
        (-3, 1, 0.2, 7),
        (1, 0, 0.2, 7),
        (1, 1, 0, 7),
        (math.nan, 1, 0.2, 7),
    ):
        assert cost_level(missed, cost, rate, days) is None
