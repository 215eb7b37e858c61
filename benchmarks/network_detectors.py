"""Every detector of exceptions over the whole network, and the memory that the worker needs."""

from __future__ import annotations

import resource

from .figures import Figure, seconds

GROUP = "visibility"
MODULES = ("inventory_visibility",)
DATASET = "network"


def run(env):
    kinds = env["stock.exception.kind"]
    kinds._ensure_kinds()
    due = kinds._get_kinds_to_run(env["res.company"].search([("active", "=", True)]))
    due.due = True
    # all in one transaction, which `bin/bench` undoes
    time = seconds(lambda: due._run(commit=False))
    yield Figure(
        "visibility.detectors_kinds",
        len(due.filtered(lambda kind: kind.last_run_date and not kind.last_error)),
        "kinds",
        at_least=len(due),
        why="every kind was looked for, and none failed",
    )
    yield Figure(
        "visibility.detectors_found",
        env["stock.exception"].search_count([]),
        "exceptions",
        at_least=1,
        why="a search that finds nothing measures nothing",
    )
    yield Figure(
        "visibility.detectors",
        time,
        "s",
        at_most=180,
        why="the scheduled action shares the machine with people who work",
    )
    yield Figure(
        "visibility.detectors_memory",
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "MB",
        at_most=500,
        why="peak of the process, Odoo itself included",
    )
