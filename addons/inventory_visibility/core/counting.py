"""Cycle counting: what to count today, and why.

Due is what was not counted for longer than its class allows; suspicious is what looks wrong. What
is due or suspicious is ranked, and the first ones that a day's capacity allows are proposed.
"""

import dataclasses
import heapq
from collections.abc import Iterable

#: ways in which a record looks wrong, in the order in which they are named
SUSPICIONS = ("negative", "phantom_stock", "unusual_adjustment", "adjusted")
#: from so many intervals without a count on, waiting longer does not count for more
MOST_INTERVALS = 2.0


@dataclasses.dataclass(frozen=True)
class Policy:
    """How often each class is counted, and what weighs how much in the order.

    :param intervals: days between two counts by class
    :param recount_days: days for which what is suspicious is not proposed again
    :param weight_age, weight_value, weight_suspicion: from zero on, not all zero
    """

    intervals: dict[str, int]
    recount_days: int = 7
    weight_age: float = 1.0
    weight_value: float = 1.0
    weight_suspicion: float = 2.0

    def __post_init__(self):
        weights = (self.weight_age, self.weight_value, self.weight_suspicion)
        if min(weights) < 0 or not sum(weights):
            raise ValueError("Weights must not be negative, and not all zero.")
        if min(self.intervals.values()) < 1 or self.recount_days < 1:
            raise ValueError("Intervals must be at least one day.")


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A record of stock. Days are None for what never happened; ``value`` is in money."""

    key: int
    abc_class: str
    value: float
    days_since_count: int | None = None
    days_since_proposal: int | None = None
    suspicions: frozenset[str] = frozenset()
    adjustments: int = 0


@dataclasses.dataclass(frozen=True)
class Proposal:
    """A record to count. ``reasons`` are ``(code, {name: number or text})``, the first decides."""

    key: int
    score: float
    reasons: tuple[tuple[str, dict], ...]


def is_due(candidate: Candidate, policy: Policy) -> bool:
    """Return whether the class's interval has passed since the last count and proposal."""
    interval = policy.intervals[candidate.abc_class]
    return all(
        days is None or days >= interval
        for days in (candidate.days_since_count, candidate.days_since_proposal)
    )


def is_suspicious(candidate: Candidate, policy: Policy) -> bool:
    """Return whether something looks wrong that was not looked at lately."""
    return bool(candidate.suspicions) and all(
        days is None or days >= policy.recount_days
        for days in (candidate.days_since_count, candidate.days_since_proposal)
    )


def score(candidate: Candidate, policy: Policy, highest_value: float) -> float:
    """Return the rank from 0 to 1: the weighted mean of three parts, each from 0 to 1.

    Age: intervals since the last count, at most two, halved; 1 when never counted.
    Value: the value at risk as a share of the highest one.
    Suspicion: one half for one way in which it looks wrong, 1 for two or more.
    """
    interval = policy.intervals[candidate.abc_class]
    if candidate.days_since_count is None:
        age = 1.0
    else:
        age = min(candidate.days_since_count / interval, MOST_INTERVALS) / MOST_INTERVALS
    value = min(max(candidate.value, 0.0) / highest_value, 1.0) if highest_value > 0 else 0.0
    suspicion = min(len(candidate.suspicions), 2) / 2
    weights = policy.weight_age + policy.weight_value + policy.weight_suspicion
    return (
        policy.weight_age * age + policy.weight_value * value + policy.weight_suspicion * suspicion
    ) / weights


def explain(candidate: Candidate, policy: Policy) -> tuple[tuple[str, dict], ...]:
    """Return why it is proposed: what looks wrong first, then its age."""
    reasons: list[tuple[str, dict]] = [
        (name, {"times": candidate.adjustments} if name == "adjusted" else {})
        for name in SUSPICIONS
        if name in candidate.suspicions
    ]
    interval = policy.intervals[candidate.abc_class]
    terms = {"abc": candidate.abc_class, "interval": interval}
    if candidate.days_since_count is None:
        reasons.append(("never", terms))
    elif is_due(candidate, policy):
        reasons.append(("due", {**terms, "days": candidate.days_since_count}))
    return tuple(reasons)


def select(
    candidates: Iterable[Candidate], policy: Policy, capacity: int, highest_value: float
) -> list[Proposal]:
    """Return the proposals, the most urgent first, at most `capacity` of them.

    Candidates may be a generator of any length: only the best are kept.
    """
    wanted = (
        (score(candidate, policy, highest_value), candidate)
        for candidate in candidates
        if is_due(candidate, policy) or is_suspicious(candidate, policy)
    )
    best = heapq.nsmallest(max(capacity, 0), wanted, key=lambda item: (-item[0], item[1].key))
    return [Proposal(candidate.key, rank, explain(candidate, policy)) for rank, candidate in best]


def is_within_tolerance(expected: float, counted: float, percent: float, rounding: float) -> bool:
    """Return whether a count agrees with the record.

    :param percent: of the expected quantity
    :param rounding: of the unit; what is less than half of it apart is equal
    """
    return abs(counted - expected) <= abs(expected) * percent / 100 + rounding / 2
