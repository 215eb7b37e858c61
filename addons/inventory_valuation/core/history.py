"""Writing the book of a product whose history is older than its ledger.

The movements of the past are told to a book in their order, and after each of them its goods are
worth what the costing method says: the standard price of that day, the moving average, or the
layers that are left. Odoo does the same over all of history whenever it is asked; here it is done
once, and place by place. The moving average is reckoned as Odoo reckons it: what comes on top of
stock is averaged in, what comes into a debt sets a new average.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from .book import NOTHING, Book, Costing, Entry, Movement
from .money import nearest


@dataclass(frozen=True)
class Event:
    """A movement, or a new cost of a unit (in cents) that somebody has set."""

    date: datetime
    movement: Movement | None = None
    unit_cost: float | None = None


class History:
    """The past of goods that are valued as one.

    :param method: ``standard``, ``average`` or ``fifo``
    :param unit_cost: standard price, or cost while nothing has come, in cents
    """

    def __init__(self, method: str, unit_cost: float = 0.0) -> None:
        self.method = method
        self.unit_cost = unit_cost
        #: what everything is worth under average cost; carried along, as Odoo does
        self.worth = 0.0
        self.layers: dict[object, float] = {}
        self.book = Book(self._get_costing())

    def replay(self, events: Iterable[Event]) -> Iterator[tuple[datetime, Entry]]:
        """Tell what happened, the oldest first; returns the entries with their dates."""
        for event in events:
            if event.unit_cost is not None and self.method != "fifo":
                self.unit_cost = event.unit_cost
                self.worth = self.unit_cost * self.book.quantity
            if event.movement is not None:
                self._learn(event.movement)
            self.book.costing = self._get_costing()
            if event.movement is not None:
                self.book.post(event.movement)
            self.book.settle(self._get_total())
            yield from ((event.date, entry) for entry in self.take_entries())
            self._forget()

    def take_entries(self) -> list[Entry]:
        """Return the entries since the last time."""
        entries = self.book.entries
        self.book.entries = []
        return entries

    def _get_costing(self) -> Costing:
        return Costing(self.unit_cost, self.method == "fifo", self.layers)

    def _learn(self, movement: Movement) -> None:
        """A receipt changes what a unit costs."""
        if movement.target is None:
            self.worth -= self.unit_cost * movement.quantity
            return
        if movement.source is not None:
            return
        cost = movement.value / movement.quantity
        if self.method == "fifo":
            self.unit_cost = cost
            self.layers[movement.layer] = cost
        elif self.method == "average":
            before = self.book.quantity
            if before > NOTHING:
                self.worth += movement.value
                self.unit_cost = self.worth / (before + movement.quantity)
            else:
                self.unit_cost = cost
                self.worth = cost * (before + movement.quantity)

    def _get_total(self) -> int:
        if self.method == "fifo":
            return nearest(self.book.get_cost())
        if self.method == "average":
            return nearest(self.worth)
        return nearest(self.book.quantity * self.unit_cost)

    def _forget(self) -> None:
        """Layers that are used up play no part any more."""
        if len(self.layers) > 2 * len(held := self.book.get_held_layers()) + 50:
            self.layers = {layer: cost for layer, cost in self.layers.items() if layer in held}
