"""Child processes that never outlive us, and a way to run one with its progress shown."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from . import cache
from .console import Failure, Step

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent(signum: int) -> Callable[[], None]:
    """``preexec_fn``: the kernel signals the child when its parent dies, however it dies."""

    def arm() -> None:
        # a shell lets its background jobs ignore SIGINT, and so would their children
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, signum)

    return arm


def spawn(
    argv: Sequence[str | Path], *, death_signal: int = signal.SIGTERM, **options
) -> subprocess.Popen:
    """Start a child in a session of its own: Ctrl-C reaches us, and we end our children."""
    return subprocess.Popen(
        [str(word) for word in argv],
        start_new_session=True,
        preexec_fn=_die_with_parent(death_signal),
        **options,
    )


def stop(process: subprocess.Popen, *, signum: int = signal.SIGTERM, patience: float = 15) -> None:
    """End a child and its descendants: politely, then for good."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signum)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def running(argv: Sequence[str | Path], **options) -> Iterator[subprocess.Popen]:
    signum = options.pop("stop_signal", signal.SIGTERM)
    process = spawn(argv, **options)
    try:
        yield process
    finally:
        stop(process, signum=signum)


def run(
    argv: Sequence[str | Path],
    *,
    step: Step | None = None,
    log: Path | None = None,
    progress: Callable[[str], str | None] | None = None,
    echo: bool = False,
    hint: str = "",
    check: bool = True,
    **options,
) -> int:
    """Run to the end, following the output line by line.

    :param progress: turns a line into what the step's progress shows (None: leave it)
    :param log: file that keeps the whole output
    :param echo: also print each line
    :raise Failure: when ``check`` and the exit code is not zero, with the last lines
    """
    tail: deque[str] = deque(maxlen=25)
    no_space = ""
    with contextlib.ExitStack() as stack:
        sink = stack.enter_context(log.open("w")) if log else None
        process = stack.enter_context(
            running(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                **options,
            )
        )
        for line in process.stdout:
            tail.append(line.rstrip())
            if cache.NO_SPACE in line:
                no_space = line.strip()
            if sink:
                sink.write(line)
                sink.flush()
            if echo:
                print(line, end="", flush=True)
            if step and progress and (detail := progress(line)) is not None:
                step.detail = detail
        code = process.wait()
    if check and code:
        if no_space or cache.is_full():
            raise cache.disk_full(no_space or f"{Path(str(argv[0])).name} broke off.")
        where = f"\nThe whole output: {log}" if log else ""
        raise Failure(
            f"{Path(str(argv[0])).name} ended with exit code {code}:\n    " + "\n    ".join(tail),
            (hint + where).strip(),
        )
    return code
