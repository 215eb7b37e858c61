"""The book of one product: what lies where, at which value, and which entries follow.

A book is about stock that is valued as one: a product, or one lot where lots are valued by
themselves. It starts from what the ledger has for each place, is told movements at Odoo's value,
and at the end what Odoo says that all of it is worth. It answers with entries to append.

The rule that gives value to places:

- A receipt comes at its own value, a delivery leaves at its own.
- A transfer carries, under standard price and average cost, the average of the place that it
  leaves; under FIFO the oldest layers of that place. What empties a place takes all its value.
- Odoo's FIFO takes a company's oldest layer wherever that lies. If a delivery leaves from a place
  that holds younger goods, the two places change layers first: quantities stay, value moves. If
  several places hold the oldest layer, they give it in their order.
- What Odoo's total says beyond all that is a revaluation. It brings each place to its quantity at
  the unit cost (FIFO: its layers at their cost), rounded by largest remainder.

Amounts are whole cents, unit costs are cents as floats.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from .money import approach, nearest, spread

Place = Hashable
Layer = Hashable

#: A quantity below is none: what floats leave behind, far under any unit of measure's rounding.
NOTHING = 1e-7


@dataclass(frozen=True)
class Movement:
    """Goods that came (no source), left (no target), or changed place.

    :param value: what Odoo says that they are worth; not needed for a change of place
    :param layer: what a receipt opens under FIFO; goods that leave are taken from it first
        (a receipt that is corrected takes its own layer back)
    :param origin: anything; the entries carry it
    """

    source: Place | None
    target: Place | None
    quantity: float
    kind: str
    value: int = 0
    layer: Layer | None = None
    origin: object = None


@dataclass(frozen=True)
class Entry:
    place: Place
    quantity: float
    value: int
    kind: str
    layer: Layer | None = None
    origin: object = None


@dataclass(frozen=True)
class Balance:
    """What the ledger has for a place and a layer."""

    place: Place
    quantity: float
    value: int
    layer: Layer | None = None


@dataclass(frozen=True)
class Costing:
    """How the book's goods are valued.

    :param unit_cost: of a unit under standard price and average cost; under FIFO of what belongs to
        no layer (goods that were delivered before they came)
    :param layers: under FIFO, the cost of a unit of each layer, the oldest first
    """

    unit_cost: float = 0.0
    fifo: bool = False
    layers: Mapping[Layer, float] = field(default_factory=dict)

    def get_cost(self, layer: Layer | None) -> float:
        return self.layers.get(layer, self.unit_cost) if self.fifo else self.unit_cost


def _get_order(place: Place) -> tuple:
    """Return a key to sort places by; parts of a place may be None."""
    parts = place if isinstance(place, tuple) else (place,)
    return tuple((part is not None, part) for part in parts)


class _Shelf:
    """What lies at a place."""

    def __init__(self) -> None:
        self.value = 0
        self.layers: dict[Layer | None, float] = {}

    @property
    def quantity(self) -> float:
        return sum(self.layers.values())

    def add(self, layer: Layer | None, quantity: float) -> None:
        left = self.layers.get(layer, 0.0) + quantity
        if abs(left) < NOTHING:
            self.layers.pop(layer, None)
        else:
            self.layers[layer] = left

    def get(self, layer: Layer | None) -> float:
        return max(self.layers.get(layer, 0.0), 0.0)


class Book:
    def __init__(self, costing: Costing, balances: Iterable[Balance] = ()) -> None:
        self.costing = costing
        self.entries: list[Entry] = []
        #: how many movements were told, and whether what is really there was more or less
        self.postings = 0
        self.adjusted = False
        self._shelves: dict[Place, _Shelf] = {}
        for balance in balances:
            shelf = self._get_shelf(balance.place)
            shelf.value += balance.value
            shelf.add(self._get_layer(balance.layer), balance.quantity)

    @property
    def quantity(self) -> float:
        return sum(shelf.quantity for shelf in self._shelves.values())

    @property
    def value(self) -> int:
        return sum(shelf.value for shelf in self._shelves.values())

    def get_quantities(self) -> dict[Place, float]:
        return {place: shelf.quantity for place, shelf in self._shelves.items()}

    def get_values(self) -> dict[Place, int]:
        return {place: shelf.value for place, shelf in self._shelves.items()}

    def get_cost(self) -> float:
        """Return what everything costs, by layer under FIFO, without rounding."""
        return sum(
            quantity * self.costing.get_cost(layer)
            for shelf in self._shelves.values()
            for layer, quantity in shelf.layers.items()
        )

    def get_layer_quantities(self) -> dict[Layer | None, float]:
        """Return how much of each layer is held, all places added up."""
        held: dict[Layer | None, float] = {}
        for shelf in self._shelves.values():
            for layer, quantity in shelf.layers.items():
                held[layer] = held.get(layer, 0.0) + quantity
        return held

    def get_held_layers(self) -> set[Layer | None]:
        return {layer for shelf in self._shelves.values() for layer in shelf.layers}

    def get_layers(self, place: Place) -> dict[Layer | None, float]:
        return dict(self._get_shelf(place).layers)

    # -- what happens ------------------------------------------------------------------------

    def post(self, movement: Movement) -> None:
        """Book a movement."""
        if movement.source is None and movement.target is None:
            return
        if movement.quantity <= 0:
            raise ValueError(f"A movement has a quantity above zero, not {movement.quantity}")
        self.postings += 1
        if movement.source is None:
            self._put(movement, [(movement.layer, movement.quantity)], [movement.value])
        elif movement.target is None:
            self._deliver(movement)
        elif movement.source != movement.target:
            self._transfer(movement)

    def match(self, counted: Mapping[Place, float], kind: str = "adjustment") -> None:
        """Bring the quantities to what is really there.

        Odoo moves some quantities without a movement: untracked stock becomes a lot's, say. What
        one place lacks and another has too much of is such a change of place; the rest was found or
        lost, at the present unit cost.
        """
        gaps = {
            place: counted.get(place, 0.0) - self._get_shelf(place).quantity
            for place in sorted({*self._shelves, *counted}, key=_get_order)
        }
        found = [[place, gap] for place, gap in gaps.items() if gap > NOTHING]
        for place, gap in gaps.items():
            lost = -gap
            while lost > NOTHING and found:
                quantity = min(lost, found[0][1])
                self.post(Movement(place, found[0][0], quantity, "transfer"))
                lost -= quantity
                found[0][1] -= quantity
                if found[0][1] <= NOTHING:
                    found.pop(0)
            if lost > NOTHING:
                self.adjusted = True
                self.post(Movement(place, None, lost, kind, self._get_value(lost)))
        for place, quantity in found:
            self.adjusted = True
            self.post(Movement(None, place, quantity, kind, self._get_value(quantity)))

    def settle(self, total: int, kind: str = "revaluation", origin: object = None) -> None:
        """Bring the value to what Odoo says that all of it is worth.

        Where nothing has ever been, there is no place to give a value to.
        """
        places = [
            place
            for place, shelf in self._get_shelves()
            if shelf.value or abs(shelf.quantity) > NOTHING
        ]
        booked = [self._shelves[place].value for place in places]
        if not places:
            return
        for place, there, wanted in zip(
            places, booked, approach(booked, self._get_exact(places, total), total), strict=True
        ):
            if wanted != there:
                self._book(place, None, 0.0, wanted - there, kind, origin)

    # -- how --------------------------------------------------------------------------------

    def _get_layer(self, layer: Layer | None) -> Layer | None:
        return layer if self.costing.fifo else None

    def _get_shelf(self, place: Place) -> _Shelf:
        return self._shelves.setdefault(place, _Shelf())

    def _get_shelves(self) -> list[tuple[Place, _Shelf]]:
        """Return places and what lies there in an order that does not depend on how they came: the
        same history gives the same entries, whoever tells it."""
        return sorted(self._shelves.items(), key=lambda item: _get_order(item[0]))

    def _get_value(self, quantity: float) -> int:
        return nearest(quantity * self.costing.unit_cost)

    def _get_exact(self, places: list[Place], total: int) -> list[float]:
        """Return what each place is worth without rounding; adds up to `total`."""
        costs = self.costing
        quantities = [self._shelves[place].quantity for place in places]
        quantities = [0.0 if abs(quantity) < NOTHING else quantity for quantity in quantities]
        exact = [
            sum(held * costs.get_cost(layer) for layer, held in self._shelves[place].layers.items())
            if quantity
            else 0.0
            for place, quantity in zip(places, quantities, strict=True)
        ]
        whole = sum(exact)
        if whole * total > 0:
            return [amount * total / whole for amount in exact]
        missing, weights = total - whole, quantities
        if abs(sum(weights)) < NOTHING:
            # as much missing as there is: nothing says where the rest belongs
            weights = [abs(quantity) for quantity in quantities]
        of = sum(weights)
        if not of:
            return [float(total) / len(places)] * len(places)
        return [
            amount + missing * weight / of for amount, weight in zip(exact, weights, strict=True)
        ]

    def _book(
        self,
        place: Place,
        layer: Layer | None,
        quantity: float,
        value: int,
        kind: str,
        origin: object,
    ) -> None:
        shelf = self._get_shelf(place)
        shelf.value += value
        if quantity:
            shelf.add(layer, quantity)
        self.entries.append(Entry(place, quantity, value, kind, layer, origin))

    def _put(
        self, movement: Movement, parts: list[tuple[Layer | None, float]], values: list[int]
    ) -> None:
        """Lay parts down; goods that a place owes are paid back first."""
        place = movement.target
        owed = max(-self._get_shelf(place).layers.get(None, 0.0), 0.0)
        for (layer, quantity), value in zip(parts, values, strict=True):
            layer = self._get_layer(layer)
            back = min(owed, quantity) if layer is not None else 0.0
            owed -= back
            rest = quantity - back
            shares = spread(value, [back, rest]) if rest > NOTHING else [value, 0]
            if back > NOTHING:
                self._book(place, None, back, shares[0], movement.kind, movement.origin)
            if rest > NOTHING:
                share = value - (shares[0] if back > NOTHING else 0)
                self._book(place, layer, rest, share, movement.kind, movement.origin)

    def _deliver(self, movement: Movement) -> None:
        parts = self._take(movement, exchange=True)
        weights = [quantity * self.costing.get_cost(layer) for layer, quantity in parts]
        if not any(weights):
            weights = [quantity for _layer, quantity in parts]
        for (layer, quantity), value in zip(parts, spread(movement.value, weights), strict=True):
            self._book(movement.source, layer, -quantity, -value, movement.kind, movement.origin)

    def _transfer(self, movement: Movement) -> None:
        shelf = self._get_shelf(movement.source)
        held, worth = shelf.quantity, shelf.value
        parts = self._take(movement, exchange=False)
        exact = [quantity * self.costing.get_cost(layer) for layer, quantity in parts]
        if abs(held - movement.quantity) < NOTHING:
            carried = worth
        elif self.costing.fifo or held < movement.quantity:
            carried = nearest(sum(exact))
        else:
            carried = nearest(worth * movement.quantity / held)
        values = spread(carried, exact if any(exact) else [quantity for _, quantity in parts])
        for (layer, quantity), value in zip(parts, values, strict=True):
            self._book(movement.source, layer, -quantity, -value, movement.kind, movement.origin)
        self._put(movement, parts, values)

    def _take(self, movement: Movement, exchange: bool) -> list[tuple[Layer | None, float]]:
        """Return which layers leave the movement's source; what it lacks leaves without one."""
        if not self.costing.fifo:
            return [(None, movement.quantity)]
        shelf = self._get_shelf(movement.source)
        # a copy: what is taken is booked by the caller
        held = {layer: quantity for layer, quantity in shelf.layers.items() if quantity > 0}
        parts: dict[Layer | None, float] = {}
        missing = movement.quantity

        def take(layer: Layer | None, quantity: float) -> None:
            nonlocal missing
            held[layer] = held.get(layer, 0.0) - quantity
            parts[layer] = parts.get(layer, 0.0) + quantity
            missing -= quantity

        if movement.layer is not None:
            take(movement.layer, min(missing, held.get(movement.layer, 0.0)))
        for layer in self._get_layers_by_age():
            if missing <= NOTHING:
                break
            take(layer, min(missing, max(held.get(layer, 0.0), 0.0)))
            if exchange and missing > NOTHING:
                got = self._exchange(movement, layer, missing, held)
                held[layer] = held.get(layer, 0.0) + got
                take(layer, got)
        if missing > NOTHING:
            take(None, missing)
        return [(layer, quantity) for layer, quantity in parts.items() if quantity > NOTHING]

    def _exchange(
        self,
        movement: Movement,
        layer: Layer | None,
        wanted: float,
        held: dict[Layer | None, float],
    ) -> float:
        """Get as much of a layer from other places, for the youngest that `held` has."""
        got = 0.0
        for place, shelf in self._get_shelves():
            if place == movement.source:
                continue
            for young in reversed(self._get_layers_by_age()):
                quantity = min(wanted - got, shelf.get(layer), max(held.get(young, 0.0), 0.0))
                if young == layer or quantity <= NOTHING:
                    continue
                held[young] -= quantity
                self._swap(movement, place, layer, young, quantity)
                got += quantity
        return got

    def _swap(
        self,
        movement: Movement,
        place: Place,
        layer: Layer | None,
        young: Layer | None,
        quantity: float,
    ) -> None:
        for what, giver, taker in (
            (layer, place, movement.source),
            (young, movement.source, place),
        ):
            value = nearest(quantity * self.costing.get_cost(what))
            self._book(giver, what, -quantity, -value, "transfer", movement.origin)
            self._book(taker, what, quantity, value, "transfer", movement.origin)

    def _get_layers_by_age(self) -> list[Layer | None]:
        """Return the layers that are held anywhere; what belongs to none counts as oldest."""
        held = self.get_held_layers()
        known = [layer for layer in self.costing.layers if layer in held]
        others = (layer for layer in held if layer not in self.costing.layers)
        return [*sorted(others, key=_get_order), *known]
