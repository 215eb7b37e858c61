"""Totals of the figures of several products or places."""

from collections.abc import Iterable, Mapping
from typing import Any

Figures = Mapping[str, Any]


def total(cells: Iterable[Figures], additive: Iterable[str]) -> dict[str, Any]:
    """Return the figures of several cells taken together.

    Quantities and the daily demand (``additive``) are added up; the days of cover follow from the
    sums (what is available or kept as safety stock / demand, False without demand); of dates the
    first counts.

    ATP is added up like the other quantities: it is what can be promised without moving goods
    from one place to another, and so never more than what the places could promise together.
    """
    cells = list(cells)
    result: dict[str, Any] = {
        name: sum(cell.get(name) or 0.0 for cell in cells) for name in additive
    }
    for name in ("shortage_date", "next_receipt_date"):
        result[name] = min((cell[name] for cell in cells if cell.get(name)), default=False)
    result["days_of_cover"] = days_of_cover(
        result.get("qty_available", 0.0) + result.get("qty_safety_stock", 0.0),
        result.get("daily_demand", 0.0),
    )
    return result


def days_of_cover(available: float, daily_demand: float) -> float | bool:
    """Return for how many days what is available lasts; False without demand."""
    if daily_demand <= 0:
        return False
    return max(available, 0.0) / daily_demand
