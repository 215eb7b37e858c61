"""What the commands say: steps with their duration, and failures that tell what to do."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator


class Failure(Exception):
    """Something that the user can mend; ``hint`` says how."""

    def __init__(self, message: str, hint: str = ""):
        super().__init__(message)
        self.hint = hint


class Step:
    """A running step; ``detail`` is what its progress line shows at the moment."""

    def __init__(self, title: str):
        self.title = title
        self.detail = ""
        self.started = time.monotonic()

    @property
    def elapsed(self) -> str:
        return f"{time.monotonic() - self.started:.1f} s"


def say(text: str = "") -> None:
    print(text, flush=True)


@contextlib.contextmanager
def step(title: str, *, every: float = 15.0) -> Iterator[Step]:
    """Announce a step, show that it goes on, and say how long it took.

    On a terminal the line is refreshed each second; elsewhere (a log file) a line is added
    every ``every`` seconds, so that a log neither floods nor looks dead.
    """
    current = Step(title)
    terminal = sys.stdout.isatty()
    finished = threading.Event()

    def refresh() -> None:
        # nobody reads on: the step goes on in silence, its end is told to nobody and ends us
        with contextlib.suppress(BrokenPipeError):
            while not finished.wait(1.0 if terminal else every):
                text = f"  … {title} ({current.elapsed}) {current.detail}"
                if terminal:
                    print(f"\r\033[K{text[:100]}", end="", flush=True)
                else:
                    say(text)

    reporter = threading.Thread(target=refresh, daemon=True)
    reporter.start()
    outcome = "failed"
    try:
        yield current
        outcome = "done"
    finally:
        finished.set()
        reporter.join()
        if terminal:
            print("\r\033[K", end="")
        mark = "✓" if outcome == "done" else "✗"
        say(f"  {mark} {title} ({current.elapsed})")


def report(failure: Failure) -> None:
    print(f"\n✗ {failure}", file=sys.stderr)
    if failure.hint:
        print("\n".join(f"  {line}" for line in failure.hint.splitlines()), file=sys.stderr)
