"""What stages report, and how the sum of it is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Failed:
    """A test (or another check) that failed, with what it said."""

    test: str
    text: str


@dataclass
class Result:
    """The outcome of a stage."""

    passed: int = 0
    skipped: list[str] = field(default_factory=list)
    failures: list[Failed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    log: Path | None = None
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.failures

    @property
    def counts(self) -> str:
        return counts(self.passed, len(self.failures), len(self.skipped))

    def add(self, other: Result) -> None:
        self.passed += other.passed
        self.skipped += other.skipped
        self.failures += other.failures
        self.notes += other.notes
        self.log = other.log or self.log


def counts(passed: int, failed: int, skipped: int) -> str:
    return f"{passed} passed, {failed} failed, {skipped} skipped"


def read_pytest(results: Path, exit_code: int, log: Path) -> Result:
    """The result of a pytest run from the file that the plugin wrote and its exit code."""
    result = Result(log=log)
    tests = json.loads(results.read_text()) if results.exists() else []
    for test in tests:
        if test["outcome"] == "passed":
            result.passed += 1
        elif test["outcome"] == "skipped":
            result.skipped.append(f"{test['test']}: {test['text']}")
        else:
            result.failures.append(Failed(test["test"], test["text"]))
    if exit_code and not result.failures:
        # 5: nothing was collected; anything else: pytest itself broke
        reason = "no test was found" if exit_code == 5 else f"pytest ended with {exit_code}"
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
        result.failures.append(Failed("(run)", f"{reason}\n{tail}"))
    return result


def table(results: Iterable[tuple[str, Result]]) -> list[str]:
    rows = [
        (name, "ok" if result.ok else "FAILED", result.counts, f"{result.seconds:.0f} s")
        for name, result in results
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = []
    for *cells, seconds in rows:
        words = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
        lines.append("  ".join(["", *words, seconds.rjust(widths[3])]))
    return lines
