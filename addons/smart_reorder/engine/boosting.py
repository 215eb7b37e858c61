"""Quantiles of a relative demand, learned by LightGBM: gradient-boosted trees, one model a level.

Each model minimises the pinball loss of its level (R. Koenker and G. Bassett, *Regression
quantiles*, 1978; J. Friedman, *Greedy function approximation: a gradient boosting machine*, 2001;
G. Ke et al., *LightGBM: a highly efficient gradient boosting decision tree*, 2017). Learned one by
one, quantiles may cross; put in order they never do and are closer to the true ones (V.
Chernozhukov, I. Fernández-Val and A. Galichon, *Quantile and probability curves without crossing*,
2010). Between the levels that are learned they are linear over -ln(1 - level), along which the tail
of an exponential distribution is straight.

LightGBM (MIT) is optional, and imported here alone: in the engine's own process, on one thread. A
process that forks after its threads have worked would hang, so Odoo's never imports it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

#: Levels that are learned.
LEVELS = np.array([0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.997])
#: Quantiles of a standard exponential there: between the levels, curves are straight over these.
EXPONENTIAL = -np.log1p(-LEVELS)
#: Levels of a curve; denser where service levels are.
GRID = np.concatenate(
    [
        np.linspace(0.05, 0.85, 17),
        np.linspace(0.87, 0.97, 11),
        np.linspace(0.975, 0.995, 9),
        [0.999],
    ]
)
ROUNDS = 100  # trees a level
OPTIONS = {
    "objective": "quantile",
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    # the same data and seed give the same model
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
END = "\0"  # between the texts of the models


class LibraryError(ValueError):
    """LightGBM cannot be used; the message says what to do."""


def library() -> Any:
    """:raises LibraryError: it is not installed, or what it needs of the system is not"""
    try:
        import lightgbm
    except (ImportError, OSError) as error:
        raise LibraryError(
            f"LightGBM cannot be used ({error}): without what all products together teach, the"
            " statistical methods forecast alone. Install the packages of requirements.txt, and"
            " the system's library libgomp1"
        ) from error
    return lightgbm


def missing() -> str:
    """Why LightGBM cannot be used here; empty when it can."""
    try:
        library()
    except LibraryError as error:
        return str(error)
    return ""


@lru_cache(maxsize=2)  # the parts of a question have the same ones
def _read(texts: tuple[str, ...]) -> list[Any]:
    lightgbm = library()
    return [lightgbm.Booster(model_str=text) for text in texts]


@dataclass(frozen=True)
class Boosting:
    """:ivar texts: of the models, in LightGBM's own format, one for each of :data:`LEVELS`
    :ivar width: features that they look at
    """

    texts: tuple[str, ...]
    width: int

    def as_arrays(self) -> dict[str, np.ndarray]:
        """What a file of arrays keeps of it."""
        content = END.join(self.texts).encode()
        return {
            "text": np.frombuffer(content, dtype=np.uint8),
            "digest": np.array(hashlib.sha256(content).hexdigest()),
            "width": np.array(self.width),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Boosting:
        """:raises ValueError: when they are not those of a model, or not as they were written
        :raises LibraryError: there is nothing to read them with
        """
        try:
            content = np.asarray(arrays["text"], dtype=np.uint8).tobytes()
            if hashlib.sha256(content).hexdigest() != str(arrays["digest"]):
                raise ValueError("it is not as it was written")
            texts = tuple(content.decode().split(END))
            width = int(arrays["width"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a model: {error}") from error
        boosting = cls(texts, width)
        boosting._check()
        return boosting

    def _check(self) -> None:
        if len(self.texts) != LEVELS.size:
            raise ValueError(f"not a model: it has {len(self.texts)} levels")
        lightgbm = library()
        try:
            widths = {model.num_feature() for model in _read(self.texts)}
        except lightgbm.basic.LightGBMError as error:
            raise ValueError(f"not a model: {error}") from error
        if widths != {self.width}:
            raise ValueError(f"not a model of {self.width} features")

    def curves(self, features: np.ndarray) -> np.ndarray:
        """(n, len(GRID)) quantiles of the relative demand."""
        return between(self._learned(features, np.arange(LEVELS.size)))

    def quantile(self, features: np.ndarray, level: np.ndarray) -> np.ndarray:
        """(n,) quantile of the relative demand at a level for each row; only the models around the
        levels are asked.
        """
        x = -np.log1p(-np.minimum(level, GRID[-1]))
        low = np.clip(np.searchsorted(EXPONENTIAL, x, side="right") - 1, 0, LEVELS.size - 2)
        asked = np.unique([low, low + 1])
        learned = self._learned(features, asked)
        rows, place = np.arange(len(features)), np.searchsorted(asked, low)
        part = (x - EXPONENTIAL[low]) / (EXPONENTIAL[low + 1] - EXPONENTIAL[low])
        start = learned[rows, place]
        inside = start + part * (learned[rows, place + 1] - start)
        return np.where(x < EXPONENTIAL[0], start * (level / LEVELS[0]), inside)

    def _learned(self, features: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """(n, len(asked)) of the models with these indexes, in order."""
        if not len(features):
            return np.zeros((0, asked.size))
        models = _read(self.texts)
        found = [models[index].predict(features, num_threads=1) for index in asked]
        return np.sort(np.expm1(np.maximum(np.stack(found, axis=1), 0.0)), axis=1)


def grow(
    features: np.ndarray,
    target: np.ndarray,
    weight: np.ndarray | None = None,
    *,
    rounds: int = ROUNDS,
    seed: int = 0,
    **options: Any,
) -> Boosting:
    """Learn the quantiles of a target.

    :param features: (N, f) float, NaN is unknown
    :param target: (N,) relative demand, >= 0
    :param weight: (N,) how much each counts; by default all the same
    :param options: of LightGBM, instead of :data:`OPTIONS`
    :raises LibraryError: LightGBM cannot be used
    """
    lightgbm = library()
    options = {**OPTIONS, "seed": seed, **options}
    # The logarithm tames the tail: trees are not grown for the sake of one large order. Quantiles
    # of the logarithm are the logarithms of the quantiles.
    data = lightgbm.Dataset(
        features, np.log1p(target), weight=weight, params=options, free_raw_data=False
    )
    models = (
        lightgbm.train({**options, "alpha": level}, data, rounds) for level in LEVELS.tolist()
    )
    return Boosting(tuple(model.model_to_string() for model in models), features.shape[1])


def between(learned: np.ndarray) -> np.ndarray:
    """(n, len(GRID)) of the quantiles (n, len(LEVELS)) at the levels that are learned.

    Below the first of them the curve falls to nothing; above the last it goes on as straight as it
    came.
    """
    wanted = -np.log1p(-GRID)
    high = np.clip(np.searchsorted(EXPONENTIAL, wanted), 1, LEVELS.size - 1)
    low = high - 1
    part = (wanted - EXPONENTIAL[low]) / (EXPONENTIAL[high] - EXPONENTIAL[low])
    curves = learned[:, low] + part * (learned[:, high] - learned[:, low])
    below = wanted < EXPONENTIAL[0]
    return np.where(below, learned[:, :1] * (GRID / LEVELS[0]), curves)


def at_level(curves: np.ndarray, level: np.ndarray) -> np.ndarray:
    """(n,) values of quantile curves (n, len(GRID)) at a level per row, linear between the grid's.

    Below the grid's first level the curve falls to nothing; above its last one it stays.
    """
    level = np.broadcast_to(np.asarray(level, float), (len(curves),))
    high = np.clip(np.searchsorted(GRID, level), 0, GRID.size - 1)
    low = np.maximum(high - 1, 0)
    rows = np.arange(len(curves))
    width = np.where(high > low, GRID[high] - GRID[low], 1.0)
    part = np.clip((level - GRID[low]) / width, 0.0, 1.0)
    inside = curves[rows, low] + part * (curves[rows, high] - curves[rows, low])
    return np.where(high == 0, curves[:, 0] * np.minimum(level / GRID[0], 1.0), inside)
