"""Find the series that cannot be planned, so that all the others can."""

from __future__ import annotations

import numpy as np

MAX_INTERVAL = 730  # days; a longer protection interval cannot be learned from two years of history

ISSUE_LEVEL = "service_level"
ISSUE_REVIEW = "review_days"
ISSUE_LEAD = "lead_days"
ISSUE_INTERVAL = "interval_too_long"
ISSUE_DEMAND = "demand_not_finite"
ISSUE_UNIT = "unit_rounding"


def find_issues(
    quantity: np.ndarray,
    lead_days: np.ndarray,
    review_days: np.ndarray,
    level: np.ndarray,
    unit: np.ndarray,
) -> list[str | None]:
    """Return per series the code of the first thing wrong with it, or None.

    :param quantity: (n, T) demand
    :param lead_days: (n,) days >= 0
    :param review_days: (n,) days >= 1
    :param level: (n,) service level, strictly between 0 and 1
    :param unit: (n,) rounding of the unit of measure, > 0
    """
    n = quantity.shape[0]
    issues: list[str | None] = [None] * n
    columns = [np.broadcast_to(np.asarray(v, float), (n,)) for v in (lead_days, review_days, level)]
    lead, review, service = columns
    step = np.broadcast_to(np.asarray(unit, float), (n,))
    # Later tests overwrite earlier ones: the most telling message last. NaN fails every comparison.
    tests = (
        (ISSUE_INTERVAL, lead + review <= MAX_INTERVAL),
        (ISSUE_DEMAND, np.isfinite(quantity).all(axis=1)),
        (ISSUE_UNIT, step > 0),
        (ISSUE_REVIEW, review >= 1),
        (ISSUE_LEAD, (lead >= 0) & np.isfinite(lead)),
        (ISSUE_LEVEL, (service > 0) & (service < 1)),
    )
    for code, good in tests:
        for index in np.flatnonzero(~good):
            issues[index] = code
    return issues
