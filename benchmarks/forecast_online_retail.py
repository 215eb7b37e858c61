"""How wrong the forecasts are, measured on the real sales of Online Retail.

Product by warehouse, each night's forecast of the past weeks compared with what then happened; the
choice of method, the spread and the calibration are made from what was known then. Beside it the
rule of thumb: a flat average of the last 28 days. Run alone, without Odoo or a database, by
``python -m benchmarks.forecast_online_retail``.
"""

from __future__ import annotations

import time

from . import demand_data
from .figures import Figure

GROUP = "reorder"
MODULES = ("smart_reorder",)

LEAD_DAYS, REVIEW_DAYS = 14, 1
LEVEL = 0.95
# Below half a piece in an interval there is nothing to be right or wrong about.
MIN_DEMAND = 0.5


def measure(np, forecast, demand, methods=None):
    """Forecast all series with the given methods; returns the errors over all of them."""
    known = forecast.METHODS
    forecast.METHODS = methods or known
    try:
        n = demand.n_series
        started = time.perf_counter()
        result = forecast.forecast_demand(
            demand, np.full(n, LEAD_DAYS + REVIEW_DAYS), np.full(n, LEVEL)
        )
        spent = time.perf_counter() - started
    finally:
        forecast.METHODS = known
    age = np.maximum(demand.n_days - demand.first_day, 1)
    mean = demand.quantity.sum(axis=1) / age * (LEAD_DAYS + REVIEW_DAYS)
    use = (result.evidence == "measured") & (mean >= MIN_DEMAND)
    origins, weight = result.origins[use], mean[use] * result.origins[use]
    return {
        "series": int(use.sum()),
        "forecasts": int(origins.sum()),
        "seconds": spent,
        "wape": float((result.wape[use] * weight).sum() / weight.sum()),
        "bias": float((result.bias[use] * weight).sum() / weight.sum()),
        "coverage": float((result.coverage[use] * origins).sum() / origins.sum()),
        "pinball": float(np.mean(result.pinball[use] / mean[use])),
    }


def run(env=None):
    import numpy as np

    forecast = demand_data.engine("forecast")
    demand = demand_data.sample_company().history
    ours = measure(np, forecast, demand)
    flat = measure(np, forecast, demand, {"flat": forecast.METHODS["ma28"]})
    yield Figure("reorder.forecast_series", ours["series"], "series")
    yield Figure("reorder.forecast_origins", ours["forecasts"], "forecasts")
    yield Figure("reorder.forecast_seconds", ours["seconds"], "s", at_most=60)
    yield Figure("reorder.forecast_wape", 100 * ours["wape"], "%")
    yield Figure("reorder.forecast_bias", 100 * ours["bias"], "%")
    yield Figure(
        "reorder.forecast_coverage",
        100 * ours["coverage"],
        "%",
        at_least=92,
        at_most=98,
        why="asked for 95 %, within 3 points",
    )
    yield Figure("reorder.forecast_coverage_flat", 100 * flat["coverage"], "%")
    yield Figure("reorder.forecast_pinball", ours["pinball"], "of demand")
    yield Figure("reorder.forecast_pinball_flat", flat["pinball"], "of demand")
    yield Figure(
        "reorder.forecast_gain",
        100 * (1 - ours["pinball"] / flat["pinball"]),
        "%",
        at_least=5,
        why="choosing per product must beat a flat average",
    )


if __name__ == "__main__":
    for figure in run():
        print(figure.as_json())
