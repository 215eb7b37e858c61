"""What a position risks; oracles: Snyder and Shen, Poisson(18; 15) and negbin(14; 4, 0.2)."""

import math

import numpy as np
import pytest
from smart_reorder_engine import risk


def test_poisson_loss():
    """A quantile that Poisson's spread would have: expected shortage at 18 for a mean of 15."""
    assert risk.expected_short([18], [15], [15], [0.95]) == pytest.approx([0.517610], abs=1e-6)


def test_negative_binomial_loss():
    """Mean 16 and variance 80, given as the quantile 16 + 1.96·√80 at 97.5 %."""
    quantile = 16 + 1.959963985 * math.sqrt(80)
    assert risk.dispersion([16], [quantile], [0.975]) == pytest.approx([0.25])
    assert risk.expected_short([14], [16], [quantile], [0.975]) == pytest.approx(
        [4.447305], abs=1e-6
    )


def test_what_is_missing_already_counts():
    assert risk.expected_short([-5], [15], [15], [0.95]) == pytest.approx([20])


def test_nothing_at_risk_without_demand():
    assert risk.expected_short([0.0], [0.0], [0.0], [0.95]) == pytest.approx([0])
    assert risk.chance_of_running_out([0.0], [0.0], [0.0], [0.95]) == pytest.approx([0])


def test_counted_in_the_unit():
    """18 thousand of a mean of 15 thousand, counted by the thousand, are 18 of 15."""
    thousands = risk.expected_short([18e3], [15e3], [15e3], [0.95], unit=1e3)
    assert thousands == pytest.approx([517.610], abs=1e-3)


def test_chance_is_the_tail_of_poisson():
    """P(D > 2) for a mean of 1: 1 - e⁻¹(1 + 1 + ½)."""
    found = risk.chance_of_running_out([2], [1], [1], [0.95])
    assert found == pytest.approx([1 - 2.5 * math.exp(-1)], abs=1e-9)


def test_more_stock_risks_less():
    position = np.arange(0.0, 60.0)
    rows = np.ones_like(position)
    short = risk.expected_short(position, 20 * rows, 35 * rows, 0.95 * rows)
    assert (np.diff(short) < 0).all()
    chance = risk.chance_of_running_out(position, 20 * rows, 35 * rows, 0.95 * rows)
    assert (np.diff(chance) <= 0).all()


def test_day_to_order_by():
    """20 last ten days at 2 a day; six days pass until the goods are there: four are left."""
    assert risk.days_to_order([20], [2], [6]) == pytest.approx([4])


def test_day_to_order_by_is_over_and_without_demand_there_is_none():
    days = risk.days_to_order([0, -3, 5], [2, 1, 0], [6, 6, 6])
    assert days[:2] == pytest.approx([-6, -6])
    assert np.isnan(days[2])
