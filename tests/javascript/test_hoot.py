"""Runs the addons' JavaScript unit tests (Hoot) in a browser, as Odoo runs its own.

Each addon's suites carry its name (``@inventory_visibility/…``); only those are run, by the same
identifier that Hoot derives from the name.
"""

import re
import unittest
from pathlib import Path

from odoo.tests import HttpCase, no_retry, tagged

from odoo.addons.web.tests.test_js import unit_test_error_checker

ADDONS = Path(__file__).resolve().parents[2] / "addons"
#: A loop of tests that somebody forgot to take out would hide the others.
FORBIDDEN = re.compile(r"\btest\.(only|debug)\(|\bdescribe\.(only|debug)\(")


def unit_tests(addon: Path) -> list[Path]:
    return sorted((addon / "static" / "tests").rglob("*.test.js"))


def sources(addon: Path) -> list[Path]:
    return sorted((addon / "static" / "src").rglob("*.js"))


def job_id(name: str) -> str:
    """The identifier of a suite in Hoot: Java's string hash as eight hexadecimal digits."""
    value = 0
    for character in name:
        value = (value * 31 + ord(character)) & 0xFFFFFFFF
    return f"{value:08x}"


class TestFiles(unittest.TestCase):
    """What needs no browser."""

    def test_identifier_is_hoots(self):
        # from web/tests/test_js.py
        self.assertEqual(job_id("@web/core"), "e39ce9ba")
        self.assertEqual(job_id("@web/core/autocomplete"), "69a6561d")

    def test_every_component_is_tested(self):
        for manifest in ADDONS.glob("*/__manifest__.py"):
            addon = manifest.parent
            with self.subTest(addon=addon.name):
                if sources(addon):
                    self.assertTrue(unit_tests(addon), "static/src without a Hoot test")

    def test_no_test_is_singled_out(self):
        for path in ADDONS.glob("*/static/tests/**/*.test.js"):
            with self.subTest(file=path.name):
                self.assertIsNone(FORBIDDEN.search(path.read_text()))


@tagged("post_install", "-at_install")
class TestHoot(HttpCase):
    """The unit tests of every addon that has some."""

    @no_retry
    def test_unit_tests_pass(self):
        addons = [manifest.parent for manifest in sorted(ADDONS.glob("*/__manifest__.py"))]
        tested = [addon.name for addon in addons if unit_tests(addon)]
        if not tested:
            print("No addon has JavaScript of its own: there is nothing to test.")
        for name in tested:
            with self.subTest(addon=name):
                self.run_suite(f"@{name}")

    def run_suite(self, name):
        with self.assertLogs(self._logger, "INFO") as logs:
            self.browser_js(
                f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={job_id(name)}",
                "",
                "",
                login="admin",
                timeout=600,
                success_signal="[HOOT] Test suite succeeded",
                error_checker=unit_test_error_checker,
            )
        said = "\n".join(logs.output)
        passed = re.search(r"Passed (\d+) tests", said)
        # Hoot calls an empty run a success
        self.assertTrue(passed and int(passed[1]) > 0, f"no test of {name} ran:\n{said}")
