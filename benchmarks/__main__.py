"""``bin/bench``: measures the addons, beside Odoo's own way where there is one."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from devkit import bootstrap, cache, databases, environment, process
from devkit.console import Failure, say, step
from devkit.environment import Environment

from . import registry
from .registry import Benchmark

DATABASES = {
    "company": "inventory_bench",
    "network": "inventory_bench_network",
    "reorder": "inventory_bench_reorder",
    "reorder_large": "inventory_bench_reorder_large",
    "valuation": "inventory_bench_valuation",
}
ODOO_MODULES = ("sale_management", "purchase_stock", "sale_stock", "stock_account")
RESULT = "FIGURE "


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description=__doc__,
        epilog="Without arguments: the list. The exit code is 1 when a figure breaks its bound.",
    )
    parser.add_argument("names", nargs="*", help="groups or benchmarks")
    parser.add_argument("--all", action="store_true", help="run all of them")
    parser.add_argument("--reset", action="store_true", help="generate the databases anew")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = parse(sys.argv[1:] if arguments is None else arguments)
    benchmarks = registry.find()
    if not options.names and not options.all:
        show_list(benchmarks)
        return 0
    chosen = benchmarks if options.all else registry.select(options.names, benchmarks)
    with environment.prepare("bench") as env:
        require_addons(env, chosen)
        for dataset in sorted({benchmark.dataset for benchmark in chosen}):
            if options.reset:
                databases.drop(env, DATABASES[dataset])
            ensure_database(env, dataset)
        figures = []
        for benchmark in chosen:
            figures += measure(env, benchmark)
    show_table(figures)
    for figure in figures:
        print(
            json.dumps(
                {key: figure[key] for key in ("name", "value", "unit", "bound", "ok")},
                ensure_ascii=False,
            )
        )
    return 0 if all(figure["ok"] for figure in figures) else 1


def show_list(benchmarks: Sequence[Benchmark]) -> None:
    for group in registry.GROUPS:
        say(group)
        members = [benchmark for benchmark in benchmarks if benchmark.group == group]
        for benchmark in members:
            say(f"  {benchmark.name:<24} {benchmark.title}")
        if not members:
            say("  (none yet)")


def require_addons(env: Environment, chosen: Sequence[Benchmark]) -> None:
    for benchmark in chosen:
        missing = set(benchmark.modules) - set(env.addons)
        if missing:
            raise Failure(f"{benchmark.name} needs {', '.join(sorted(missing))} in addons/.")


def ensure_database(env: Environment, dataset: str) -> None:
    """Make the database unless it is there; changed addons are updated, not generated anew."""
    database = DATABASES[dataset]
    generators = get_generators(dataset)
    data = cache.fingerprint([env.source.origin, *ODOO_MODULES, *env.addons, *generators])
    addons = cache.fingerprint(env.addons_dir / addon for addon in env.addons)
    found = databases.fingerprint_of(env, database) or ""
    if found.startswith(f"{data} ") and found != f"{data} {addons}":
        with step(f"Updating the addons in {database}") as current:
            databases.install(env, database, env.main_addons, update=True, step=current)
        databases.mark_complete(env, database, f"{data} {addons}")
        return
    databases.ensure(
        env,
        database,
        [*ODOO_MODULES, *env.main_addons],
        fingerprint=f"{data} {addons}",
        finish=lambda current: run_worker(env, f"generate:{dataset}", database, current),
        title=f"Generating {database} (some minutes, once)",
    )


def get_generators(dataset: str) -> list[Path]:
    """Return the files that make a dataset: its module, and what that builds on."""
    modules = ["benchmarks.generate", registry.GENERATORS[dataset]]
    if dataset in registry.MADE_AS:
        modules.append(registry.GENERATORS[registry.MADE_AS[dataset]])
    folder = Path(__file__).parent
    return sorted({folder / f"{module.rpartition('.')[2]}.py" for module in modules})


def run_worker(env: Environment, name: str, database: str, current=None) -> list[dict]:
    """Run a generator or a benchmark in a process of its own and return its figures."""
    log = env.cache / f"bench-{name.replace(':', '-')}.log"
    figures = []

    def progress(line: str) -> str | None:
        if line.startswith(RESULT):
            figures.append(json.loads(line.removeprefix(RESULT)))
            return None
        _start, found, work = line.partition("benchmarks: ")
        return work.strip() if found else None

    process.run(
        [
            *(env.python, "-m", "benchmarks.worker", name, "--database", database),
            *("--addons-path", env.addons_path, "--data-dir", env.data_dir),
        ],
        step=current,
        progress=progress,
        log=log,
        env=env.process_env(),
        cwd=env.root,
    )
    return figures


def measure(env: Environment, benchmark: Benchmark) -> list[dict]:
    database = DATABASES[benchmark.dataset]
    prepared = databases.copied(env, database) if benchmark.on_copy else nullcontext(database)
    with step(f"Measuring {benchmark.name}") as current, prepared as name:
        figures = run_worker(env, benchmark.name, name, current)
    if not figures:
        raise Failure(f"{benchmark.name} returned no figure.", "See its log in the cache folder.")
    return figures


def show_table(figures: Sequence[dict]) -> None:
    rows = [("figure", "value", "unit", "bound", "", "")]
    rows += [
        (
            figure["name"],
            f"{figure['value']:,.3f}",
            figure["unit"],
            figure["bound"] or "",
            ("✓" if figure["ok"] else "✗") if figure["bound"] else "",
            figure["why"],
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    say()
    for name, value, unit, bound, mark, why in rows:
        say(
            f"  {name:<{widths[0]}}  {value:>{widths[1]}} {unit:<{widths[2]}}"
            f"  {bound:<{widths[3]}} {mark:<{widths[4]}} {why}".rstrip()
        )
    say()


if __name__ == "__main__":
    # a polite kill ends our children as Ctrl-C does
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(bootstrap.guard(main))
