"""pytest plugin of every test run: nothing may be skipped, and nothing may fail in silence.

- A test during which the server logs an ERROR, or a WARNING with a traceback, fails. What a test
  provokes on purpose it expects: ``assertLogs`` or ``mute_logger``, which keep it from us.
- A skipped test fails, unless it misses something that the project does not own: a data set beside
  the project, whose path the reason names (``../shared/…``) and which is not there indeed.
- The results go to the file that ``--results`` names, for the summary of ``bin/test``.
"""

from __future__ import annotations

import json
import logging
import re
import time
from pathlib import Path

import pytest

from ..cache import ROOT
from .server_log import is_harmless

#: The only reason to skip: the tests may use data sets beside the project.
MAY_BE_ABSENT = re.compile(r"\.\./shared/[\w./-]*\w")


class ErrorCollector(logging.Handler):
    """Keeps what a test run logs as an error until somebody asks."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        # as in a server's log, which is judged by the same rules
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self._texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            text = self.format(record)
            if not is_harmless(text):
                self._texts.append(text)

    def take(self) -> list[str]:
        texts, self._texts = self._texts, []
        return texts


class Guard:
    """The hooks; one for each run."""

    def __init__(self, results: str | None):
        self.collector = ErrorCollector()
        self.results = Path(results) if results else None
        self.tests: list[dict] = []
        self.started = time.monotonic()

    def pytest_sessionstart(self, session) -> None:
        logging.getLogger().addHandler(self.collector)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item, call):
        outcome = yield
        report = outcome.get_result()
        logged = self.collector.take()
        if logged and report.passed:
            report.outcome = "failed"
            report.longrepr = (
                f"{item.nodeid} ({report.when}) passed, but the server logged:\n\n"
                + "\n".join(logged)
                + "\n\nIf the test provokes this on purpose, expect it: assertLogs or mute_logger."
            )
        elif report.skipped and not hasattr(report, "wasxfail"):
            forbid_skip(report, item.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report) -> None:
        subtest = hasattr(report, "context")
        if report.outcome != "passed" or (report.when == "call" and not subtest):
            self.tests.append(
                {
                    "test": report.nodeid,
                    "outcome": report.outcome,
                    "seconds": round(report.duration, 3),
                    "text": "" if report.passed else report_text(report),
                }
            )

    def pytest_collectreport(self, report) -> None:
        # a whole module that skips itself
        if report.skipped:
            forbid_skip(report, report.nodeid)
        if report.outcome != "passed":
            self.tests.append(
                {
                    "test": report.nodeid,
                    "outcome": report.outcome,
                    "seconds": 0,
                    "text": report_text(report),
                }
            )

    def pytest_sessionfinish(self, session, exitstatus) -> None:
        logging.getLogger().removeHandler(self.collector)
        if exitstatus == pytest.ExitCode.OK and any(t["outcome"] == "failed" for t in self.tests):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED  # a module that skipped itself
        if late := self.collector.take():
            # after the last test, e.g. while the server stops
            self.tests.append(
                {"test": "(end)", "outcome": "failed", "seconds": 0, "text": "\n".join(late)}
            )
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self.results:
            self.results.write_text(json.dumps(self.tests, indent=1))


def forbid_skip(report, nodeid: str) -> None:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if misses_data(reason):
        return
    report.outcome = "failed"
    report.longrepr = f"{nodeid} was skipped, and nothing may be: {reason}"


def misses_data(reason: str, root: Path = ROOT) -> bool:
    """The reason names data beside the project, and none of it is there."""
    named = MAY_BE_ABSENT.findall(reason)
    return bool(named) and not any((root / path).exists() for path in named)


def report_text(report) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2]
    return str(getattr(report, "longreprtext", report.longrepr))


def pytest_addoption(parser) -> None:
    parser.addoption("--results", help="write the outcome of every test to this file (JSON)")


def pytest_configure(config) -> None:
    config.pluginmanager.register(Guard(config.getoption("--results")), "devkit-guard")
