"""Writing the book of a product whose history is older than its ledger.

The movements of the past are told to a book in their order, and after each of them its goods are
worth what the costing method says: the standard price of that day, the moving average, or the
layers that are left. Odoo does the same over all of history whenever it is asked; here it is done
once, and place by place. The moving average is reckoned as Odoo reckons it: what comes on top of
stock is averaged in, what comes into a debt sets a new average.

Averages often end on half a cent, and floats fall to one side of it or the other. Therefore what
everything is worth is reckoned in Odoo's unit (the currency, not cents) by Odoo's operations in
Odoo's order (`product.product._run_avco` and `_run_fifo`): the last bit then is the same, too.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from .book import NOTHING, Book, Costing, Entry, Movement
from .money import is_tie, nearest


@dataclass(frozen=True)
class Event:
    """A movement, or a new cost of a unit (in the currency) that somebody has set.

    :param move: movements that follow one another and have the same are one to Odoo
    :param worth: what came by the whole of that move is worth in the currency, before it was shared
        out and rounded; by default the movements' values added up
    """

    date: datetime
    movement: Movement | None = None
    unit_cost: float | None = None
    move: Hashable | None = None
    worth: float | None = None


class History:
    """The past of goods that are valued as one.

    :param method: ``standard``, ``average`` or ``fifo``
    :param unit_cost: standard price, or cost while nothing has come, in the currency
    :param cents: how many of the smallest unit (in which movements and entries are) make one of the
        currency
    """

    def __init__(self, method: str, unit_cost: float = 0.0, cents: float = 1.0) -> None:
        self.method = method
        self.unit_cost = unit_cost
        self.cents = cents
        #: under average cost, how much there is and what it is worth; carried along, as Odoo does
        self.quantity = 0.0
        self.worth = 0.0
        #: nothing came since somebody set the cost
        self.priced = False
        #: a total lay on half a cent: the last bit of what came decided how it was rounded
        self.tied = False
        #: under FIFO, worth and quantity of what came, the oldest first
        self.layers: dict[object, tuple[float, float]] = {}
        self.book = Book(self._get_costing())

    def replay(self, events: Iterable[Event]) -> Iterator[tuple[datetime, Entry]]:
        """Tell what happened, the oldest first; returns the entries with their dates."""
        numbered = enumerate(events)
        # what stands side by side, and without Odoo
        for _move, together in groupby(  # pylint: disable=bad-builtin-groupby
            numbered, lambda item: (item[1].move is None and item[0], item[1].move)
        ):
            group = [event for _number, event in together]
            self._set_cost(group)
            self._learn(group)
            self.book.costing = self._get_costing()
            for event in group:
                if event.movement is not None:
                    self.book.post(event.movement)
            self.book.settle(self._get_total())
            yield from ((group[-1].date, entry) for entry in self.take_entries())
            self._forget()

    def take_entries(self) -> list[Entry]:
        """Return the entries since the last time."""
        entries = self.book.entries
        self.book.entries = []
        return entries

    def _get_costing(self) -> Costing:
        return Costing(
            self.unit_cost * self.cents,
            self.method == "fifo",
            {
                layer: worth * self.cents / quantity
                for layer, (worth, quantity) in self.layers.items()
            },
        )

    def _set_cost(self, events: list[Event]) -> None:
        """Take over the cost that somebody has set."""
        for event in events:
            if event.unit_cost is not None and self.method != "fifo":
                self.unit_cost = event.unit_cost
                self.worth = self.unit_cost * self.quantity
                self.priced = True

    def _learn(self, events: list[Event]) -> None:
        """A receipt changes what a unit costs; what leaves takes its part of the average along."""
        moved = [event for event in events if event.movement is not None]
        came = [event for event in moved if event.movement.source is None]
        gone = sum(event.movement.quantity for event in moved if event.movement.target is None)
        if came:
            worth = came[0].worth
            if worth is None:
                worth = sum(event.movement.value for event in came) / self.cents
            quantity = sum(event.movement.quantity for event in came)
            self._receive(came[0].movement.layer, quantity, worth)
        if gone:
            self.worth -= gone * self.unit_cost
            self.quantity -= gone

    def _receive(self, layer: object, quantity: float, worth: float) -> None:
        if self.method == "fifo":
            self.unit_cost = worth / quantity
            self.layers[layer] = (worth, quantity)
        elif self.method == "average":
            self.priced = False
            before = self.quantity
            self.quantity += quantity
            if before > 0:
                self.worth += worth
                self.unit_cost = self.worth / self.quantity
            else:
                self.unit_cost = worth / quantity
                self.worth = self.unit_cost * self.quantity

    def _get_total(self) -> int:
        quantity = self.book.quantity
        if abs(quantity) < NOTHING:
            return 0
        if self.method == "fifo":
            total = self._get_layers_worth()
        elif self.method == "average" and not self.priced:
            total = self.worth
        else:
            return nearest(self.unit_cost * quantity * self.cents)
        # as Odoo does with what is valued of what is there: it may cost the last bit
        total = total * quantity / quantity * self.cents
        self.tied = self.tied or is_tie(total)
        return nearest(total)

    def _get_layers_worth(self) -> float:
        """Return what the layers that are left are worth, from the oldest on."""
        held = self.book.get_layer_quantities()
        if held.keys() - self.layers.keys():
            return self.book.get_cost() / self.cents
        total = 0.0
        for layer, (worth, quantity) in self.layers.items():
            left = held.get(layer, 0.0)
            if abs(left - quantity) < NOTHING:
                total += worth
            elif left:
                total += worth * left / quantity
        return total

    def _forget(self) -> None:
        """Layers that are used up play no part any more."""
        if len(self.layers) > 2 * len(held := self.book.get_held_layers()) + 50:
            self.layers = {layer: cost for layer, cost in self.layers.items() if layer in held}
