"""Lead times as distributions: what was stated, corrected by what was delivered.

A delivery is evidence on three levels, from the general to the particular: what the vendor states,
how much the vendor's deliveries differ from what is stated, how long this product takes to this
place. Each level is blended with the more general one as the predictive distribution of a Dirichlet
process: with the base distribution ``G`` worth ``κ`` deliveries and ``n`` deliveries seen,

    F = (κ·G + Σ δ(days)) / (κ + n)

so that without deliveries the stated lead time holds, and with many it no longer matters (T.
Ferguson, *A Bayesian analysis of some nonparametric problems*, 1973; in levels: Y. Teh et al.,
*Hierarchical Dirichlet processes*, 2006).

What is still on its way took longer than the days since its order: it is censored, and its weight
goes to the longer lead times in proportion (V. Susarla and J. Van Ryzin, *Nonparametric Bayesian
estimation of survival curves from incomplete observations*, 1976; redistribution to the right: B.
Efron, 1967). A late delivery so lengthens the lead time before it arrives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

PRIOR_DELIVERIES = 4.0  # κ when nothing else is said
MAX_POINTS = 12  # of the distribution that is handed on


@dataclass(frozen=True)
class Delivery:
    """Deliveries that took the same time.

    :ivar days: days from the order to the receipt, or until now when it is still on its way
    :ivar weight: orders; the part of an order that came counts by its share of the quantity
    :ivar open: still on its way
    """

    days: float
    weight: float
    open: bool = False


@dataclass(frozen=True)
class LeadTime:
    """A distribution of whole and broken days.

    :ivar days: (k,) ascending
    :ivar weight: (k,) probabilities
    :ivar stated: what the vendor states
    :ivar own: orders of this product to this place that were (partly) received
    :ivar own_days: their mean, NaN without
    :ivar vendor: orders of the vendor that were (partly) received
    """

    days: np.ndarray
    weight: np.ndarray
    stated: float
    own: float = 0.0
    own_days: float = field(default=float("nan"))
    vendor: float = 0.0

    @property
    def mean(self) -> float:
        return float(self.days @ self.weight)

    @property
    def spread(self) -> float:
        """Standard deviation in days."""
        return float(np.sqrt(max((self.days - self.mean) ** 2 @ self.weight, 0.0)))

    def shifted(self, days: float) -> LeadTime:
        """The same with something fixed before it, time to place the order for example."""
        return LeadTime(
            self.days + days, self.weight, self.stated + days, self.own, self.own_days, self.vendor
        )


def certain(days: float) -> LeadTime:
    """A lead time that is taken as stated."""
    return LeadTime(np.array([float(days)]), np.ones(1), float(days))


def learn(
    stated: float,
    vendor: Iterable[Delivery] = (),
    own: Iterable[Delivery] = (),
    prior: float = PRIOR_DELIVERIES,
) -> LeadTime:
    """Blend what is stated with what was delivered: :func:`by_vendor`, then :func:`by_product`."""
    return by_product(by_vendor(stated, vendor, prior), own, prior)


def by_vendor(
    stated: float, vendor: Iterable[Delivery] = (), prior: float = PRIOR_DELIVERIES
) -> LeadTime:
    """What is stated, blended with how much the vendor's deliveries differ from it.

    It is the same for all products of the vendor with the same statement.

    :param stated: days, >= 0
    :param vendor: the vendor's deliveries, ``days`` being how much longer than stated they took
        (negative: shorter)
    :param prior: κ, the deliveries that the more general level is worth, > 0
    """
    if not (np.isfinite(stated) and stated >= 0):
        raise ValueError("the stated lead time must be a number of days, 0 or more")
    vendor = list(vendor)
    days, weight = _posterior(
        np.array([float(stated)]),
        np.ones(1),
        [Delivery(stated + d.days, d.weight, d.open) for d in vendor],
        prior,
    )
    received = sum(d.weight for d in vendor if not d.open)
    return LeadTime(*compress(days, weight), float(stated), vendor=received)


def by_product(
    base: LeadTime, own: Iterable[Delivery] = (), prior: float = PRIOR_DELIVERIES
) -> LeadTime:
    """The vendor's lead time, blended with deliveries of the product to the place.

    :param own: ``days`` from the order on
    """
    own = list(own)
    if not own:
        return base
    days, weight = _posterior(base.days, base.weight, own, prior)
    days, weight = compress(days, weight)
    received = [d for d in own if not d.open]
    total = sum(d.weight for d in received)
    return replace(
        base,
        days=days,
        weight=weight,
        own=total,
        own_days=sum(d.days * d.weight for d in received) / total if total > 0 else float("nan"),
    )


def _posterior(
    base_days: np.ndarray, base_weight: np.ndarray, deliveries: list[Delivery], prior: float
) -> tuple[np.ndarray, np.ndarray]:
    if prior <= 0:
        raise ValueError("the more general level must be worth something")
    seen = [d for d in deliveries if d.weight > 0]
    days = np.concatenate([base_days, [max(d.days, 0.0) for d in seen]])
    weight = np.concatenate([base_weight * prior, [d.weight for d in seen]])
    is_open = np.concatenate([np.zeros(base_days.size, bool), [d.open for d in seen]]).astype(bool)
    return redistribute(days, weight, is_open)


def redistribute(
    days: np.ndarray, weight: np.ndarray, is_open: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Hand the weight of what is still on its way to the longer times, in proportion.

    With nothing longer it stays where it is: at least so long.

    :return: distinct days, ascending, and their probabilities
    """
    # Of equal days those that arrived come first: what is open took longer.
    order = np.lexsort((is_open, days))
    days, weight, is_open = days[order], weight[order].astype(float), is_open[order]
    for index in np.flatnonzero(is_open):
        later = weight[index + 1 :]
        total = later.sum()
        if total > 0:
            later *= 1 + weight[index] / total
            weight[index] = 0.0
    values, inverse = np.unique(days, return_inverse=True)
    mass = np.bincount(inverse, weights=weight)
    kept = mass > 0
    return values[kept], mass[kept] / mass.sum()


def compress(
    days: np.ndarray, weight: np.ndarray, points: int = MAX_POINTS
) -> tuple[np.ndarray, np.ndarray]:
    """Join neighbours until ``points`` are left, each time the two whose joining loses the least
    variance. The mean is kept.
    """
    if days.size <= points:
        return days, weight
    # Lists: for a few dozen numbers they are several times faster than arrays.
    value, mass = days.tolist(), weight.tolist()

    def loss(index: int) -> float:
        left, right = mass[index], mass[index + 1]
        return left * right / (left + right) * (value[index + 1] - value[index]) ** 2

    while len(value) > points:
        index = min(range(len(value) - 1), key=loss)
        total = mass[index] + mass[index + 1]
        joined = value[index] * mass[index] + value[index + 1] * mass[index + 1]
        value[index : index + 2] = [joined / total]
        mass[index : index + 2] = [total]
    return np.array(value), np.array(mass)


@dataclass(frozen=True)
class Intervals:
    """Protection intervals (lead time + review period) of several series, as distributions.

    :ivar days: (n, k); unused entries are 0
    :ivar weight: (n, k) probabilities; unused entries are 0
    """

    days: np.ndarray
    weight: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        return (self.days * self.weight).sum(1)

    def take(self, rows: np.ndarray) -> Intervals:
        return Intervals(self.days[rows], self.weight[rows])


def intervals(leads: list[LeadTime], review_days: np.ndarray) -> Intervals:
    """Protection intervals of many series as one pair of arrays."""
    width = max((lead.days.size for lead in leads), default=1)
    days, weight = np.zeros((len(leads), width)), np.zeros((len(leads), width))
    for row, (lead, review) in enumerate(zip(leads, review_days, strict=True)):
        days[row, : lead.days.size] = lead.days + review
        weight[row, : lead.days.size] = lead.weight
    return Intervals(days, weight)
