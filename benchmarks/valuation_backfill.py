"""How fast the ledger makes up for the history of products, and whether it comes to the same."""

from __future__ import annotations

import time

from .figures import Figure
from .generate import PREFIX

GROUP = "valuation"
MODULES = ("inventory_valuation",)
DATASET = "valuation"

#: the history of one product of so many is made up for
SAMPLE = 20


def run(env):
    from odoo.tools import split_every

    from odoo.addons.inventory_valuation.models.stock_valuation_backfill import BATCH

    company = env.company
    products = env["product.product"].search([("default_code", "=like", f"{PREFIX}-%")], order="id")
    products = products[::SAMPLE]
    before = get_state(env, products)
    for table in ("stock_valuation_entry", "stock_valuation_book"):
        env.cr.execute(f"DELETE FROM {table} WHERE product_id = ANY(%s)", [products.ids])
    env.cr.execute(
        "SELECT COUNT(*) FROM stock_move WHERE state = 'done' AND product_id = ANY(%s)",
        [products.ids],
    )
    (moves,) = env.cr.fetchone()
    backfill = env["stock.valuation.backfill"]
    started = time.perf_counter()
    for batch in split_every(BATCH, products.ids, list):
        env.invalidate_all()
        backfill._backfill(company, batch)
    env.flush_all()
    took = time.perf_counter() - started
    yield Figure("valuation.backfill_moves", moves, "moves")
    yield Figure(
        "valuation.backfill_rate",
        moves / took,
        "moves/s",
        at_least=333,
        why="200,000 moves in 10 minutes",
    )
    yield Figure(
        "valuation.backfill_differences",
        len(before.items() ^ get_state(env, products).items()),
        "places",
        at_most=0,
        why="made up for again, each place has the same",
    )


def get_state(env, products):
    """Return {(product, location): (quantity, value)} of the ledger."""
    env.cr.execute(
        """
        SELECT product_id, location_id, SUM(quantity), SUM(value)
          FROM stock_valuation_entry WHERE product_id = ANY(%s) GROUP BY 1, 2
        """,
        [products.ids],
    )
    return {
        (product, location): (round(quantity, 6), round(value, 2))
        for product, location, quantity, value in env.cr.fetchall()
    }
