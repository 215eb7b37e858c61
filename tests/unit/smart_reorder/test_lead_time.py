import math

import numpy as np
import pytest
from smart_reorder_engine.distributions import negbin_cdf, negbin_mixture_quantile, negbin_quantile
from smart_reorder_engine.forecast import forecast_demand
from smart_reorder_engine.history import DemandHistory
from smart_reorder_engine.lead_time import (
    Delivery,
    certain,
    compress,
    intervals,
    learn,
    redistribute,
)
from smart_reorder_engine.policy import promised_later


def as_dict(lead):
    return {float(d): round(float(w), 9) for d, w in zip(lead.days, lead.weight, strict=True)}


def test_stated_lead_time_holds_without_evidence():
    assert as_dict(learn(10)) == {10: 1}
    assert (learn(10).mean, learn(10).spread) == (10, 0)


def test_levels_are_blended_by_the_weight_of_evidence():
    """κ = 4. Vendor: 4 stated, 12 two days late: 10 with 1/4, 12 with 3/4. Own: that worth 4, and 4
    of 20 days: 1/8, 3/8, 1/2."""
    lead = learn(10, [Delivery(2, 12)], [Delivery(20, 4)])
    assert as_dict(lead) == {10: 0.125, 12: 0.375, 20: 0.5}
    assert lead.mean == pytest.approx(15.75)
    assert (lead.own, lead.own_days, lead.vendor) == (4, 20, 12)


def test_much_evidence_leaves_nothing_of_the_statement():
    lead = learn(3, [], [Delivery(20, 1e6)])
    assert lead.mean == pytest.approx(20, abs=1e-3)


def test_vendor_that_is_early_is_never_before_the_order():
    assert as_dict(learn(2, [Delivery(-5, 4)])) == {0: 0.5, 2: 0.5}


def test_open_delivery_hands_its_weight_to_the_longer_times():
    """Kaplan-Meier by hand: 2, 3+, 4, 5: S(2) = 3/4; at 4 two are at risk: S(4) = 3/8."""
    days, weight = redistribute(
        np.array([2.0, 3, 4, 5]), np.ones(4), np.array([False, True, False, False])
    )
    assert days.tolist() == [2, 4, 5]
    assert weight == pytest.approx([1 / 4, 3 / 8, 3 / 8])


def test_open_delivery_longer_than_all_stays():
    days, weight = redistribute(np.array([2.0, 9]), np.ones(2), np.array([False, True]))
    assert (days.tolist(), weight.tolist()) == ([2, 9], [0.5, 0.5])


def test_open_delivery_that_is_not_late_changes_nothing():
    assert as_dict(learn(10, [], [Delivery(3, 1, open=True)])) == {10: 1}
    assert learn(10, [], [Delivery(3, 1, open=True)]).own == 0


def test_of_equal_days_the_open_one_took_longer():
    days, weight = redistribute(np.array([5.0, 5, 8]), np.ones(3), np.array([True, False, False]))
    assert (days.tolist(), weight.round(9).tolist()) == ([5, 8], [round(1 / 3, 9), round(2 / 3, 9)])


def test_compress_keeps_the_mean_and_the_tail():
    days = np.concatenate([np.arange(40.0), [200.0]])
    weight = np.full(41, 1 / 41)
    fewer, kept = compress(days, weight, 8)
    assert fewer.size == 8
    assert kept.sum() == pytest.approx(1)
    assert fewer @ kept == pytest.approx(days @ weight)
    assert fewer[-1] == 200


def test_shift_is_certain():
    lead = learn(6, [], [Delivery(14, 4)]).shifted(2)
    assert as_dict(lead) == {8: 0.5, 16: 0.5}
    assert lead.stated == 8


@pytest.mark.parametrize("bad", [-1, math.nan, math.inf])
def test_nonsense_is_refused(bad):
    with pytest.raises(ValueError, match="stated"):
        learn(bad)
    with pytest.raises(ValueError, match="worth"):
        learn(1, prior=0)


def test_mixture_of_one_is_the_distribution_itself():
    mean = np.array([[0.0], [0.3], [7.0], [400.0]])
    level = np.full(4, 0.95)
    dispersion = np.full(4, 0.2)
    assert (
        negbin_mixture_quantile(mean, np.ones((4, 1)), dispersion, level).tolist()
        == negbin_quantile(mean[:, 0], dispersion, level).tolist()
    )


def test_mixture_of_two_poissons_by_hand():
    """Half Poisson(1), half Poisson(3). P(X <= 4) = (0.99634 + 0.81526)/2 = 0.9058 and P(X <= 5) =
    (0.99941 + 0.91608)/2 = 0.9577."""
    mean, half = np.array([[1.0, 3.0]]), np.array([[0.5, 0.5]])
    none = np.zeros(1)
    assert negbin_mixture_quantile(mean, half, none, np.array([0.90])) == [4]
    assert negbin_mixture_quantile(mean, half, none, np.array([0.95])) == [5]


def test_mixture_is_the_smallest_that_reaches_the_level():
    rng = np.random.default_rng(1)
    mean = rng.uniform(0, 90, (50, 3))
    weight = rng.dirichlet(np.ones(3), 50)
    dispersion, level = rng.uniform(0, 1, 50), np.full(50, 0.9)
    found = negbin_mixture_quantile(mean, weight, dispersion, level)

    def reached(x):
        return (weight * negbin_cdf(x[:, None], mean, dispersion[:, None])).sum(1)

    assert (reached(found) >= 0.9 - 1e-9).all()
    assert (reached(found - 1) < 0.9 + 1e-9).all()


def test_forecast_over_uncertain_intervals():
    """10 a day for sure, half of the intervals 2 days, half 12: 70 expected, and the reorder point
    has to cover 12 days at 95 %."""
    history = DemandHistory(np.full((20, 400), 10.0), np.zeros(20, dtype=np.int64))
    lead = learn(1, [], [Delivery(1, 1e6), Delivery(11, 1e6)])
    spread = intervals([lead] * 20, np.ones(20))
    assert spread.mean == pytest.approx(np.full(20, 7.0), abs=1e-3)
    uncertain = forecast_demand(history, spread, np.full(20, 0.95))
    fixed = forecast_demand(history, np.full(20, 7), np.full(20, 0.95))
    assert uncertain.mean == pytest.approx(fixed.mean, abs=0.1)
    assert fixed.quantile[0] < 100
    assert uncertain.quantile[0] >= 120
    assert uncertain.expected_short[0] < 0.05 * 70


def test_certain_intervals_change_nothing():
    rng = np.random.default_rng(3)
    history = DemandHistory(rng.poisson(2, (20, 300)).astype(float), np.zeros(20, dtype=np.int64))
    level = np.full(20, 0.95)
    plain = forecast_demand(history, np.full(20, 9), level)
    spread = forecast_demand(history, intervals([certain(8)] * 20, np.ones(20)), level)
    for name in ("mean", "quantile", "expected_short", "coverage"):
        assert getattr(plain, name).tolist() == getattr(spread, name).tolist(), name


def test_promised_later():
    """Interval 7 days, 28 expected: 5 overdue and due today count; of 40 within, 28 are expected;
    9 are due after."""
    days, quantities = [-3, 0, 1, 7, 8], [3, 2, 30, 10, 9]
    assert promised_later(days, quantities, 7, 28) == 28 + 9
    assert promised_later(days, quantities, 7, 100) == 40 + 9
    assert promised_later(days, quantities, 7, 0) == 9
    assert promised_later([], [], 7, 28) == 0
