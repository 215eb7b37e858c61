"""Quantiles and loss functions of demand, vectorised with numpy alone.

Demand over an interval is modelled as negative binomial: a Poisson process whose rate is uncertain
(gamma distributed), the usual choice for counted demand that varies more than Poisson. It is
parameterised by its mean ``m`` and its dispersion ``d``: variance ``m + d·m²``; ``d = 0`` is
Poisson. With the textbook's parameters (r successes, probability p): ``r = 1/d`` and ``m =
r(1-p)/p``.

Sources: L. Snyder and Z.-J. Shen, *Fundamentals of Supply Chain Theory*, 2nd ed., appendix C (loss
functions); M. Abramowitz and I. Stegun, *Handbook of Mathematical Functions*, 6.5 (incomplete
gamma), 26.4.17 (Wilson-Hilferty).
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

FloatArray = np.ndarray

# Above this mean the step of one unit no longer matters and the gamma distribution with the same
# mean and variance gives the quantile without counting up to it.
COUNTING_LIMIT = 40.0
# Dispersion under which the distribution is computed as Poisson.
_POISSON = 1e-9

_LANCZOS = (
    676.5203681218851,
    -1259.1392167224028,
    771.32342877765313,
    -176.61502916214059,
    12.507343278686905,
    -0.13857109526572012,
    9.9843695780195716e-6,
    1.5056327351493116e-7,
)


def log_gamma(x: FloatArray) -> FloatArray:
    """Natural logarithm of the gamma function for ``x > 0`` (Lanczos, relative error 1e-14)."""
    x = np.asarray(x, dtype=float)
    small = x < 0.5
    # Γ(x) = Γ(x + 1) / x keeps the series within the range where it converges.
    z = np.where(small, x, x - 1.0)
    series = np.full_like(z, 0.99999999999980993)
    for index, coefficient in enumerate(_LANCZOS):
        series += coefficient / (z + index + 1.0)
    t = z + len(_LANCZOS) - 0.5
    value = 0.5 * np.log(2 * np.pi) + (z + 0.5) * np.log(t) - t + np.log(series)
    return np.where(small, value - np.log(np.where(small, x, 1.0)), value)


def gamma_cdf(shape: FloatArray, x: FloatArray) -> FloatArray:
    """Regularised lower incomplete gamma function P(shape, x) (Abramowitz & Stegun 6.5)."""
    shape, x = np.broadcast_arrays(np.asarray(shape, float), np.asarray(x, float))
    out = np.zeros(x.shape)
    positive = x > 0
    series = positive & (x < shape + 1)
    fraction = positive & ~series
    if series.any():
        a, v = shape[series], x[series]
        term = 1.0 / a
        total = term.copy()
        for n in range(1, 500):
            term = term * v / (a + n)
            total += term
            if np.all(term < total * 1e-12):
                break
        out[series] = total * np.exp(a * np.log(v) - v - log_gamma(a))
    if fraction.any():
        a, v = shape[fraction], x[fraction]
        tiny = 1e-300
        b = v + 1.0 - a
        c = np.full_like(v, 1.0 / tiny)
        d = 1.0 / b
        h = d.copy()
        for n in range(1, 500):
            an = -n * (n - a)
            b = b + 2.0
            d = 1.0 / _away_from_zero(an * d + b, tiny)
            c = _away_from_zero(b + an / c, tiny)
            step = c * d
            h *= step
            if np.all(np.abs(step - 1.0) < 1e-12):
                break
        out[fraction] = 1.0 - h * np.exp(a * np.log(v) - v - log_gamma(a))
    return out


def _away_from_zero(value: FloatArray, tiny: float) -> FloatArray:
    return np.where(np.abs(value) < tiny, tiny, value)


def gamma_quantile(shape: FloatArray, level: FloatArray) -> FloatArray:
    """Quantile of the gamma distribution with the given shape and scale 1.

    Starts from Wilson-Hilferty (A&S 26.4.17) and is refined by Newton steps kept inside a bracket.
    """
    shape, level = np.broadcast_arrays(np.asarray(shape, float), np.asarray(level, float))
    z = normal_quantile(level)
    guess = shape * (1 - 1 / (9 * shape) + z / (3 * np.sqrt(shape))) ** 3
    lower_tail = np.exp((np.log(level) + log_gamma(shape + 1)) / shape)
    x = np.where((guess > 0) & (shape > 0.3), guess, lower_tail)
    x = np.maximum(x, 1e-12)
    low, high = np.zeros_like(x), np.full_like(x, np.inf)
    for _step in range(60):
        error = gamma_cdf(shape, x) - level
        high = np.where(error > 0, np.minimum(high, x), high)
        low = np.where(error <= 0, np.maximum(low, x), low)
        if np.all(np.abs(error) < 1e-9):
            break
        density = np.exp((shape - 1) * np.log(x) - x - log_gamma(shape))
        step = x - error / np.maximum(density, 1e-300)
        middle = np.where(np.isinf(high), 2 * x + 1, (low + np.where(np.isinf(high), 0, high)) / 2)
        x = np.where((step > low) & (step < high), step, middle)
    return x


def normal_quantile(level: FloatArray) -> FloatArray:
    """Standard normal quantile; distinct levels are few, so they are computed one by one."""
    values, inverse = np.unique(np.asarray(level, float), return_inverse=True)
    standard = NormalDist()
    return np.array([standard.inv_cdf(v) for v in values])[inverse].reshape(np.shape(level))


def negbin_quantile(mean: FloatArray, dispersion: FloatArray, level: FloatArray) -> FloatArray:
    """Smallest whole number ``q`` with ``P(X <= q) >= level``; arrays are broadcast.

    :param mean: mean of the demand, in units, >= 0
    :param dispersion: ``d`` in variance ``m + d·m²``, >= 0
    :param level: probability strictly between 0 and 1
    """
    mean, dispersion, level = np.broadcast_arrays(
        np.asarray(mean, float), np.asarray(dispersion, float), np.asarray(level, float)
    )
    out = np.zeros(mean.shape)
    counted = (mean > 0) & (mean <= COUNTING_LIMIT)
    out[counted] = _count_quantile(mean[counted], dispersion[counted], level[counted])
    large = mean > COUNTING_LIMIT
    if large.any():
        m = mean[large]
        variance = m + dispersion[large] * m * m
        scale = variance / m
        # The continuity correction of half a unit turns the density back into a count.
        x = _gamma_quantile_fast(m / scale, level[large]) * scale
        out[large] = np.maximum(np.ceil(x - 0.5), 0)
    return out


def negbin_mixture_quantile(
    mean: FloatArray, weight: FloatArray, dispersion: FloatArray, level: FloatArray
) -> FloatArray:
    """Smallest whole ``q`` with ``Σ w·P(X <= q) >= level``: demand over an interval of uncertain
    length.

    :param mean: (n, k) mean demand for each possible length
    :param weight: (n, k) its probability; the rows sum to 1
    :param dispersion: (n,) the same for all lengths
    :param level: (n,)
    """
    weight = np.asarray(weight, float)
    dispersion, level = np.asarray(dispersion, float)[:, None], np.asarray(level, float)
    parts = negbin_quantile(mean, dispersion, level[:, None])
    # Below the least of the parts' quantiles no part reaches the level, at the largest all do.
    low = np.where(weight > 0, parts, np.inf).min(axis=1, initial=np.inf) - 1
    high = np.where(weight > 0, parts, -1).max(axis=1, initial=-1)
    open_ = np.flatnonzero(high - low > 1)
    while open_.size:
        middle = np.floor((low[open_] + high[open_]) / 2)
        below = negbin_cdf(middle[:, None], mean[open_], dispersion[open_])
        reached = (weight[open_] * below).sum(axis=1) >= level[open_] - 1e-12
        high[open_] = np.where(reached, middle, high[open_])
        low[open_] = np.where(reached, low[open_], middle)
        open_ = open_[high[open_] - low[open_] > 1]
    return high


def _gamma_quantile_fast(shape: FloatArray, level: FloatArray) -> FloatArray:
    """Wilson-Hilferty where it is exact to 0.5 % (shape >= 2); a solved table below."""
    z = normal_quantile(level)
    out = shape * np.maximum(1 - 1 / (9 * shape) + z / (3 * np.sqrt(shape)), 0) ** 3
    rough = (shape < 2.0) | (level < 0.5)
    if rough.any():
        out[rough] = _tabulated_gamma_quantile(shape[rough], level[rough])
    return out


def _tabulated_gamma_quantile(shape: FloatArray, level: FloatArray) -> FloatArray:
    """Interpolate log quantile over log shape: entries are many, distinct levels are few."""
    log_shape = np.log(np.maximum(shape, 1e-4))
    levels, inverse = np.unique(level, return_inverse=True)
    grid = np.linspace(log_shape.min(), max(log_shape.max(), log_shape.min() + 0.1), 240)
    table = np.log(np.maximum(gamma_quantile(np.exp(grid)[None, :], levels[:, None]), 1e-300))
    out = np.empty(shape.shape)
    order = np.argsort(inverse, kind="stable")
    for row, part in enumerate(np.split(order, np.cumsum(np.bincount(inverse))[:-1])):
        out[part] = np.exp(np.interp(log_shape[part], grid, table[row]))
    return out


def _first_probability(mean: FloatArray, dispersion: FloatArray) -> FloatArray:
    d = np.maximum(dispersion, _POISSON)
    return np.where(
        dispersion > _POISSON, np.exp(-np.log1p(mean * d) / d), np.exp(-np.asarray(mean, float))
    )


def _count_quantile(mean: FloatArray, dispersion: FloatArray, level: FloatArray) -> FloatArray:
    """Add probabilities until the level is reached, dropping the entries that are finished."""
    out = np.zeros(mean.shape)
    probability = _first_probability(mean, dispersion)
    index = np.arange(mean.size)
    # pmf(k) = pmf(k-1) · (mean / (1 + d·mean)) · (1 + d·(k-1)) / k
    ratio = mean / (1 + dispersion * mean)
    d, total, goal = dispersion, probability.copy(), level
    k = 0
    while index.size:
        open_ = total < goal
        if not open_.all():
            out[index[~open_]] = k
            index, probability, ratio, d, total, goal = (
                v[open_] for v in (index, probability, ratio, d, total, goal)
            )
            if not index.size:
                break
        k += 1
        probability = probability * ratio * (1 + d * (k - 1)) / k
        # Rounding could leave the sum below a level very near 1 for ever.
        goal = np.where(probability < 1e-14, np.where(k > mean[index], 0.0, goal), goal)
        total = total + probability
    return out


def negbin_cdf(x: FloatArray, mean: FloatArray, dispersion: FloatArray) -> FloatArray:
    """``P(X <= x)``, arrays broadcast; zero for negative ``x``."""
    x, mean, dispersion = np.broadcast_arrays(
        np.floor(np.asarray(x, float)), np.asarray(mean, float), np.asarray(dispersion, float)
    )
    out = np.where(x >= 0, 1.0, 0.0)
    counted = (x >= 0) & (mean > 0) & (mean <= COUNTING_LIMIT)
    out[counted] = _count_cdf(x[counted], mean[counted], dispersion[counted])
    large = (x >= 0) & (mean > COUNTING_LIMIT)
    if large.any():
        m = mean[large]
        scale = 1 + dispersion[large] * m
        out[large] = gamma_cdf(m / scale, (x[large] + 0.5) / scale)
    return out


def _count_cdf(x: FloatArray, mean: FloatArray, dispersion: FloatArray) -> FloatArray:
    out = np.ones(mean.shape)
    probability = _first_probability(mean, dispersion)
    index = np.arange(mean.size)
    ratio = mean / (1 + dispersion * mean)
    d, total, last, m = dispersion, probability.copy(), x, mean
    k = 0
    while index.size:
        done = (last <= k) | ((probability < 1e-14) & (k > m))
        if done.any():
            out[index[done]] = total[done]
            index, probability, ratio, d, total, last, m = (
                v[~done] for v in (index, probability, ratio, d, total, last, m)
            )
        k += 1
        probability = probability * ratio * (1 + d * (k - 1)) / k
        total = total + probability
    return np.minimum(out, 1.0)


def negbin_loss(level: FloatArray, mean: FloatArray, dispersion: FloatArray) -> FloatArray:
    """Expected shortage ``E[(X - level)+]`` of a negative binomial demand, ``level`` rounded down.

    ``n(x) = m - Σ_{k=0}^{x-1} P(X > k)`` (Snyder & Shen, appendix C). For means above
    :data:`COUNTING_LIMIT` the gamma distribution with the same moments is used.
    """
    level, mean, dispersion = np.broadcast_arrays(
        np.asarray(level, float), np.asarray(mean, float), np.asarray(dispersion, float)
    )
    x = np.floor(np.maximum(level, 0))
    out = np.where(mean > 0, mean, 0.0)
    counted = (mean > 0) & (mean <= COUNTING_LIMIT)
    if counted.any():
        out[counted] = _count_loss(x[counted], mean[counted], dispersion[counted])
    large = mean > COUNTING_LIMIT
    if large.any():
        m = mean[large]
        scale = (m + dispersion[large] * m * m) / m
        shape = m / scale
        y = x[large] / scale
        tail_above = 1 - gamma_cdf(shape + 1, y)
        out[large] = np.maximum(m * tail_above - x[large] * (1 - gamma_cdf(shape, y)), 0)
    # Negative stock is short by itself.
    return out + np.maximum(-level, 0)


def _count_loss(x: FloatArray, mean: FloatArray, dispersion: FloatArray) -> FloatArray:
    probability = _first_probability(mean, dispersion)
    ratio = mean / (1 + dispersion * mean)
    cumulated = probability.copy()
    loss = mean.copy()
    for k in range(int(min(x.max(initial=0), 20000))):
        remaining = np.maximum(1 - cumulated, 0)
        loss -= np.where(k < x, remaining, 0)
        if remaining.max(initial=0) < 1e-13:
            break
        probability = probability * ratio * (1 + dispersion * k) / (k + 1)
        cumulated += probability
    return np.maximum(loss, 0)
