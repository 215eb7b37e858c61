"""Runs suites of Odoo's in one process, with Odoo's own runner (``--odoo-suites``).

All modules are loaded before the first test: also those tests that Odoo runs while it installs
(``at_install``) meet the addons that are in the database. Browser tests are left out.
"""

from __future__ import annotations

import argparse
import json
import threading
from pathlib import Path


def outcomes(database: str, modules: list[str], odoo_arguments: list[str]) -> dict[str, str]:
    """Run the suites; gives ``passed``, ``failed`` or ``skipped`` for each test's name."""
    from odoo.modules.registry import Registry
    from odoo.tests import loader
    from odoo.tests.common import HttpCase
    from odoo.tests.result import OdooTestResult
    from odoo.tests.suite import OdooSuite
    from odoo.tools import config

    config.parse_config([f"--database={database}", *odoo_arguments], setup_logging=True)
    registry = Registry(database)
    # only now: it would make loading run tests
    config["test_enable"] = True
    config["test_tags"] = "+standard"
    threading.current_thread().testing = True
    found: dict[str, str] = {}

    class Recorder(OdooTestResult):
        def startTest(self, test):  # noqa: N802 (unittest's name)
            super().startTest(test)
            found.setdefault(test.id(), "passed")

        def addSkip(self, test, reason):  # noqa: N802
            super().addSkip(test, reason)
            found[test.id()] = "skipped"

        def addFailure(self, test, err):  # noqa: N802
            super().addFailure(test, err)
            found[test.id()] = "failed"

        def addError(self, test, err):  # noqa: N802
            super().addError(test, err)
            found[test.id()] = "failed"

        def addSubTest(self, test, subtest, err):  # noqa: N802
            super().addSubTest(test, subtest, err)
            if err is not None:
                found[test.id()] = "failed"

    for position in ("at_install", "post_install"):
        suite = loader.make_suite(modules, position)
        tests = [test for test in suite if not isinstance(test, HttpCase)]
        registry.loaded = True
        result = Recorder()
        OdooSuite(tests)(result)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--modules", required=True)
    parser.add_argument("--outcomes", type=Path, required=True)
    options, odoo_arguments = parser.parse_known_args()
    found = outcomes(options.database, options.modules.split(","), odoo_arguments)
    options.outcomes.write_text(json.dumps(found, indent=1, sort_keys=True))


if __name__ == "__main__":
    main()
