"""Addons come, are updated and go without a trace: alone, together, and with demo data.

Each scenario starts from a copy of a database with nothing but Odoo's modules, runs Odoo as an
administrator would, and compares what the database consists of.
"""

import contextlib
import re

import pytest

from devkit import cache, databases, process
from devkit.testing import bases, catalogue, server_log

ADDONS = sorted(path.parent.name for path in cache.ROOT.glob("addons/*/__manifest__.py"))

UNINSTALL = """
modules = env["ir.module.module"].search([("name", "in", {names!r}), ("state", "=", "installed")])
modules.button_immediate_uninstall()
env.cr.commit()
"""

#: How Odoo logs that a record in use was not deleted.
REFUSED = re.compile(r"odoo\.sql_db: bad query: b'DELETE FROM .*violates foreign key", re.DOTALL)

#: The counters of a warehouse's documents: they stay with the warehouse.
NUMBERING = re.compile(r"S ir_sequence_\d+$")


class Scenario:
    """A database and what is done to it."""

    def __init__(self, environment, artefacts, database):
        self.env = environment
        self.artefacts = artefacts
        self.database = database

    def catalogue(self):
        return catalogue.read(self.env, self.database)

    def installed(self):
        rows = databases.execute(
            self.env,
            "SELECT name FROM ir_module_module WHERE state = 'installed' AND name = ANY(%s)",
            ADDONS,
            database=self.database,
        )
        return {name for (name,) in rows}

    def states_in_between(self):
        """Modules that an operation left half done."""
        return databases.execute(
            self.env,
            "SELECT name, state FROM ir_module_module WHERE state LIKE 'to %%'",
            database=self.database,
        )

    def install(self, *names, demo=False):
        self._odoo("install", f"--init={','.join(names)}", *(["--with-demo"] if demo else []))

    def update(self, *names):
        self._odoo("update", f"--update={','.join(names)}")

    def _odoo(self, what, *options):
        log = self.artefacts / f"{self.database}-{what}.log"
        process.run(
            self.env.odoo(
                "server",
                f"--database={self.database}",
                *("--stop-after-init", "--no-http", "--max-cron-threads=0"),
                *options,
            ),
            log=log,
            env=self.env.process_env(),
        )
        self.check(log, "WARNING")

    def uninstall(self, *names, in_use=False):
        """As the button in *Apps* does.

        :param in_use: there are records in use: Odoo tries to delete them, logs that the database
            refuses, and keeps them
        """
        script = self.artefacts / f"{self.database}-uninstall.py"
        script.write_text(UNINSTALL.format(names=names))
        log = script.with_suffix(".log")
        command = self.env.odoo(
            "shell", f"--database={self.database}", "--no-http", "--shell-interface=python"
        )
        with contextlib.ExitStack() as stack:
            sink = stack.enter_context(log.open("w"))
            running = stack.enter_context(
                process.running(
                    command,
                    stdin=stack.enter_context(script.open()),
                    stdout=sink,
                    stderr=sink,
                    env=self.env.process_env(),
                )
            )
            code = running.wait(timeout=600)
        assert code == 0, log.read_text()[-3000:]
        self.check(log, "ERROR", REFUSED if in_use else None)

    def check(self, log, level, expected=None):
        found = server_log.problems(log, level)
        if expected:
            found = [text for text in found if not expected.search(text)]
        assert not found, f"{log.name}:\n" + "\n\n".join(found)
        assert not self.states_in_between()


@pytest.fixture
def scenario(environment, artefacts, new_database):
    """Function that makes a scenario on a copy of a database."""

    def make(source, name):
        return Scenario(environment, artefacts, new_database(source, name))

    return make


def assert_same(before, after):
    found = catalogue.differences(before, after)
    assert not found, f"{len(found)} differences:\n" + "\n".join(found[:80])


@pytest.mark.parametrize("addon", ADDONS)
def test_alone(environment, scenario, addon):
    """With nothing but what it depends on: what it uses without saying so would be missing."""
    one = scenario(bases.ensure_minimal(environment, addon), f"only_{addon}")
    ours = bases.our_dependencies(environment, addon)
    before = one.catalogue()
    one.install(addon)
    # what glues it to a module that is there comes by itself
    glue = one.installed() - set(ours)
    assert set(ours) <= one.installed()
    assert glue <= set(environment.addons) - set(environment.main_addons)

    installed = one.catalogue()
    one.update(addon)
    assert_same(installed, one.catalogue())

    one.uninstall(*ours)
    assert one.installed() == set()
    assert_same(before, one.catalogue())


def test_together(scenario):
    """On everything of Odoo's that they can meet; one goes and the others stay whole."""
    one = scenario(bases.BASE, "together")
    before = one.catalogue()
    one.install("shipping_connectors")
    shipping_alone = one.catalogue()
    one.install(*ADDONS)
    assert one.installed() == set(ADDONS)
    together = one.catalogue()

    one.update(*ADDONS)
    assert_same(together, one.catalogue())

    # what builds on an addon goes with it
    one.uninstall("inventory_visibility")
    assert one.installed() == {"shipping_connectors"}
    assert_same(shipping_alone, one.catalogue())

    one.uninstall("shipping_connectors")
    assert_same(before, one.catalogue())


def test_with_demo_data(environment, scenario):
    """Demo data loads without a warning, and records in use do not hinder the way out."""
    modules = sorted(
        set().union(*(bases.odoo_dependencies(environment, addon) for addon in ADDONS))
    )
    source = bases.PREFIX + "demo"
    bases.ensure_modules(environment, source, modules, with_demo=True)
    one = scenario(source, "with_demo")
    before = one.catalogue()
    one.install(*ADDONS, demo=True)
    rows = databases.execute(
        environment,
        "SELECT name FROM ir_module_module WHERE demo AND name = ANY(%s)",
        ADDONS,
        database=one.database,
    )
    assert {name for (name,) in rows} == set(ADDONS)
    one.uninstall(*ADDONS, in_use=True)
    after = one.catalogue()
    # what demo data set in motion (orders, moves) belongs to the company and stays
    for kind in (*catalogue.SCHEMA, "model", "field", "view", "menu", "scheduled action", "group"):
        left = after.objects[kind] - before.objects[kind]
        left = {name for name in left if not NUMBERING.match(name)}
        assert not left, f"{kind}: {sorted(left)}"
    ours = tuple(f"{name}." for name in ADDONS)
    left = {name for name in after.objects["external identifier"] if name.startswith(ours)}
    # Odoo keeps the identifiers of the records in use that it could not delete
    structure = ("ir.", "res.groups", "res.config")
    assert not {name for name in left if name.split()[-1].startswith(structure)}
