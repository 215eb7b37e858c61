"""Expected values: published tables, the textbook's examples, and closed forms."""

import math

import numpy as np
import pytest
from smart_reorder_engine.distributions import (
    gamma_cdf,
    gamma_quantile,
    log_gamma,
    negbin_cdf,
    negbin_loss,
    negbin_quantile,
    normal_quantile,
)


def poisson_cdf(x, mean):
    return sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(int(x) + 1))


@pytest.mark.parametrize("x", [1e-3, 0.3, 0.5, 1.0, 2.5, 17.0, 1234.5])
def test_log_gamma(x):
    assert log_gamma(x) == pytest.approx(math.lgamma(x), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("x", [0.01, 0.5, 1.0, 3.0, 9.0])
def test_gamma_cdf_closed_forms(x):
    assert gamma_cdf(1.0, x) == pytest.approx(1 - math.exp(-x), abs=1e-12)
    assert gamma_cdf(0.5, x) == pytest.approx(math.erf(math.sqrt(x)), abs=1e-12)


@pytest.mark.parametrize(
    ("degrees", "level", "chi_square"),
    [(1, 0.95, 3.841459), (2, 0.99, 9.210340), (10, 0.95, 18.307038), (100, 0.95, 124.342113)],
)
def test_gamma_quantile_is_half_of_chi_square(degrees, level, chi_square):
    assert gamma_quantile(degrees / 2, level) == pytest.approx(chi_square / 2, abs=1e-5)


def test_normal_quantile():
    assert normal_quantile(np.array([0.975, 0.5])) == pytest.approx([1.959964, 0.0], abs=1e-6)


@pytest.mark.parametrize("mean", [0.3, 4.0, 15.0, 39.0])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_poisson_quantile_is_the_smallest_number_that_reaches_the_level(mean, level):
    quantile = float(negbin_quantile(mean, 0.0, level))
    assert poisson_cdf(quantile, mean) >= level
    assert quantile == 0 or poisson_cdf(quantile - 1, mean) < level


def test_negative_binomial_by_hand():
    # d = 1 is geometric: P(X <= k) = 1 - (m / (1 + m))^(k + 1)
    assert negbin_cdf(np.arange(4), 3.0, 1.0) == pytest.approx(
        [1 - 0.75 ** (k + 1) for k in range(4)]
    )
    # 0.75^(k+1) <= 0.05 first at k = 10
    assert negbin_quantile(3.0, 1.0, 0.95) == 10


def test_large_means_follow_the_counted_distribution():
    """On both sides of the limit where counting stops, the quantile goes on smoothly."""
    for dispersion in (0.0, 0.1, 0.5, 2.0):
        below, above = negbin_quantile(np.array([39.9, 40.1]), dispersion, 0.95)
        assert above - below in (-1, 0, 1, 2)
    # Poisson(100): P(X <= 116) = 0.9475, P(X <= 117) = 0.9570 (tables)
    assert negbin_quantile(100.0, 0.0, 0.95) == 117


def test_quantile_and_distribution_agree():
    means = np.array([0.2, 3.0, 30.0, 80.0, 5000.0])
    for dispersion in (0.0, 0.3, 3.0):
        quantile = negbin_quantile(means, dispersion, 0.9)
        assert (negbin_cdf(quantile, means, dispersion) >= 0.9 - 2e-3).all()
        lower = np.where(quantile > 0, negbin_cdf(quantile - 1, means, dispersion), 0)
        assert (lower < 0.9 + 2e-3).all()


def test_loss_of_the_textbook():
    """Snyder & Shen, appendix C: negative binomial(r=4, p=0.2) at 14; Poisson(15) at 18."""
    r, p = 4, 0.2
    mean = r * (1 - p) / p
    shortage = float(negbin_loss(14.0, mean, 1 / r))
    assert shortage == pytest.approx(4.447305, abs=1e-6)
    assert 14 - mean + shortage == pytest.approx(2.447305, abs=1e-6)
    assert negbin_loss(18.0, 15.0, 0.0) == pytest.approx(0.517610, abs=1e-6)


def test_loss_of_large_means_and_edges():
    # Nothing in stock: everything is short; much in stock: nothing is.
    assert negbin_loss(0.0, 500.0, 0.4) == pytest.approx(500.0)
    assert negbin_loss(1e6, 500.0, 0.4) == pytest.approx(0.0, abs=1e-6)
    assert negbin_loss(5.0, 0.0, 0.4) == 0.0
    assert negbin_loss(-3.0, 2.0, 0.0) == pytest.approx(5.0)


def test_no_demand_needs_no_stock():
    assert negbin_quantile(0.0, 1.0, 0.99) == 0


def test_quantile_of_the_sum_is_not_the_sum_of_quantiles():
    """Poisson 1 a day over 9 days: 14 are enough (0.9585), nine daily quantiles would be 27."""
    assert negbin_quantile(9.0, 0.0, 0.95) == 14
    assert 9 * negbin_quantile(1.0, 0.0, 0.95) == 27
