"""Availability in a network of 100,000 products, 20 warehouses and 2,000,000 quants.

Beside Odoo's own computed quantities of the same products, on the same database in the same run:
a page of the dashboard with all columns, the figures that both have for 5,000 products, the totals
of whole places. What both have must be equal.
"""

from __future__ import annotations

from .availability import count_differences
from .figures import Figure, percentile, seconds
from .generate import PREFIX

GROUP = "visibility"
MODULES = ("inventory_visibility",)
DATASET = "network"

#: ours, and Odoo's; ours is also less soft reservations and safety stock, of which there are none
PAIRS = {
    "qty_on_hand": "qty_available",
    "qty_free": "free_qty",
    "qty_incoming": "incoming_qty",
    "qty_outgoing": "outgoing_qty",
    "qty_forecast": "virtual_available",
}
PAGE, PAGES = 80, 40
MANY = 5_000


def run(env):
    # the size of this database is part of the figures
    for table, name in (("stock_quant", "quants"), ("product_product", "products")):
        env.cr.execute(f"SELECT COUNT(*) FROM {table}")
        yield Figure(f"visibility.network_{name}", env.cr.fetchone()[0], "rows")
    env.cr.execute("SELECT COUNT(*) FROM stock_move WHERE state NOT IN ('done', 'cancel', 'draft')")
    yield Figure("visibility.network_open_moves", env.cr.fetchone()[0], "rows")
    products = env["product.product"].search([("default_code", "=like", f"{PREFIX}-%")], order="id")
    warehouses = env["stock.warehouse"].search([("active", "=", True)])
    availability = env["stock.availability"]

    def ours(some, names=None):
        return availability._get_availability(some, warehouses, names=names)

    def odoos(some):
        result = {}
        for warehouse in warehouses:
            for product in some.with_context(warehouse_id=warehouse.id):
                result[product.id, warehouse.id] = {
                    mine: product[theirs] for mine, theirs in PAIRS.items()
                }
        return result

    def empty():
        env.invalidate_all()

    # pages from the most sold products to the ones that are hardly sold at all
    step = len(products) // PAGES
    pages = [products[start : start + PAGE] for start in range(0, len(products) - PAGE, step)]
    yield Figure(
        "visibility.network_differences",
        sum(
            count_differences(ours(page, names), odoos(page))
            for page in (pages[0], pages[-1])
            for names in (None, [*PAIRS])
        ),
        "rows",
        at_most=0,
        why="both are right, or the comparison means nothing",
    )
    times = [1000 * seconds(lambda p=page: ours(p), before=empty) for page in pages]
    theirs = 1000 * seconds(lambda: odoos(pages[1]), repeat=5, before=empty)
    yield Figure(
        "visibility.network_page_p95",
        percentile(times, 0.95),
        "ms",
        at_most=150,
        why=f"{PAGE} products × {len(warehouses)} warehouses, {len(pages)} pages, all columns",
    )
    yield Figure("visibility.network_page_odoo", theirs, "ms")
    yield Figure(
        "visibility.network_page_speedup",
        theirs / percentile(times, 0.5),
        "×",
        at_least=10,
        why="medians of both",
    )

    many = products[step : step + MANY]
    mine = seconds(lambda: ours(many, [*PAIRS]), repeat=5, before=empty)
    theirs = seconds(lambda: odoos(many), before=empty)
    yield Figure(
        "visibility.network_many_all",
        seconds(lambda: ours(many), repeat=3, before=empty),
        "s",
        why="all columns: with demand, days of cover, ATP, states … that Odoo does not have",
    )
    yield Figure("visibility.network_many", mine, "s", why=f"the same {len(PAIRS)} figures")
    yield Figure("visibility.network_many_odoo", theirs, "s")
    yield Figure(
        "visibility.network_many_speedup",
        theirs / mine,
        "×",
        at_least=30,
        why=f"the same figures of {MANY:,} products × {len(warehouses)} warehouses",
    )
    yield Figure(
        "visibility.network_totals",
        seconds(availability._get_place_totals, repeat=3, before=empty),
        "s",
        at_most=1.5,
        why="every warehouse, all products, live",
    )
