"""``bin/test --odoo-suites``: what Odoo's own tests say without our addons and with them."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections import Counter
from pathlib import Path

from .. import cache, databases, process
from ..console import Failure, say
from ..environment import Environment
from . import bases, child
from .results import counts

MODULES = ("stock", "purchase_stock", "sale_stock", "stock_account", "stock_delivery")


def compare(env: Environment, artefacts: Path) -> int:
    """Fails when a test that passes without our addons does not pass with them.

    The outcomes without them are kept in the cache: they change with Odoo only.
    """
    bases.drop_runs(env)
    bases.ensure_addons(env)
    key = cache.fingerprint([env.source.origin, *MODULES, "1"])
    kept = env.cache / f"odoo-suites-{key}.json"
    runs = {"with": (bases.ADDONS, artefacts / "odoo-suites-with.json")}
    if not kept.exists():
        runs["without"] = (bases.BASE, artefacts / "odoo-suites-without.json")
    found = run_all(env, artefacts, runs)
    if "without" in found:
        kept.write_text(json.dumps(found["without"], indent=1, sort_keys=True))
    without = json.loads(kept.read_text())
    return tell(without, found["with"])


def run_all(env: Environment, artefacts: Path, runs: dict) -> dict[str, dict[str, str]]:
    """Run the suites at the same time, each on a copy of its database."""
    started = time.monotonic()
    running = {}
    with contextlib.ExitStack() as stack:
        for name, (source, outcomes) in runs.items():
            database = f"{bases.PREFIX}run_suites_{name}"
            stack.callback(databases.drop, env, database)
            databases.copy(env, source, database)
            log = artefacts / f"odoo-suites-{name}.log"
            sink = stack.enter_context(log.open("w"))
            running[name] = stack.enter_context(
                process.running(
                    command(env, database, outcomes),
                    env=child.process_env(env),
                    cwd=env.root,
                    stdout=sink,
                    stderr=sink,
                )
            )
            say(f"▶ Odoo's suites {name} our addons (log: {log})")
        said = started
        while any(one.poll() is None for one in running.values()):
            time.sleep(0.5)
            if time.monotonic() - said > 60:
                said = time.monotonic()
                say(f"  … {said - started:.0f} s")
    for name, one in running.items():
        if one.returncode:
            log = artefacts / f"odoo-suites-{name}.log"
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise Failure(f"The run {name} our addons ended with {one.returncode}:\n{tail}")
    return {name: json.loads(outcomes.read_text()) for name, (_, outcomes) in runs.items()}


def command(env: Environment, database: str, outcomes: Path) -> list:
    return [
        *(sys.executable, "-m", "devkit.testing.odoo_suite"),
        *("--database", database, "--modules", ",".join(MODULES), "--outcomes", outcomes),
        *(f"--addons-path={env.addons_path}", f"--data-dir={env.data_dir}"),
        *("--no-http", "--max-cron-threads=0", "--log-level=warn"),
    ]


def broken(without: dict[str, str], having: dict[str, str]) -> list[str]:
    """Tests that pass without our addons and do not with them (also those that are not run)."""
    return sorted(
        test
        for test, outcome in without.items()
        if outcome == "passed" and having.get(test) != "passed"
    )


def tell(without: dict[str, str], having: dict[str, str]) -> int:
    for name, found in (("without", without), ("with", having)):
        sums = Counter(found.values())
        text = counts(sums["passed"], sums["failed"], sums["skipped"])
        say(f"  {name + ' our addons':<20}{text}")
    lost = broken(without, having)
    for test in lost:
        say(f"  ✗ passes without, {having.get(test, 'is not run')} with: {test}")
    same = sum(outcome == "passed" and having.get(t) == "passed" for t, outcome in without.items())
    say(counts(same, len(lost), 0))
    return 1 if lost or not same else 0
