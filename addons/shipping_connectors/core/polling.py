"""When a carrier is asked for a parcel again, and how often it may be asked at all.

A parcel that is out for delivery changes within the hour, one that waits in a locker within the
day. Asking all of them as often as the first would spend what a carrier allows on those that have
nothing to tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import tracking

#: pause between two questions for a parcel in this state
INTERVALS: Mapping[str, timedelta] = {
    tracking.PENDING: timedelta(hours=6),
    tracking.PICKED_UP: timedelta(hours=4),
    tracking.IN_TRANSIT: timedelta(hours=4),
    tracking.OUT_FOR_DELIVERY: timedelta(minutes=30),
    tracking.ATTEMPTED: timedelta(hours=2),
    tracking.READY_FOR_PICKUP: timedelta(hours=12),
    tracking.EXCEPTION: timedelta(hours=2),
    tracking.DELAYED: timedelta(hours=4),
    tracking.ON_HOLD: timedelta(hours=6),
    tracking.UNKNOWN: timedelta(hours=6),
}
#: a parcel of which nothing is heard for so long is asked for so many times less often
SILENCE = ((timedelta(days=21), 6), (timedelta(days=7), 2))
#: and after so long not at all any more
GIVE_UP = timedelta(days=60)
LONGEST_PAUSE = timedelta(days=1)
#: failures in a row beyond which the pause does not grow
_MOST_DOUBLINGS = 6


def next_poll(
    state: str, now: datetime, last_change: datetime, failures: int = 0
) -> datetime | None:
    """When to ask for a parcel again.

    :param last_change: the last event, or the moment of shipping when there was none
    :param failures: how often in a row the carrier did not answer; each doubles the pause
    :return: ``None`` when it has arrived, or nothing was heard of it for :data:`GIVE_UP`
    """
    if state in tracking.FINAL:
        return None
    silent = now - last_change
    if silent > GIVE_UP:
        return None
    pause = INTERVALS.get(state, LONGEST_PAUSE)
    pause *= next((factor for since, factor in SILENCE if silent > since), 1)
    pause *= 2 ** min(failures, _MOST_DOUBLINGS)
    return now + min(pause, LONGEST_PAUSE)


@dataclass(frozen=True)
class Budget:
    """A token bucket: how many questions an account may ask now.

    It fills by ``per_minute`` and holds one minute's worth, so that in any ``n`` minutes at most
    ``(n + 1) × per_minute`` questions are asked.

    :param tokens: what was left at the moment ``at``
    :param at: ``None`` before the first use: the bucket is full
    """

    per_minute: int
    tokens: float = 0.0
    at: datetime | None = None

    def refilled(self, now: datetime) -> Budget:
        if self.at is None:
            return Budget(self.per_minute, float(self.per_minute), now)
        minutes = max((now - self.at).total_seconds(), 0.0) / 60
        tokens = min(self.tokens + minutes * self.per_minute, float(self.per_minute))
        return Budget(self.per_minute, tokens, max(now, self.at))

    def take(self, now: datetime, wanted: int) -> tuple[int, Budget]:
        """As many of the wanted questions as may be asked now, and what is left."""
        full = self.refilled(now)
        granted = max(min(int(full.tokens), wanted), 0)
        return granted, Budget(full.per_minute, full.tokens - granted, full.at)

    def next_full(self, now: datetime) -> datetime:
        """When the bucket is full again: earlier, a run would do little."""
        left = self.refilled(now).tokens
        missing = self.per_minute - left
        return now + timedelta(minutes=missing / self.per_minute if self.per_minute else 60)
