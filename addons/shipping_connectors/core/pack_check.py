"""Is in the box what should be? Weighing it tells, before it leaves.

The expected weight is that of the products and boxes; a scale and products that vary differ from it
a little. What differs more has most likely another content.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Verdict(str, Enum):
    RIGHT = "right"
    TOO_LIGHT = "too_light"
    TOO_HEAVY = "too_heavy"
    #: products without a weight: nothing can be expected
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Tolerance:
    """What may differ: the greater of a share of the expected weight and a fixed weight.

    :param percent: of the expected weight
    :param weight: in the unit that weights are in
    """

    percent: Decimal
    weight: Decimal

    def allowed(self, expected: Decimal) -> Decimal:
        return max(expected * self.percent / 100, self.weight)


def judge(expected: Decimal, weighed: Decimal, tolerance: Tolerance) -> Verdict:
    """Compare what a box weighs with what it should; the limits themselves are still right."""
    if expected <= 0:
        return Verdict.UNKNOWN
    difference = weighed - expected
    if abs(difference) <= tolerance.allowed(expected):
        return Verdict.RIGHT
    return Verdict.TOO_HEAVY if difference > 0 else Verdict.TOO_LIGHT


def dimensional_weight(
    length: Decimal, width: Decimal, height: Decimal, divisor: Decimal
) -> Decimal:
    """Kilograms that a box of this size (mm) is charged as at least: cm³ / divisor.

    0 where a side or the divisor is unknown.
    """
    if min(length, width, height, divisor) <= 0:
        return Decimal(0)
    return length * width * height / 1000 / divisor
