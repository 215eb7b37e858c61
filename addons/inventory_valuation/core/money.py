"""Sharing amounts out without losing any of it.

Amounts are whole numbers of the currency's smallest unit (cents), weights are what an exact
calculation gives, as floats. What is shared out adds up to what was there, always.
"""

import math
from collections.abc import Sequence


def spread(total: int, weights: Sequence[float]) -> list[int]:
    """Share `total` out in proportion to `weights`, by largest remainder (Hamilton's method).

    Where all weights are zero, the shares are even. Equal remainders go to the first ones.

    >>> spread(100, [1, 1, 1])
    [34, 33, 33]
    """
    if not weights:
        if total:
            raise ValueError(f"{total} cannot be shared out among nobody")
        return []
    whole = sum(weights)
    if not whole:
        weights, whole = [1.0] * len(weights), float(len(weights))
    return approach([0] * len(weights), [total * weight / whole for weight in weights], total)


def nearest(amount: float) -> int:
    """Round to a whole number, halves away from zero, as Odoo rounds amounts.

    What a float holds as 2.4999999999999996 was meant to be 2.5.
    """
    return int(math.copysign(math.floor(abs(amount) * (1 + 2**-50) + 0.5), amount))


def is_tie(amount: float) -> bool:
    """Say whether an amount is so near to a half that how it was reckoned decides its rounding.

    >>> is_tie(2.5), is_tie(-2.4999999), is_tie(2.49)
    (True, True, False)
    """
    return abs(abs(amount) % 1 - 0.5) < 1e-6


def confirm(total: int, reckoned: float, roundings: int) -> bool:
    """Say whether two reckonings of the same amount differ by no more than their rounding.

    :param total: one of them, in whole units
    :param reckoned: the other, from amounts of which each was rounded by half a unit at most
    :param roundings: how many of them; `total` is one more

    >>> confirm(100, 99.0, 1), confirm(100, 99.0, 0)
    (True, False)
    """
    return abs(total - reckoned) <= 0.5 * (roundings + 1) + 0.01


def approach(booked: Sequence[int], exact: Sequence[float], total: int) -> list[int]:
    """Return amounts that add up to `total`, each less than a unit away from its exact one.

    What is booked stays where it is less than a unit away: a rounding difference that nobody can
    see is carried along instead of being booked to and fro.

    :param exact: what a calculation without rounding gives; adds up to `total`. What is exactly
        zero becomes zero: an empty place is worth nothing, not even a cent.
    """
    goal = [
        there if wanted and abs(there - wanted) < 1 else math.trunc(wanted)
        for there, wanted in zip(booked, exact, strict=True)
    ]
    gap = total - sum(goal)
    step = 1 if gap > 0 else -1
    while gap:
        open_ones = [index for index, wanted in enumerate(exact) if wanted] or range(len(exact))
        if not open_ones:
            raise ValueError(f"{total} cannot be shared out among nobody")
        furthest = sorted(open_ones, key=lambda index: -step * (exact[index] - goal[index]))
        for index in furthest[: abs(gap)]:
            goal[index] += step
        gap = total - sum(goal)
        step = 1 if gap > 0 else -1
    return goal
