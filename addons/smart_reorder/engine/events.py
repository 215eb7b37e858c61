"""Promotions, holidays, price changes: what they did to demand, and what they will do.

On each past day of an event demand ``D`` is compared with what was to be expected ``E``, the mean
of the same weekday in the eight weeks before. With demand as a Poisson variable of mean ``f·E`` and
a gamma prior for ``f`` worth ``κ`` expected units around what the event did to all products, the
estimate for a product is

    f = (D + κ·F) / (E + κ),    F = (ΣD + κ₀) / (ΣE + κ₀)

(conjugate gamma-Poisson, as in empirical Bayes rate estimation: C. Morris, *Parametric empirical
Bayes inference*, 1983): with little evidence a product follows the others, and all of them together
start from no effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .forecast import Forecast
from .history import DemandHistory

WEEKS = 8  # before a day, whose same weekdays say what was to be expected
MIN_WEEKS = 3  # of them that must be known
PRIOR_UNITS = 20.0  # κ: expected units that the other products' experience is worth
PRIOR_ALL = 10.0  # κ₀: expected units that "no effect" is worth
LEAST_FACTOR, MOST_FACTOR = 0.0, 20.0
DIVIDE_FROM = 0.2  # below, what was sold says nothing of what would have been


@dataclass(frozen=True)
class Evidence:
    """:ivar actual: (n,) demand on the past days of the event
    :ivar expected: (n,) demand that was to be expected on them
    :ivar days: (n,) days that could be compared
    """

    actual: np.ndarray
    expected: np.ndarray
    days: np.ndarray


def expected_demand(history: DemandHistory, columns: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Demand that was to be expected on some days: the mean of the same weekday in the eight weeks
    before, days of events and days that are estimates left out.

    :param columns: (k,) days
    :param events: (n, T) bool, days of any event
    :return: (n, k), NaN where fewer than three such days are known
    """
    n = history.n_series
    total, known = np.zeros((n, columns.size)), np.zeros((n, columns.size))
    for week in range(1, WEEKS + 1):
        before = columns - 7 * week
        inside = before >= 0
        column = np.where(inside, before, 0)
        use = inside & (column >= history.first_day[:, None]) & ~events[:, column]
        use &= ~history.estimated[:, column]
        total += np.where(use, history.quantity[:, column], 0)
        known += use
    return np.where(known >= MIN_WEEKS, total / np.maximum(known, 1), np.nan)


def gather(
    history: DemandHistory, columns: np.ndarray, rows: np.ndarray, events: np.ndarray
) -> Evidence:
    """Evidence of an event for the series at ``rows``; nothing for the others.

    :param columns: (k,) its past days
    :param rows: (n,) bool
    """
    expected = expected_demand(history, columns, events)
    use = rows[:, None] & (expected > 0)
    use &= columns[None, :] >= history.first_day[:, None]
    actual = np.where(use, history.recorded[:, columns], 0)
    return Evidence(actual.sum(1), np.where(use, expected, 0).sum(1), use.sum(1))


def pooled_effect(actual: float, expected: float) -> float:
    """F: what an event did to all products together, 1 for nothing."""
    return (actual + PRIOR_ALL) / (expected + PRIOR_ALL)


def effects(evidence: Evidence, pooled: float) -> np.ndarray:
    """(n,) f of each series."""
    factor = (evidence.actual + PRIOR_UNITS * pooled) / (evidence.expected + PRIOR_UNITS)
    return np.clip(factor, LEAST_FACTOR, MOST_FACTOR)


def without_event(
    history: DemandHistory,
    columns: np.ndarray,
    rows: np.ndarray,
    factor: np.ndarray,
    events: np.ndarray,
) -> DemandHistory:
    """The history as it would have been without the event: its days are divided by the effect.

    Where it left nearly nothing, a holiday on which all was closed, what was to be expected takes
    the place.
    """
    quantity, estimated = history.quantity.copy(), history.estimated.copy()
    expected = expected_demand(history, columns, events)
    live = rows[:, None] & (columns[None, :] >= history.first_day[:, None])
    divide = live & (factor >= DIVIDE_FROM)[:, None]
    fill = live & (factor < DIVIDE_FROM)[:, None] & np.isfinite(expected)
    block = quantity[:, columns]
    block = np.where(divide, block / np.maximum(factor, DIVIDE_FROM)[:, None], block)
    quantity[:, columns] = np.where(fill, expected, block)
    estimated[:, columns] |= fill
    return replace(history, quantity=quantity, estimated=estimated)


def stretch(forecast: Forecast, factor: np.ndarray) -> Forecast:
    """The forecast with another amount of demand, as if the interval were so much longer.

    The mean grows in proportion, the deviation from it with the square root.

    :param factor: (n,) >= 0, (days + Σ(effect - 1)) / days
    """
    root = np.sqrt(factor)
    mean = forecast.mean * factor
    return replace(
        forecast,
        mean=mean,
        quantile=np.maximum(mean + (forecast.quantile - forecast.mean) * root, 0.0),
        expected_short=forecast.expected_short * root,
    )
