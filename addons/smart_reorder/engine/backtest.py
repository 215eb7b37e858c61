"""What the forecasts would have been, week after week, from what was known in each.

The model is learned anew every few weeks from the intervals that had ended by then; the
statistical methods choose from their record up to then. Nothing after an origin is seen: permuting
the days after an origin changes nothing before it, which is a test.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .boosting import missing
from .distributions import negbin_quantile
from .features import scale_and_features
from .forecast import MAX_ORIGINS, Backtest
from .global_model import MIN_AGE, learn, quantiles
from .history import DemandHistory
from .learned import GLOBAL_WEIGHT

REFIT_WEEKS = 4


@dataclass(frozen=True)
class Rolling:
    """Forecasts at k weekly origins, oldest first.

    :ivar origin: (k,) column of the first day that is forecast
    :ivar mean: (k, n) expected demand over the interval
    :ivar quantile: (k, n, g) at each level
    """

    origin: np.ndarray
    mean: np.ndarray
    quantile: np.ndarray


def rolling_forecasts(
    history: DemandHistory,
    horizon: np.ndarray,
    levels: np.ndarray,
    weeks: int,
    *,
    weight: float = GLOBAL_WEIGHT,
    seed: int = 0,
) -> Rolling:
    """Forecast at each of the last ``weeks`` weekly origins.

    Where nothing can be learned, for want of examples or of LightGBM, the statistical methods
    forecast alone.

    :param history: counted in whole steps of the unit
    :param horizon: (n,) days of the protection interval
    :param levels: (g,) between 0 and 1
    :param weight: of the global model's quantiles, the statistical ones have the rest
    """
    n, levels = history.n_series, np.asarray(levels, float)
    horizon = np.broadcast_to(np.asarray(horizon, dtype=np.int64), (n,))
    if not 0 < weeks <= min(MAX_ORIGINS, history.n_days // 7):
        raise ValueError("there is not that much history")
    past = Backtest(history, horizon, np.full(n, float(np.median(levels))))
    context = past.context
    scale, features = scale_and_features(context)
    out = np.zeros((weeks, n, levels.size))
    means = np.zeros((weeks, n))
    model, can_learn = None, not missing()
    for index in range(weeks):
        column = weeks - index
        origin = int(context.origins[column])
        if can_learn and index % REFIT_WEEKS == 0:
            model = learn(context, scale, features, until=origin, seed=seed)
        mean, dispersion = past.mean[:, column, None], past.dispersion[:, column, None]
        statistical = negbin_quantile(mean, dispersion, levels[None, :])
        means[index], out[index] = mean[:, 0], statistical
        if model is not None:
            curve = model.curves(scale[:, column], features[:, column])
            old = context.age[:, column] >= MIN_AGE
            both = weight * quantiles(curve, levels) + (1 - weight) * statistical
            out[index, old] = np.ceil(both[old] - 1e-9)
    return Rolling(context.origins[weeks:0:-1].copy(), means, out)
