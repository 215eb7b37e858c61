"""Who supplies what: invented suppliers with lead times, minimum quantities and price breaks."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .extract import Product


@dataclass(frozen=True)
class Supplier:
    """A supplier of the central warehouse.

    :param lead_days: what it promises; :param late_days: what it is late by on average
    :param spread_days: standard deviation of its lead time
    :param review_every: days between two orders to it
    """

    key: str
    name: str
    street: str
    city: str
    zip: str
    country: str
    lead_days: int
    late_days: float
    spread_days: float
    review_every: int
    categories: tuple[str, ...]


SUPPLIERS = (
    Supplier("ningbo", "Ningbo Harbour Housewares Co.", "88 Zhongshan East Road", "Ningbo",
             "315000", "CN", 35, 4.0, 5.0, 21, ("Kitchen and Dining",)),
    Supplier("jaipur", "Jaipur Craft Exports Pvt. Ltd.", "14 Amer Road", "Jaipur",
             "302002", "IN", 28, 3.0, 4.0, 21, ("Home Decoration",)),
    Supplier("shenzhen", "Shenzhen Bright Season Ltd.", "501 Bao'an Avenue", "Shenzhen",
             "518100", "CN", 30, 1.0, 4.0, 21, ("Christmas and Easter", "Toys and Children")),
    Supplier("thames", "Thames Paper Works Ltd.", "3 Mill Yard", "Maidenhead",
             "SL6 1QW", "GB", 7, 0.0, 1.0, 14, ("Stationery and Wrap",)),
    Supplier("provence", "Ateliers de Provence SARL", "27 avenue des Lavandes", "Grasse",
             "06130", "FR", 14, 1.0, 2.0, 14, ("Candles and Incense", "Lighting and Holders")),
    Supplier("porto", "Porto Cerâmica Lda", "Rua do Almada 210", "Porto",
             "4050-032", "PT", 18, 0.0, 2.0, 14, ()),
    Supplier("severn", "Severn Garden Supplies Ltd.", "Unit 9, Quayside", "Gloucester",
             "GL1 2LG", "GB", 10, 0.5, 1.5, 14, ("Garden and Outdoor",)),
    Supplier("izmir", "Izmir Tekstil A.S.", "Ataturk Caddesi 112", "Izmir",
             "35210", "TR", 21, 2.0, 3.0, 14, ("Bags and Luggage", "Jewellery and Beauty")),
)  # fmt: skip
BY_KEY = {supplier.key: supplier for supplier in SUPPLIERS}
#: Who also has part of a category, dearer or nearer.
_SECOND = {
    "Kitchen and Dining": "porto",
    "Home Decoration": "porto",
    "Toys and Children": "severn",
    "Candles and Incense": "thames",
    "Bags and Luggage": "jaipur",
}
_PACKS = (1, 2, 4, 6, 12, 24, 48, 96)
#: A price break: from how many times the minimum quantity on, and the part of the price to pay.
_BREAKS = ((1, 1.0), (4, 0.94), (16, 0.88))
#: Until this day of the history prices were lower.
PRICE_RISE_DAY, OLD_PRICE = 150, 0.96


@dataclass(frozen=True)
class Offer:
    """What a supplier asks for a product: ``prices`` are pairs of (from quantity, GBP each)."""

    supplier: Supplier
    minimum: int
    pack: int
    prices: tuple[tuple[int, float], ...]

    def price(self, quantity: int, day: int) -> float:
        """Price of one of ``quantity`` pieces ordered on ``day`` of the history."""
        price = next(p for least, p in reversed(self.prices) if quantity >= least or least <= 1)
        return max(round(price * OLD_PRICE, 2), 0.01) if day < PRICE_RISE_DAY else price

    def order_quantity(self, need: float) -> int:
        """The least that the supplier sells of at least ``need``: its minimum, full packs."""
        packs = -(-max(need, self.minimum) // self.pack)
        return int(packs) * self.pack


def offers(product: Product, monthly_demand: float) -> list[Offer]:
    """The offers for a product, its main supplier's first."""
    rng = random.Random(f"offers {product.code}")
    cost = max(product.list_price * rng.uniform(0.38, 0.54), 0.02)
    main = next(s for s in SUPPLIERS if product.category in s.categories)
    pack = max(size for size in _PACKS if size <= max(monthly_demand / 4, 1))
    minimum = pack * rng.choice((1, 2, 2, 3))
    result = [_offer(main, cost, minimum, pack)]
    second = _SECOND.get(product.category)
    if second and rng.random() < 0.5:
        dearer = rng.uniform(1.03, 1.12)
        result.append(
            _offer(BY_KEY[second], cost * dearer, max(minimum // 2, 1), max(pack // 2, 1))
        )
    return result


def _offer(supplier: Supplier, cost: float, minimum: int, pack: int) -> Offer:
    prices = []
    for times, part in _BREAKS:
        price = max(round(cost * part, 2), 0.01)
        if not prices or price < prices[-1][1]:
            prices.append((minimum * times if times > 1 else 1, price))
    return Offer(supplier, minimum, pack, tuple(prices))
