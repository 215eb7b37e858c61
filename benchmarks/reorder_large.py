"""100,000 product-places and more than five million moves: whole nights of the scheduled action.

A server with Odoo's workers and their limits of time and memory calls the action as often as it
asks for; batches are committed, and the engine is a process of its own. The second night is as much
as a night can be: a day later than the first, all of whose forecasts have fallen due by then.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from . import server
from .figures import Figure
from .generate import _Generator
from .generate_reorder_large import SIZE

GROUP = "reorder"
MODULES = ("smart_reorder",)
DATASET = "reorder_large"
ON_COPY = True

CORES = 2
MOVES, SERIES, MOST_SECONDS = 5_000_000, 100_000, 720
ENGINE_MEMORY, WORKER_MEMORY = 3072, 2048  # MB; the latter is Odoo's own soft limit for a worker
PATIENCE = 3 * MOST_SECONDS
ACTION = "smart_reorder.ir_cron_smart_reorder"


def run(env):
    action = env.ref(ACTION)
    env["ir.config_parameter"].set_param("smart_reorder.processes", CORES)
    # Nothing else happens in these nights.
    env["ir.cron"].search([("id", "!=", action.id)]).active = False
    moves, rules = count(env)
    yield Figure("reorder.large_moves", moves, "moves", at_least=MOVES, why="done, in 104 weeks")
    yield Figure("reorder.large_rules", rules, "rules", at_least=SERIES, why="enrolled")
    yield from night(env, action, "first", rules)
    pass_a_day(env)
    yield from night(env, action, "second", rules)


def count(env) -> tuple[int, int]:
    moves = env["stock.move"].search_count([("state", "=", "done")])
    return moves, env["stock.warehouse.orderpoint"].search_count([("smart_reorder", "=", True)])


def pass_a_day(env) -> None:
    """Deliveries as a week ago, and forecasts that are as old as their intervals are long."""
    pattern = env["stock.move"].search([("state", "=", "done")], order="id desc", limit=1)
    _Generator(env, SIZE).copies(
        pattern,
        """
        SELECT * FROM stock_move
         WHERE state = 'done'
           AND date::date = (now() AT TIME ZONE 'UTC')::date - 7
        """,
        product_id="row.product_id",
        location_id="row.location_id",
        warehouse_id="row.warehouse_id",
        picking_type_id="row.picking_type_id",
        date="row.date + interval '7 days'",
        product_qty="row.product_qty",
        product_uom_qty="row.product_uom_qty",
        quantity="row.quantity",
        write_date="now() AT TIME ZONE 'UTC'",
    )
    env.cr.execute(
        "UPDATE smart_reorder_score SET issued_on = issued_on - days, due_on = due_on - days"
    )
    env.invalidate_all()


def night(env, action, name: str, rules: int) -> Iterator[Figure]:
    calls = env["ir.cron.progress"].search_count([("cron_id", "=", action.id)])
    done, memory = call(env, action)
    calls = env["ir.cron.progress"].search_count([("cron_id", "=", action.id)]) - calls
    name = f"reorder.large_{name}"
    yield Figure(
        name,
        done.seconds_total,
        "s",
        at_most=MOST_SECONDS,
        why="the whole of it: learning, reading, forecasts, decisions, writing",
    )
    for part in ("read", "forecast", "decide"):
        yield Figure(f"{name}_{part}", done[f"seconds_{part}"], "s")
    yield Figure(
        f"{name}_histories_read",
        done.histories_read,
        "rules",
        why="whose moves were read, as some were new; those of the others were kept",
    )
    yield Figure(f"{name}_calls", calls, "calls", why="of the action, each goes on where one ended")
    yield Figure(f"{name}_planned", done.computed, "rules", at_least=rules, why="none left out")
    domain = [("run_id", "=", done.id)]
    proposals = env["smart.reorder.proposal"]
    yield Figure(
        f"{name}_proposals",
        proposals.search_count([*domain, ("is_current", "=", True)]),
        "proposals",
        at_least=rules,
        at_most=rules,
        why="written, one for each rule",
    )
    yield Figure(f"{name}_to_order", done.to_order, "proposals")
    others = proposals.search_count([*domain, ("forecast_origin", "!=", "engine")])
    yield Figure(f"{name}_others", others, "rules", at_most=0, why="all forecast by the engine")
    yield Figure(f"{name}_scored", done.scored, "forecasts", why="that had fallen due")
    yield Figure(
        f"{name}_memory",
        memory.worker,
        "MB",
        at_most=WORKER_MEMORY,
        why="peak of Odoo's largest process",
    )
    yield Figure(
        f"{name}_memory_engine",
        memory.engine,
        "MB",
        at_most=ENGINE_MEMORY,
        why="peak of the engine's processes together",
    )


def call(env, action):
    """Call the action on a server of its own, and wait for the end of its run.

    :return: ``(run, Memory)``
    """
    runs = env["smart.reorder.run"]
    before = runs.search([])
    options = (
        *("--workers=1", "--max-cron-threads=1", f"--gevent-port={server.free_port()}"),
        "--log-level=warn",
    )
    env.cr.commit()
    with server.start(env, server.free_port(), *options) as running:
        memory = Memory(running.pid)
        action._trigger()
        env.cr.commit()
        until = time.monotonic() + PATIENCE
        while True:
            memory.look()
            env.cr.rollback()
            env.invalidate_all()
            found = runs.search([("id", "not in", before.ids)], limit=1)
            if found.state in ("done", "failed"):
                break
            if time.monotonic() > until or running.poll() is not None:
                raise RuntimeError(f"The run did not end: {found.computed} of {found.total}")
            if not found:
                # A worker that just started sleeps a minute first, unless it is called.
                env["ir.cron"]._notifydb()
            time.sleep(0.5)
    if found.state == "failed" or found.error:
        raise RuntimeError(f"The run failed: {found.error}")
    return found, memory


class Memory:
    """Peaks of the processes below one, in MB, by what the kernel has of each.

    :ivar worker: of the largest of Odoo's own
    :ivar engine: of the engine's, those together that run at the same moment
    """

    def __init__(self, pid: int) -> None:
        self.pid, self.worker, self.engine = pid, 0.0, 0.0

    def look(self) -> None:
        engine = 0.0
        for pid in self._get_processes():
            # It may end while it is looked at.
            with contextlib.suppress(OSError, IndexError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                status = Path(f"/proc/{pid}/status").read_text()
                peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
                if words[1:3] == [b"-m", b"engine"]:
                    engine += peak
                else:
                    self.worker = max(self.worker, peak)
        self.engine = max(self.engine, engine)

    def _get_processes(self) -> list[int]:
        """The process and all below it."""
        parents = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                stat = (folder / "stat").read_text()
                parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
        found = [self.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found
