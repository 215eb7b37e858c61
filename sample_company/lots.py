"""Follow lots from the receipt to the customer, the first to expire leaving first."""

from __future__ import annotations

from dataclasses import dataclass, field

#: Pairs of (lot's name, quantity).
Lots = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Lot:
    """A lot of a product; ``expires`` is a day of the history (or after it)."""

    name: str
    code: str
    expires: int


@dataclass
class LotBook:
    """Which lots of one product lie where. Places are names of warehouses."""

    lots: dict[str, Lot] = field(default_factory=dict)
    _places: dict[str, dict[str, int]] = field(default_factory=dict)
    _last_out: dict[str, str] = field(default_factory=dict)

    def receive(self, place: str, lot: Lot, quantity: int) -> Lots:
        """Put a new lot, or more of one, to a place."""
        self.lots[lot.name] = lot
        self.put(place, ((lot.name, quantity),))
        return ((lot.name, quantity),)

    def put(self, place: str, lots: Lots) -> None:
        there = self._places.setdefault(place, {})
        for name, quantity in lots:
            there[name] = there.get(name, 0) + quantity

    def take(self, place: str, quantity: int) -> Lots:
        """Take from a place, first expired first out.

        :raise ValueError: there is not enough
        """
        there = self._places.setdefault(place, {})
        taken = []
        for name in sorted(there, key=lambda n: (self.lots[n].expires, n)):
            part = min(there[name], quantity)
            if part:
                taken.append((name, part))
                there[name] -= part
                quantity -= part
            if not there[name]:
                del there[name]
            if not quantity:
                break
        if quantity:
            raise ValueError(f"{quantity} pieces are missing at {place}")
        self._last_out[place] = taken[-1][0]
        return tuple(taken)

    def take_back(self, place: str, quantity: int) -> Lots:
        """A customer's return: it comes from the lot delivered last (or the oldest known)."""
        name = self._last_out.get(place) or min(self.lots, key=lambda n: self.lots[n].expires)
        lots = ((name, quantity),)
        self.put(place, lots)
        return lots

    def at(self, place: str) -> dict[str, int]:
        """Quantity by lot at a place."""
        return dict(self._places.get(place, {}))
