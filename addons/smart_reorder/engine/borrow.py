"""New products borrow from similar ones until they have a history of their own.

The daily demand of similar products varies from one to the other: their mean and variance give a
gamma prior for the rate of the new one, and its own first days correct it (conjugate gamma-Poisson;
G. Hadley and T. Whitin, *Analysis of Inventory Systems*, 1963, on Bayesian demand). Demand over an
interval is then negative binomial, wide as long as little is known:

    rate ~ Γ(α, β),  α = m²/v,  β = m/v;    after s units in t days: α' = α + s,  β' = β + t
    mean over h days: h·α'/β',   variance: mean + mean²/α'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MIN_PEERS = 3
MAX_AGE = 56  # days, after which a product stands for itself
PRICE_FACTOR = 2.0  # within which prices are similar
LEAST_VARIATION = 0.25  # of the rate between products: nobody knows it better beforehand


@dataclass(frozen=True)
class Peer:
    """A product of the same category in the same place.

    :ivar rate: its daily demand
    """

    rate: float
    price: float
    vendor: int | None


@dataclass(frozen=True)
class Borrowed:
    """:ivar rate: expected daily demand
    :ivar dispersion: d of the negative binomial, variance m + d·m²
    :ivar peers: products borrowed from
    :ivar peer_rate: what these sell a day, on average
    """

    rate: float
    dispersion: float
    peers: int
    peer_rate: float


def similarity(peer: Peer, price: float, vendor: int | None) -> float:
    """Weight of a peer: twice for the same vendor, twice for a similar price."""
    weight = 1.0
    if vendor and peer.vendor == vendor:
        weight *= 2
    if price > 0 and peer.price > 0 and 1 / PRICE_FACTOR <= peer.price / price <= PRICE_FACTOR:
        weight *= 2
    return weight


def borrow(
    peers: Sequence[Peer], price: float, vendor: int | None, sold: float, days: float
) -> Borrowed | None:
    """Rate of a new product.

    :param sold: its own demand so far, in the steps in which demand is counted; so are the rates
    :param days: of its own history
    :return: None when there are too few peers, or they sell nothing
    """
    if len(peers) < MIN_PEERS:
        return None
    weights = [similarity(peer, price, vendor) for peer in peers]
    total = sum(weights)
    mean = sum(w * p.rate for w, p in zip(weights, peers, strict=True)) / total
    if mean <= 0:
        return None
    variance = sum(w * (p.rate - mean) ** 2 for w, p in zip(weights, peers, strict=True)) / total
    variance = max(variance, LEAST_VARIATION * mean**2)
    shape = mean**2 / variance + max(sold, 0.0)
    scale = mean / variance + max(days, 0.0)
    return Borrowed(shape / scale, 1 / shape, len(peers), mean)
