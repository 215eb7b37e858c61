"""``bin/test`` itself: what it must not let pass, and what it counts."""

import json
import subprocess
import sys

import pytest

from devkit import cache
from devkit.console import Failure
from devkit.testing import catalogue, plugin, results, selection, server_log
from devkit.testing.odoo_suites import broken
from devkit.testing.results import Failed, Result

from .conftest import clean_environment


@pytest.fixture
def run(tmp_path):
    """Function that runs a test module under our plugin: exit code and outcomes by test."""

    def run(text):
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        (tmp_path / "test_it.py").write_text(text)
        outcomes = tmp_path / "results.json"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:odoo", "-p", "no:cacheprovider"),
                *("-p", "devkit.testing.plugin", f"--results={outcomes}", str(tmp_path)),
            ],
            capture_output=True,
            text=True,
            env=clean_environment(),
            check=False,
        )
        log = tmp_path / "log"
        log.write_text(done.stdout + done.stderr)
        return results.read_pytest(outcomes, done.returncode, log), done.returncode

    return run


class TestGuard:
    """The plugin fails what pytest lets pass in silence."""

    def test_skip_fails(self, run):
        result, code = run("import pytest\ndef test_a(): pytest.skip('no browser')\n")
        assert code == 1
        assert "nothing may be: Skipped: no browser" in result.failures[0].text

    def test_unittest_skip_fails(self, run):
        result, _ = run(
            "import unittest\n"
            "class T(unittest.TestCase):\n"
            "    @unittest.skip('later')\n"
            "    def test_a(self): pass\n"
        )
        assert len(result.failures) == 1

    def test_module_that_skips_itself_fails(self, run):
        result, code = run("import pytest\npytest.skip('not today', allow_module_level=True)\n")
        assert code
        assert "not today" in result.failures[0].text

    def test_missing_data_beside_the_project_may_skip_and_is_counted(self, run):
        result, code = run("import pytest\ndef test_a(): pytest.skip('../shared/x is absent')\n")
        assert code == 0
        assert result.counts == "0 passed, 0 failed, 1 skipped"

    def test_data_that_is_there_may_not_be_skipped(self, tmp_path):
        """A wrong path in the test's condition would skip it for ever."""
        reason = "../shared/demand/sales.csv, the full file, is absent"
        project = tmp_path / "project"
        project.mkdir()
        assert plugin.misses_data(reason, project)
        (tmp_path / "shared/demand").mkdir(parents=True)
        assert plugin.misses_data(reason, project)
        (tmp_path / "shared/demand/sales.csv").touch()
        assert not plugin.misses_data(reason, project)
        assert not plugin.misses_data("../shared is not asked for by name", project)

    def test_logged_error_fails_a_test_that_passes(self, run):
        result, code = run(
            "import logging\n"
            "def test_a(): logging.getLogger('odoo.x').error('it broke')\n"
            "def test_b(): pass\n"
        )
        assert code == 1
        assert result.counts == "1 passed, 1 failed, 0 skipped"
        assert "it broke" in result.failures[0].text

    def test_logged_traceback_fails(self, run):
        result, _ = run(
            "import logging\n"
            "def test_a():\n"
            "    try:\n"
            "        1 / 0\n"
            "    except ZeroDivisionError:\n"
            "        logging.getLogger('odoo.x').warning('odd', exc_info=True)\n"
        )
        assert "ZeroDivisionError" in result.failures[0].text

    def test_expected_error_passes(self, run):
        result, code = run(
            "import logging, unittest\n"
            "class T(unittest.TestCase):\n"
            "    def test_a(self):\n"
            "        with self.assertLogs('odoo.x', 'ERROR'):\n"
            "            logging.getLogger('odoo.x').error('as wanted')\n"
            "    def test_b(self):\n"
            "        logging.getLogger('odoo.x').warning('no more than a warning')\n"
        )
        assert code == 0
        assert result.counts == "2 passed, 0 failed, 0 skipped"

    def test_request_that_is_repeated_is_no_error(self, run):
        result, _ = run(
            "import logging\n"
            "def test_a():\n"
            "    logging.getLogger('odoo.sql_db').error(\n"
            "        'bad query: x\\nERROR: could not serialize access due to concurrent update')\n"
        )
        assert result.counts == "1 passed, 0 failed, 0 skipped"

    def test_error_while_tearing_down_fails(self, run):
        result, code = run(
            "import logging, pytest\n"
            "@pytest.fixture\n"
            "def f():\n"
            "    yield\n"
            "    logging.getLogger('odoo.x').error('too late')\n"
            "def test_a(f): pass\n"
        )
        assert code == 1
        assert "too late" in result.failures[0].text

    def test_run_without_tests_fails(self, run):
        result, code = run("")
        assert code == 5
        assert "no test was found" in result.failures[0].text

    def test_module_that_does_not_import_fails(self, run):
        result, code = run("import nowhere\n")
        assert code
        assert "nowhere" in result.failures[0].text


class TestServerLog:
    """Reads what an Odoo process wrote."""

    LOG = (
        "2026-01-02 03:04:05,678 12 INFO db odoo.http: fine\n"
        "2026-01-02 03:04:05,678 12 WARNING db odoo.models: field is odd\n"
        "2026-01-02 03:04:05,678 12 ERROR db odoo.http: broke\n"
        "Traceback (most recent call last):\n"
        "  …\n"
        "ValueError: x\n"
        "2026-01-02 03:04:06,678 12 INFO db odoo.http: goes on\n"
    )

    def test_errors_come_with_their_traceback(self):
        (found,) = server_log.problems(self.LOG)
        assert found.startswith("2026-01-02 03:04:05,678 12 ERROR")
        assert found.endswith("ValueError: x")

    def test_warnings_count_where_they_are_asked_for(self):
        assert len(server_log.problems(self.LOG, "WARNING")) == 2

    def test_traceback_without_a_record_is_found(self):
        (found,) = server_log.problems("Traceback (most recent call last):\n  …\nKeyError: 'x'\n")
        assert "KeyError" in found

    def test_root_is_told_off_but_that_is_harmless(self):
        line = "2026-01-02 03:04:05,678 12 WARNING ? odoo: Running as root is a security risk.\n"
        assert server_log.problems(line, "WARNING") == []


class TestSelection:
    """Which stage runs what the user names."""

    def test_addon_brings_its_unit_tests(self):
        selected = selection.by_stage(cache.ROOT, ["addons/shipping_connectors"])
        assert selected == {
            "addons": ["addons/shipping_connectors"],
            "unit": ["tests/unit/shipping_connectors"],
        }

    def test_test_within_a_file(self):
        name = "tests/devkit/test_testing.py::TestSelection"
        assert selection.by_stage(cache.ROOT, [name]) == {"devkit": [name]}

    def test_folder_of_several_stages_goes_to_all(self):
        selected = selection.by_stage(cache.ROOT, ["tests"])
        assert {"unit", "install", "sample", "devkit"} <= set(selected)
        assert set(selected["sample"]) == {"tests/sample", "tests/main_job"}

    @pytest.mark.parametrize("name", ["tests/nowhere", "docs", "/etc"])
    def test_what_holds_no_tests_is_told(self, name):
        with pytest.raises(Failure):
            selection.by_stage(cache.ROOT, [name])


def test_every_folder_of_tests_belongs_to_a_stage():
    """A new folder that no stage runs would never fail."""
    for path in (cache.ROOT / "tests").rglob("test_*.py"):
        assert selection.by_stage(cache.ROOT, [str(path.relative_to(cache.ROOT))])


def test_catalogue_names_what_was_left_and_taken():
    before = catalogue.Catalogue({"table": frozenset({"a", "b"})}, {"a": 3})
    after = catalogue.Catalogue({"table": frozenset({"b", "c"})}, {"a": 4})
    assert catalogue.differences(before, after) == [
        "+ table: c",
        "- table: a",
        "~ rows of a: 3 → 4",
    ]


def test_suites_that_fail_without_us_are_not_ours():
    without = {"a": "passed", "b": "failed", "c": "passed", "d": "skipped", "e": "passed"}
    having = {"a": "passed", "b": "failed", "c": "failed", "d": "failed"}
    assert broken(without, having) == ["c", "e"]


def test_summary_is_aligned():
    stages = {
        "lint": Result(passed=5, seconds=7.2),
        "unit": Result(passed=1, failures=[Failed("x", "y")], seconds=123),
    }
    assert results.table(stages.items()) == [
        "  lint  ok      5 passed, 0 failed, 0 skipped    7 s",
        "  unit  FAILED  1 passed, 1 failed, 0 skipped  123 s",
    ]


def test_breakdown_of_pytest_is_one_failure(tmp_path):
    log = tmp_path / "log"
    log.write_text("INTERNALERROR> it broke\n")
    result = results.read_pytest(tmp_path / "missing.json", 3, log)
    assert json.dumps([f.text for f in result.failures]).count("it broke") == 1


def run_and_describe(command):
    return subprocess.run(
        [sys.executable, "-m", "devkit.testing", *command],
        capture_output=True,
        text=True,
        cwd=cache.ROOT,
        env=clean_environment(),
        check=False,
    )


def test_list_names_the_stages():
    done = run_and_describe(["--list"])
    assert done.returncode == 0
    assert "install" in done.stdout


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["tests/nowhere"], "does not exist"),
        (["-k", "name"], "Name the part"),
        (["tests/unit", "--maxfail", "1"], "write --option=value"),
        (["--stage", "nothing"], "invalid choice"),
        (["tests/unit", "--stage", "lint"], "not both"),
    ],
)
def test_what_cannot_be_run_is_told(command, said):
    done = run_and_describe(command)
    assert done.returncode
    assert said in done.stderr
    assert "Traceback" not in done.stderr
