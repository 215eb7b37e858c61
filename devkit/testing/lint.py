"""Lint: ruff, its formatter, and the mandatory set of pylint-odoo."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from ..environment import Environment
from .results import Failed, Result


def run(env: Environment, log: Path, paths: Sequence[str] = (".",)) -> Result:
    """One check each for ruff and the formatter, and one of pylint-odoo for each addon."""
    checks = [
        ("ruff check", ["ruff", "check", "--quiet", *paths]),
        ("ruff format", ["ruff", "format", "--quiet", "--diff", *paths]),
        *(
            (f"pylint-odoo {addon}", ["pylint", "--rcfile=.pylintrc", f"addons/{addon}"])
            for addon in env.addons
        ),
    ]
    result = Result(log=log)
    with log.open("w") as sink:
        for title, (module, *arguments) in checks:
            done = subprocess.run(
                [env.python, "-m", module, *arguments],
                cwd=env.root,
                env=env.process_env(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            sink.write(f"== {title}: {done.returncode}\n{done.stdout}\n")
            if done.returncode:
                result.failures.append(Failed(title, done.stdout))
            else:
                result.passed += 1
    return result
