"""When a quantity crosses a threshold: once per crossing, however often it is looked at."""

import dataclasses

DOWN, UP = "down", "up"


@dataclasses.dataclass(frozen=True)
class Crossing:
    """Where a quantity is now, and which way it came there: ``down``, ``up`` or None."""

    is_below: bool
    edge: str | None


def cross(
    was_below: bool | None, quantity: float, threshold: float, hysteresis: float = 0.0
) -> Crossing:
    """Tell on which side of a threshold a quantity is.

    Below begins under the threshold and ends at threshold + hysteresis: a quantity that goes to
    and fro in between crosses once (a Schmitt trigger).

    :param was_below: where it was when last looked at; None when it never was: no crossing then
    """
    is_below = quantity < (threshold + hysteresis if was_below else threshold)
    if was_below is None or was_below == is_below:
        return Crossing(is_below, None)
    return Crossing(is_below, DOWN if is_below else UP)
