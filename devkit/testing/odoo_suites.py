"""``bin/test --odoo-suites``: what Odoo's own tests say without our addons and with them."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import cache, databases, process
from ..console import Failure, say, step
from ..environment import Environment
from . import bases, child
from .results import counts


@dataclass(frozen=True)
class Comparison:
    """Suites of Odoo's on a database of Odoo's, and on a copy of it with addons of ours."""

    name: str
    modules: tuple[str, ...]
    source: str
    #: None: all of ours
    addons: tuple[str, ...] | None = None


#: Beside all its neighbours some tests of *Inventory* fail in any case, also without our addons:
#: what they would say is seen where nothing but *Inventory* is installed.
COMPARISONS = (
    Comparison(
        "all",
        ("stock", "purchase_stock", "sale_stock", "stock_account", "stock_delivery"),
        bases.BASE,
    ),
    Comparison("stock alone", ("stock",), bases.STOCK, ("inventory_visibility",)),
)


def compare_all(env: Environment, artefacts: Path) -> int:
    """Fails when a test that passes without our addons does not pass with them."""
    bases.drop_runs(env)
    bases.ensure_base(env)
    same, lost = 0, []
    for comparison in COMPARISONS:
        without, having = outcomes(env, artefacts, comparison)
        lost += tell(comparison, without, having)
        same += len(kept_passing(without, having))
    say(counts(same, len(lost), 0))
    return 1 if lost or not same else 0


def outcomes(env: Environment, artefacts: Path, comparison: Comparison) -> tuple[dict, dict]:
    """What the tests say without our addons, and with them.

    The outcomes without them are kept in the cache: they change with Odoo and its modules only.
    """
    made_from = databases.fingerprint_of(env, comparison.source) or ""
    key = cache.fingerprint([made_from, *comparison.modules, "1"])
    kept = env.cache / f"odoo-suites-{key}.json"
    addons = comparison.addons or tuple(env.addons)
    runs = {"with": addons} if kept.exists() else {"with": addons, "without": ()}
    found = run_all(env, artefacts, comparison, runs)
    if "without" in found:
        kept.write_text(json.dumps(found["without"], indent=1, sort_keys=True))
    return json.loads(kept.read_text()), found["with"]


def run_all(
    env: Environment, artefacts: Path, comparison: Comparison, runs: dict[str, tuple[str, ...]]
) -> dict[str, dict[str, str]]:
    """Run the suites at the same time, each on a copy of the database with its addons."""
    started = time.monotonic()
    running, files = {}, {}
    with contextlib.ExitStack() as stack:
        for name, addons in runs.items():
            database = f"{bases.PREFIX}run_suites_{name}"
            stack.callback(databases.drop, env, database)
            databases.copy(env, comparison.source, database)
            if addons:
                with step(f"Installing {', '.join(addons)}") as current:
                    databases.install(env, database, addons, step=current)
            stem = f"odoo-suites-{comparison.name}-{name}".replace(" ", "-")
            log, files[name] = artefacts / f"{stem}.log", artefacts / f"{stem}.json"
            sink = stack.enter_context(log.open("w"))
            running[name] = stack.enter_context(
                process.running(
                    command(env, database, comparison.modules, files[name]),
                    env=child.process_env(env),
                    cwd=env.root,
                    stdout=sink,
                    stderr=sink,
                )
            )
            say(f"▶ Odoo's suites ({comparison.name}) {name} our addons (log: {log})")
        said = started
        while any(one.poll() is None for one in running.values()):
            time.sleep(0.5)
            if time.monotonic() - said > 60:
                said = time.monotonic()
                say(f"  … {said - started:.0f} s")
    for name, one in running.items():
        if one.returncode:
            log = files[name].with_suffix(".log")
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise Failure(f"The run {name} our addons ended with {one.returncode}:\n{tail}")
    return {name: json.loads(file.read_text()) for name, file in files.items()}


def command(env: Environment, database: str, modules: Sequence[str], file: Path) -> list:
    return [
        *(sys.executable, "-m", "devkit.testing.odoo_suite"),
        *("--database", database, "--modules", ",".join(modules), "--outcomes", file),
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


def kept_passing(without: dict[str, str], having: dict[str, str]) -> list[str]:
    """Tests that pass both without our addons and with them."""
    return [
        test
        for test, outcome in without.items()
        if outcome == "passed" and having.get(test) == "passed"
    ]


def tell(comparison: Comparison, without: dict[str, str], having: dict[str, str]) -> list[str]:
    """Show the sums and what is lost, which is also what it gives."""
    for name, found in (("without", without), ("with", having)):
        sums = Counter(found.values())
        text = counts(sums["passed"], sums["failed"], sums["skipped"])
        say(f"  {comparison.name + ', ' + name + ' our addons':<32}{text}")
    lost = broken(without, having)
    for test in lost:
        say(f"  ✗ passes without, {having.get(test, 'is not run')} with: {test}")
    return lost
