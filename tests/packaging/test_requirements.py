"""The requirement files: complete, pinned, and at one with the manifests."""

import ast
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = ("requirements.txt", "requirements-odoo.txt", "requirements-test.txt")
#: Python 3.10 to 3.13: what markers may distinguish.
LINE = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?:\s*;\s*(?P<marker>.+))?")
#: Import name -> distribution, where they differ.
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "PIL": "pillow",
    "dateutil": "python-dateutil",
    "psycopg2": "psycopg2-binary",
}

#: Imported by one file only, which says what to do where they are not installed.
OPTIONAL = {
    "smart_reorder/engine/boosting.py": {"lightgbm"},
    "smart_reorder/engine/cluster.py": {"distributed"},
    "smart_reorder/engine/lanes.py": {"scipy"},
}


def requirements(name):
    lines = (ROOT / name).read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def names(file):
    return {normal(LINE.fullmatch(line)["name"]) for line in requirements(file)}


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def manifests():
    return {
        path.parent: ast.literal_eval(path.read_text())
        for path in sorted(ROOT.glob("addons/*/__manifest__.py"))
    }


@pytest.mark.parametrize("file", FILES)
def test_every_package_is_pinned(file):
    for line in requirements(file):
        assert LINE.fullmatch(line), f"{file}: {line}"


@pytest.mark.parametrize("file", FILES)
def test_a_package_has_one_version_for_each_python(file):
    from packaging.markers import Marker

    for python in ("3.10", "3.11", "3.12", "3.13"):
        chosen = []
        for line in requirements(file):
            found = LINE.fullmatch(line)
            environment = {"python_version": python, "python_full_version": python + ".9"}
            if not found["marker"] or Marker(found["marker"]).evaluate(environment):
                chosen.append(normal(found["name"]))
        twice = {name for name in chosen if chosen.count(name) > 1}
        assert not twice, f"{file}, Python {python}"


def test_files_do_not_name_the_same_package():
    """Each package is pinned in one place."""
    seen = {}
    for file in FILES:
        for name in names(file):
            assert name not in seen, f"{name} is in {seen.get(name)} and {file}"
            seen[name] = file


def test_everything_that_is_installed_is_pinned():
    """The environment holds nothing that came along without being asked for."""
    from importlib.metadata import distributions

    # of the environment alone: Odoo's own folder is on the path as well
    found = distributions(path=[sysconfig.get_path("purelib")])
    installed = {normal(d.metadata["Name"]) for d in found}
    pinned = set().union(*(names(file) for file in FILES))
    assert installed - pinned <= {"pip"}


def test_installed_packages_agree():
    command = [sys.executable, "-I", "-m", "pip", "check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_requirements_agree_with_the_manifests():
    """``requirements.txt``: what the addons need, what is optional, and what that brings along."""
    wanted = set()
    for manifest in manifests().values():
        wanted |= {
            normal(DISTRIBUTIONS.get(name, name))
            for name in manifest.get("external_dependencies", {}).get("python", [])
        }
    wanted -= names("requirements-odoo.txt")
    listed = names("requirements.txt")
    assert wanted <= listed
    better = listed & set().union(*OPTIONAL.values())
    assert listed - wanted <= better | set().union(*map(brought_along, better))


def brought_along(name):
    """What a package requires itself, its extras left out."""
    from importlib.metadata import requires

    from packaging.requirements import Requirement

    needed = [Requirement(text) for text in requires(name) or []]
    return {normal(n.name) for n in needed if not n.marker or n.marker.evaluate({"extra": ""})}


@pytest.mark.parametrize("addon", manifests(), ids=lambda path: path.name)
def test_imports_are_declared(addon):
    """What an addon imports at run time is of Python, of Odoo, or named in its manifest."""
    manifest = manifests()[addon]
    declared = set(manifest.get("external_dependencies", {}).get("python", []))
    odoo = names("requirements-odoo.txt")
    for file in addon.rglob("*.py"):
        if "tests" in file.relative_to(addon).parts:
            continue
        optional = OPTIONAL.get(str(file.relative_to(addon.parent)), set())
        for name in imported(ast.parse(file.read_text())) - optional:
            if name == "odoo" or name in sys.stdlib_module_names:
                continue
            known = name in declared or normal(DISTRIBUTIONS.get(name, name)) in odoo
            assert known, f"{file.relative_to(ROOT)} imports {name}"
    not_for_production = {"freezegun", "pytest", "hypothesis"}
    assert not declared & not_for_production


def imported(tree):
    """Top-level names of absolute imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_optional_packages_are_tested():
    """What is optional for a company is installed where the tests run."""
    for names_ in OPTIONAL.values():
        assert names_ <= names("requirements.txt") | names("requirements-test.txt")


def test_pre_commit_uses_the_versions_of_bin_test():
    pins = {
        normal(found["name"]): found["version"]
        for found in (LINE.fullmatch(line) for line in requirements("requirements-test.txt"))
    }
    configuration = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    revisions = {r["repo"].rsplit("/", 1)[-1]: r["rev"] for r in configuration["repos"]}
    assert revisions == {
        "ruff-pre-commit": f"v{pins['ruff']}",
        "pylint-odoo": f"v{pins['pylint-odoo']}",
    }
