"""What the stock is worth at every moment: average cost, as Odoo reckons it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class AverageCost:
    """Quantity, and value in the company's currency, of one product over all warehouses.

    Goods that come in raise the value by what was paid; goods that go out take the average with
    them, and leave it as it is. With nothing in stock, the last receipt's price is the average.
    """

    quantity: float = 0.0
    average: float = 0.0

    @property
    def value(self) -> float:
        return self.quantity * self.average

    def receive(self, quantity: float, value: float) -> float:
        """Take in goods for ``value`` in all; returns it."""
        if self.quantity > 0:
            self.average = (self.value + value) / (self.quantity + quantity)
        else:
            self.average = value / quantity
        self.quantity += quantity
        return value

    def issue(self, quantity: float) -> float:
        """Give out goods; returns their value."""
        self.quantity -= quantity
        return quantity * self.average
