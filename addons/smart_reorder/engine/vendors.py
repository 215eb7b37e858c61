"""What buying a product from a vendor costs in all, so that vendors can be compared.

Price, minimum, packaging, lead time and its reliability become money: what is bought and held in a
year (L. Snyder and Z.-J. Shen, *Fundamentals of Supply Chain Theory*, 2nd ed., 3.2 and 3.4.2), and
the safety stock that the vendor's interval asks for (E. Silver, D. Pyke and D. Thomas, *Inventory
and Production Management in Supply Chains*, 4th ed.: random lead time). The normal distribution is
good enough to compare by; what is ordered follows from the forecast's own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from .discounts import average_price
from .policy import (
    DAYS_PER_YEAR,
    MAX_BREAK_COVER,
    PriceBreak,
    price_for,
    round_up,
    yearly_cost,
)


def safety_stock(
    level: float, daily_mean: float, daily_variance: float, interval: float, spread: float
) -> float:
    """``z·√(I·σ² + μ²·s²)``: demand and length of the interval both vary.

    :param interval: mean protection interval, days
    :param spread: standard deviation of its length, days
    """
    variance = interval * daily_variance + daily_mean**2 * spread**2
    return max(NormalDist().inv_cdf(level), 0.0) * math.sqrt(max(variance, 0.0))


def vendor_cost(
    breaks: Sequence[PriceBreak],
    *,
    multiple: float,
    lot: float,
    daily_mean: float,
    daily_variance: float,
    level: float,
    interval: float,
    spread: float,
    order_cost: float,
    holding_rate: float,
    incremental: bool = False,
) -> float:
    """Cost of a year with this vendor, in the currency of the prices.

    The quantity is the least that the vendor allows, or that of a price break when it pays.

    :param incremental: each price holds for the units above its minimum
    :param lot: quantity that would be ordered each time if the vendor did not mind
    :return: infinite without a price
    """
    if not breaks or daily_mean <= 0:
        return math.inf if not breaks else 0.0
    yearly = daily_mean * DAYS_PER_YEAR
    stock = safety_stock(level, daily_mean, daily_variance, interval, spread)
    # Nobody orders less than a day's demand at a time.
    least = round_up(max(lot, min(line.minimum for line in breaks), daily_mean), multiple)
    quantities = [least] + [
        round_up(line.minimum, multiple)
        for line in breaks
        if least < line.minimum <= daily_mean * MAX_BREAK_COVER
    ]
    costs = []
    for quantity in quantities:
        if incremental:
            price = average_price(quantity, breaks)
        else:
            line = price_for(quantity, breaks)
            assert line is not None
            price = line.price
        cost = yearly_cost(quantity, price, order_cost, yearly, holding_rate)
        costs.append(cost + holding_rate * price * stock)
    return min(costs)
