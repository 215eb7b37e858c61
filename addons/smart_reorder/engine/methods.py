"""Point forecasts of the demand summed over an interval.

Every method answers for many origins at once: for a series ``i`` and an origin ``o`` (a column) it
uses the days before ``o`` only and forecasts the demand of the ``horizon[i]`` days ``o … o+h-1``.

Sources: simple exponential smoothing: R. Brown (1959). Croston's method: J. Croston, *Forecasting
and stock control for intermittent demands* (1972); its bias correction: A. Syntetos and J. Boylan,
*The accuracy of intermittent demand estimates* (2005). TSB: R. Teunter, A. Syntetos and M. Babai,
*Intermittent demand: linking forecasting to inventory obsolescence* (2011).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .history import DemandHistory

# Mean days between demands from which it is intermittent (Syntetos, Boylan and Croston, *On the
# categorization of demand patterns*, 2005). Below, methods made for it only bring their bias.
INTERMITTENT = 1.32
YEAR = 364  # 52 whole weeks, so that weekdays stay aligned
SEASON_REFERENCE = 56


@dataclass
class Context:
    """What the methods share.

    :ivar origins: (J,) int, columns at which forecasts are issued
    :ivar horizon: (n,) int, days to forecast
    :ivar answers: what the methods run so far forecast, by their name
    :ivar by_day: (T, n) the demand transposed
    :ivar cumulated: (n, T+1) float, ``cumulated[:, t]`` is the demand of the days before ``t``
    :ivar seen: (T, n) bool, days that are history and not estimates
    :ivar guessed: (n, T+1) int, days before ``t`` whose demand is an estimate
    """

    history: DemandHistory
    origins: np.ndarray
    horizon: np.ndarray
    cumulated: np.ndarray = field(init=False)
    guessed: np.ndarray = field(init=False)
    by_day: np.ndarray = field(init=False)
    seen: np.ndarray = field(init=False)
    answers: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def intermittent(self) -> np.ndarray:
        """(n, J) whether demand up to each origin came less often than every 1.32 days."""
        hits = np.zeros(self.cumulated.shape, dtype=np.int64)
        known = (self.history.quantity > 0) & ~self.history.estimated
        np.cumsum(known, axis=1, out=hits[:, 1:])
        days = self.age - self.guessed[:, self.origins]
        return days >= INTERMITTENT * np.maximum(hits[:, self.origins], 1)

    def __post_init__(self) -> None:
        n, days = self.history.quantity.shape
        # One row per day: the recursive methods walk through the days.
        self.by_day = np.ascontiguousarray(self.history.quantity.T)
        self.cumulated = np.zeros((n, days + 1))
        np.cumsum(self.history.quantity, axis=1, out=self.cumulated[:, 1:])
        live = np.arange(days)[None, :] >= self.first
        self.seen = np.ascontiguousarray((live & ~self.history.estimated).T)
        self.guessed = np.zeros((n, days + 1), dtype=np.int64)
        np.cumsum(live & self.history.estimated, axis=1, out=self.guessed[:, 1:])

    def total(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """(n, J) demand from column ``start`` to before ``end``, both (n, J) or broadcastable."""
        return self.between(self.cumulated, start, end)

    def estimated_days(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """(n, J) days from column ``start`` to before ``end`` whose demand is an estimate."""
        return self.between(self.guessed, start, end)

    def between(self, cumulated: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """(n, J) difference of sums (n, T+1) from column ``start`` to before ``end``."""
        last = self.history.n_days
        shape = (self.history.n_series, self.origins.size)
        a = np.clip(np.broadcast_to(start, shape), 0, last)
        b = np.clip(np.broadcast_to(end, shape), 0, last)
        return np.take_along_axis(cumulated, b, 1) - np.take_along_axis(cumulated, a, 1)

    @property
    def first(self) -> np.ndarray:
        return self.history.first_day[:, None]

    @property
    def age(self) -> np.ndarray:
        """(n, J) days of history known at each origin."""
        return np.maximum(self.origins[None, :] - self.first, 0)


Method = Callable[[Context], np.ndarray]


def moving_average(window: int) -> Method:
    """Mean of the last ``window`` days (of all days when the history is shorter)."""

    def forecast(context: Context) -> np.ndarray:
        start = np.maximum(context.origins[None, :] - window, context.first)
        days = np.maximum(context.origins[None, :] - start, 1)
        return context.total(start, context.origins[None, :]) / days * context.horizon[:, None]

    return forecast


def exponential_smoothing(alpha: float) -> Method:
    """Level ``l ← l + a·(y - l)``; ``a`` starts as 1/t (a running mean) and settles at
    ``alpha``.
    """

    def forecast(context: Context) -> np.ndarray:
        quantity = context.by_day
        levels = np.zeros((context.history.n_series, context.origins.size))
        where = _columns(context.origins)
        level = np.zeros(context.history.n_series)
        known = np.zeros(context.history.n_series)
        for day in range(context.history.n_days + 1):
            for position in where.get(day, ()):
                levels[:, position] = level
            if day < context.history.n_days:
                seen = context.seen[day]
                known += seen
                weight = np.maximum(alpha, 1.0 / np.maximum(known, 1))
                level = np.where(seen, level + weight * (quantity[day] - level), level)
        return levels * context.horizon[:, None]

    return forecast


def croston_sba(alpha: float = 0.1) -> Method:
    """Croston's size over interval, both smoothed by ``alpha``, times ``1 - alpha/2`` (SBA)."""

    def forecast(context: Context) -> np.ndarray:
        quantity = context.by_day
        n = context.history.n_series
        rates = np.zeros((n, context.origins.size))
        where = _columns(context.origins)
        size, interval, since = np.zeros(n), np.zeros(n), np.zeros(n)
        for day in range(context.history.n_days + 1):
            for position in where.get(day, ()):
                rates[:, position] = np.divide(
                    size, interval, out=np.zeros(n), where=interval > 0
                ) * (1 - alpha / 2)
            if day < context.history.n_days:
                since += context.seen[day]
                demand = quantity[day]
                hit, new = (demand > 0) & context.seen[day], interval == 0
                size = np.where(hit, np.where(new, demand, size + alpha * (demand - size)), size)
                interval = np.where(
                    hit, np.where(new, since, interval + alpha * (since - interval)), interval
                )
                since = np.where(hit, 0, since)
        return rates * context.horizon[:, None]

    return forecast


def teunter_syntetos_babai(
    alpha_size: float = 0.1, alpha_probability: float = 0.05, *, warm_up: bool = True
) -> Method:
    """Size of demand times its probability per day; unlike Croston it falls while nothing sells.

    :param warm_up: start the probability as a running mean instead of from the first day alone
    """

    def forecast(context: Context) -> np.ndarray:
        quantity = context.by_day
        n = context.history.n_series
        rates = np.zeros((n, context.origins.size))
        where = _columns(context.origins)
        known = np.zeros(n)
        size, probability, seen = np.zeros(n), np.zeros(n), np.zeros(n, dtype=bool)
        for day in range(context.history.n_days + 1):
            for position in where.get(day, ()):
                rates[:, position] = size * probability
            if day < context.history.n_days:
                live = context.seen[day]
                known += live
                age = np.maximum(known, 1)
                weight = np.maximum(alpha_probability, 1.0 / age) if warm_up else alpha_probability
                weight = np.where(age == 1, 1.0, weight)
                demand = quantity[day]
                hit = (demand > 0) & live
                probability = np.where(
                    live, probability + weight * (hit - probability), probability
                )
                size = np.where(
                    hit, np.where(seen, size + alpha_size * (demand - size), demand), size
                )
                seen |= hit
        return rates * context.horizon[:, None]

    return forecast


def weekday_profile(weeks: int = 8) -> Method:
    """Mean of the same weekdays over the last ``weeks`` weeks, over the days of the interval."""

    def forecast(context: Context) -> np.ndarray:
        origin = context.origins[None, :]
        whole, rest = np.divmod(context.horizon[:, None], 7)
        mean_week = context.total(origin - 7 * weeks, origin) / weeks
        part = np.zeros(mean_week.shape)
        for week in range(1, weeks + 1):
            part += context.total(origin - 7 * week, origin - 7 * week + rest)
        out = mean_week * whole + part / weeks
        return np.where(context.age >= 7 * weeks, out, np.nan)

    return forecast


def seasonal_year() -> Method:
    """The same interval a year ago, scaled by how the last eight weeks compare with theirs."""

    def forecast(context: Context) -> np.ndarray:
        origin = context.origins[None, :]
        horizon = context.horizon[:, None]
        last_year = context.total(origin - YEAR, origin - YEAR + horizon)
        recent = context.total(origin - SEASON_REFERENCE, origin)
        reference = context.total(origin - YEAR - SEASON_REFERENCE, origin - YEAR)
        growth = np.divide(recent, reference, out=np.ones_like(recent), where=reference > 0)
        known = (context.age >= YEAR + SEASON_REFERENCE) & (horizon <= YEAR)
        return np.where(known, last_year * np.clip(growth, 0.25, 4.0), np.nan)

    return forecast


def _columns(origins: np.ndarray) -> dict[int, list[int]]:
    where: dict[int, list[int]] = {}
    for position, origin in enumerate(origins.tolist()):
        where.setdefault(origin, []).append(position)
    return where


def mean_of(*names: str) -> Method:
    """Mean of other methods, run before: errors that differ cancel out (J. Bates and C. Granger,
    *The combination of forecasts*, 1969)."""

    def forecast(context: Context) -> np.ndarray:
        return np.mean([context.answers[name] for name in names], axis=0)

    return forecast


def only_intermittent(method: Method) -> Method:
    """Let a method answer only where demand is intermittent."""

    def forecast(context: Context) -> np.ndarray:
        return np.where(context.intermittent, method(context), np.nan)

    return forecast


# The order matters: the first one is the fallback, and wins a tie.
METHODS: dict[str, Method] = {
    "ma56": moving_average(56),
    "ma28": moving_average(28),
    "ma91": moving_average(91),
    "ma182": moving_average(182),
    "ses05": exponential_smoothing(0.05),
    "ses02": exponential_smoothing(0.02),
    "sba": only_intermittent(croston_sba(0.1)),
    "tsb": only_intermittent(teunter_syntetos_babai(0.1, 0.03)),
    "weekday": weekday_profile(8),
    "year": seasonal_year(),
    "mean": mean_of("ma28", "ma91", "ma182", "ses02", "weekday"),
}
