"""What a tracking event means for a parcel: the state never runs backwards.

Events arrive late, twice and out of order. All of them are kept; the state of the parcel follows
from them by the rules of :func:`next_state`, so that a depot scan heard after the delivery does not
bring the parcel back onto the road.
"""

from __future__ import annotations

from datetime import datetime, timedelta

PENDING = "pending"
PICKED_UP = "picked_up"
IN_TRANSIT = "in_transit"
OUT_FOR_DELIVERY = "out_for_delivery"
ATTEMPTED = "attempted"
READY_FOR_PICKUP = "ready_for_pickup"
DELIVERED = "delivered"
EXCEPTION = "exception"
DELAYED = "delayed"
ON_HOLD = "on_hold"
RETURNED = "returned"
CANCELLED = "cancelled"
UNKNOWN = "unknown"

CODES = (
    PENDING,
    PICKED_UP,
    IN_TRANSIT,
    OUT_FOR_DELIVERY,
    ATTEMPTED,
    READY_FOR_PICKUP,
    DELIVERED,
    EXCEPTION,
    DELAYED,
    ON_HOLD,
    RETURNED,
    CANCELLED,
    UNKNOWN,
)

FINAL = frozenset({DELIVERED, RETURNED, CANCELLED})
ONGOING = frozenset(CODES) - FINAL

# what may still be heard of a parcel whose state is final and then changes it: a delivered parcel
# may be refused at the door a minute later and come back
_AFTER_FINAL = {DELIVERED: frozenset({RETURNED}), RETURNED: frozenset(), CANCELLED: frozenset()}

# what a driver reports, in the order of a round
DRIVER_CODES = (PICKED_UP, OUT_FOR_DELIVERY, DELIVERED, ATTEMPTED, EXCEPTION, RETURNED)

# reported once: hearing it again while the parcel is there says nothing new
_ONCE = frozenset({PICKED_UP, OUT_FOR_DELIVERY, DELIVERED, RETURNED, CANCELLED})

CLOCK_TOLERANCE = timedelta(minutes=5)


def next_state(state: str, last_moment: datetime | None, code: str, moment: datetime) -> str:
    """The state of a parcel after an event.

    :param state: the state before
    :param last_moment: the moment of the event that made it so, ``None`` when none did
    :param code: what happened
    :param moment: when it happened
    :return: ``code``, or ``state`` when the event is older than what is known already, says
        nothing (``unknown``) or comes after the end
    """
    if code == UNKNOWN or code not in CODES:
        return state
    if state in FINAL:
        return code if code in _AFTER_FINAL[state] else state
    if code in FINAL:
        return code
    if last_moment is not None and moment < last_moment:
        return state
    return code


def refusal(state: str, code: str, moment: datetime, now: datetime) -> str:
    """Why a person may not report ``code`` now: a word, or ``""`` when they may.

    ``unknown_code``, ``cancelled``, ``finished`` (the parcel has arrived or is back), ``repeated``
    (it is in that state already), ``future``.
    """
    if code not in DRIVER_CODES:
        return "unknown_code"
    if moment > now + CLOCK_TOLERANCE:
        return "future"
    if state == CANCELLED:
        return "cancelled"
    if code == state and code in _ONCE:
        return "repeated"
    if state in FINAL and code not in _AFTER_FINAL[state]:
        return "finished"
    return ""


def driver_choices(state: str) -> tuple[str, ...]:
    """The codes a driver may report for a parcel in ``state``, the likely ones first."""
    epoch = datetime(2000, 1, 1)
    return tuple(code for code in DRIVER_CODES if not refusal(state, code, epoch, epoch))
