"""New products borrow from similar ones until they have a history of their own.

How alike two products are is Gower's coefficient (J. Gower, *A general coefficient of similarity
and some of its properties*, Biometrics 27, 1971): a weighted mean of likenesses between 0 and 1,
over what is known of both:

    S = Σ w·s / Σ w,  over category, attributes, price, vendor

The daily demand of similar products varies from one to the other: their mean and variance, weighted
by S², give a gamma prior for the rate of the new one, and its own first days correct it (conjugate
gamma-Poisson; G. Hadley and T. Whitin, *Analysis of Inventory Systems*, 1963, on Bayesian demand).
Demand over an interval is then negative binomial, wide as long as little is known:

    rate ~ Γ(α, β),  α = m²/v,  β = m/v;    after s units in t days: α' = α + s,  β' = β + t
    mean over h days: h·α'/β',   variance: mean + mean²/α'
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MIN_PEERS = 3
MAX_PEERS = 50  # the most alike; more would only be less like it
MAX_AGE = 56  # days, after which a product stands for itself
MIN_SIMILARITY = 0.5
PRICE_FACTOR = 4.0  # from which on prices have nothing in common
NEAR = 0.5  # likeness from which on a peer is said to share something
LEAST_VARIATION = 0.25  # of the rate between products: nobody knows it better beforehand

#: What a product is says more than what it costs and who makes it.
WEIGHTS = {"category": 2.0, "attributes": 2.0, "price": 1.0, "vendor": 1.0}


@dataclass(frozen=True)
class Traits:
    """What is known of a product without having sold it.

    :ivar category: ids from the topmost category to its own
    :ivar vendor: id, None when it has none
    :ivar price: cost of a unit, 0 when it is not known
    :ivar attributes: ids of its attribute values
    """

    category: tuple[int, ...] = ()
    vendor: int | None = None
    price: float = 0.0
    attributes: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Peer:
    """A product in the same place that stands for itself.

    :ivar rate: its daily demand
    :ivar name: what to call it
    """

    rate: float
    traits: Traits
    name: str = ""


@dataclass(frozen=True)
class Borrowed:
    """:ivar rate: expected daily demand
    :ivar dispersion: d of the negative binomial, variance m + d·m²
    :ivar peers: products borrowed from
    :ivar peer_rate: what these sell a day, on average
    :ivar shared: of these, how many are near in category, attributes, price, vendor
    :ivar nearest: names of the most alike
    """

    rate: float
    dispersion: float
    peers: int
    peer_rate: float
    shared: dict[str, int]
    nearest: tuple[str, ...]


def likenesses(one: Traits, other: Traits) -> dict[str, float]:
    """Between 0 and 1, of each trait that is known of both.

    Categories: depth of what they have in common over that of the deeper one. Attributes: values in
    common over all values (P. Jaccard, 1901). Prices: 1 when equal, falling with the logarithm of
    their ratio to 0 at ``PRICE_FACTOR``.
    """
    found = {}
    if one.category and other.category:
        common = 0
        for a, b in zip(one.category, other.category, strict=False):
            if a != b:
                break
            common += 1
        found["category"] = common / max(len(one.category), len(other.category))
    if one.attributes and other.attributes:
        both = one.attributes & other.attributes
        found["attributes"] = len(both) / len(one.attributes | other.attributes)
    if one.price > 0 and other.price > 0:
        distance = abs(math.log(one.price / other.price)) / math.log(PRICE_FACTOR)
        found["price"] = max(1.0 - distance, 0.0)
    if one.vendor and other.vendor:
        found["vendor"] = float(one.vendor == other.vendor)
    return found


def similarity(like: dict[str, float]) -> float:
    """Gower's coefficient of what :func:`likenesses` found; 0 when nothing is known of both."""
    total = sum(WEIGHTS[trait] for trait in like)
    return sum(WEIGHTS[trait] * value for trait, value in like.items()) / total if total else 0.0


def borrow(traits: Traits, peers: Sequence[Peer], sold: float, days: float) -> Borrowed | None:
    """Rate of a new product.

    :param sold: its own demand so far, in the steps in which demand is counted; so are the rates
    :param days: of its own history
    :return: None when there are too few similar peers, or they sell nothing
    """
    found = []
    for index, peer in enumerate(peers):
        like = likenesses(traits, peer.traits)
        alike = similarity(like)
        if alike >= MIN_SIMILARITY:
            found.append((-alike, index, like))
    found = sorted(found, key=lambda each: each[:2])[:MAX_PEERS]
    if len(found) < MIN_PEERS:
        return None
    weighted = [(alike**2, peers[index].rate) for alike, index, _like in found]
    total = sum(weight for weight, _rate in weighted)
    mean = sum(weight * rate for weight, rate in weighted) / total
    if mean <= 0:
        return None
    variance = sum(weight * (rate - mean) ** 2 for weight, rate in weighted) / total
    variance = max(variance, LEAST_VARIATION * mean**2)
    shape = mean**2 / variance + max(sold, 0.0)
    scale = mean / variance + max(days, 0.0)
    shared = {
        trait: sum(like.get(trait, 0.0) >= NEAR for _alike, _index, like in found)
        for trait in WEIGHTS
    }
    nearest = tuple(peers[index].name for _alike, index, _like in found[:MIN_PEERS])
    return Borrowed(shape / scale, 1 / shape, len(found), mean, shared, nearest)
