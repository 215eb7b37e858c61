"""What the engine process does: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields

import numpy as np

from .backtest import rolling_forecasts
from .boosting import missing
from .buyer import Budget, Supply
from .consolidate import MEASURES, Terms
from .forecast import Forecast, forecast_demand
from .history import DemandHistory
from .lead_time import Intervals
from .learned import GLOBAL_WEIGHT, Learned, learn_all
from .replay import FIGURES, LEVELS, Rules, Weekly, replay

Arrays = Mapping[str, np.ndarray]
TEXTS = ("method", "evidence")
SETTINGS = 2 + LEVELS.size  # of a replay: present, ours, the curve
UNKNOWN = ("wape", "bias", "coverage", "pinball", "skill", "model")  # may be NaN


def pack_history(history: DemandHistory) -> dict[str, np.ndarray]:
    return {
        "quantity": history.quantity,
        "first_day": history.first_day,
        "estimated": history.estimated,
    }


def _history(arrays: Arrays) -> DemandHistory:
    return DemandHistory(
        arrays["quantity"].astype(float), arrays["first_day"], arrays["estimated"].astype(bool)
    )


def forecast(arrays: Arrays) -> dict[str, np.ndarray]:
    """Forecast series; a broken model is left out, and said so in ``model_error``."""
    error = ""
    try:
        learned = Learned.from_arrays(arrays)
    except ValueError as failure:
        learned, error = None, str(failure)
    result = forecast_demand(
        _history(arrays),
        Intervals(arrays["days"], arrays["weight"]),
        arrays["level"],
        arrays["unit"],
        float(arrays.get("min_intervals", np.array(4.0))),
        learned,
        arrays.get("share", np.array(GLOBAL_WEIGHT)),
        arrays.get("shift", np.array(0.0)),
    )
    out = {field.name: getattr(result, field.name) for field in fields(Forecast)}
    return (
        out | {name: out[name].astype("U16") for name in TEXTS} | {"model_error": np.array(error)}
    )


def learn(arrays: Arrays) -> dict[str, np.ndarray]:
    """Learn the global model; ``learned = 0`` comes back when there is too little, or no library,
    which ``model_error`` says.
    """
    problem = missing()
    if problem:
        return {"learned": np.array(0), "model_error": np.array(problem)}
    history = _history(arrays)
    scaled = DemandHistory(
        history.quantity / arrays["unit"][:, None], history.first_day, history.estimated
    )
    learned = learn_all(scaled, arrays["horizon"], seed=int(arrays.get("seed", np.array(0))))
    if learned is None:
        return {"learned": np.array(0)}
    return learned.as_arrays() | {"learned": np.array(learned.model.examples)}


def replay_forecast(arrays: Arrays) -> dict[str, np.ndarray]:
    """Forecasts of the past weeks, in the product's unit: (n, k) ``mean``, (n, k, g) ``quantile``.

    ``model_error`` says why nothing was learned from all products together.
    """
    history, unit = _history(arrays), arrays["unit"]
    scaled = DemandHistory(history.quantity / unit[:, None], history.first_day, history.estimated)
    rolling = rolling_forecasts(scaled, arrays["interval"], LEVELS, int(arrays["weeks"]))
    return {
        "mean": rolling.mean.T * unit[:, None],
        "quantile": np.moveaxis(rolling.combined(), 0, 1) * unit[:, None, None],
        "model_error": np.array(missing()),
    }


def replay_play(arrays: Arrays) -> dict[str, np.ndarray]:
    """Play forecast weeks through the present rules and through ours.

    Order days are those of calendars, (c, T) each, that the products share; limits of orders and
    budgets are the rows of tables (:func:`pack_limits`; first day, last day, amount).
    """
    calendar = arrays["calendar"]
    rules = Rules(
        *(arrays[name] for name in ("lead", "level", "least", "most", "unit")),
        float(arrays["cycle"]),
        *(arrays[name][calendar] for name in ("wait", "wait_ours", "review_ours")),
    )
    supply = Supply(
        order=arrays["order"],
        limits=[_terms(row) for row in arrays["limits"]],
        is_bought=arrays["is_bought"].astype(bool),
        **{name: arrays[name] for name in ("price", "weight", "volume", "missed")},
        step=np.maximum(arrays["multiple"], arrays["unit"]),
        least=arrays["minimum"],
        holding_rate=float(arrays["holding_rate"]),
    )
    forecasts = Weekly(
        arrays["interval"],
        arrays["mean"].T,
        np.moveaxis(arrays["quantile"], 0, 1),
    )
    budgets = [Budget(int(first), int(last), amount) for first, last, amount in arrays["budgets"]]
    done = replay(
        arrays["demand"], forecasts, rules, supply, budgets, float(arrays["budget_change"])
    )
    return {
        **{name: getattr(done.outcome, name) for name in FIGURES},
        "days": done.days,
        "budgets": np.array(
            [(one.first, one.last, one.amount) for one in done.budgets], dtype=float
        ).reshape(-1, 3),
    }


def pack_limits(limits: Sequence[Terms]) -> np.ndarray:
    """The table of limits, a row for each order; 0 where there is none."""
    rows = [
        [
            *(terms.minimum.get(name, 0.0) for name in MEASURES),
            *(terms.load.get(name, 0.0) for name in MEASURES),
            terms.least_share,
            terms.early_days,
        ]
        for terms in limits
    ]
    return np.array(rows, dtype=float).reshape(-1, 2 * len(MEASURES) + 2)


def _terms(row: np.ndarray) -> Terms:
    values = row.tolist()
    minimum, load = (
        {name: value for name, value in zip(MEASURES, part, strict=True) if value > 0}
        for part in (values[:4], values[4:8])
    )
    return Terms(minimum, load, *values[8:])


TASKS: dict[str, Callable[[Arrays], dict[str, np.ndarray]]] = {
    "forecast": forecast,
    "learn": learn,
    "replay_forecast": replay_forecast,
    "replay_play": replay_play,
}


def check_forecast(result: Arrays, count: int) -> str | None:
    """What is wrong with the answer to a forecast, or None: no order is made from nonsense."""
    for field in fields(Forecast):
        value = result.get(field.name)
        if value is None or value.shape != (count,):
            return f"{field.name} is missing, or not of {count} series"
        if field.name in TEXTS:
            continue
        known = value[~np.isnan(value)] if field.name in UNKNOWN else value
        if not np.isfinite(known).all():
            return f"{field.name} is not a number"
        if field.name != "bias" and (known < 0).any():
            return f"{field.name} is negative"
    return None


def check_replay_forecast(result: Arrays, count: int, weeks: int) -> str | None:
    """What is wrong with the forecasts of past weeks, or None."""
    shapes = {"mean": (count, weeks), "quantile": (count, weeks, LEVELS.size)}
    return _check_shapes(result, shapes, count)


def check_replay(result: Arrays, count: int) -> str | None:
    """What is wrong with the answer to a replay, or None."""
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(FIGURES, (count, SETTINGS))
    return _check_shapes(result, shapes | {"days": (count,)}, count)


def _check_shapes(result: Arrays, shapes: Mapping[str, tuple[int, ...]], count: int) -> str | None:
    for name, shape in shapes.items():
        value = result.get(name)
        if value is None or value.shape != shape:
            return f"{name} is missing, or not of {count} series"
        if not np.isfinite(value).all() or (value < 0).any():
            return f"{name} is not a number, or negative"
    return None


def as_forecast(result: Arrays) -> Forecast:
    return Forecast(**{field.name: result[field.name] for field in fields(Forecast)})
