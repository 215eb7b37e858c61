"""What keeps an order from being larger: shelf life, room, the end of a product.

All are counted when the goods arrive: what is left of today's position by then is sold or stored
first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SHELF_LIFE, STORAGE, PHASE_OUT = "shelf_life", "storage", "phase_out"


@dataclass(frozen=True)
class Cap:
    """:ivar quantity: that can be ordered at most
    :ivar limit: what sets it: days of shelf life, room in units, demand until the end
    """

    kind: str
    quantity: float
    limit: float


@dataclass(frozen=True)
class Capped:
    """:ivar quantity: what may be ordered
    :ivar cap: the one that decided, None when none did
    :ivar contradiction: even the least that the vendor sends is too much
    """

    quantity: float
    cap: Cap | None = None
    contradiction: bool = False


def left_at_arrival(position: float, daily: float, days: float) -> float:
    """Stock that is expected to be left of the position when the goods arrive."""
    return max(position - max(daily, 0.0) * days, 0.0)


def shelf_life_cap(position: float, daily: float, arrival_days: float, shelf_days: float) -> Cap:
    """What will have been sold before it expires, the older goods first."""
    sold = max(daily, 0.0) * shelf_days
    left = left_at_arrival(position, daily, arrival_days)
    return Cap(SHELF_LIFE, max(sold - left, 0.0), shelf_days)


def storage_cap(position: float, daily: float, arrival_days: float, room: float) -> Cap:
    """What there is room for when it arrives."""
    left = left_at_arrival(position, daily, arrival_days)
    return Cap(STORAGE, max(room - left, 0.0), room)


def phase_out_cap(position: float, until_end: float) -> Cap:
    """What will be needed before the product ends.

    :param until_end: demand until then that is not exceeded with the wanted probability
    """
    return Cap(PHASE_OUT, max(until_end - position, 0.0), until_end)


def apply_caps(quantity: float, caps: Sequence[Cap], step: float, least: float) -> Capped:
    """Cut a quantity to the tightest cap, in whole steps.

    :param least: what the vendor sends at least
    """
    if quantity <= 0 or not caps:
        return Capped(quantity)
    tightest = min(caps, key=lambda cap: cap.quantity)
    if quantity <= tightest.quantity + 1e-9:
        return Capped(quantity)
    cut = round(math.floor(tightest.quantity / step + 1e-6) * step, 9)
    if cut < least - 1e-9 or cut <= 0:
        # An order that is not needed any more is no contradiction.
        return Capped(0.0, tightest, contradiction=tightest.kind != PHASE_OUT)
    return Capped(cut, tightest)


def round_to_packaging(
    quantity: float, multiple: float, *, nearest: bool = False, floor: float = 0.0
) -> float:
    """Whole packagings: up, or to the nearest as long as that is not below ``floor``."""
    if multiple <= 0:
        return quantity
    up = round(math.ceil(quantity / multiple - 1e-6) * multiple, 9)
    down = round(up - multiple, 9)
    if nearest and down > 0 and down >= floor - 1e-9 and quantity - down < up - quantity - 1e-9:
        return down
    return up
