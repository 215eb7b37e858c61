"""What would it have done? A company's own history through its present rules and through ours.

The forecasts of the past weeks are made product by product; then all are played together, because
what one product may order depends on the others: order minimums of vendors, and budgets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .buyer import Budget, Buyer, Demand, Supply
from .calendar import quantile_after
from .distributions import FloatArray
from .simulate import Outcome, play

#: service levels of the curve; the products' own level is between two of them
LEVELS = np.array([0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995])
MOST_WEEKS, LEAST_WEEKS = 26, 4
TRAINING = 91  # days before the first week that is played
DRAWS = 400
FIGURES = ("stock", "sold", "lost", "orders", "ordered")
MONTH = 28  # days of a budget that is not set, but follows from what the present rules spend
SETTLE_DAYS = 7  # at least until the first orders have come


def weeks_of(days: int) -> int:
    """How many weeks of a history can be played; 0 when it is too short."""
    weeks = min(MOST_WEEKS, (days - TRAINING) // 7)
    return weeks if weeks >= LEAST_WEEKS else 0


@dataclass(frozen=True)
class Rules:
    """What n products are played with, quantities in their units.

    :ivar lead: (n,) whole days from the day on which the vendor takes the order
    :ivar level: (n,) wanted, between 0 and 1
    :ivar least: (n,) and :ivar most: (n,) present minimum and maximum
    :ivar unit: (n,) step in which the product is counted
    :ivar cycle: days of demand between our reorder point and order-up-to level
    :ivar wait: (n, T) days until an order counts, negative where none is taken: of the present
        rules, which are looked at daily
    :ivar wait_ours: (n, T) likewise, as often as we review
    :ivar review_ours: (n, T) days until the order after that one counts
    """

    lead: np.ndarray
    level: np.ndarray
    least: np.ndarray
    most: np.ndarray
    unit: np.ndarray
    cycle: float
    wait: np.ndarray
    wait_ours: np.ndarray
    review_ours: np.ndarray


@dataclass(frozen=True)
class Weekly:
    """Forecasts as they would have been made at the beginning of each of k weeks.

    :ivar interval: (n,) days of the protection interval that they are for
    :ivar mean: (k, n) demand expected over it
    :ivar quantile: (k, n, g) at each of :data:`LEVELS`
    """

    interval: np.ndarray
    mean: np.ndarray
    quantile: np.ndarray


@dataclass(frozen=True)
class Replayed:
    """:ivar outcome: of the settings: present, ours at the products' own levels, then ours at each
        of :data:`LEVELS`
    :ivar days: (n,) that count: until the first orders have come, all live on what was there
    :ivar budgets: that were played
    """

    outcome: Outcome
    days: np.ndarray
    budgets: Sequence[Budget]


def replay(
    demand: np.ndarray,
    forecasts: Weekly,
    rules: Rules,
    supply: Supply,
    budgets: Sequence[Budget] = (),
    budget_change: float = 0.0,
) -> Replayed:
    """Play weeks with the present minimum and maximum, and with the forecasts, both under the same
    terms of supply. Both begin with the stock that they hold at most.

    :param demand: (n, 7·k) of the days of the forecasts' weeks
    :param budget_change: share by which the budgets are changed. Where none is set, that of each
        :data:`MONTH` days is what the present rules spend on average, changed.
    """
    n, days = demand.shape
    longest = rules.review_ours.max(axis=1, initial=SETTLE_DAYS)
    first = np.minimum(rules.lead + longest, days - 7)
    daily = forecasts.mean / forecasts.interval
    own = _at_levels(forecasts.quantile, np.asarray(rules.level, float))
    known = Demand(forecasts.mean, own, daily, rules.level)

    def run(
        least: np.ndarray, most: np.ndarray, wait: np.ndarray, money: Sequence[Budget]
    ) -> Outcome:
        opening = np.minimum((wait >= 0).argmax(axis=1), len(most) - 1)
        buyer = Buyer(supply, known, money) if supply.limits or money else None
        return play(
            demand,
            least[:, :, None],
            most[:, :, None],
            rules.lead,
            refresh=days // len(least),
            count_from=first,
            start=most[opening, np.arange(n)][:, None],
            multiple=supply.step,
            minimum=supply.least,
            wait=wait,
            settle=buyer and buyer.settle,
        )

    def present(money: Sequence[Budget]) -> Outcome:
        return run(rules.least[None], rules.most[None], rules.wait, money)

    if budget_change and not budgets:
        spent = present(()).ordered[:, 0] * supply.price * supply.is_bought / (days - first)
        budgets = _monthly(float(spent.sum()), days)
    budgets = [replace(one, amount=one.amount * (1 + budget_change)) for one in budgets]
    outcomes = [present(budgets)]
    for quantile in (own, *np.moveaxis(forecasts.quantile, 2, 0)):
        least, most = _levels(quantile, forecasts, rules, daily)
        outcomes.append(run(least, most, rules.wait_ours, budgets))
    together = (
        np.concatenate([getattr(one, name) for one in outcomes], axis=1) for name in FIGURES
    )
    return Replayed(Outcome(*together), days - first, budgets)


def _monthly(a_day: float, days: int) -> list[Budget]:
    """Money for each month, and for what is left of the last one its share."""
    starts = range(0, days, MONTH)
    ends = [min(start + MONTH, days) - 1 for start in starts]
    return [
        Budget(start, end, a_day * (end - start + 1))
        for start, end in zip(starts, ends, strict=True)
    ]


def _levels(
    quantile: np.ndarray, forecasts: Weekly, rules: Rules, daily: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(T, n) reorder points and order-up-to levels: demand until the order after this one has come.

    That is more days before a weekend than in the middle of a week, say.
    """
    week = np.arange(rules.review_ours.shape[1]) // 7
    length = np.maximum(rules.review_ours.T + rules.lead, 1)
    point = quantile_after(length, forecasts.interval, forecasts.mean[week], quantile[week])
    least = _whole(point, rules.unit)
    return least, _whole(least + rules.cycle * daily[week], rules.unit)


def _whole(values: np.ndarray, unit: np.ndarray) -> np.ndarray:
    return np.ceil(values / unit - 1e-9) * unit


def _at_levels(quantile: np.ndarray, level: np.ndarray) -> np.ndarray:
    """(k, n) quantiles at each product's level from those at the curve's."""
    high = np.clip(np.searchsorted(LEVELS, level), 1, LEVELS.size - 1)
    part = np.clip((level - LEVELS[high - 1]) / (LEVELS[high] - LEVELS[high - 1]), 0, 1)
    rows = np.arange(level.size)
    below, above = quantile[:, rows, high - 1], quantile[:, rows, high]
    return below + part * (above - below)


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
