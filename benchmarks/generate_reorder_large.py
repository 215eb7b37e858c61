"""100,000 reordering rules with two years of deliveries behind them: more than five million moves.

20,000 products in 5 warehouses. A fifth of them sells every week, the others in three weeks of
four, in every second, in every fourth and in every tenth.
"""

from __future__ import annotations

from . import generate_reorder

SIZE = generate_reorder.ReorderSize(
    products=20_000, ruled_products=20_000, busy_weeks=(100, 75, 50, 25, 10), enrolled=True
)


def generate(env) -> None:
    """Fill a database that has `smart_reorder` besides what `generate_reorder` asks for."""
    generate_reorder.generate(env, SIZE)
