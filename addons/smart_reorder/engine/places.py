"""What the moves of one product say of one place: what was asked for, came in and went out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from .history import DemandHistory, build_history, hidden_days

#: Demand of a day. ``receiver`` is the warehouse that it was for, 0 when it left the company;
#: days are counted from 1970-01-01.
DEMAND = np.dtype([("receiver", "<i4"), ("day", "<i4"), ("quantity", "<f8")])
#: Change of the stock on a day, whatever the reason, and what of it came in.
CHANGE = np.dtype([("day", "<i4"), ("net", "<f8"), ("arrived", "<f8")])
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class PlaceRecord:
    """All days of one product in one place that there is something to say of.

    :ivar first_day: of the first move of any kind, from 1970-01-01; None when there was none
    :ivar demand: (k,) of :data:`DEMAND`
    :ivar changes: (m,) of :data:`CHANGE`
    """

    first_day: int | None
    demand: np.ndarray
    changes: np.ndarray

    def as_bytes(self) -> tuple[bytes, bytes]:
        """Its demand and its changes, to be kept; see :meth:`from_bytes`."""
        return self.demand.tobytes(), self.changes.tobytes()

    @classmethod
    def from_bytes(cls, first_day: int | None, demand: bytes, changes: bytes) -> PlaceRecord:
        """:raises ValueError: when they are not what :meth:`as_bytes` gave"""
        return cls(first_day, np.frombuffer(demand, DEMAND), np.frombuffer(changes, CHANGE))


def day_number(day: date) -> int:
    """Days from 1970-01-01."""
    return day.toordinal() - EPOCH


def recorded_demand(
    places: Sequence[PlaceRecord],
    supplied: Sequence[Collection[int]],
    start: date,
    n_days: int,
) -> DemandHistory:
    """Demand as the moves have it, one row for each place.

    :param supplied: for each row the receivers whose demand is not counted, because that of the
        places supplied is looked at instead
    :param start: day of column 0
    """
    first_column = day_number(start)
    parts = []
    for place, left_out in zip(places, supplied, strict=True):
        demand = place.demand
        if left_out and demand.size:
            demand = demand[~np.isin(demand["receiver"], list(left_out))]
        parts.append(demand)
    rows = np.repeat(np.arange(len(places)), [part.size for part in parts])
    together = np.concatenate(parts) if parts else np.zeros(0, DEMAND)
    first_days = [
        n_days if place.first_day is None else place.first_day - first_column for place in places
    ]
    return build_history(
        rows,
        together["day"] - first_column,
        together["quantity"],
        len(places),
        n_days,
        np.array(first_days, dtype=np.int64),
    )


def days_without_stock(
    places: Sequence[PlaceRecord], recorded: DemandHistory, on_hand: np.ndarray, start: date
) -> np.ndarray:
    """Days on which there was nothing to sell: today's stock, and the changes back in time.

    :param on_hand: (n,) stock now
    :return: (n, T) bool, as of :func:`~.history.hidden_days`
    """
    shape = (len(places), recorded.n_days + 1)
    rows = np.repeat(np.arange(len(places)), [place.changes.size for place in places])
    changes = [place.changes for place in places]
    together = np.concatenate(changes) if changes else np.zeros(0, CHANGE)
    # Today's moves, and those of a clock that is ahead, come after the history.
    columns = np.minimum(together["day"] - day_number(start), recorded.n_days)
    inside = columns >= 0
    cells = (rows * shape[1] + columns)[inside]

    def by_day(name: str) -> np.ndarray:
        sums = np.bincount(cells, weights=together[name][inside], minlength=shape[0] * shape[1])
        return sums.reshape(shape)

    return hidden_days(recorded.quantity, on_hand, by_day("net"), by_day("arrived"))
