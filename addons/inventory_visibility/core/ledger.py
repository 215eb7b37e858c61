"""What can still be promised of a product, at places and at groups of places.

Every quantity here is a whole number of the smallest quantity that the product is counted in (with
two decimals, 150 stands for 1.5 units), so nothing is lost or gained by rounding.

A hold at a place takes from that place. A hold at a group takes from no place in particular: it
only says that the group together will have to deliver it. So what is promised is sound when every
group's holds *could* be spread over its places without taking more from any than it has. This is
a transportation problem, which has a solution exactly when, for every set of groups, what they
hold together is no more than what their places have together (D. Gale, *A theorem on flows in
networks*, 1957). What may be added without making it unsolvable is the maximum flow that is left
(L. R. Ford, D. R. Fulkerson, *Flows in Networks*, 1962), found here by shortest augmenting paths
(J. Edmonds, R. M. Karp, 1972).

With 5 in A, 5 in B and 6 held at the group of both, 4 are left in A, or 4 in B, or 4 in the group,
and not 4 in each.
"""

from collections import deque
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Place = Hashable
SOURCE, SINK = "source", "sink"


@dataclass(frozen=True)
class Claim:
    """A quantity that some of several places will have to deliver, whichever they are."""

    places: frozenset[Place]
    quantity: int


class Flow:
    """A maximum flow from claims through the places that may serve them.

    :param capacity: what each place has
    :param parents: the place that a place lies in: what is taken from it is taken from both
    """

    def __init__(
        self, capacity: Mapping[Place, int], parents: Mapping[Place, Place] | None = None
    ) -> None:
        self.left: dict[Place, dict[Place, int]] = {SINK: {}}
        for place, quantity in capacity.items():
            self._add(place, (parents or {}).get(place, SINK), max(quantity, 0))
        self.claims = 0

    def _add(self, start: Place, end: Place, quantity: int) -> None:
        self.left.setdefault(start, {})[end] = quantity
        self.left.setdefault(end, {}).setdefault(start, 0)

    def push(self, places: Iterable[Place], quantity: int | None = None) -> int:
        """Serve a claim as far as possible, without serving an earlier one less.

        :param quantity: None for as much as there is
        :return: what was served
        """
        self.claims += 1
        claim = (SOURCE, self.claims)
        limit = self._left_in_all() if quantity is None else quantity
        for place in places:
            self._add(claim, place, limit)
        served = 0
        while served < limit and (path := self._find_path(claim)):
            step = min(self.left[start][end] for start, end in path)
            step = min(step, limit - served)
            for start, end in path:
                self.left[start][end] -= step
                self.left[end][start] += step
            served += step
        return served

    def _left_in_all(self) -> int:
        return sum(ends.get(SINK, 0) for ends in self.left.values())

    def _find_path(self, claim: Place) -> list[tuple[Place, Place]]:
        """Return the edges of a shortest path with room from a claim to the sink, or none."""
        came_from: dict[Place, Place | None] = {claim: None}
        queue = deque([claim])
        while queue:
            node = queue.popleft()
            for end, room in self.left[node].items():
                if room <= 0 or end in came_from:
                    continue
                came_from[end] = node
                if end == SINK:
                    path = []
                    while (start := came_from[end]) is not None:
                        path.append((start, end))
                        end = start
                    return path[::-1]
                queue.append(end)
        return []


@dataclass
class Ledger:
    """What places have of one product, and what is claimed of it; it keeps count of a batch.

    :param capacity: for each place, what it can promise for each of `dates`, after what is held
        at the place itself. Negative where more is promised than there will be.
    :param claims: what is held at groups
    :param parents: the place that a place lies in
    """

    capacity: dict[Place, list[int]]
    claims: list[Claim] = field(default_factory=list)
    parents: dict[Place, Place] = field(default_factory=dict)

    def room(
        self, places: Collection[Place], date: int = 0, set_aside: Sequence[Claim] = ()
    ) -> int:
        """Return what may be added at one place, or at a group of several.

        :param date: number of the date in the lists of `capacity`
        :param set_aside: what is kept for others, as far as there is enough of it
        :return: in smallest quantities, never below zero
        """
        own = {place: quantities[date] for place, quantities in self.capacity.items()}
        total = self.total(places, date)
        if not self.claims and not set_aside and len(places) == 1 and not self.parents:
            return max(total, 0)
        flow = Flow(own, self.parents)
        for claim in (*self.claims, *set_aside):
            flow.push(claim.places, claim.quantity)
        return max(min(flow.push(places), total), 0)

    def total(self, places: Collection[Place], date: int = 0) -> int:
        """Return what places have together, less what is held at groups that lie within.

        A group answers for what its places are short of, so it can be below zero.
        """
        wanted = set(places)
        total = sum(self.capacity[place][date] for place in self._tops(wanted))
        return total - sum(claim.quantity for claim in self.claims if claim.places <= wanted)

    def _tops(self, places: set[Place]) -> list[Place]:
        """Return the places without those that lie in another of them."""
        return [place for place in places if places.isdisjoint(self._around(place))]

    def _around(self, place: Place) -> list[Place]:
        """Return what a place lies in, the innermost first."""
        around = []
        while place in self.parents:
            place = self.parents[place]
            around.append(place)
        return around

    def take(self, places: Collection[Place], quantity: int, date: int = 0) -> None:
        """Count a promise, for one of the dates, at a place or a group.

        What leaves on a day lowers the balance from that day on. For an earlier date, whose ATP
        is a minimum over the future too, it matters only as far as it becomes the lowest point.
        """
        if len(places) > 1:
            self.claims.append(Claim(frozenset(places), quantity))
            return
        [place] = places
        for touched in (place, *self._around(place)):
            self._lower(touched, quantity, date)

    def _lower(self, place: Place, quantity: int, date: int) -> None:
        quantities = self.capacity[place]
        for later in range(date, len(quantities)):
            quantities[later] -= quantity
        for earlier in range(date):
            quantities[earlier] = min(quantities[earlier], quantities[date])
