"""The aliases under which unit tests import the addons' pure packages."""

import sys

import pytest
import unit_import


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A pure package of an addon whose own ``__init__`` must not run."""
    folder = tmp_path / "addons" / "some_addon" / "engine"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("raise AssertionError('the addon was imported')")
    (folder / "__init__.py").write_text("from . import rules\n")
    (folder / "rules.py").write_text("ANSWER = 42\n")
    (folder / "impure.py").write_text("from odoo import models\n")
    monkeypatch.setattr(unit_import, "ROOT", tmp_path)
    monkeypatch.setattr(unit_import, "PURE_PACKAGES", {})
    yield "addons/some_addon/engine"
    for name in [name for name in sys.modules if name.startswith("some_addon_engine")]:
        del sys.modules[name]


def test_package_and_submodules_are_importable_without_the_addon(package):
    engine = unit_import.load_package(package)
    assert engine.__name__ == "some_addon_engine"
    assert engine.rules.ANSWER == 42
    assert sys.modules["some_addon_engine.rules"] is engine.rules


def test_loading_twice_gives_the_same_module(package):
    assert unit_import.load_package(package) is unit_import.load_package(package)


def test_importing_odoo_from_a_pure_package_is_refused(package):
    unit_import.load_package(package)
    with pytest.raises(ImportError, match="has to run without Odoo"):
        __import__("some_addon_engine.impure")


def test_missing_package_is_named(package):
    with pytest.raises(ModuleNotFoundError, match="other_engine"):
        unit_import.load_package("addons/other/engine")
