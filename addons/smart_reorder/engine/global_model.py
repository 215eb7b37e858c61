"""One model of demand's quantiles for all products, learned from their past.

Every product and every past week is an example: what was known then (:mod:`.features`), and what
the demand over the protection interval then was. :mod:`.boosting` learns the distribution. Examples
weigh as much as the square root of their scale: products that sell much matter more for stock and
fill, and there are few of them. Where there are more than :data:`MAX_EXAMPLES`, so many are drawn,
by their weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .boosting import Boosting, at_level, grow
from .features import WIDTH, scale_and_features
from .history import DemandHistory
from .methods import METHODS, Context

MAX_EXAMPLES = 150_000
MIN_EXAMPLES = 1_000  # below, nothing is learned: the statistical methods forecast alone
MIN_AGE = 28  # days of history before a series is an example, or is forecast by it
MAX_WEEKS = 78  # of examples; older ones are another world
MAX_ESTIMATED = 1 / 3  # of an example's interval, as elsewhere


@dataclass(frozen=True)
class GlobalModel:
    """:ivar boosting: of demand relative to its scale
    :ivar examples: how many it was learned from
    """

    boosting: Boosting
    examples: int

    def as_arrays(self) -> dict[str, np.ndarray]:
        return self.boosting.as_arrays() | {"examples": np.array(self.examples)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> GlobalModel:
        """:raises ValueError: when they are not those of a model"""
        if "examples" not in arrays:
            raise ValueError("not a model of demand")
        boosting = Boosting.from_arrays(arrays)
        if boosting.width != WIDTH:
            raise ValueError("not a model of what is known now: it will be learned anew")
        return cls(boosting, int(arrays["examples"]))

    def curves(self, scale: np.ndarray, features: np.ndarray) -> np.ndarray:
        """(n, len(GRID)) quantiles of demand over the interval, at one origin."""
        return self.boosting.curves(features) * scale[:, None]

    def quantile(self, scale: np.ndarray, features: np.ndarray, level: np.ndarray) -> np.ndarray:
        """(n,) one quantile of demand for each series, at one origin."""
        return self.boosting.quantile(features, level) * scale


def weekly_context(history: DemandHistory, horizon: np.ndarray, count: int) -> Context:
    """Origins a week apart: column 0 is today, column k the day k weeks ago."""
    origins = history.n_days - 7 * np.arange(min(count, history.n_days // 7 + 1))
    context = Context(history, origins, horizon)
    context.answers["ses02"] = METHODS["ses02"](context)
    return context


def learn(
    context: Context,
    scale: np.ndarray,
    features: np.ndarray,
    until: int | None = None,
    *,
    seed: int = 0,
    **options: Any,
) -> GlobalModel | None:
    """Learn from the intervals that had ended before day ``until`` (the context's end by default).

    :param scale: (n, J), and
    :param features: (n, J, f), of :func:`~.features.scale_and_features`
    :return: None when there are too few examples
    """
    until = context.history.n_days if until is None else until
    origin, horizon = context.origins[None, :], context.horizon[:, None]
    end = origin + horizon
    use = (context.age >= MIN_AGE) & (end <= until) & (origin >= until - 7 * MAX_WEEKS)
    use &= context.estimated_days(origin, end) <= MAX_ESTIMATED * horizon
    rows, columns = np.nonzero(use)
    known = rows.size
    if known < MIN_EXAMPLES:
        return None
    target = context.total(origin, end)[rows, columns] / scale[rows, columns]
    generator = np.random.default_rng(seed)
    importance = np.sqrt(scale[rows, columns])
    importance /= importance.mean()
    if rows.size > MAX_EXAMPLES:
        chosen = generator.choice(rows.size, size=MAX_EXAMPLES, p=importance / rows.size)
        rows, columns, target = rows[chosen], columns[chosen], target[chosen]
        importance = np.ones(MAX_EXAMPLES)
    grown = grow(features[rows, columns], target, importance, seed=seed, **options)
    return GlobalModel(grown, known)


def quantiles(curves: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """(n, g) whole units not exceeded with each of the levels (g,)."""
    out = np.stack([at_level(curves, level) for level in np.asarray(levels, float)], axis=1)
    return np.ceil(out - 1e-9)


__all__ = ["GlobalModel", "learn", "quantiles", "scale_and_features", "weekly_context"]
