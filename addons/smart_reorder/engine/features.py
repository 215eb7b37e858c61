"""What is known of a series on a day, relative to what averages expect of it."""

from __future__ import annotations

import numpy as np

from .methods import YEAR, Context

FLOOR = 0.2  # units over the interval: products that hardly sell are scaled by this
WINDOWS = (7, 14, 28, 56, 91, 182, 364)
WEEKS = 26
HALF_YEAR = 182
WIDTH = len(WINDOWS) + 16  # features


def scale_and_features(context: Context) -> tuple[np.ndarray, np.ndarray]:
    """Everything that the model sees at each origin, from the days before it alone.

    :return: the scale (n, J), units over the interval, and the features (n, J, f)
    """
    origin = context.origins[None, :]
    horizon = context.horizon[:, None]
    n, count = context.history.n_series, context.origins.size
    shape = (n, count)
    age = np.maximum(context.age, 1)
    rates = []
    for window in WINDOWS:
        start = np.maximum(origin - window, context.first)
        days = np.maximum(origin - start, 1)
        rates.append(context.total(start, origin) / days)
    level = context.answers["ses02"] / horizon if "ses02" in context.answers else rates[4]
    base = (rates[2] + rates[4] + 2 * level) / 4
    scale = base * horizon + FLOOR
    per_day = scale / horizon
    columns = [rate / per_day for rate in rates]
    columns.append(np.log(scale))
    columns.append(np.broadcast_to(np.log(horizon), shape))
    columns.append(np.log(age))
    columns += _spread(context, scale, horizon)
    columns += _occurrence(context, scale, age)
    columns += _season(context, scale, horizon)
    return scale, np.stack([np.broadcast_to(c, shape) for c in columns], axis=2)


def _spread(context: Context, scale: np.ndarray, horizon: np.ndarray) -> list[np.ndarray]:
    """Of the weekly sums, and of the interval's own length, over the last half year."""
    origin = context.origins[None, :]
    first, square, most = 0.0, 0.0, 0.0
    known = np.zeros(scale.shape)
    for week in range(WEEKS):
        end = origin - 7 * week
        part = context.total(end - 7, end)
        use = context.age >= 7 * (week + 1)
        known += use
        first = first + np.where(use, part, 0)
        square = square + np.where(use, part * part, 0)
        most = np.maximum(most, np.where(use, part, 0))
    mean = first / np.maximum(known, 1)
    deviation = np.sqrt(np.maximum(square / np.maximum(known, 1) - mean * mean, 0))
    past = []
    for back in range(1, 9):
        end = origin - horizon * (back - 1)
        part = np.where(context.age >= horizon * back, context.total(end - horizon, end), np.nan)
        past.append(part)
    stack = np.stack(past)
    longest = np.where(np.isnan(stack), -1.0, stack).max(axis=0)
    return [
        deviation / scale,
        most / scale,
        np.where(longest >= 0, longest, np.nan) / scale,
        past[0] / scale,
        past[1] / scale,
    ]


def _occurrence(context: Context, scale: np.ndarray, age: np.ndarray) -> list[np.ndarray]:
    """How often there is demand, how much then, how evenly, and how long ago."""
    quantity = context.history.quantity
    hits, squares = np.zeros(context.cumulated.shape), np.zeros(context.cumulated.shape)
    np.cumsum(quantity > 0, axis=1, out=hits[:, 1:])
    np.cumsum(quantity * quantity, axis=1, out=squares[:, 1:])
    origin = context.origins[None, :]
    recent = context.between(hits, origin - 28, origin) / np.minimum(age, 28)
    days_hit = context.between(hits, origin - HALF_YEAR, origin)
    longer = days_hit / np.minimum(age, HALF_YEAR)
    days_hit = np.maximum(days_hit, 1)
    size = context.total(origin - HALF_YEAR, origin) / days_hit
    square = context.between(squares, origin - HALF_YEAR, origin) / days_hit
    uneven = square / np.maximum(size, 1e-9) ** 2
    days = np.arange(context.history.n_days)[None, :]
    last = np.maximum.accumulate(np.where(context.history.quantity > 0, days, -1), axis=1)
    last = np.concatenate([np.full((len(last), 1), -1), last], axis=1)[:, context.origins]
    since = np.where(last >= 0, origin - 1 - last, age)
    return [recent, longer, np.log1p(since), size / scale, uneven, np.log1p(size)]


def _season(context: Context, scale: np.ndarray, horizon: np.ndarray) -> list[np.ndarray]:
    """The same interval a year ago, and where all series together stand."""
    origin = context.origins[None, :]
    known = context.age >= YEAR
    ago = context.total(origin - YEAR, origin - YEAR + horizon)
    whole = context.cumulated.sum(0)
    day = context.origins

    def rate(days: int) -> np.ndarray:
        start = np.maximum(day - days, 0)
        return (whole[day] - whole[start]) / np.maximum(day - start, 1) + 1e-9

    trend = rate(28) / rate(91)
    return [np.where(known, ago / scale, np.nan), trend[None, :]]
