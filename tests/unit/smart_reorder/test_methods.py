"""Forecasts of small histories, by hand."""

import numpy as np
import pytest
from smart_reorder_engine.history import DemandHistory
from smart_reorder_engine.methods import (
    METHODS,
    Context,
    croston_sba,
    exponential_smoothing,
    moving_average,
    seasonal_year,
    teunter_syntetos_babai,
    weekday_profile,
)


def forecast(method, days, horizon, first_day=0, origins=None):
    quantity = np.array([days], dtype=float)
    history = DemandHistory(quantity, np.array([first_day]))
    origins = np.array([len(days)] if origins is None else origins)
    return method(Context(history, origins, np.array([horizon])))[0]


def test_moving_average():
    assert forecast(moving_average(3), [9, 1, 2, 6], 4)[0] == pytest.approx(12)
    # Days before the first movement are not history: mean of (2, 6), not of (0, 2, 6).
    assert forecast(moving_average(3), [0, 0, 2, 6], 4, first_day=2)[0] == pytest.approx(16)


def test_exponential_smoothing_starts_as_a_mean():
    # Weights 1, 1/2, 1/2 (= alpha), 1/2: 4; (4 + 8) / 2 = 6; (6 + 2) / 2 = 4; (4 + 10) / 2 = 7
    assert forecast(exponential_smoothing(0.5), [4, 8, 2, 10], 3)[0] == pytest.approx(21)


def test_croston_sba():
    """Sizes 6, 4, 8 after intervals of 2, 1, 3 days; both smoothed with 0.1 from their first value.

    size 6 → 5.8 → 6.02; interval 2 → 1.9 → 2.01; times 1 - 0.1/2.
    """
    days = [0, 6, 4, 0, 0, 8, 0]
    expected = 6.02 / 2.01 * 0.95
    assert forecast(croston_sba(0.1), days, 1)[0] == pytest.approx(expected)
    assert forecast(croston_sba(0.1), days, 10)[0] == pytest.approx(10 * expected)


def test_teunter_syntetos_babai():
    """Size as Croston's; probability 0 → 0.1 → 0.19 → 0.171 with weight 0.1 from the first day."""
    method = teunter_syntetos_babai(0.1, 0.1, warm_up=False)
    assert forecast(method, [0, 6, 4, 0], 1)[0] == pytest.approx(5.8 * 0.171)
    # It falls while nothing sells, where Croston's stays.
    assert forecast(method, [0, 6, 4, 0, 0, 0], 1)[0] < forecast(method, [0, 6, 4, 0], 1)[0]


def test_weekday_profile():
    # Eight weeks of 7 on the first day of the week only; the forecast begins on that day.
    weeks = [7, 0, 0, 0, 0, 0, 0] * 8
    assert forecast(weekday_profile(8), weeks, 1)[0] == pytest.approx(7)
    assert forecast(weekday_profile(8), weeks, 7)[0] == pytest.approx(7)
    assert forecast(weekday_profile(8), weeks, 8)[0] == pytest.approx(14)
    assert forecast(weekday_profile(8), [*weeks[1:], 7], 1)[0] == pytest.approx(0)
    assert np.isnan(forecast(weekday_profile(8), weeks[:30], 1)[0]), "eight weeks are needed"


def test_seasonal_year_scales_by_growth():
    days = [1.0] * 364 + [2.0] * 56  # this year sells twice as much
    days[56:70] = [5.0] * 14  # a season a year before the forecast
    assert forecast(seasonal_year(), days, 14)[0] == pytest.approx(14 * 5 * 2)
    assert np.isnan(forecast(seasonal_year(), days[1:], 14)[0])


@pytest.mark.parametrize("name", [name for name in METHODS if name != "mean"])
def test_no_method_looks_ahead(name):
    """What happens from the origin on never changes the forecast issued there."""
    rng = np.random.default_rng(1)
    days = rng.poisson(0.4, 500).astype(float)
    origins = [120, 300, 460]
    known = forecast(METHODS[name], days, 9, origins=origins)
    for position, origin in enumerate(origins):
        future = days.copy()
        future[origin:] = rng.permutation(future[origin:]) * 17 + 3
        again = forecast(METHODS[name], future, 9, origins=origins)
        assert again[position] == pytest.approx(known[position], nan_ok=True)


def test_recursion_gives_the_same_for_many_origins_and_series_at_once():
    rng = np.random.default_rng(2)
    quantity = rng.poisson(0.5, (7, 200)).astype(float)
    first = np.array([0, 3, 10, 50, 120, 199, 200])
    quantity[np.arange(200)[None, :] < first[:, None]] = 0
    origins = np.array([200, 150, 80])
    horizon = np.array([1, 2, 3, 5, 8, 13, 21])
    for name in ("ses05", "sba", "tsb", "ma56", "weekday"):
        together = METHODS[name](Context(DemandHistory(quantity, first), origins, horizon))
        for row in range(7):
            for column, origin in enumerate(origins):
                alone = forecast(
                    METHODS[name],
                    quantity[row, :origin],
                    horizon[row],
                    min(first[row], origin),
                )
                assert together[row, column] == pytest.approx(alone[0], nan_ok=True)
