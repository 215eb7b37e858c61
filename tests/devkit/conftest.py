"""A cache of its own, so that breaking it breaks nothing else."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """An empty cache folder."""
    monkeypatch.setenv("INVENTORY_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


@pytest.fixture
def no_named_server(monkeypatch):
    """As on a machine where nobody named a PostgreSQL."""
    for name in ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGPASSWORD", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)


class Command:
    """A program of ours in a session of its own, with all that it starts."""

    def __init__(self, *arguments, stderr=subprocess.STDOUT, **environment):
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=clean_environment() | {name: str(value) for name, value in environment.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )

    def output(self, timeout=120):
        out, _ = self.process.communicate(timeout=timeout)
        return out

    def read_until(self, text):
        """Lines up to the one that contains ``text``."""
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if text in line:
                return "".join(lines)
        raise AssertionError(f"it ended without {text!r}:\n" + "".join(lines))

    def descendants(self):
        """Process ids of everything that it started, and their command lines."""
        import psutil

        return [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.stdout.close()
        self.process.wait()


def clean_environment():
    """Ours without what bin/test set for its children."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "DEVKIT_", "ODOO_"))}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def command():
    """Function that starts a program; whatever is left of it ends with the test."""
    started = []

    def start(*arguments, **environment):
        started.append(Command(*arguments, **environment))
        return started[-1]

    yield start
    for one in started:
        one.stop()
