"""From movements to a demand matrix: series × days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DemandHistory:
    """Daily demand of ``n`` series over ``T`` days; the last column is yesterday.

    :ivar quantity: (n, T) float, demand per day in the product's unit of measure, never negative
    :ivar first_day: (n,) int, column of the first movement; ``T`` when the series never moved. Days
        before it are not history: the product was not there, which is not the same as no demand.
    """

    quantity: np.ndarray
    first_day: np.ndarray

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
