"""From movements to a demand matrix: series × days."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

NOTHING = 1e-6  # a stock of less is none
MAX_HIDDEN_RUN = 91  # days on end without stock whose demand is estimated
SMOOTHING = 0.05  # of the demand expected on a hidden day
MIN_DEMANDS = 8  # days with demand before one of them can be unusual
MIN_SCALE = 0.5  # of ln(size): unusual is at least e^(3.5·0.5) = 5.8 times the median
UNUSUAL_SCORE = 3.5


@dataclass(frozen=True)
class DemandHistory:
    """Daily demand of ``n`` series over ``T`` days; the last column is yesterday.

    :ivar quantity: (n, T) float, demand per day in the product's unit of measure, never negative
    :ivar first_day: (n,) int, column of the first movement; ``T`` when the series never moved. Days
        before it are not history: the product was not there, which is not the same as no demand.
    :ivar estimated: (n, T) bool, days whose quantity is an estimate rather than a record: they do
        not tell methods anything new
    :ivar recorded: (n, T) float, as the moves have it
    """

    quantity: np.ndarray
    first_day: np.ndarray
    estimated: np.ndarray = field(default=None)  # type: ignore[assignment]
    recorded: np.ndarray = field(default=None)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.estimated is None:
            object.__setattr__(self, "estimated", np.zeros(self.quantity.shape, dtype=bool))
        if self.recorded is None:
            object.__setattr__(self, "recorded", self.quantity)

    def take(self, rows: np.ndarray) -> DemandHistory:
        return DemandHistory(
            self.quantity[rows], self.first_day[rows], self.estimated[rows], self.recorded[rows]
        )

    @property
    def n_series(self) -> int:
        return self.quantity.shape[0]

    @property
    def n_days(self) -> int:
        return self.quantity.shape[1]


def build_history(
    series: np.ndarray,
    day: np.ndarray,
    quantity: np.ndarray,
    n_series: int,
    n_days: int,
    first_day: np.ndarray | None = None,
) -> DemandHistory:
    """Build the demand matrix from movements.

    :param series: (k,) int, index of the series, 0 … n_series-1
    :param day: (k,) int, column: 0 is the oldest day, n_days-1 yesterday. Movements outside the
        window are ignored: older ones are not wanted, later ones are not history yet.
    :param quantity: (k,) float, demand; returns and cancellations are negative
    :param first_day: (n,) int, column of the first movement of any kind (a receipt, say) when it is
        known; may be negative. Without it the first day with demand counts.
    :raises ValueError: when the three arrays do not have the same length
    """
    series = np.asarray(series, dtype=np.int64)
    day = np.asarray(day, dtype=np.int64)
    quantity = np.asarray(quantity, dtype=float)
    if not series.shape == day.shape == quantity.shape:
        raise ValueError("series, day and quantity must have the same length")
    inside = (day >= 0) & (day < n_days)
    series, day, quantity = series[inside], day[inside], quantity[inside]
    flat = np.bincount(series * n_days + day, weights=quantity, minlength=n_series * n_days)
    matrix = net_returns(flat.reshape(n_series, n_days))
    moved = np.full(n_series, n_days, dtype=np.int64)
    np.minimum.at(moved, series, day)
    if first_day is not None:
        moved = np.minimum(moved, np.clip(np.asarray(first_day, dtype=np.int64), 0, n_days))
    return DemandHistory(matrix, moved)


def net_returns(matrix: np.ndarray) -> np.ndarray:
    """Take returns out of the demand that they undo.

    Within one day sales and returns are already netted. What a day has too much of returns is taken
    from the nearest earlier days with demand; what is left at the beginning undoes sales from
    before the window and is dropped. Never negative; the sum over the window is kept unless
    dropped.
    """
    if not (matrix < 0).any():
        return matrix
    out = matrix.copy()
    carry = np.zeros(matrix.shape[0])
    for column in range(matrix.shape[1] - 1, -1, -1):
        balance = matrix[:, column] + carry
        out[:, column] = np.maximum(balance, 0)
        carry = np.minimum(balance, 0)
    return out


def counting_unit(matrix: np.ndarray, rounding: float) -> np.ndarray:
    """(n,) step in which each series is counted: 1 when all its quantities are whole, else the
    rounding.

    Odoo rounds every unit of measure alike (0.01), also those that only come in whole pieces.
    """
    whole = np.abs(matrix - np.round(matrix)).max(axis=1, initial=0.0) < 1e-6
    return np.where(whole, 1.0, rounding)


def hidden_days(
    quantity: np.ndarray, on_hand: np.ndarray, net: np.ndarray, arrived: np.ndarray
) -> np.ndarray:
    """Days whose demand cannot be seen in full, because the stock was none or ran out.

    The stock of each day follows from today's by taking the moves back. Only a stock of exactly
    nothing hides demand: a negative one says that the records are wrong and goods are there.

    :param quantity: (n, T) recorded demand
    :param on_hand: (n,) stock now
    :param net: (n, T+1) change of the stock per day, today last
    :param arrived: (n, T+1) what came in per day, today last
    :return: (n, T) bool
    """
    if not quantity.size:
        return np.zeros(quantity.shape, dtype=bool)
    after = np.cumsum(net[:, :0:-1], axis=1)[:, ::-1]
    closing = on_hand[:, None] - after
    opening = closing - net[:, :-1]
    none = np.abs(opening + arrived[:, :-1]) < NOTHING
    ran_out = (np.abs(closing) < NOTHING) & (opening + arrived[:, :-1] > NOTHING)
    return (none & (quantity <= 0)) | (ran_out & (quantity > 0))


def estimate_hidden(
    history: DemandHistory, hidden: np.ndarray, excluded: np.ndarray | None = None
) -> DemandHistory:
    """Put what was to be expected in the place of what could not be seen, or is left out.

    What was to be expected on a day is the smoothed demand of the days before it: nothing of the
    future gets into the past, so backtests stay honest. A day on which the stock ran out keeps what
    was sold when that is more.

    Days without stock say nothing only as long as stock is the rule. Where it is missing for more
    than :data:`MAX_HIDDEN_RUN` days on end, or on more days than not, the product may be bought to
    order or on its way out, and no demand means no demand.

    :param hidden: (n, T) bool, demand is at least what was recorded
    :param excluded: (n, T) bool, demand recorded is not to count
    """
    n, days = history.quantity.shape
    excluded = np.zeros((n, days), dtype=bool) if excluded is None else excluded
    live = np.arange(days)[None, :] >= history.first_day[:, None]
    hidden, excluded = hidden & live, excluded & live
    if not hidden.any() and not excluded.any():
        return history
    filled, estimated = history.quantity.T.copy(), np.zeros((days, n), dtype=bool)
    level, seen = np.zeros(n), np.zeros(n)
    blind, run = np.zeros(n), np.zeros(n)
    for day in range(days):
        demand = filled[day]
        run = np.where(hidden[:, day], run + 1, 0)
        unseen = hidden[:, day] & (demand < level) & (blind < seen) & (run <= MAX_HIDDEN_RUN)
        unseen |= excluded[:, day] & (seen > 0)
        estimated[day] = unseen
        filled[day] = np.where(unseen, level, demand)
        use = live[:, day] & ~unseen & ~excluded[:, day]
        seen += use
        blind += unseen
        weight = np.maximum(SMOOTHING, 1.0 / np.maximum(seen, 1))
        level = np.where(use, level + weight * (demand - level), level)
    return DemandHistory(
        np.ascontiguousarray(filled.T),
        history.first_day,
        estimated=np.ascontiguousarray(estimated.T),
        recorded=history.quantity,
    )


def sum_histories(history: DemandHistory, owner: np.ndarray, n: int) -> DemandHistory:
    """Add up rows that belong to the same owner.

    A day of the sum counts as estimated when more than half of its demand is.

    :param owner: (k,) int, 0 … n-1, of each row
    """
    shape = (n, history.n_days)
    quantity, recorded, guessed = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    np.add.at(quantity, owner, history.quantity)
    np.add.at(recorded, owner, history.recorded)
    np.add.at(guessed, owner, np.where(history.estimated, history.quantity, 0.0))
    first = np.full(n, history.n_days, dtype=np.int64)
    np.minimum.at(first, owner, history.first_day)
    return DemandHistory(quantity, first, estimated=2 * guessed > quantity, recorded=recorded)


def find_unusual(quantity: np.ndarray) -> list[tuple[int, int, float]]:
    """Days with demand far out of the ordinary, as ``(row, column, median of days with demand)``.

    Sizes of demand are skewed, so their logarithms are compared: the modified z-score ``(ln y -
    median) / (1.4826·MAD)`` above 3.5 (B. Iglewicz and D. Hoaglin, *How to detect and handle
    outliers*, 1993). The scale is at least :data:`MIN_SCALE`, so that a product which nearly always
    sells one is not flagged for two; fewer than :data:`MIN_DEMANDS` days with demand say nothing.
    """
    found: list[tuple[int, int, float]] = []
    for row in np.flatnonzero((quantity > 0).sum(axis=1) >= MIN_DEMANDS):
        columns = np.flatnonzero((quantity[row] > 0) & np.isfinite(quantity[row]))
        sizes = np.log(quantity[row, columns])
        middle = np.median(sizes)
        scale = max(1.4826 * float(np.median(np.abs(sizes - middle))), MIN_SCALE)
        for column in columns[(sizes - middle) / scale > UNUSUAL_SCORE]:
            found.append((int(row), int(column), float(np.median(quantity[row, columns]))))
    return found
