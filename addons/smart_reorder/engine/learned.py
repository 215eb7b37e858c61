"""The global model beside the statistical methods, for series that are forecast now.

A run learns two models: one from everything, which forecasts, and one from what had ended
:data:`PROOF_WEEKS` ago, which shows how well such a model did in the weeks that it did not see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from .boosting import GRID, at_level
from .features import scale_and_features
from .global_model import MIN_AGE, GlobalModel, learn, weekly_context
from .history import DemandHistory
from .lead_time import Intervals

PROOF_WEEKS = 13
GLOBAL_WEIGHT = 0.9  # before a record of either says more
CHUNK = 2_000  # series whose mixtures are computed at once


@dataclass(frozen=True)
class Learned:
    """:ivar model: learned from everything
    :ivar proof: learned from what had ended before the weeks to be shown
    """

    model: GlobalModel
    proof: GlobalModel | None = None

    def as_arrays(self) -> dict[str, np.ndarray]:
        arrays = {f"model.{name}": value for name, value in self.model.as_arrays().items()}
        if self.proof:
            arrays |= {f"proof.{name}": value for name, value in self.proof.as_arrays().items()}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Learned | None:
        """:return: None when there is no model among them
        :raises ValueError: when a model is broken
        """
        parts = {
            part: {
                name.removeprefix(f"{part}."): value
                for name, value in arrays.items()
                if name.startswith(f"{part}.")
            }
            for part in ("model", "proof")
        }
        if not parts["model"]:
            return None
        proof = GlobalModel.from_arrays(parts["proof"]) if parts["proof"] else None
        return cls(GlobalModel.from_arrays(parts["model"]), proof)


def learn_all(history: DemandHistory, horizon: np.ndarray, *, seed: int = 0) -> Learned | None:
    """Learn from all series and weeks. Demand is counted in steps of the unit.

    :return: None when there is too little to learn from
    """
    context = weekly_context(history, horizon, 79)
    scale, features = scale_and_features(context)
    model = learn(context, scale, features, seed=seed)
    if model is None:
        return None
    until = history.n_days - 7 * PROOF_WEEKS
    return Learned(model, learn(context, scale, features, until=until, seed=seed))


def combine(model: np.ndarray, statistical: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """Quantiles of both in whole units; where the model says nothing (NaN), the statistical ones.

    :param share: of the model's
    """
    both = np.ceil(share * model + (1 - share) * statistical - 1e-9)
    return np.where(np.isnan(model), statistical, both)


@dataclass(frozen=True)
class Curves:
    """What the model says today and, unseen, said in the past weeks.

    :ivar today: (n, len(GRID)) quantiles of demand over the expected interval
    :ivar past: (n, weeks) quantile at the level of each series, column k being k weeks ago; NaN
        where there is none
    :ivar usable: (n,) bool, whether the series is old enough
    """

    today: np.ndarray
    past: np.ndarray
    usable: np.ndarray


def read_curves(
    learned: Learned, history: DemandHistory, horizon: np.ndarray, level: np.ndarray
) -> Curves:
    """:param level: (n,) level to ask the model for"""
    context = weekly_context(history, horizon, PROOF_WEEKS + 1 if learned.proof else 1)
    scale, features = scale_and_features(context)
    past = np.full(scale.shape, np.nan)
    for column in range(1, scale.shape[1]):
        assert learned.proof is not None
        found = learned.proof.quantile(scale[:, column], features[:, column], level)
        old = context.age[:, column] >= MIN_AGE
        past[old, column] = np.ceil(found[old] - 1e-9)
    today = learned.model.curves(scale[:, 0], features[:, 0])
    return Curves(today, past, context.age[:, 0] >= MIN_AGE)


def over_lengths(
    curves: np.ndarray, horizon: np.ndarray, spread: Intervals, level: np.ndarray
) -> np.ndarray:
    """Quantile of demand over an interval of uncertain length, in proportion to its days.

    The curve of the expected length, stretched to each possible one, gives points with weights;
    theirs is the mixture.

    :return: (n,) the quantile in whole units
    """
    limits = np.zeros(len(curves))
    for rows, values, weight in _points(curves, horizon, spread):
        if spread.days.shape[1] == 1:
            found = at_level(values, level[rows])
        else:
            order = np.argsort(values, axis=1, kind="stable")
            ordered = np.take_along_axis(values, order, 1)
            reached = np.cumsum(np.take_along_axis(weight, order, 1), axis=1)
            first = (reached >= level[rows, None] - 1e-12).argmax(1)
            found = ordered[np.arange(len(ordered)), first]
        limits[rows] = np.ceil(found - 1e-9)
    return limits


def short_of(
    curves: np.ndarray, horizon: np.ndarray, spread: Intervals, limit: np.ndarray
) -> np.ndarray:
    """(n,) demand beyond a limit that is to be expected, E[(D - limit)+]."""
    shorts = np.zeros(len(curves))
    for rows, values, weight in _points(curves, horizon, spread):
        shorts[rows] = (weight * np.maximum(values - limit[rows, None], 0)).sum(1)
    return shorts


def _points(
    curves: np.ndarray, horizon: np.ndarray, spread: Intervals
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """The curves stretched to the possible lengths, as points with weights, chunk by chunk."""
    mass = _mass()
    for start in range(0, len(curves), CHUNK):
        rows = slice(start, start + CHUNK)
        stretch = spread.days[rows] / horizon[rows, None]
        values = (curves[rows, None, :] * stretch[:, :, None]).reshape(len(stretch), -1)
        yield rows, values, (spread.weight[rows][:, :, None] * mass).reshape(values.shape)


def _mass() -> np.ndarray:
    """(len(GRID),) probability around each level of the grid."""
    middle = (GRID[1:] + GRID[:-1]) / 2
    return np.diff(np.concatenate([[0.0], middle, [1.0]]))
