"""20,000 reordering rules: quantities, draft orders and a whole run, beside Odoo's own ways.

Quantities are compared with Odoo's recomputation of what to order, and must be equal to it, by
levels from Odoo's own minimum and maximum. From there to draft purchase orders, with what
``run_scheduler`` does for reordering rules (the reservation of moves, which it does as well, left
out); the orders must be the same. The whole run does what Odoo does not: it reads two years of
demand, two million moves, chooses and measures a forecast for each product and place, and writes
proposals with their reason.
"""

from __future__ import annotations

import resource
from collections import Counter

from .figures import Figure, seconds

GROUP = "reorder"
MODULES = ("smart_reorder",)
DATASET = "reorder"

BATCH = 1000
#: What 5,000,000 moves and 100,000 products × places may take, in parts of them.
SHARE, MOST_SECONDS = 20_000 / 100_000, 720


def run(env):
    rules = env["stock.warehouse.orderpoint"].search([("name", "=like", "BENCH/%")])
    yield Figure("reorder.rules", len(rules), "rules")
    yield from compare_quantities(env, rules)
    yield from compare_orders(env, rules)
    yield from run_all(env, rules)


def cold(env):
    env.flush_all()
    env.invalidate_all()


def compare_quantities(env, rules):
    found = {}
    # a second is short beside what else a machine does: the median of three
    ours = seconds(
        lambda: found.update(env["smart.reorder.minmax"]._get_figures(rules)),
        repeat=3,
        before=lambda: cold(env),
    )
    cold(env)
    odoos = seconds(lambda: (rules._compute_qty_to_order_computed(), env.flush_all()))
    different = sum(found[rule.id].quantity != rule.qty_to_order_computed for rule in rules)
    needed = sum(figure.quantity > 0 for figure in found.values())
    yield Figure("reorder.quantities", ours, "s")
    yield Figure("reorder.quantities_odoo", odoos, "s")
    yield Figure(
        "reorder.quantities_ratio",
        odoos / ours,
        "× faster",
        at_least=20,
        why="than Odoo's recomputation of qty_to_order_computed",
    )
    yield Figure("reorder.quantities_needed", needed, "rules")
    yield Figure(
        "reorder.quantities_different", different, "rules", at_most=0, why="equal to Odoo's"
    )


def compare_orders(env, rules):
    company = env.company
    env.cr.execute("SAVEPOINT benchmark")
    rules.trigger = "auto"
    cold(env)
    odoos = seconds(lambda: schedule(env, rules, company))
    expected = lines(env, rules)
    env.cr.execute("ROLLBACK TO SAVEPOINT benchmark")
    env.invalidate_all(flush=False)

    company.smart_reorder_levels = "minmax"
    rules.smart_reorder = True
    cold(env)
    found = []
    proposing = seconds(lambda: found.append(propose(env, rules, company)))
    cold(env)
    quantities = seconds(lambda: env["smart.reorder.minmax"]._get_figures(rules))
    accepting = seconds(lambda: accept(env, found[0]))
    ours = quantities + accepting
    ordered = lines(env, rules)
    env.cr.execute("ROLLBACK TO SAVEPOINT benchmark")
    env.invalidate_all(flush=False)

    yield Figure("reorder.orders", ours, "s", why="quantities, and from there to draft orders")
    yield Figure("reorder.orders_proposals", proposing, "s", why="writing proposals in between")
    yield Figure("reorder.orders_odoo", odoos, "s", why="the scheduler's part for rules")
    yield Figure(
        "reorder.orders_ratio", odoos / ours, "× faster", at_least=3, why="than run_scheduler"
    )
    yield Figure("reorder.orders_lines", sum(ordered.values()), "order lines")
    yield Figure(
        "reorder.orders_different",
        sum(((expected - ordered) + (ordered - expected)).values()),
        "order lines",
        at_most=0,
        why="the same vendors, places, products, quantities, prices and days",
    )


def schedule(env, rules, company):
    """What ``_run_scheduler_tasks`` does first."""
    rules = rules.sudo()
    rules._compute_qty_to_order_computed()
    rules._compute_deadline_date()
    rules._procure_orderpoint_confirm(company_id=company.id, raise_user_error=False)
    env.flush_all()


def propose(env, rules, company):
    reorder = env["smart.reorder.run"].create({"company_id": company.id}).with_company(company)
    rules = rules.with_company(company)
    for start in range(0, len(rules), BATCH):
        reorder._plan_batch(rules[start : start + BATCH], frozenset())
    env.flush_all()
    # in the order in which the run orders
    return env["smart.reorder.proposal"].search(
        [("run_id", "=", reorder.id), ("state", "=", "draft")], order="partner_id, id"
    )


def accept(env, proposals):
    for start in range(0, len(proposals), BATCH):
        proposals[start : start + BATCH]._accept_automatically()
    env.flush_all()


def lines(env, rules):
    found = env["purchase.order.line"].search([("orderpoint_id", "in", rules.ids)])
    return Counter(
        (
            line.partner_id.id,
            line.order_id.picking_type_id.id,
            line.product_id.id,
            line.product_qty,
            line.price_unit,
            line.date_planned.date(),
        )
        for line in found
    )


def run_all(env, rules):
    rules.smart_reorder = True
    cold(env)
    runs = env["smart.reorder.run"]
    reorder = runs._get_or_create(env.company, "manual")
    before = env.cr.sql_log_count
    spent = seconds(lambda: (reorder._process(commit=False), env.flush_all()))
    queries = env.cr.sql_log_count - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    env.cr.execute("SELECT COUNT(*) FROM stock_move WHERE state = 'done'")
    yield Figure("reorder.run_moves", env.cr.fetchone()[0], "moves")
    yield Figure(
        "reorder.run",
        spent,
        "s",
        at_most=SHARE * MOST_SECONDS,
        why="a fifth of 12 minutes, for 100,000 with 5,000,000 moves",
    )
    for name in ("read", "forecast", "decide"):
        yield Figure(f"reorder.run_{name}", reorder[f"seconds_{name}"], "s")
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
        at_most=2048,
        why="peak of the process that did all of this in one transaction",
    )
    yield Figure(
        "reorder.planned", reorder.computed, "rules", at_least=len(rules), why="none left out"
    )
    failed = env["smart.reorder.proposal"].search_count(
        [("run_id", "=", reorder.id), ("issue", "=", "crashed")]
    )
    yield Figure("reorder.crashed", failed, "rules", at_most=0, why="none failed")
