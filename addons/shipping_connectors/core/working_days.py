"""Days that carriers count: from Monday to Friday. Holidays differ by country and are not known."""

from __future__ import annotations

from datetime import date, timedelta

_WORKING = 5


def add(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``."""
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < _WORKING:
            count -= 1
    return day
