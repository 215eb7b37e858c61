"""Reordering rules for every place where a product is kept, planned by Smart Reorder."""

from __future__ import annotations

from collections import defaultdict

from .context import Build
from .geography import BRANCHES, CENTRAL

#: Of these categories the nightly action orders by itself; of the others it proposes.
AUTOMATIC = {"Stationery and Wrap"}
#: The minimum and maximum that somebody typed once: days of the demand of the last year.
TYPED_MIN, TYPED_MAX = 10, 30


def create_orderpoints(build: Build):
    """One rule a product and warehouse, enrolled in Smart Reorder.

    The typed minimum and maximum stay beside it: they apply when a rule leaves Smart Reorder.
    """
    env = build.env
    demand: dict[tuple[str, str], float] = defaultdict(float)
    for line in build.extract.history:
        demand[line.code, line.warehouse] += max(line.quantity, 0) / build.plan.today
        demand[line.code, CENTRAL] += max(line.quantity, 0) / build.plan.today
    order = {code: index for index, code in enumerate((CENTRAL, *(b.code for b in BRANCHES)))}
    values = []
    for code, place in sorted(build.plan.places(), key=lambda p: (order[p[1]], p[0])):
        automatic = build.extract.products[code].category in AUTOMATIC
        warehouse = build.warehouses[place]
        values.append(
            {
                "product_id": build.products[code].id,
                "warehouse_id": warehouse.id,
                "location_id": warehouse.lot_stock_id.id,
                "trigger": "manual",
                "product_min_qty": round(demand[code, place] * TYPED_MIN),
                "product_max_qty": round(demand[code, place] * TYPED_MAX),
                "smart_reorder": True,
                "smart_reorder_mode": "automatic" if automatic else "suggest",
            }
        )
    known = env["stock.warehouse.orderpoint"]._fields
    values = [{name: value for name, value in row.items() if name in known} for row in values]
    return env["stock.warehouse.orderpoint"].create(values)
