"""The method that takes over when the engine cannot answer: an average and a usual spread."""

from __future__ import annotations

import numpy as np

from .distributions import negbin_loss, negbin_quantile
from .forecast import EVIDENCE_NONE, EVIDENCE_THIN, PRIOR_DISPERSION, Forecast
from .history import DemandHistory

WINDOW = 91  # days
METHOD = "ma91"


def simple_forecast(
    history: DemandHistory, horizon: np.ndarray, level: np.ndarray, unit: np.ndarray
) -> Forecast:
    """Average of the last 91 days that are known, and a standard deviation as large as the mean.

    Cheap enough for any process, and nothing of it is measured: its evidence is thin.

    :param horizon: (n,) days
    :param level: (n,) between 0 and 1
    :param unit: (n,) step in which demand is counted
    """
    n, days = history.quantity.shape
    first = np.maximum(days - WINDOW, np.minimum(history.first_day, days - 1))
    known = np.arange(days)[None, :] >= first[:, None]
    daily = np.where(known, history.quantity, 0).sum(1) / np.maximum(days - first, 1)
    mean = daily / unit * horizon
    dispersion = np.full(n, PRIOR_DISPERSION)
    quantile = negbin_quantile(mean, dispersion, level)
    unknown = np.full(n, np.nan)
    return Forecast(
        mean=mean * unit,
        quantile=quantile * unit,
        dispersion=dispersion,
        method=np.full(n, METHOD),
        evidence=np.where(history.quantity.sum(1) > 0, EVIDENCE_THIN, EVIDENCE_NONE),
        origins=np.zeros(n, dtype=np.int64),
        intervals=np.zeros(n),
        wape=unknown,
        bias=unknown,
        coverage=unknown,
        pinball=unknown,
        skill=unknown,
        expected_short=negbin_loss(quantile, mean, dispersion) * unit,
        statistical=quantile * unit,
        model=unknown,
    )
