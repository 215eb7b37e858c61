"""How sure to be: service levels by class and by cost.

Sources: E. Silver, D. Pyke and D. Thomas, *Inventory and Production Management in Supply Chains*,
4th ed.: ABC by value, service level from the cost of a unit short; L. Snyder and Z.-J. Shen,
*Fundamentals of Supply Chain Theory*, 2nd ed., 4.3 (newsvendor's critical ratio).
"""

from __future__ import annotations

import numpy as np

from .policy import DAYS_PER_YEAR

LEAST_LEVEL, MOST_LEVEL = 0.5, 0.999
A_SHARE, B_SHARE = 0.80, 0.95  # of the value: where A and B end
X_LIMIT, Y_LIMIT = 0.5, 1.0  # of the coefficient of variation of weekly demand
XYZ_WEEKS, MIN_WEEKS = 52, 8


def abc_class(share_before: float | None) -> str | None:
    """Class by value.

    :param share_before: share of the total value that is with those worth more; None is unknown
    """
    if share_before is None:
        return None
    return "a" if share_before < A_SHARE else "b" if share_before < B_SHARE else "c"


def xyz_classes(quantity: np.ndarray, first_day: np.ndarray) -> np.ndarray:
    """(n,) ``x`` steady, ``y`` varying, ``z`` erratic or too young to tell.

    By the coefficient of variation of the weekly demand of the last year, or of the weeks that are
    known of it.

    :param quantity: (n, T) daily demand, yesterday last
    :param first_day: (n,) column of the first movement
    """
    n, days = quantity.shape
    weeks = min(XYZ_WEEKS, days // 7)
    by_week = quantity[:, days - 7 * weeks :].reshape(n, weeks, 7).sum(2)
    known = np.clip((days - first_day) // 7, 0, weeks)
    use = np.arange(weeks)[None, :] >= weeks - known[:, None]
    count = np.maximum(known, 1)
    mean = np.where(use, by_week, 0).sum(1) / count
    variance = np.where(use, (by_week - mean[:, None]) ** 2, 0).sum(1) / count
    variation = np.divide(np.sqrt(variance), mean, out=np.full(n, np.inf), where=mean > 0)
    variation = np.where(known >= MIN_WEEKS, variation, np.inf)
    return np.where(variation <= X_LIMIT, "x", np.where(variation <= Y_LIMIT, "y", "z"))


def cost_level(missed: float, unit_cost: float, holding_rate: float, days: float) -> float | None:
    """Service level at which the next unit of safety stock no longer pays.

    A unit more costs ``h = cost · rate · days/365`` from one order to the next, and saves ``p``
    when it is asked for. It pays as long as P(demand <= stock) < p / (p + h).

    :param missed: p, cost of a sale that is missed
    :param days: from one order to the next
    :return: level between 50 and 99.9 %, or None when the costs do not say
    """
    holding = unit_cost * holding_rate * days / DAYS_PER_YEAR
    if not (np.isfinite(missed) and np.isfinite(holding)) or missed <= 0 or holding <= 0:
        return None
    return min(max(missed / (missed + holding), LEAST_LEVEL), MOST_LEVEL)
