"""What a position risks: units that will probably be missed, and the day to order by."""

from __future__ import annotations

import numpy as np

from .distributions import FloatArray, negbin_cdf, negbin_loss, normal_quantile

#: Levels nearer to the middle say nothing about the spread.
LEAST_LEVEL, MOST_LEVEL = 0.55, 0.9999
#: Days ahead beyond which a day to order by is no news.
FAR = 730.0


def dispersion(mean: FloatArray, quantile: FloatArray, level: FloatArray) -> FloatArray:
    """``d`` of the negative binomial, variance ``m + d·m²``, whose quantile at ``level`` is about
    the one given: the normal approximation ``q = m + z·σ`` solved for σ, never below Poisson's.
    """
    mean, quantile = np.asarray(mean, float), np.asarray(quantile, float)
    z = normal_quantile(np.clip(np.asarray(level, float), LEAST_LEVEL, MOST_LEVEL))
    variance = np.square(np.maximum(quantile - mean, 0) / z)
    excess = np.maximum(variance - mean, 0)
    return np.divide(excess, np.square(mean), out=np.zeros_like(excess), where=mean > 0)


def expected_short(
    position: FloatArray,
    mean: FloatArray,
    quantile: FloatArray,
    level: FloatArray,
    unit: FloatArray | float = 1.0,
) -> FloatArray:
    """Units of demand over the protection interval that a position will probably not serve,
    ``E[(D - position)+]``; what is missing already (a negative position) counts.

    :param position: (n,) on hand + on order - promised
    :param mean: (n,) demand expected over the interval
    :param quantile: (n,) demand that is not exceeded with the probability ``level``
    :param unit: step in which demand is counted
    """
    position, mean, quantile = (
        np.asarray(value, float) / unit for value in (position, mean, quantile)
    )
    return negbin_loss(position, mean, dispersion(mean, quantile, level)) * unit


def chance_of_running_out(
    position: FloatArray,
    mean: FloatArray,
    quantile: FloatArray,
    level: FloatArray,
    unit: FloatArray | float = 1.0,
) -> FloatArray:
    """Probability ``P(D > position)`` that demand over the protection interval exceeds a position;
    parameters as for :func:`expected_short`.
    """
    position, mean, quantile = (
        np.asarray(value, float) / unit for value in (position, mean, quantile)
    )
    return 1 - negbin_cdf(position, mean, dispersion(mean, quantile, level))


def days_to_order(position: FloatArray, daily: FloatArray, lead_days: FloatArray) -> FloatArray:
    """Days from now until an order must be placed at the latest, so that it arrives before the
    position is expected to be used up; negative when that day is over, NaN without demand.
    """
    position, daily = np.asarray(position, float), np.asarray(daily, float)
    cover = np.divide(
        np.maximum(position, 0), daily, out=np.full_like(position, np.nan), where=daily > 0
    )
    return np.floor(np.minimum(cover, FAR) - np.asarray(lead_days, float))
