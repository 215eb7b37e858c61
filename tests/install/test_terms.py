"""Translators find every term that the addons have now."""

import pytest

from devkit import terms
from devkit.testing import bases

#: Addons whose template is kept up to date with each change; `bin/terms` writes all of them.
ADDONS = ("inventory_valuation", "inventory_valuation_landed_costs")


@pytest.fixture(scope="module")
def exported(environment):
    bases.ensure_addons(environment)
    return terms.export(environment, bases.ADDONS, ADDONS)


@pytest.mark.parametrize("addon", ADDONS)
def test_the_template_has_the_terms_of_now(environment, exported, addon):
    kept = terms.get_terms(terms.get_path(environment, addon).read_text())
    now = terms.get_terms(exported[addon])
    assert kept == now, f"Run bin/terms {addon}"
