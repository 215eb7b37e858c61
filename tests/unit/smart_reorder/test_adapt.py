"""What a night's scored forecasts change, by hand."""

import math

import numpy as np
import pytest
from smart_reorder_engine.adapt import (
    LEAST_WEIGHT,
    MOST_SHIFT,
    Night,
    State,
    learn_from,
    pinball,
)
from smart_reorder_engine.distributions import negbin_quantile


def test_level_rises_where_too_little_was_covered():
    """200 forecasts at 95 %, 180 covered: 5 points are missing, and 1/20 of them is added."""
    state = learn_from(State(), Night(200, 0.95, 180))
    assert state.shift == pytest.approx(0.05 * (0.95 - 0.90))
    assert learn_from(State(), Night(200, 0.95, 200)).shift == pytest.approx(0.05 * -0.05)


def test_few_forecasts_say_little():
    """Ten are a tenth of the evidence of a hundred."""
    assert learn_from(State(), Night(10, 0.95, 8)).shift == pytest.approx(0.1 * 0.05 * 0.15)


def test_shift_is_bounded():
    state = State()
    for _night in range(200):
        state = learn_from(state, Night(500, 0.95, 0))
    assert state.shift == MOST_SHIFT


def test_weight_follows_the_losses():
    """Losses 1 and 3, mean 2, η = 0.5: 0.5·e^-0.25 against 0.5·e^-0.75."""
    state = learn_from(State(weight=0.5), Night(100, 0.9, 90, loss_model=1, loss_statistical=3))
    assert state.weight == pytest.approx(math.exp(-0.25) / (math.exp(-0.25) + math.exp(-0.75)))
    for _night in range(50):
        state = learn_from(state, Night(100, 0.9, 90, loss_model=9, loss_statistical=3))
    assert state.weight == LEAST_WEIGHT, "never silenced"


def test_without_a_model_nothing_is_weighed():
    assert learn_from(State(weight=0.7), Night(100, 0.9, 90)).weight == 0.7


def test_tracking_signal_finds_drift():
    """Errors that are all to one side: smoothed error = smoothed absolute error."""
    state = learn_from(State(), Night(10, 0.9, 9, error=-30, absolute=30))
    assert state.tracking == pytest.approx(-1)
    assert state.drifts
    state = learn_from(State(), Night(10, 0.9, 9, error=6, absolute=30))
    assert (state.tracking, state.drifts) == (pytest.approx(0.2), False)


@pytest.mark.parametrize(
    "night", [Night(0, 0.9, 0), Night(5, math.nan, 5), Night(5, 0.9, 5, error=math.inf)]
)
def test_nothing_and_nonsense_change_nothing(night):
    state = State(0.01, 0.8, 3.0, 4.0)
    assert learn_from(state, night) == state


def test_pinball():
    assert pinball(10, 14, 0.9) == pytest.approx(3.6)
    assert pinball(10, 4, 0.9) == pytest.approx(0.6)


def test_a_model_that_is_too_sure_is_corrected():
    """Demand varies three times as much as the model thinks: coverage comes back to what is wanted.

    Simulated: Poisson quantiles for negative binomial demand, 500 products a night.
    """
    generator = np.random.default_rng(6)
    state, covered = State(), []
    mean, spread = 10.0, 0.3
    for _night in range(400):
        level = min(max(0.9 + state.shift, 0.01), 0.9995)
        limit = negbin_quantile(np.array([mean]), np.array([0.0]), np.array([level]))[0]
        rate = generator.gamma(1 / spread, mean * spread, 500)
        hits = int((generator.poisson(rate) <= limit).sum())
        covered.append(hits / 500)
        state = learn_from(state, Night(500, 0.9, hits))
    assert covered[0] < 0.8
    # 15 units cover 80.8 %, 18 units 90 %; levels end at 0.9995, which asks for 22.
    assert np.mean(covered[-100:]) == pytest.approx(0.9, abs=0.02)
