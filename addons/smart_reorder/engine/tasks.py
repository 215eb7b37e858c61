"""What the engine process does: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields

import numpy as np

from .boosting import missing
from .forecast import Forecast, forecast_demand
from .history import DemandHistory
from .lead_time import Intervals
from .learned import GLOBAL_WEIGHT, Learned, learn_all
from .replay import FIGURES, LEVELS, replay

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


def replay_history(arrays: Arrays) -> dict[str, np.ndarray]:
    """Play a history through the present rules and through ours, in steps of the unit.

    ``model_error`` says why nothing was learned from all products together.
    """
    history, unit = _history(arrays), arrays["unit"]
    scaled = DemandHistory(history.quantity / unit[:, None], history.first_day, history.estimated)
    outcome = replay(
        scaled,
        arrays["lead"],
        arrays["level"],
        arrays["least"] / unit,
        arrays["most"] / unit,
        review=int(arrays["review"]),
        cycle=float(arrays["cycle"]),
        multiple=np.maximum(arrays["multiple"] / unit, 1.0),
    )
    units = {"stock", "sold", "lost", "ordered"}
    played = {
        name: getattr(outcome, name) * (unit[:, None] if name in units else 1.0) for name in FIGURES
    }
    return played | {"model_error": np.array(missing())}


TASKS: dict[str, Callable[[Arrays], dict[str, np.ndarray]]] = {
    "forecast": forecast,
    "learn": learn,
    "replay": replay_history,
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


def check_replay(result: Arrays, count: int) -> str | None:
    """What is wrong with the answer to a replay, or None."""
    for name in FIGURES:
        value = result.get(name)
        if value is None or value.shape != (count, SETTINGS):
            return f"{name} is missing, or not of {count} series"
        if not np.isfinite(value).all() or (value < 0).any():
            return f"{name} is not a number, or negative"
    return None


def as_forecast(result: Arrays) -> Forecast:
    return Forecast(**{field.name: result[field.name] for field in fields(Forecast)})
