"""What is set aside for sales channels, and what they have to leave.

An *allocation* keeps a quantity of a product, at a place or a group, for one channel: it sees its
allocation and whatever is allocated to nobody. A *buffer* is what a channel must leave where it
is, for instance because a marketplace punishes a cancelled order. Both are a fixed quantity, a
percentage, or days of cover.

Percentages are of the *gross*: what could be promised before anybody took of it, that is what can
be promised now plus what is held, plus what has been consumed since the moment from which the
allocation counts. The gross stays the same while channels take, so nobody gets more by asking
often or early, and a channel that sold its share has not got a share of the rest as well.

Quantities are whole numbers of the smallest quantity, as in `ledger`.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .ledger import Claim, Place


@dataclass(frozen=True)
class Rule:
    """An allocation or a buffer; what is None holds for all.

    :param method: ``fixed`` (amount in the product's unit), ``percentage`` or ``days``
    :param place: a place or group; None for each place that holds stock itself
    """

    id: int
    channel: int
    kind: str
    method: str
    amount: float
    place: Place | None = None
    product: int | None = None
    category: int | None = None


def choose(
    rules: Iterable[Rule], product: int, categories: Sequence[int], place: Place, is_group: bool
) -> dict[tuple[int, str], Rule]:
    """Return the rule that decides for each channel and kind: ``{(channel, kind): rule}``.

    What is said of the product comes before what is said of its category, the nearest first, and
    that before what is said of all; then what is said of the place before what is said of every
    place. Among equals the newest. A rule without a place is one for places, not for groups.

    :param categories: the product's category and those above it, the nearest first
    """
    chosen: dict[tuple[int, str], tuple[tuple[int, int, int], Rule]] = {}
    for rule in rules:
        if rule.place != place and (rule.place is not None or is_group):
            continue
        if rule.product is not None:
            if rule.product != product:
                continue
            nearness = len(categories) + 1
        elif rule.category is not None:
            if rule.category not in categories:
                continue
            nearness = len(categories) - categories.index(rule.category)
        else:
            nearness = 0
        rank = (nearness, int(rule.place is not None), rule.id)
        key = (rule.channel, rule.kind)
        if key not in chosen or rank > chosen[key][0]:
            chosen[key] = (rank, rule)
    return {key: rule for key, (_rank, rule) in chosen.items()}


def get_amount(rule: Rule, gross: int, daily_demand: float, scale: int) -> int:
    """Return what a rule sets aside, in smallest quantities, rounded down.

    :param gross: what could be promised before any of it was, in smallest quantities
    :param daily_demand: per day, in the product's unit
    :param scale: smallest quantities in one unit
    """
    # the tiny addition keeps 0.29 × 100 from being 28
    if rule.method == "percentage":
        return math.floor(gross * rule.amount / 100 + 1e-9)
    if rule.method == "days":
        return math.floor(rule.amount * daily_demand * scale + 1e-9)
    return math.floor(rule.amount * scale + 1e-6)


def entitle(wanted: Mapping[int, int], used: Mapping[int, int], gross: int) -> dict[int, int]:
    """Return what is still set aside for each channel: ``{channel: quantity}``.

    What the channels are to have together is more than there is? Then each gets its proportion of
    it. The proportion is taken of `gross`, which does not change when a channel takes from it, so
    a channel does not get more by asking often, nor by asking early.

    :param wanted: what its rule says for each channel
    :param used: what each channel has taken of it, held or consumed
    :param gross: what could be promised before any channel took of it
    """
    total = sum(wanted.values())
    gross = max(gross, 0)
    return {
        channel: max(
            (quantity if total <= gross else quantity * gross // total) - used.get(channel, 0), 0
        )
        for channel, quantity in wanted.items()
    }


@dataclass
class Scope:
    """A place, or a group with its places, for which allocations or buffers are set.

    :param places: those that hold stock themselves: one, or those of the group
    :param wanted: what the rule of each channel sets aside for it
    :param used: what each channel has taken of it, held or consumed
    :param gross: see the module
    :param buffers: what each channel has to leave
    """

    places: frozenset[Place]
    gross: int
    wanted: dict[int, int] = field(default_factory=dict)
    used: dict[int, int] = field(default_factory=dict)
    buffers: dict[int, int] = field(default_factory=dict)

    def set_aside(self, channel: int | None) -> list[Claim]:
        """Return what `channel` (None: no channel) may not touch here."""
        claims = [
            Claim(self.places, quantity)
            for other, quantity in entitle(self.wanted, self.used, self.gross).items()
            if other != channel and quantity
        ]
        if channel in self.buffers:
            claims.append(Claim(self.places, self.buffers[channel]))
        return claims

    def take(self, channel: int | None, places: Iterable[Place], quantity: int) -> None:
        """Count a promise made to a channel, if it lies within this scope."""
        if channel is not None and self.places.issuperset(places):
            self.used[channel] = self.used.get(channel, 0) + quantity
