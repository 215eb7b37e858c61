"""Which rates are for a product in a warehouse: those of the line that is the most specific."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Rates:
    """Yearly carrying cost as a part of the value held, and the cost to sell as a part of the
    price; for a category and all below it, a warehouse, both, or (with neither) the company."""

    category: Hashable | None = None
    warehouse: Hashable | None = None
    capital: float = 0.0
    storage: float = 0.0
    insurance: float = 0.0
    risk: float = 0.0
    selling: float = 0.0

    @property
    def carrying(self) -> float:
        return self.capital + self.storage + self.insurance + self.risk


def choose(
    lines: Iterable[Rates], categories: Sequence[Hashable], warehouse: Hashable | None = None
) -> Rates:
    """Return the line that counts, as a whole; nothing is mixed from several.

    The nearest category counts more than the warehouse, this more than the company's line.

    :param categories: the product's category, its parent, and so on
    """
    best, rank = Rates(), (-1, -1)
    for line in lines:
        if line.warehouse is not None and line.warehouse != warehouse:
            continue
        if line.category is None:
            depth = 0
        elif line.category in categories:
            depth = len(categories) - categories.index(line.category)
        else:
            continue
        if (found := (depth, line.warehouse is not None)) > rank:
            best, rank = line, found
    return best
