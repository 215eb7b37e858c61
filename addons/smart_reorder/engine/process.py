"""Runs the engine as a fresh process, so that nothing it does can harm the one that asks.

Arrays are handed over in files of numpy's (``.npz``, without pickles), in a folder that is gone
afterwards. Whatever happens to the process, killed, out of memory, out of time, a library that is
missing, an answer that is none, becomes an :class:`EngineFailure` that says so.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from .parts import join, split

FOLDER = Path(__file__).resolve().parent
TIMEOUT = 900.0  # seconds for one task
MEMORY = 3 * 1024  # MB of address space
#: One thread: two of them on a busy machine take longer than one.
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
KILLED, TIMED_OUT, CRASHED, NONSENSE = "killed", "timed_out", "crashed", "nonsense"


class EngineFailure(Exception):
    """:ivar kind: ``killed``, ``timed_out``, ``crashed`` or ``nonsense``"""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def command(task: str, source: Path, result: Path, memory: int, scheduler: str = "") -> list[str]:
    """The command line; the package is run from its folder, without Odoo."""
    line = [sys.executable, "-m", FOLDER.name, task, str(source), str(result), str(memory)]
    return [*line, scheduler] if scheduler else line


def run(
    task: str,
    arrays: Mapping[str, np.ndarray],
    *,
    timeout: float = TIMEOUT,
    memory: int = MEMORY,
    scheduler: str = "",
) -> dict[str, np.ndarray]:
    """Run a task of :data:`~.tasks.TASKS` and return its arrays.

    :param arrays: the question; with ``part``, in parts (:mod:`.parts`)
    :param scheduler: address of a Dask scheduler whose workers do it; empty for the process itself
    :raises EngineFailure: whenever there is no answer
    """
    with tempfile.TemporaryDirectory(prefix="smart_reorder_") as folder:
        source, result = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(source, **arrays)
        environment = {**os.environ, **THREADS}
        environment.pop("PYTHONPATH", None)
        try:
            done = subprocess.run(
                command(task, source, result, memory, scheduler),
                cwd=FOLDER.parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise EngineFailure(TIMED_OUT, f"no answer within {timeout:g} s") from None
        except OSError as error:
            raise EngineFailure(CRASHED, f"it could not be started: {error}") from error
        if done.returncode < 0:
            raise EngineFailure(KILLED, f"ended by {signal.Signals(-done.returncode).name}")
        if done.returncode:
            raise EngineFailure(CRASHED, _last_line(done.stderr))
        try:
            with np.load(result, allow_pickle=False) as answer:
                return dict(answer)
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise EngineFailure(NONSENSE, f"its answer cannot be read: {error}") from error


def run_parts(
    task: str, arrays: Mapping[str, np.ndarray], processes: int, *, timeout: float = TIMEOUT
) -> dict[str, np.ndarray]:
    """The same in so many processes at the same time, a part of the question in each.

    :raises EngineFailure: when a part has no answer
    """
    if processes == 1:
        return run(task, arrays, timeout=timeout)
    with ThreadPoolExecutor(processes) as pool:
        answers = pool.map(lambda part: run(task, part, timeout=timeout), split(arrays))
        return join(list(answers))


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it ended without a word"
