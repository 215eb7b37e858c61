"""Translators find every term that the addons have now."""

from pathlib import Path

import pytest

from devkit import terms
from devkit.testing import bases

ROOT = Path(__file__).resolve().parents[2]
ADDONS = sorted(manifest.parent.name for manifest in ROOT.glob("addons/*/__manifest__.py"))


@pytest.fixture(scope="module")
def exported(environment, new_database):
    """Exported from a copy: others copy the database itself at the same time."""
    bases.ensure_addons(environment)
    return terms.export(environment, new_database(bases.ADDONS, "terms"), ADDONS)


@pytest.mark.parametrize("addon", ADDONS)
def test_the_template_has_the_terms_of_now(environment, exported, addon):
    assert terms.is_current(environment, addon, exported[addon]), f"Run bin/terms {addon}"
