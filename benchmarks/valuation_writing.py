"""What writing the ledger adds to validating receipts and deliveries.

Each transfer is validated with the addon's hooks and without, one after the other on the same
state: a savepoint is rolled back in between. Without means that the hooks are not there: they are
taken off the classes for the time being.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import time

from .figures import Figure
from .generate import PREFIX

GROUP = "valuation"
MODULES = ("inventory_valuation",)
DATASET = "valuation"

TRANSFERS, LINES, WARM_UP = 24, 24, 2
#: what the addon puts around Odoo's methods while stock moves
HOOKS = {
    "stock.picking": ("_action_done",),
    "stock.move": ("_action_done", "_set_value", "write"),
    "stock.move.line": ("create", "write"),
    "product.product": ("write",),
    "product.value": ("create",),
    "stock.lot": ("write",),
}


def run(env):
    yield Figure("valuation.writing_load", os.getloadavg()[0], "load")
    products = env["product.product"].search([("default_code", "=like", f"{PREFIX}-%")], order="id")
    warehouse = env["stock.warehouse"].search([], limit=1)
    customer = env.ref("stock.stock_location_customers")
    supplier = env.ref("stock.stock_location_suppliers")
    for name, picking_type, source, target in (
        ("receipts", warehouse.in_type_id, supplier, warehouse.lot_stock_id),
        ("deliveries", warehouse.out_type_id, warehouse.lot_stock_id, customer),
    ):
        walls, cpus = {True: [], False: []}, {True: [], False: []}
        for number in range(TRANSFERS + WARM_UP):
            chosen = products[number * 97 :: len(products) // LINES][:LINES]
            picking = prepare(env, picking_type, source, target, chosen)
            for hooked in (True, False) if number % 2 else (False, True):
                wall, cpu = measure(env, picking, hooked)
                if number >= WARM_UP:
                    walls[hooked].append(wall)
                    cpus[hooked].append(cpu)
        for kind, found in (("", walls), ("_cpu", cpus)):
            plain, written = (statistics.median(found[hooked]) for hooked in (False, True))
            yield Figure(f"valuation.{name}_without{kind}", 1000 * plain, "ms")
            yield Figure(
                f"valuation.{name}_added{kind}",
                100 * (written / plain - 1),
                "%",
                at_most=None if kind else 15,
                why=f"medians of {TRANSFERS} transfers of {LINES} lines",
            )


def prepare(env, picking_type, source, target, products):
    """Return a transfer that is ready to be validated; what it delivers is there."""
    if source.usage == "internal":
        receipt = prepare(
            env,
            picking_type.warehouse_id.in_type_id,
            env.ref("stock.stock_location_suppliers"),
            source,
            products,
        )
        receipt.button_validate()
    picking = env["stock.picking"].create(
        {
            "picking_type_id": picking_type.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "move_ids": [
                (
                    0,
                    0,
                    {
                        "product_id": product.id,
                        "product_uom_qty": 3,
                        "location_id": source.id,
                        "location_dest_id": target.id,
                    },
                )
                for product in products
            ],
        }
    )
    picking.action_confirm()
    picking.action_assign()
    picking.move_ids.picked = True
    return picking


def measure(env, picking, hooked):
    """Validate a transfer and take it back; return wall-clock and CPU seconds of this process."""
    env.flush_all()
    env.invalidate_all()
    savepoint = env.cr.savepoint(flush=False)
    try:
        with contextlib.nullcontext() if hooked else without_hooks(env):
            wall, cpu = time.perf_counter(), time.process_time()
            picking.button_validate()
            env.flush_all()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        assert picking.state == "done", "the transfer was not validated"
        entries = env["stock.valuation.entry"].search_count(
            [("move_id", "in", picking.move_ids.ids), ("quantity", "!=", 0)]
        )
        assert bool(entries) == hooked, f"{entries} entries with hooks: {hooked}"
    finally:
        savepoint.rollback()
        savepoint.close(rollback=False)
        env.invalidate_all(flush=False)
    return wall, cpu


@contextlib.contextmanager
def without_hooks(env):
    """Take the addon's methods off the classes."""
    taken = []
    for model, names in HOOKS.items():
        for part in type(env[model]).__mro__:
            if not part.__module__.startswith("odoo.addons.inventory_valuation."):
                continue
            for name in names:
                if name in vars(part):
                    taken.append((part, name, vars(part)[name]))
                    delattr(part, name)
    assert taken, "no hook was found"
    try:
        yield
    finally:
        for part, name, method in taken:
            setattr(part, name, method)
