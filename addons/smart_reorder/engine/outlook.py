"""Stock in the days ahead, if demand is as forecast and goods come as planned."""

from __future__ import annotations

import math
from collections.abc import Iterable

LEAST_DAYS, MOST_DAYS = 21, 120


def days_shown(lead_days: float, review_days: float) -> int:
    """Twice the protection interval, within bounds: what is ordered now and the order after it."""
    return min(max(math.ceil(2 * (lead_days + review_days)), LEAST_DAYS), MOST_DAYS)


def by_day(events: Iterable[tuple[int, float]], days: int) -> list[float]:
    """(days + 1,) quantity of each day ahead; what was due before is expected tomorrow."""
    total = [0.0] * (days + 1)
    for day, quantity in events:
        if day <= days:
            total[max(day, 1)] += quantity
    return total


def project(
    on_hand: float, daily: float, arriving: list[float], leaving: list[float]
) -> list[float]:
    """(days + 1,) stock at the end of each day, today first.

    What is promised is part of the demand forecast, as long as it is not more: day by day the
    larger of the two has left by then. Below zero is what would be missing.
    """
    stock, arrived, promised = [], 0.0, 0.0
    for day, (more, less) in enumerate(zip(arriving, leaving, strict=True)):
        arrived += more
        promised += less
        stock.append(on_hand + arrived - max(daily * day, promised))
    return stock


def weekly_band(mean: float, quantile: float, interval: float) -> tuple[float, float]:
    """Lower and upper bound of a week's demand, each as sure as the reorder point is; as for
    :func:`band`, what it may be above its mean grows with the square root of the days.
    """
    if interval <= 0 or mean <= 0:
        return 0.0, 0.0
    weekly = mean * 7 / interval
    wide = max(quantile - mean, 0.0) * math.sqrt(7 / interval)
    return max(weekly - wide, 0.0), weekly + wide


def band(
    stock: list[float], mean: float, quantile: float, interval: float
) -> tuple[list[float], list[float]]:
    """Lower and upper bound of the stock by day, each as sure as the reorder point is.

    What demand may be above its mean over the protection interval, ``quantile - mean``, grows with
    the square root of the days (independent days); it cannot be below zero, so that no more is left
    than if nothing was sold.

    :param mean: demand expected over the interval
    :param interval: days of it
    """
    if interval <= 0 or mean <= 0:
        return list(stock), list(stock)
    daily, spread = mean / interval, max(quantile - mean, 0.0)
    wide = [spread * math.sqrt(day / interval) for day in range(len(stock))]
    low = [value - width for value, width in zip(stock, wide, strict=True)]
    high = [
        value + min(width, daily * day)
        for day, (value, width) in enumerate(zip(stock, wide, strict=True))
    ]
    return low, high
