"""What the forecasts would have been, week after week, from what was known in each.

The model is learned anew every few weeks from the intervals that had ended by then; the
statistical methods choose from their record up to then. Nothing after an origin is seen: permuting
the days after an origin changes nothing before it, which is a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .boosting import missing
from .distributions import negbin_quantile
from .features import scale_and_features
from .forecast import MAX_ORIGINS, Backtest
from .global_model import MIN_AGE, learn, quantiles
from .history import DemandHistory
from .learned import GLOBAL_WEIGHT, combine

REFIT_WEEKS = 4


@dataclass(frozen=True)
class Rolling:
    """Forecasts at k weekly origins, oldest first.

    :ivar origin: (k,) column of the first day that is forecast
    :ivar mean: (k, n) expected demand over the interval
    :ivar statistical: (k, n, g) quantiles at each level, of the statistical methods
    :ivar model: (k, n, g) those of the global model, NaN where it says nothing
    """

    origin: np.ndarray
    mean: np.ndarray
    statistical: np.ndarray
    model: np.ndarray

    def combined(self, share: float = GLOBAL_WEIGHT) -> np.ndarray:
        """(k, n, g) quantiles of both, in whole units.

        :param share: of the model's quantiles, the statistical ones have the rest
        """
        return combine(self.model, self.statistical, share)


def rolling_forecasts(
    history: DemandHistory,
    horizon: np.ndarray,
    levels: np.ndarray,
    weeks: int,
    *,
    seed: int = 0,
    **options: Any,
) -> Rolling:
    """Forecast at each of the last ``weeks`` weekly origins.

    Where nothing can be learned, for want of examples or of LightGBM, the statistical methods
    forecast alone.

    :param history: counted in whole steps of the unit
    :param horizon: (n,) days of the protection interval
    :param levels: (g,) between 0 and 1
    :param options: of the global model, see :func:`~.boosting.grow`
    """
    n, levels = history.n_series, np.asarray(levels, float)
    horizon = np.broadcast_to(np.asarray(horizon, dtype=np.int64), (n,))
    if not 0 < weeks <= min(MAX_ORIGINS, history.n_days // 7):
        raise ValueError("there is not that much history")
    past = Backtest(history, horizon, np.full(n, float(np.median(levels))))
    context = past.context
    scale, features = scale_and_features(context)
    statistical, learned = (np.full((weeks, n, levels.size), np.nan) for _i in range(2))
    means = np.zeros((weeks, n))
    model, can_learn = None, not missing()
    for index in range(weeks):
        column = weeks - index
        origin = int(context.origins[column])
        if can_learn and index % REFIT_WEEKS == 0:
            model = learn(context, scale, features, until=origin, seed=seed, **options)
        mean, dispersion = past.mean[:, column, None], past.dispersion[:, column, None]
        statistical[index] = negbin_quantile(mean, dispersion, levels[None, :])
        means[index] = mean[:, 0]
        if model is not None:
            curve = model.curves(scale[:, column], features[:, column])
            old = context.age[:, column] >= MIN_AGE
            learned[index, old] = quantiles(curve, levels)[old]
    return Rolling(context.origins[weeks:0:-1].copy(), means, statistical, learned)
