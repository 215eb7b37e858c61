"""Every example of docs/api.md, run as it stands against a server."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from devkit.testing import bases

pytestmark = pytest.mark.slow

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api.md"
EXAMPLES = re.findall(r"^```sh\n(.*?)^```", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)

PREPARE = """
from datetime import datetime, timedelta
warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
warehouse.code = "WH"
for code in ("CHAIR", "TABLE"):
    product = env["product.product"].create(
        {"name": code, "default_code": code, "is_storable": True})
    env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 10)
env["stock.external.place"].create({"name": "Provider", "code": "3PL"})
env["stock.place.group"].create(
    {"name": "Europe", "code": "EU", "warehouse_ids": [(6, 0, warehouse.ids)]})
env["stock.channel"].create({"name": "Web Shop", "code": "WEB"})
user = env["res.users"].create({
    "name": "Shop", "login": "shop", "group_ids": [(6, 0, [
        env.ref("inventory_visibility.group_inventory_visibility_manager").id,
        env.ref("base.group_user").id])]})
print("KEY " + env(user=user)["res.users.apikeys"]._generate(
    None, "document", datetime.now() + timedelta(days=1)))
env.cr.commit()
"""


def prepare(environment, database):
    """Make what the examples name; returns an API key."""
    command = environment.odoo(
        "shell",
        f"--database={database}",
        "--no-http",
        "--shell-interface=python",
        "--log-level=critical",
    )
    done = subprocess.run(
        command,
        input=PREPARE,
        env=environment.process_env(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found = re.search(r"KEY (\w+)", done.stdout)
    assert found, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return found.group(1)


def test_every_example(environment, new_database, odoo_server):
    """In their order, as a reader would try them; the answers are what the text says."""
    bases.ensure_addons(environment)
    database = new_database(bases.ADDONS, "api")
    key = prepare(environment, database)
    variables = {"URL": odoo_server(database), "KEY": key, "PATH": "/usr/bin:/bin"}
    assert len(EXAMPLES) == 8
    answers = []
    for example in EXAMPLES:
        done = subprocess.run(
            ["bash", "-c", example],
            env=variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{example}\n{done.stdout}\n{done.stderr}"
        answers.append(json.loads(done.stdout))
    availability, by_date, detail, reserved, consumed, released, fed, exceptions = answers
    assert len(availability) == 6
    assert availability[0]["promisable"] == availability[0]["qty_atp"] == 10
    assert by_date[0]["atp_by_date"] == {"2099-01-31": 10, "2099-02-28": 10}
    assert [(row["lot"], row["owner"], row["on_hand"]) for row in detail] == [(False, False, 10)]
    assert [line["state"] for line in reserved] == ["held", "held"]
    assert [line["consumed_quantity"] for line in consumed] == [1]
    assert [line["state"] for line in released] == ["released", "released"]
    assert (fed["received"], fed["created"]) == (2, 2)
    assert isinstance(exceptions, list)
