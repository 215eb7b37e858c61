"""Robust statistics: what is unusual against a history that may itself hold unusual values.

The median and the median absolute deviation (MAD) hardly move when a few values are extreme, where
a mean and a standard deviation would be dragged along and hide the next extreme value.

Sources: B. Iglewicz and D. Hoaglin, *How to Detect and Handle Outliers*, ASQC (1993): the modified
z-score, and the mean absolute deviation in its place when the MAD is zero. F. R. Hampel, *The
Influence Curve and its Role in Robust Estimation*, JASA 69 (1974), 383-393: the MAD as an
estimator.
"""

from collections.abc import Sequence
from math import erfc, inf, sqrt
from statistics import NormalDist, fmean, median

#: 1 / Φ⁻¹(3/4): the MAD of a normal distribution times this is its standard deviation
MAD_TO_SIGMA = 1.4826
#: √(π/2): the mean absolute deviation of a normal distribution times this is its deviation
MEAN_DEVIATION_TO_SIGMA = 1.2533


def scale(values: Sequence[float]) -> float:
    """Estimate the standard deviation of what `values` are drawn from.

    The MAD is zero when more than half of the values are equal, as with weeks without demand; the
    mean absolute deviation takes its place then. Zero: all values are equal.
    """
    middle = median(values)
    deviations = [abs(value - middle) for value in values]
    return MAD_TO_SIGMA * median(deviations) or MEAN_DEVIATION_TO_SIGMA * fmean(deviations)


def z_score(value: float, history: Sequence[float]) -> float:
    """How many standard deviations `value` is away from the median of `history`, with its sign.

    Infinite when the history is constant and the value is not that constant.
    """
    difference = value - median(history)
    spread = scale(history)
    if spread:
        return difference / spread
    return 0.0 if not difference else inf if difference > 0 else -inf


def z_limit(one_in: float) -> float:
    """Return the |z| that a normally distributed value exceeds once in `one_in` looks.

    Two-sided: z = Φ⁻¹(1 - 1 / (2 × one_in)). 370 gives the "three sigma" rule.

    :raise ValueError: `one_in` is not above 1
    """
    if one_in <= 1:
        raise ValueError(f"one false alarm in {one_in} looks: the number must be above 1")
    return NormalDist().inv_cdf(1 - 1 / (2 * one_in))


def false_alarm_rate(limit: float) -> float:
    """Return the probability that a normally distributed value has |z| > `limit`."""
    return erfc(limit / sqrt(2))
