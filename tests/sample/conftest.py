"""An environment of the database that `SAMPLE_DATABASE` names; what a test does is rolled back."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def registry():
    name = os.environ.get("SAMPLE_DATABASE")
    if not name:
        pytest.skip("SAMPLE_DATABASE does not name a database with the sample company")
    from odoo.modules.registry import Registry
    from odoo.sql_db import close_db
    from odoo.tools import config

    addons = os.environ.get("SAMPLE_ADDONS_PATH") or str(ROOT / "addons")
    config.parse_config(
        [f"--database={name}", f"--addons-path={addons}", "--log-level=warn"], setup_logging=True
    )
    yield Registry(name)
    # a database with a session on it cannot be copied by the tests that come next
    close_db(name)


@pytest.fixture
def env(registry):
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        # the company's own time zone decides what yesterday is
        yield env(context={"tz": env.ref("base.user_admin").tz})
        env.transaction.clear()
        cr.rollback()
