"""Choose, per series, the method whose quantile of demand did best in its own past; say how well.

Everything is about the demand *summed over the protection interval* (review period + lead time): a
reorder point must cover that sum. Daily quantiles are never added: the sum of 95 % quantiles is not
the 95 % quantile of the sum.

Where the length of the interval is uncertain, because deliveries come sooner or later, the demand
over it is a mixture over the lengths: P(D <= q) = Σ P(length)·P(D(length) <= q). The methods are
chosen and calibrated over the expected length; the quantile given is that of the mixture.

How it is measured: rolling origins, one a week. A forecast issued at an origin sees the days
before it only; whatever is learned from earlier forecasts (dispersion, choice of method) is
learned from those whose interval had ended by then. So the error reported is that of the whole
procedure, choice included, as it would have run: it is not the error of the method that looks best
afterwards.

Scoring by pinball loss at the service level: R. Koenker and G. Bassett (1978); rolling origins:
L. Tashman, *Out-of-sample tests of forecasting accuracy* (2000).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .distributions import negbin_cdf, negbin_loss, negbin_mixture_quantile, negbin_quantile
from .history import DemandHistory
from .lead_time import Intervals
from .learned import GLOBAL_WEIGHT, Learned, combine, over_lengths, read_curves, short_of
from .methods import METHODS, Context

STEP = 7  # days between two origins
MAX_ORIGINS = 60
MIN_TRAINING = 28  # days of history before the first origin that counts
PRIOR_DISPERSION = 1.0  # before anything is known: standard deviation as large as the mean
MIN_ANSWERED = 2.0  # independent intervals that a method must have answered to be chosen
PRIOR_WEIGHT = 4.0  # independent intervals that the other series' experience is worth
MAX_ESTIMATED = 1 / 3  # of an interval's days, for it to count as evidence
CHOICE_WEIGHT = 20.0  # the same for the choice of method

CLASS_BOUNDS = (0.5, 2.0, 10.0, 50.0)  # of the mean over the interval: similar series
LEVEL_BINS = 2000
CALIBRATION_INTERVALS = 200  # below this the nominal level is half of the answer

LEAST_ASKED, MOST_ASKED = 0.01, 0.9995  # levels that can be asked for, whatever experience adds

EVIDENCE_MEASURED = "measured"
EVIDENCE_THIN = "thin"
EVIDENCE_QUIET = "quiet"
EVIDENCE_NONE = "none"


@dataclass(frozen=True)
class Forecast:
    """One entry per series. Quantities are in the series' unit of measure; unknown errors are NaN.

    :ivar mean: expected demand over the protection interval
    :ivar quantile: demand over the interval that is not exceeded with probability ``level``
    :ivar dispersion: ``d`` of the negative binomial, in steps of ``unit``: variance ``m + d·m²``
    :ivar method: key of :data:`~.methods.METHODS`
    :ivar evidence: ``measured``, ``thin`` (too few intervals to choose by), ``quiet`` (enough, but
        without demand in any of them) or ``none`` (no demand at all)
    :ivar origins: forecasts in the backtest; they overlap when the interval is longer than a week
    :ivar intervals: how many intervals without overlap they are worth
    :ivar wape: Σ|error| / Σ demand of the mean
    :ivar bias: Σ(mean - demand) / Σ demand; positive is too high
    :ivar coverage: share of intervals whose demand the quantile covered; compare with ``level``
    :ivar pinball: mean pinball loss of the quantile
    :ivar skill: mean absolute error over that of "as much as in the interval before" (below 1:
        better)
    :ivar expected_short: demand beyond the quantile that is to be expected
    :ivar statistical: quantile of the statistical method alone
    :ivar model: quantile of the global model alone, NaN without
    """

    mean: np.ndarray
    quantile: np.ndarray
    dispersion: np.ndarray
    method: np.ndarray
    evidence: np.ndarray
    origins: np.ndarray
    intervals: np.ndarray
    wape: np.ndarray
    bias: np.ndarray
    coverage: np.ndarray
    pinball: np.ndarray
    skill: np.ndarray
    expected_short: np.ndarray
    statistical: np.ndarray
    model: np.ndarray


def forecast_demand(
    history: DemandHistory,
    horizon: np.ndarray | Intervals,
    level: np.ndarray,
    unit: np.ndarray | float = 1.0,
    min_intervals: float = 4.0,
    learned: Learned | None = None,
    weight: np.ndarray | float = GLOBAL_WEIGHT,
    shift: np.ndarray | float = 0.0,
) -> Forecast:
    """Forecast the demand over each series' protection interval.

    :param horizon: (n,) int >= 1, days of the interval, or their distributions
    :param level: (n,) float strictly between 0 and 1, the service level
    :param unit: (n,) or scalar, the step in which demand is counted (the rounding of the unit of
        measure); the negative binomial counts these
    :param min_intervals: independent intervals below which a series does not choose for itself
    :param learned: model of all products together; without it the statistical methods stand alone
    :param weight: (n,) or scalar, share of the model's quantile in the combination
    :param shift: (n,) or scalar, what experience adds to the level to ask for, so that demand is
        covered as often as wanted (:mod:`.adapt`)
    :raises ValueError: when an argument is out of range; check with :func:`~.checks.find_issues`
        first
    """
    n = history.n_series
    spread = horizon if isinstance(horizon, Intervals) else None
    if spread is not None:
        horizon = np.maximum(np.floor(spread.mean + 0.5), 1)
    horizon = np.broadcast_to(np.asarray(horizon, dtype=np.int64), (n,))
    level = np.broadcast_to(np.asarray(level, dtype=float), (n,))
    unit = np.broadcast_to(np.asarray(unit, dtype=float), (n,))
    if n and (horizon.min() < 1 or not (level > 0).all() or not (level < 1).all()):
        raise ValueError("the horizon must be at least a day and the level between 0 and 1")
    if n and not (np.isfinite(history.quantity).all() and (unit > 0).all()):
        raise ValueError("demand must be finite and units positive")
    scaled = DemandHistory(history.quantity / unit[:, None], history.first_day, history.estimated)
    backtest = Backtest(scaled, horizon, level)
    return backtest.result(
        unit,
        min_intervals,
        spread,
        learned,
        np.broadcast_to(np.asarray(weight, float), (n,)),
        np.broadcast_to(np.asarray(shift, float), (n,)),
    )


class Backtest:
    """Column 0 is the forecast wanted, issued after the last day; column k the one k weeks
    earlier.
    """

    def __init__(self, history: DemandHistory, horizon: np.ndarray, level: np.ndarray) -> None:
        days = history.n_days
        count = min(MAX_ORIGINS, days // STEP) + 1
        origins = days - STEP * np.arange(count)
        self.context = context = Context(history, origins, horizon)
        self.level = level[:, None]
        self.horizon = horizon
        # Intervals that start k columns ago have ended once k >= lag.
        self.lag = -(-horizon // STEP)
        columns = np.arange(count)[None, :]
        self.finished = (columns >= self.lag[:, None]) & (context.age >= MIN_TRAINING)
        end = origins[None, :] + horizon[:, None]
        # An interval that is mostly an estimate proves nothing.
        estimated = context.estimated_days(origins[None, :], end)
        self.finished &= estimated <= MAX_ESTIMATED * horizon[:, None]
        self.actual = np.where(self.finished, context.total(origins[None, :], end), 0.0)
        self.weight = np.minimum(1.0, STEP / horizon)[:, None]  # overlapping intervals share days
        self.known = self._so_far(self.finished)
        self.names = list(METHODS)
        self._run()

    def _so_far(self, values: np.ndarray) -> np.ndarray:
        """(n, J) sums over the intervals that had ended at each column."""
        n, count = values.shape
        tail = np.zeros((n, count + 1))
        tail[:, :count] = np.cumsum(values[:, ::-1], axis=1)[:, ::-1]
        index = np.minimum(np.arange(count)[None, :] + self.lag[:, None], count)
        return np.take_along_axis(tail, index, 1)

    def _run(self) -> None:
        evidence = self.known * self.weight
        means, dispersions, quantiles, scores = [], [], [], []
        for name in self.names:
            mean = METHODS[name](self.context)
            usable = np.isfinite(mean)
            # Where a method cannot answer yet, the fallback does for it, so that all are compared
            # on the same intervals. To be chosen it must have answered some itself.
            mean = np.maximum(np.where(usable, mean, means[0] if means else 0.0), 0.0)
            dispersion = self._dispersion(mean, evidence)
            quantile = negbin_quantile(mean, dispersion, self.level)
            error = self.actual - quantile
            self.context.answers[name] = mean
            loss = np.maximum(self.level * error, (self.level - 1) * error)
            answered = self._so_far(self.finished & usable) * self.weight
            able = usable & ((answered >= MIN_ANSWERED) | (len(means) == 0))
            means.append(mean)
            dispersions.append(dispersion)
            quantiles.append(quantile)
            scores.append(np.where(able, self._so_far(np.where(self.finished, loss, 0)), np.inf))
        self.choice = self._choose(np.stack(scores), evidence)
        pick = self.choice[None]
        self.mean = np.take_along_axis(np.stack(means), pick, 0)[0]
        self.dispersion = np.take_along_axis(np.stack(dispersions), pick, 0)[0]
        self.quantile = np.take_along_axis(np.stack(quantiles), pick, 0)[0]
        self._calibrate()

    def _calibrate(self) -> None:
        """Ask the distribution for the level that would have covered as often as wanted.

        Real demand has longer tails than the model. Demand ``y`` is covered when P(X < y) is below
        the level asked for; so the level to ask for is the wanted quantile of P(X < y) over the
        intervals of similar series that had ended. Conformal calibration: V. Vovk et al. (2005);
        with too few intervals the nominal level stays.
        """
        below = np.where(self.finished, negbin_cdf(self.actual - 1, self.mean, self.dispersion), 0)
        group = np.digitize(self.mean, CLASS_BOUNDS)
        asked = np.broadcast_to(self.level, self.mean.shape).copy()
        bins = np.minimum((below * LEVEL_BINS).astype(np.int64), LEVEL_BINS - 1)
        column = np.broadcast_to(np.arange(self.mean.shape[1]), self.mean.shape)
        count = self.mean.shape[1]
        for level in np.unique(self.level):
            for lag in np.unique(self.lag):
                rows = (self.level[:, 0] == level) & (self.lag == lag)
                for index in range(len(CLASS_BOUNDS) + 1):
                    member = rows[:, None] & (group == index)
                    use = member & self.finished
                    table = np.zeros((count, LEVEL_BINS))
                    np.add.at(table, (column[use], bins[use]), 1)
                    # Seen at column k: the intervals of the columns k + lag and older.
                    seen = np.zeros((count, LEVEL_BINS))
                    if lag < count:
                        seen[: count - lag] = np.cumsum(table[::-1], axis=0)[::-1][lag:]
                    asked[member] = _level_to_ask(seen, float(level))[column[member]]
        self.asked = asked
        self.quantile = negbin_quantile(self.mean, self.dispersion, asked)

    def _dispersion(self, mean: np.ndarray, evidence: np.ndarray) -> np.ndarray:
        """Moment estimate from the errors so far, drawn towards the median of all series.

        From variance = m + d·m²:  d = Σ((y - m)² - m) / Σ m².
        """
        error = self.actual - mean
        excess = self._so_far(np.where(self.finished, error * error - mean, 0))
        square = self._so_far(np.where(self.finished, mean * mean, 0))
        own = np.divide(excess, square, out=np.zeros_like(excess), where=square > 0)
        own = np.clip(own, 0, 100)
        pool = _median_where(own, (square > 0) & (evidence >= 3), PRIOR_DISPERSION)
        own = np.where(square > 0, own, pool)
        return (evidence * own + PRIOR_WEIGHT * pool) / (evidence + PRIOR_WEIGHT)

    def _choose(self, scores: np.ndarray, evidence: np.ndarray) -> np.ndarray:
        """(n, J) index of the method with the least loss so far, relative to the others.

        A series' own record is blended with the mean record of all series, which is worth
        :data:`CHOICE_WEIGHT` intervals: a lucky method does not win on three of them.
        """
        able = np.isfinite(scores)
        finite = np.where(able, scores, 0.0)
        typical = finite.sum(0) / np.maximum(able.sum(0), 1)
        relative = np.divide(finite, typical[None], out=np.ones_like(finite), where=typical > 0)
        informed = (evidence >= 3) & (typical > 0)
        pooled = np.ones((len(scores), 1, scores.shape[2]))
        for index in range(len(scores)):
            use = informed & able[index]
            total = use.sum(0)
            mean = np.where(use, np.minimum(relative[index], 3.0), 0).sum(0) / np.maximum(total, 1)
            pooled[index, 0] = np.where(total >= 10, mean, 1.0)
        blended = (evidence * relative + CHOICE_WEIGHT * pooled) / (evidence + CHOICE_WEIGHT)
        return np.argmin(np.where(able, blended, np.inf), axis=0)

    def result(
        self,
        unit: np.ndarray,
        min_intervals: float,
        spread: Intervals | None = None,
        learned: Learned | None = None,
        weight: np.ndarray | float = GLOBAL_WEIGHT,
        shift: np.ndarray | float = 0.0,
    ) -> Forecast:
        if spread is None:
            spread = Intervals(self.horizon[:, None].astype(float), np.ones((self.horizon.size, 1)))
        dispersion = self.dispersion[:, 0]
        # Demand of each possible length, in proportion to its days.
        means = self.mean[:, :1] / self.horizon[:, None] * spread.days
        asked = np.clip(self.asked[:, 0] + shift, LEAST_ASKED, MOST_ASKED)
        statistical = negbin_mixture_quantile(means, spread.weight, dispersion, asked)
        quantile, model_quantile = statistical, np.full(statistical.shape, np.nan)
        model_short = np.zeros(statistical.shape)
        share = np.zeros(statistical.shape)
        if learned is not None and self.horizon.size:
            wanted = np.clip(self.level[:, 0] + shift, LEAST_ASKED, MOST_ASKED)
            curves = read_curves(learned, self.context.history, self.horizon, wanted)
            share = np.where(curves.usable, weight, 0.0)
            limit = over_lengths(curves.today, self.horizon, spread, wanted)
            model_quantile = np.where(curves.usable, limit, np.nan)
            quantile = combine(model_quantile, statistical, share)
            model_short = short_of(curves.today, self.horizon, spread, quantile)
            self._show(curves.past, share)
        short = (spread.weight * negbin_loss(quantile[:, None], means, dispersion[:, None])).sum(1)
        short = share * model_short + (1 - share) * short
        demand = np.where(self.finished, self.actual, 0).sum(1)
        error = np.where(self.finished, self.mean - self.actual, 0)
        gap = self.actual - self.quantile
        loss = np.where(self.finished, np.maximum(self.level * gap, (self.level - 1) * gap), 0)
        covered = (self.finished & (gap <= 1e-9)).sum(1)
        origins = self.finished.sum(1)
        intervals = origins * self.weight[:, 0]
        start = self.context.origins[None, :] - self.horizon[:, None]
        before = self.context.total(start, self.context.origins[None, :])
        naive = np.where(self.finished, np.abs(before - self.actual), 0).sum(1)
        absolute = np.abs(error).sum(1)
        ever = self.context.cumulated[:, -1] > 0
        evidence = np.where(demand > 0, EVIDENCE_MEASURED, EVIDENCE_QUIET)
        evidence = np.where(intervals >= min_intervals, evidence, EVIDENCE_THIN)
        return Forecast(
            mean=(spread.weight * means).sum(1) * unit,
            quantile=quantile * unit,
            dispersion=dispersion,
            method=np.array(self.names)[self.choice[:, 0]],
            evidence=np.where(ever, evidence, EVIDENCE_NONE),
            origins=origins,
            intervals=intervals,
            wape=_ratio(absolute, demand),
            bias=_ratio(error.sum(1), demand),
            coverage=_ratio(covered, origins),
            pinball=_ratio(loss.sum(1), origins) * unit,
            skill=_ratio(absolute, naive),
            expected_short=short * unit,
            statistical=statistical * unit,
            model=model_quantile * unit,
        )

    def _show(self, past: np.ndarray, share: np.ndarray) -> None:
        """In the weeks that the proof did not see, what is measured is the combination."""
        shown = self.quantile[:, : past.shape[1]]
        shown[:] = combine(past, shown, share[:, None])


def _ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    bottom = np.asarray(bottom, dtype=float)
    return np.divide(top, bottom, out=np.full(bottom.shape, np.nan), where=bottom > 0)


def _median_where(values: np.ndarray, use: np.ndarray, default: float) -> np.ndarray:
    """(1, J) median of each column over the entries to use; the default with fewer than ten."""
    out = np.full((1, values.shape[1]), default)
    for column in range(values.shape[1]):
        chosen = values[use[:, column], column]
        if chosen.size >= 10:
            out[0, column] = np.median(chosen)
    return out


def _level_to_ask(seen: np.ndarray, level: float) -> np.ndarray:
    """(J,) level to ask for, from the (J, bins) histogram of P(X < y)."""
    total = seen.sum(1)
    reached = np.cumsum(seen, axis=1) >= np.ceil(level * (total + 1))[:, None]
    # The upper edge of the bin; never certainty, and never much less than what is wanted.
    found = (np.argmax(reached, axis=1) + 1.0) / LEVEL_BINS
    found = np.where(reached.any(1), found, 1.0)
    found = np.clip(found, level - (1 - level) / 2, 1 - (1 - level) / 20)
    return (total * found + CALIBRATION_INTERVALS * level) / (total + CALIBRATION_INTERVALS)
