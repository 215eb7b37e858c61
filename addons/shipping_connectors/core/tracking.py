"""What a tracking event means for a parcel: the state never runs backwards.

Events arrive late, twice and out of order. All of them are kept; the state of the parcel follows
from them by the rules of :func:`next_state`, so that a depot scan heard after the delivery does not
bring the parcel back onto the road.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .port import TrackEvent

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
        nothing (``unknown``, or ``pending``: every parcel begins so) or comes after the end
    """
    if code in (UNKNOWN, PENDING) or code not in CODES:
        # a label that is announced once more does not bring its parcel back to the warehouse
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


# -- what a carrier tells of a parcel --------------------------------------------------------------

#: how far a parcel in this state has come
_PROGRESS = {
    PENDING: 0,
    UNKNOWN: 0,
    PICKED_UP: 1,
    IN_TRANSIT: 2,
    OUT_FOR_DELIVERY: 3,
    READY_FOR_PICKUP: 4,
    DELIVERED: 5,
}
#: what one parcel in it makes the whole shipment, the worst first
_TROUBLE = (EXCEPTION, RETURNED, ATTEMPTED, ON_HOLD, DELAYED)


def shipment_state(states: Iterable[str]) -> str:
    """The state of a shipment from those of its parcels: the worst, else the one furthest behind.

    :return: ``""`` for no parcels; ``cancelled`` only when all are
    """
    known = set(states)
    alive = known - {CANCELLED}
    if not alive:
        return CANCELLED if known else ""
    for trouble in _TROUBLE:
        if trouble in alive:
            return trouble
    return min(alive, key=_PROGRESS.__getitem__)


#: what a customer is shown of the way, one after the other
PAGE_STEPS = (PENDING, PICKED_UP, IN_TRANSIT, OUT_FOR_DELIVERY, DELIVERED)
_PAGE_STEP = {
    **{code: index for index, code in enumerate(PAGE_STEPS)},
    UNKNOWN: 0,
    DELAYED: 2,
    ON_HOLD: 2,
    EXCEPTION: 2,
    ATTEMPTED: 3,
    READY_FOR_PICKUP: 3,
}
TROUBLE = frozenset(_TROUBLE)


def page_step(state: str) -> int | None:
    """How far the parcel is, as index of :data:`PAGE_STEPS`; ``None``: off the way."""
    return _PAGE_STEP.get(state)


def event_key(event: TrackEvent) -> str:
    """Identifies an event at its source; short, and the same however often it is heard."""
    text = event.key or "|".join(
        (event.code, event.moment.isoformat(), event.raw_status, event.location, event.note)
    )
    return text if len(text) <= 64 else hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Progress:
    """What a parcel has come to.

    :param last_moment: of the newest event, ``None`` before the first one
    :param became: the event that made the state what it is, ``None`` when nothing changed
    """

    state: str
    last_moment: datetime | None
    became: TrackEvent | None = None


def advance(state: str, last_moment: datetime | None, events: Iterable[TrackEvent]) -> Progress:
    """The state of a parcel after some events, in whatever order they were heard.

    :param last_moment: of the newest event known before
    """
    became = None
    for event in sorted(events, key=lambda one: one.moment):
        following = next_state(state, last_moment, event.code, event.moment)
        if following != state:
            state, became = following, event
        last_moment = max(last_moment, event.moment) if last_moment else event.moment
    return Progress(state, last_moment, became)
