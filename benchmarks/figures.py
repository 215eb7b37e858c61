"""What a benchmark returns, and how times are taken."""

from __future__ import annotations

import json
import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured number with the bound that it must keep.

    :param name: ``group.what_is_measured``
    :param unit: ``s``, ``ms``, ``×`` (how many times faster), ``queries``, ``MB`` …
    :param at_most: the value must not be greater
    :param at_least: the value must not be smaller
    :param why: where the bound comes from; shown in the table
    """

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    why: str = ""

    @property
    def ok(self) -> bool:
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )

    @property
    def bound(self) -> str | None:
        """``<= 1.5``, ``>= 10`` or None when the figure is there to compare with."""
        bounds = [
            f"{sign} {limit:g}"
            for sign, limit in (("<=", self.at_most), (">=", self.at_least))
            if limit is not None
        ]
        return " and ".join(bounds) or None

    def as_json(self) -> str:
        return json.dumps(
            {
                "name": self.name,
                "value": round(self.value, 4),
                "unit": self.unit,
                "bound": self.bound,
                "ok": self.ok,
            },
            ensure_ascii=False,
        )


def seconds(action: Callable[[], object], *, repeat: int = 1, before=lambda: None) -> float:
    """Median wall-clock time of an action.

    :param before: called before each run, its time not counted (to empty caches, say)
    """
    times = []
    for _run in range(repeat):
        before()
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def percentile(values: list[float], share: float) -> float:
    """Nearest-rank percentile: the smallest value that `share` of them do not exceed."""
    ordered = sorted(values)
    # rounded first: 100 × 0.07 is a little more than 7 in binary
    rank = math.ceil(round(len(ordered) * share, 9))
    return ordered[max(rank, 1) - 1]
