"""A reorder run over 5,000 products × places, beside Odoo's recomputation of what to order.

They do not do the same: Odoo compares the forecast quantity with a minimum that somebody typed in,
ours reads a year of demand, chooses and measures a forecast for each product and place, and writes
a proposal with its reason. The bound on the ratio therefore says that all of this may cost no more
than a small multiple of Odoo's comparison.
"""

from __future__ import annotations

import resource

from .figures import Figure, seconds

GROUP = "reorder"
MODULES = ("smart_reorder",)


def run(env):
    rules = env["stock.warehouse.orderpoint"].search([("name", "=like", "BENCH/%")])
    rules.write({"smart_reorder": True})
    env.flush_all()
    env.invalidate_all()
    yield Figure("reorder.rules", len(rules), "rules")

    odoos = seconds(lambda: (rules._compute_qty_to_order_computed(), env.flush_all()))
    env.invalidate_all()

    runs = env["smart.reorder.run"]
    reorder = runs._get_or_create(env.company, "manual")
    before = env.cr.sql_log_count
    ours = seconds(lambda: (reorder._process(commit=False), env.flush_all()))
    queries = env.cr.sql_log_count - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    yield Figure("reorder.run", ours, "s", at_most=60, why="100,000 in twenty minutes")
    yield Figure("reorder.run_odoo", odoos, "s")
    yield Figure(
        "reorder.run_ratio",
        ours / odoos,
        "× Odoo's time",
        at_most=4,
        why="forecast, measured error, proposal and reason included",
    )
    yield Figure(
        "reorder.queries_per_rule",
        queries / len(rules),
        "queries",
        at_most=0.5,
        why="set-based: Odoo's own scheduler takes five to ten",
    )
    yield Figure(
        "reorder.memory",
        memory,
        "MB",
        at_most=1024,
        why="peak of the whole process, below a worker's soft limit of 2 GB",
    )
    yield Figure(
        "reorder.planned",
        reorder.computed,
        "rules",
        at_least=len(rules),
        why="none left out",
    )
    failed = env["smart.reorder.proposal"].search_count(
        [("run_id", "=", reorder.id), ("issue", "=", "crashed")]
    )
    yield Figure("reorder.crashed", failed, "rules", at_most=0, why="none failed")
