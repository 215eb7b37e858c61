"""Availability of 5,000 products in 5 warehouses, beside Odoo's own computed quantities.

Ours answers more in its one statement: besides what Odoo computes it gives the available to
promise, the shortage date, what is in transit, the demand of ninety days, days of cover and state.
Compared are the five quantities that both have; they must be equal, or the times mean nothing.
"""

from __future__ import annotations

from .figures import Figure, percentile, seconds
from .generate import PREFIX

GROUP = "visibility"
MODULES = ("inventory_visibility",)

PAIRS = {
    "qty_on_hand": "qty_available",
    "qty_free": "free_qty",
    "qty_incoming": "incoming_qty",
    "qty_outgoing": "outgoing_qty",
    "qty_forecast": "virtual_available",
}
PAGE = 80


def run(env):
    products = env["product.product"].search([("default_code", "=like", f"{PREFIX}-%")])
    warehouses = env["stock.warehouse"].search([])
    availability = env["stock.availability"]

    def ours(some=products):
        return availability._get_availability(some, warehouses)

    def odoos(some=products):
        result = {}
        for warehouse in warehouses:
            for product in some.with_context(warehouse_id=warehouse.id):
                result[product.id, warehouse.id] = {
                    mine: product[theirs] for mine, theirs in PAIRS.items()
                }
        return result

    page = products[:PAGE]
    ours(page), odoos(page)  # both have what they keep between requests
    yield Figure("visibility.pairs", len(products) * len(warehouses), "rows")
    yield Figure(
        "visibility.differences",
        count_differences(ours(), odoos()),
        "rows",
        at_most=0,
        why="both are right, or the comparison means nothing",
    )

    def empty():
        env.invalidate_all()

    mine = seconds(ours, repeat=5, before=empty)
    theirs = seconds(odoos, repeat=3, before=empty)
    yield Figure(
        "visibility.all_pairs", mine, "s", at_most=3, why="a person waits; the demand is in it"
    )
    yield Figure("visibility.all_pairs_odoo", theirs, "s")
    yield Figure(
        "visibility.all_pairs_speedup",
        theirs / mine,
        "×",
        at_least=4,
        why="one statement against four per warehouse; a busy machine slows both",
    )

    pages = [products[start : start + PAGE] for start in range(0, 20 * PAGE, PAGE)]
    times = [1000 * seconds(lambda p=p: ours(p), before=empty) for p in pages]
    page_theirs = 1000 * seconds(lambda: odoos(page), repeat=5, before=empty)
    yield Figure(
        "visibility.page_p95",
        percentile(times, 0.95),
        "ms",
        at_most=150,
        why=f"{PAGE} products × {len(warehouses)} warehouses, all columns, at the server",
    )
    yield Figure("visibility.page_odoo", page_theirs, "ms")

    before = env.cr.sql_log_count
    ours()
    yield Figure(
        "visibility.statements",
        env.cr.sql_log_count - before,
        "queries",
        at_most=1,
        why="for any number of products and warehouses",
    )


def count_differences(mine, theirs):
    """Number of pairs in which a quantity differs by more than the rounding of the unit."""
    return sum(
        any(abs(mine[pair][name] - value) > 0.005 for name, value in values.items())
        for pair, values in theirs.items()
    )
