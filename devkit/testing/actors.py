"""Processes that act on one database at the same moment, as users and workers do.

What locks, retries and kills do is shown by real processes with real connections only: each actor
is an ``odoo shell`` that runs a script. Files in a folder are the signals between them.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .. import databases, process
from ..environment import Environment

READY, ANSWER = "ACTOR READY", "ACTOR ANSWERS "

#: What a script may call beside what the shell has.
PRELUDE = f"""
import json, os, time

def together():
    "Wait until all are ready. What is read before is what was on the screen before the click."
    print("{READY}", flush=True)
    while not os.path.exists({{gun!r}}):
        time.sleep(0.005)
    env.cr.rollback()

def answer(value):
    print("{ANSWER}" + json.dumps(value), flush=True)
"""


class Stage:
    """A database, and actors on it.

    :param folder: an empty one, for scripts, logs and signals
    """

    def __init__(self, environment: Environment, database: str, folder: Path):
        self.environment, self.database, self.folder = environment, database, folder
        self._count = 0

    def query(self, statement: str, *values):
        return databases.execute(self.environment, statement, *values, database=self.database)

    def act(self, *scripts: str) -> list:
        """Run scripts, those that call ``together`` at the same moment; their answers, in order.

        A script without an answer gives None; one that fails fails the test.
        """
        gun = self.folder / f"gun{self._count}"
        with contextlib.ExitStack() as stack:
            actors = [stack.enter_context(self.actor(script, gun)) for script in scripts]
            for script, (running, log) in zip(scripts, actors, strict=True):
                if "together()" in script:
                    wait_for(lambda log=log: READY in log.read_text(), running, log)
            gun.touch()
            return [_read_answer(running, log) for running, log in actors]

    @contextlib.contextmanager
    def actor(
        self, script: str, gun: Path | None = None
    ) -> Iterator[tuple[subprocess.Popen, Path]]:
        """Start one actor and give its process and its log; it is ended with the block."""
        self._count += 1
        text = PRELUDE.format(gun=str(gun or self.folder)) + textwrap.dedent(script)
        file = self.folder / f"actor{self._count}.py"
        # the shell reads line by line: one exec keeps functions and blocks whole
        file.write_text(f"exec(compile({text!r}, 'actor', 'exec'), globals())\n")
        log = file.with_suffix(".log")
        command = self.environment.odoo(
            "shell", f"--database={self.database}", "--no-http", "--shell-interface=python"
        )
        with (
            file.open() as stdin,
            log.open("w") as sink,
            process.running(
                command,
                stdin=stdin,
                stdout=sink,
                stderr=sink,
                env=self.environment.process_env(),
            ) as running,
        ):
            yield running, log


def wait_for(
    condition: Callable[[], object], running: subprocess.Popen, log: Path, patience: float = 240
) -> None:
    """Wait for something that a running actor does."""
    end = time.monotonic() + patience
    while not condition():
        assert running.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < end, log.read_text()[-3000:]
        time.sleep(0.05)


def _read_answer(running: subprocess.Popen, log: Path):
    assert running.wait(timeout=300) == 0, log.read_text()[-3000:]
    # an exception in what the shell reads is printed, and the shell goes on
    assert "Traceback" not in log.read_text(), log.read_text()[-3000:]
    lines = [line for line in log.read_text().splitlines() if ANSWER in line]
    return json.loads(lines[-1].split(ANSWER, 1)[1]) if lines else None
