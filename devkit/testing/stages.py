"""The stages of ``bin/test``: what each runs, on which database, after which others."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import databases, demo, process
from ..environment import Environment
from . import bases, child, lint, selection
from .results import Failed, Result, read_pytest

SAMPLE = bases.PREFIX + "sample"
#: pytest's exit code when no test is left after ``-k``.
NO_TESTS = 5


@dataclass(frozen=True)
class Run:
    """What a stage is told.

    :ivar paths: tests to run; empty: all of the stage
    :ivar options: for pytest, as the user gave them
    :ivar whole: the whole project is tested, not a part
    :ivar echo: show the output as it comes
    """

    env: Environment
    artefacts: Path
    paths: Sequence[str] = ()
    options: Sequence[str] = ()
    whole: bool = True
    echo: bool = False

    def log(self, stage: str) -> Path:
        return self.artefacts / f"{stage}.log"


@dataclass(frozen=True)
class Stage:
    name: str
    what: str
    run: Callable[[Run], Result]
    after: tuple[str, ...] = ()


def pytest(
    run: Run,
    stage: str,
    options: Sequence[str] = (),
    variables: dict[str, str] | None = None,
) -> Result:
    """Run the stage's tests in a process of their own."""
    paths = run.paths or [
        folder for folder in selection.FOLDERS[stage] if (run.env.root / folder).exists()
    ]
    if not paths:
        return Result(failures=[Failed(stage, "the stage has no tests")])
    results = run.artefacts / f"{stage}.json"
    results.unlink(missing_ok=True)
    log = run.log(stage)
    code = process.run(
        [
            *(
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "devkit.testing.plugin",
                "-p",
                "no:cacheprovider",
            ),
            *("--import-mode=importlib", f"--results={results}", "--tb=short", "--durations=10"),
            *(["--color=yes"] if run.echo and sys.stdout.isatty() else []),
            *options,
            *run.options,
            *paths,
        ],
        log=log,
        echo=run.echo,
        check=False,
        env=child.process_env(run.env) | {"ARTEFACTS": str(run.artefacts)} | (variables or {}),
        cwd=run.env.root,
    )
    if code == NO_TESTS and not run.whole:
        return Result(log=log)  # the part is tested by another stage
    return read_pytest(results, code, log)


def odoo_options(run: Run, database: str) -> list[str]:
    """Options of pytest-odoo; its server runs in pytest's process."""
    extra = {
        "data-dir": run.env.data_dir,
        "screenshots": run.artefacts / "failures",
        "http-interface": "127.0.0.1",
    }
    return [
        f"--odoo-database={database}",
        "--odoo-http",
        "--odoo-log-level=warn",
        f"--odoo-addons-path={run.env.addons_path}",
        *(f"--odoo-extra={name}={value}" for name, value in extra.items()),
    ]


def with_odoo(run: Run, stage: str, import_mode: str = "prepend") -> Result:
    """pytest-odoo: on a copy of the freshly made database, or on the warm one for a part."""
    database = bases.WORK
    if run.whole:
        database = bases.PREFIX + f"run_{stage}"
        databases.copy(run.env, bases.ADDONS, database)
    try:
        options = [*odoo_options(run, database), f"--import-mode={import_mode}"]
        return pytest(run, stage, options)
    finally:
        if run.whole:
            databases.drop(run.env, database)


def run_lint(run: Run) -> Result:
    return lint.run(run.env, run.log("lint"))


def run_unit(run: Run) -> Result:
    return pytest(run, "unit", ["-p", "no:odoo"])


def run_databases(run: Run) -> Result:
    bases.drop_runs(run.env)
    (bases.ensure_addons if run.whole else bases.ensure_work)(run.env)
    return Result()


def run_addons(run: Run) -> Result:
    result = Result()
    if run.whole:
        for addon in run.env.addons:
            if not list((run.env.addons_dir / addon / "tests").glob("test_*.py")):
                result.failures.append(Failed(addon, "the addon has no tests"))
    result.add(with_odoo(run, "addons"))
    return result


def run_javascript(run: Run) -> Result:
    return with_odoo(run, "javascript", import_mode="importlib")


def run_processes(run: Run) -> Result:
    bases.ensure_addons(run.env)
    return pytest(run, "processes", ["-p", "no:odoo"])


def run_install(run: Run) -> Result:
    bases.ensure_base(run.env)
    return pytest(run, "install", ["-p", "no:odoo"])


def run_sample(run: Run) -> Result:
    bases.ensure_base(run.env)
    demo.ensure_sample_database(run.env, SAMPLE, source=bases.BASE)
    return pytest(run, "sample", ["-p", "no:odoo"], {"SAMPLE_DATABASE": SAMPLE})


def run_devkit(run: Run) -> Result:
    return pytest(run, "devkit", ["-p", "no:odoo"])


_AFTER = ("databases",)
#: In the order in which they are started when there is room: the longest first.
STAGES = {
    stage.name: stage
    for stage in (
        Stage("databases", "the databases that the tests copy", run_databases),
        Stage("lint", "ruff, its formatter, pylint-odoo", run_lint),
        Stage("unit", "what decides, without Odoo; manifests, XML and packaging", run_unit),
        Stage("install", "install, update, uninstall: alone and together", run_install, _AFTER),
        Stage("processes", "real cursors, real processes", run_processes, _AFTER),
        Stage("addons", "the addons' tests and browser tours", run_addons, _AFTER),
        Stage("sample", "the sample company, and the main job in a browser", run_sample, _AFTER),
        Stage("javascript", "unit tests of the web client's parts", run_javascript, _AFTER),
        Stage("devkit", "the set-up: broken caches, refusals, kills", run_devkit),
    )
}


def in_parallel() -> int:
    """Stages at a time: more than two would disturb each other on any machine of ours."""
    return max(1, min(2, os.cpu_count() or 1))
