"""What would it have done? A company's own history through its present rules and through ours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .backtest import rolling_forecasts
from .distributions import FloatArray
from .history import DemandHistory
from .simulate import Outcome, play

#: service levels of the curve; the products' own level is between two of them
LEVELS = np.array([0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995])
MOST_WEEKS, LEAST_WEEKS = 26, 4
TRAINING = 91  # days before the first week that is played
DRAWS = 400
FIGURES = ("stock", "sold", "lost", "orders", "ordered")


def weeks_of(days: int) -> int:
    """How many weeks of a history can be played; 0 when it is too short."""
    weeks = min(MOST_WEEKS, (days - TRAINING) // 7)
    return weeks if weeks >= LEAST_WEEKS else 0


def replay(
    history: DemandHistory,
    lead: np.ndarray,
    level: np.ndarray,
    least: np.ndarray,
    most: np.ndarray,
    *,
    review: int = 1,
    cycle: float = 7.0,
    multiple: np.ndarray | float = 1.0,
    weeks: int | None = None,
) -> Outcome:
    """Play the last weeks with the present minimum and maximum, and with the engine's forecasts.

    Both begin with the stock that they hold at most, and count from when their first orders have
    come. Ours sees at each week what was known then.

    :param history: counted in whole steps of the unit
    :param lead: (n,) whole days, :param level: (n,) wanted, between 0 and 1
    :param least: (n,) and :param most: (n,) present minimum and maximum
    :param review: days between two of our reviews; Odoo's rules are looked at daily
    :param cycle: days of demand between our reorder point and order-up-to level
    :return: settings: present, ours at the products' own levels, then ours at each of
        :data:`LEVELS`
    """
    n, days = history.quantity.shape
    weeks = weeks_of(days) if weeks is None else weeks
    if weeks < 1:
        raise ValueError("the history is too short to be played")
    lead = np.asarray(lead, dtype=np.int64)
    rolling = rolling_forecasts(history, np.maximum(lead + review, 1), LEVELS, weeks)
    own = _at_levels(rolling.quantile, np.asarray(level, float))
    ours = np.concatenate([own[:, :, None], rolling.quantile], axis=2)
    daily = rolling.mean / np.maximum(lead + review, 1)
    upto = np.ceil(ours + cycle * daily[:, :, None] - 1e-9)
    demand = history.quantity[:, days - 7 * weeks :]
    first = min(int(lead.max(initial=0)) + 7, 7 * weeks - 7)
    shape = (weeks, n, 1)
    present = play(
        demand,
        np.broadcast_to(np.asarray(least, float)[None, :, None], shape),
        np.broadcast_to(np.asarray(most, float)[None, :, None], shape),
        lead,
        count_from=first,
        multiple=multiple,
    )
    new = play(demand, ours, upto, lead, review=review, count_from=first, multiple=multiple)
    return Outcome(
        *(np.concatenate([getattr(present, name), getattr(new, name)], axis=1) for name in FIGURES)
    )


def _at_levels(quantile: np.ndarray, level: np.ndarray) -> np.ndarray:
    """(k, n) quantiles at each product's level, whole units, from those at the curve's."""
    high = np.clip(np.searchsorted(LEVELS, level), 1, LEVELS.size - 1)
    part = np.clip((level - LEVELS[high - 1]) / (LEVELS[high] - LEVELS[high - 1]), 0, 1)
    rows = np.arange(level.size)
    below, above = quantile[:, rows, high - 1], quantile[:, rows, high]
    return np.ceil(below + part * (above - below) - 1e-9)


@dataclass(frozen=True)
class Comparison:
    """Ours against the present: differences with their 95 % bootstrap interval over products.

    :ivar stock: value of the stock, ours - present
    :ivar fill: points of units served
    :ivar cost: a year's cost of holding, ordering and missed sales
    """

    stock: tuple[float, float, float]
    fill: tuple[float, float, float]
    cost: tuple[float, float, float]


def compare(
    stock: FloatArray, sold: FloatArray, asked: FloatArray, cost: FloatArray, seed: int = 0
) -> Comparison:
    """:param stock: (n, 2) value of present and ours, likewise ``sold``, ``asked`` and ``cost``"""
    generator = np.random.default_rng(seed)
    n = len(stock)
    draws = np.ones((1, n)) if not n else generator.multinomial(n, np.full(n, 1 / n), DRAWS)
    weights = np.concatenate([np.ones((1, n)), draws]).astype(float)

    def differences(values: FloatArray) -> FloatArray:
        total = weights @ values
        return total[:, 1] - total[:, 0]

    served, wanted = weights @ sold, weights @ asked
    fill = 100 * np.divide(served, wanted, out=np.ones_like(served), where=wanted > 0)
    return Comparison(
        _interval(differences(stock)),
        _interval(fill[:, 1] - fill[:, 0]),
        _interval(differences(cost)),
    )


def _interval(values: FloatArray) -> tuple[float, float, float]:
    low, high = np.percentile(values[1:], [2.5, 97.5])
    return float(values[0]), float(low), float(high)


def fill_for_stock(stock: FloatArray, fill: FloatArray, budget: float) -> float:
    """Fill of the curve that a stock of the given value buys; its ends where it is beyond them."""
    order = np.argsort(stock)
    return float(np.interp(budget, np.asarray(stock)[order], np.asarray(fill)[order]))
