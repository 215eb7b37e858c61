"""What is learned from planners who reject a proposal because it is too early, or not needed.

Such a rejection is a claim: that the stock lasts without the order. When the interval that the
order was to cover is over, the demand that came tells. How often the claims of a product in a place
are right is a proportion with a uniform prior, whose mean after r right and w wrong ones is

    (r + 1)/(r + w + 2)    (Laplace's rule of succession)
"""

from __future__ import annotations

TRUSTED = 0.75  # two of two right, or five of six


def lasted(position: float, demand: float) -> bool:
    """Whether a position was enough without an order.

    A place that has nothing left sells nothing: what was demanded up to the last piece tells that
    it ran out.
    """
    return position > 0 and demand < position


def is_trusted(right: int, wrong: int) -> bool:
    return (right + 1) / (right + wrong + 2) >= TRUSTED
