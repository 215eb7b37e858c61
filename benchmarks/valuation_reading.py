"""Stock value at past dates, of 20,000 products and a million movements, beside Odoo's own figure.

Odoo's `stock_value` is asked for all products, which takes some minutes; what both say about each
product must be equal to the cent.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from .figures import Figure, seconds

_logger = logging.getLogger(__name__)

GROUP = "valuation"
MODULES = ("inventory_valuation",)
DATASET = "valuation"

#: past moments, in days before today
DAYS = (900, 400, 100, 20)
#: products that Odoo is asked for at a time
PART = 500


def run(env):
    company = env.company
    for table in ("stock_move", "stock_valuation_entry"):
        env.cr.execute(f"SELECT COUNT(*) FROM {table}")
        yield Figure(f"valuation.rows_{table}", env.cr.fetchone()[0], "rows")
    today = datetime.combine(datetime.now().date(), datetime.max.time()).replace(microsecond=0)
    moments = [today - timedelta(days=days) for days in DAYS]
    lines = env["stock.valuation.line"]

    def by_location(moment):
        return lines.with_context(valuation_at=moment)._read_group(
            [("company_id", "=", company.id)], ["location_id"], ["quantity:sum", "value:sum"]
        )

    times = [
        seconds(lambda m=moment: by_location(m), repeat=3, before=env.invalidate_all)
        for moment in moments
    ]
    yield Figure(
        "valuation.by_location_at_date",
        max(times),
        "s",
        at_most=3,
        why=f"slowest of {len(moments)} dates, medians of 3",
    )
    months = [today + relativedelta(months=-number, day=31) for number in range(36, 0, -1)]
    series = env["stock.valuation.series"]
    yield Figure(
        "valuation.by_category_and_month",
        seconds(
            lambda: series._get_series(company, months, ["categ_id"]),
            repeat=3,
            before=env.invalidate_all,
        ),
        "s",
        at_most=5,
        why="36 month ends, all categories",
    )
    moment = moments[2]
    mine = seconds(
        lambda: series._get_series(company, [moment], []), repeat=5, before=env.invalidate_all
    )
    yield Figure("valuation.company_total", mine, "s")
    differences, theirs, products = compare(env, moment)
    yield Figure(
        "valuation.differences_with_odoo",
        differences,
        "cents",
        at_most=0,
        why=f"{products:,} products at a past date, differences added up",
    )
    yield Figure("valuation.company_total_odoo", theirs, "s")
    yield Figure(
        "valuation.company_total_speedup",
        theirs / mine,
        "×",
        at_least=50,
        why="company.stock_value(at_date) beside the ledger, all products",
    )


def compare(env, moment):
    """Return by how many cents the ledger and Odoo differ, all products' differences added up, how
    long Odoo's `stock_value` took, and for how many products."""
    env.invalidate_all()
    company = env.company
    accounts = list(company._get_accounts_by_product().items())
    odoo, spent = {}, 0.0
    # in parts, so that one sees how far it is; the cache is left to it in between
    for start in range(0, len(accounts), PART):
        part = dict(accounts[start : start + PART])
        _logger.info("benchmarks: Odoo, %s of %s products", start, len(accounts))
        started = time.perf_counter()
        company.stock_value(part, at_date=moment)
        spent += time.perf_counter() - started
        for product in part:
            odoo[product] = round(product.with_context(to_date=moment).total_value * 100)
    found = env["stock.valuation.series"]._get_series(company, [moment], ["product_id"])
    differences = 0
    for product, theirs in odoo.items():
        of_product = found.get((product.id,))
        ours = round(of_product.values[0] * 100) if of_product else 0
        if ours != theirs:
            differences += abs(ours - theirs)
            _logger.info(
                "%s (%s): %s here, %s there", product.id, product.cost_method, ours, theirs
            )
    return differences, spent, len(odoo)
