"""``bin/test``: every check of the project, or the part that is named.

Without arguments everything runs: lint, unit tests, the addons' tests in Odoo and in a browser,
installation and removal, real processes, the sample company, and the main job from login to label.
Whatever is skipped that should run, and whatever the server logs as an error, fails.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from .. import bootstrap, cache, environment, process
from ..console import Failure, say
from ..environment import Environment
from . import child, selection, stage
from .results import Result, counts, table
from .stages import STAGES, Run, in_parallel

EXAMPLES = """examples:
  bin/test                                         everything (about 20 minutes)
  bin/test addons/smart_reorder -k lead_time       a part, in seconds once warm
  bin/test tests/unit/shipping_connectors          what needs no database
  bin/test --stage install --stage lint            whole stages
  bin/test --odoo-suites                           Odoo's own tests, without and with our addons
"""


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our options, and those that go to pytest."""
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("paths", nargs="*", help="folders, files or path::test")
    parser.add_argument("-k", metavar="WORDS", help="only tests whose name matches (as in pytest)")
    parser.add_argument("--stage", action="append", choices=STAGES, help="run a whole stage")
    parser.add_argument("--list", action="store_true", help="list the stages and stop")
    parser.add_argument(
        "--keep-going", action="store_true", help="run the other stages after one failed"
    )
    parser.add_argument("--ci", action="store_true", help="as a build server wants it: keep going")
    parser.add_argument(
        "--odoo-suites",
        action="store_true",
        help="run Odoo's own suites without and with our addons, and compare (not part of CI)",
    )
    options, for_pytest = parser.parse_known_args(arguments)
    unknown = [word for word in for_pytest if not word.startswith("-")]
    if unknown:
        parser.error(f"cannot tell what {unknown[0]!r} belongs to; write --option=value")
    if options.paths and options.stage:
        parser.error("name a part or whole stages, not both")
    if options.k:
        for_pytest += ["-k", options.k]
    return options, for_pytest


def main(arguments: list[str] | None = None) -> int:
    options, for_pytest = parse(sys.argv[1:] if arguments is None else arguments)
    if options.list:
        for one in STAGES.values():
            say(f"  {one.name:<12}{one.what}")
        return 0
    selected = selection.by_stage(cache.ROOT, options.paths)
    if for_pytest and not selected:
        raise Failure(f"Name the part that {' '.join(for_pytest)} is for.", EXAMPLES)
    with environment.prepare("test", browser=True) as env:
        say(f"Odoo: {env.source.origin}")
        # not before: another run, which we would have been refused for, writes into it
        artefacts = fresh_folder(cache.ROOT / "artefacts")
        if options.odoo_suites:
            from . import odoo_suites

            return odoo_suites.compare_all(env, artefacts)
        if selected:
            results = run_part(env, artefacts, selected, for_pytest)
        else:
            keep_going = options.keep_going or options.ci
            names = with_what_they_need(options.stage or STAGES)
            whole = Run(env, artefacts)
            results = Scheduler(dict.fromkeys(names, whole), keep_going).run()
    return summary(results, bootstrap.seconds_since_start())


def fresh_folder(path: Path) -> Path:
    """Empty, so that what lies in it is of this run."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def run_part(
    env: Environment, artefacts: Path, selected: dict[str, list[str]], for_pytest: list[str]
) -> dict[str, Result]:
    """One stage after another, showing what they say."""
    runs = {
        name: Run(env, artefacts, paths, for_pytest, whole=False, echo=True)
        for name, paths in selected.items()
    }
    if runs.keys() & {"addons", "javascript"}:
        runs = {"databases": Run(env, artefacts, whole=False, echo=True), **runs}
    ordered = {name: runs[name] for name in STAGES if name in runs}
    results = Scheduler(ordered, keep_going=True, limit=1).run()
    if for_pytest and results and not any(r.passed or r.failures for r in results.values()):
        raise Failure(f"No test matches {' '.join(for_pytest)}.")
    return results


def with_what_they_need(names) -> list[str]:
    wanted = {need for name in names for need in (*STAGES[name].after, name)}
    return [name for name in STAGES if name in wanted]


class Scheduler:
    """Runs stages in processes of their own, as many at a time as there is room for."""

    def __init__(self, runs: dict[str, Run], keep_going: bool, limit: int | None = None):
        self.runs = runs
        self.waiting = dict(runs)
        self.keep_going = keep_going
        self.limit = limit or in_parallel()
        self.running: dict[str, tuple] = {}
        self.results: dict[str, Result] = {}
        self.said = time.monotonic()

    def run(self) -> dict[str, Result]:
        with contextlib.ExitStack() as stack:
            while self.waiting or self.running:
                self.start_ready(stack)
                self.collect()
                self.show_life()
                time.sleep(0.1)
        return self.results

    def start_ready(self, stack: contextlib.ExitStack) -> None:
        for name in list(self.waiting):
            if len(self.running) >= self.limit:
                return
            needs = [need for need in STAGES[name].after if need in self.waiting | self.running]
            if needs:
                continue
            run = self.waiting.pop(name)
            outcome = run.artefacts / f"{name}.outcome.json"
            output = run.artefacts / f"{name}.out"
            # a part is watched: it writes to our terminal
            sink = None if run.echo else stack.enter_context(output.open("w"))
            running = stack.enter_context(
                process.running(
                    stage.command(name, run, outcome),
                    env=child.process_env(run.env),
                    cwd=run.env.root,
                    stdout=sink,
                    stderr=sink,
                )
            )
            self.running[name] = (running, outcome, output, time.monotonic())
            say(f"▶ {name}: {STAGES[name].what}")

    def collect(self) -> None:
        for name, (running, outcome, output, started) in list(self.running.items()):
            if running.poll() is None:
                continue
            del self.running[name]
            result = stage.read(outcome, output, running.returncode)
            outcome.unlink(missing_ok=True)
            result.seconds = time.monotonic() - started
            self.results[name] = result
            tell(name, result, seen=self.runs[name].echo)
            if not result.ok and (name == "databases" or not self.keep_going):
                self.waiting.clear()

    def show_life(self) -> None:
        watched = any(self.runs[name].echo for name in self.running)
        if self.running and not watched and time.monotonic() - self.said > 30:
            self.said = time.monotonic()
            ages = (f"{n} ({self.said - s:.0f} s)" for n, (_, _, _, s) in self.running.items())
            say(f"  … {', '.join(ages)}")


def tell(name: str, result: Result, seen: bool = False) -> None:
    """:param seen: the user watched the stage: its failures need not be told in full again"""
    say(f"{'✓' if result.ok else '✗'} {name}: {result.counts} ({result.seconds:.0f} s)")
    for note in result.notes:
        say(f"    {note}")
    for failure in result.failures:
        say(f"  ✗ {name}: {failure.test}")
        if seen and failure.test != "(stage)":
            continue
        say("\n".join("    " + line for line in failure.text.strip().splitlines()[-60:]) + "\n")
    if result.failures and result.log:
        say(f"\n    The whole output: {result.log}")


def summary(results: dict[str, Result], seconds: float) -> int:
    shown = {name: result for name, result in results.items() if name != "databases"}
    if not shown or not results.get("databases", Result()).ok:
        shown = results
    say()
    for line in table(shown.items()):
        say(line)
    skipped = [text for result in shown.values() for text in result.skipped]
    for text in skipped:
        say(f"  skipped: {text}")
    failed = sum(len(result.failures) for result in shown.values())
    passed = sum(result.passed for result in shown.values())
    say(f"\n  {seconds:.0f} s; logs and screenshots: {os.path.relpath(cache.ROOT / 'artefacts')}")
    say(counts(passed, failed, len(skipped)))
    return 1 if failed else 0


if __name__ == "__main__":
    # a polite kill ends our children as Ctrl-C does
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(bootstrap.guard(main))
