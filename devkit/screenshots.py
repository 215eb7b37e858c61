"""``bin/screenshots``: the pictures of ``docs/images``, taken from the sample company."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Page

from . import bootstrap, browser, databases, demo, environment
from .console import Failure, say, step
from .environment import Environment

#: The pictures are taken in a copy, in which parcels are made and reported on.
COPY = "inventory_screenshots"

#: Run by Odoo's shell: labels for what is ready to ship, and a driver's reports on some of it.
SHIP = """
env = env(user=env.ref("base.user_admin"))
carrier = env["delivery.carrier"].search([("delivery_type", "=", "rate_table")], limit=1)
pickings = env["stock.picking"].search(
    [
        ("picking_type_code", "=", "outgoing"),
        ("state", "=", "assigned"),
        ("partner_id.country_id.code", "=", "GB"),
    ]
)
pickings = pickings.filtered(lambda picking: 0 < picking.weight < 25)[:8]
pickings.filtered(lambda picking: not picking.carrier_id).carrier_id = carrier
pickings.action_create_parcels()
parcels = pickings.parcel_ids
for parcel in parcels[:5]:
    parcel._driver_report("picked_up", f"picture-{parcel.id}-1")
for parcel in parcels[:3]:
    parcel._driver_report("out_for_delivery", f"picture-{parcel.id}-2")
parcels[:1]._driver_report("delivered", "picture-3", recipient="Reception")
with open(%r, "wb") as file:
    file.write(parcels[:1].label_pdf_id.raw)
env.cr.commit()
"""


@dataclass(frozen=True)
class Shot:
    """A picture: an address below the web client, and what to do there first."""

    name: str
    path: str
    prepare: Callable[[Page], None] = browser.await_idle
    width: int = 1440
    height: int = 900


def open_first_row(page: Page) -> None:
    browser.await_idle(page)
    row = page.locator(".o_data_row").first
    # a list that is edited in place has a button for it, shown at the row under the pointer
    row.hover()
    opener = row.locator(".o_list_record_open_form_view")
    (opener if opener.count() else row.locator(".o_data_cell").first).click()
    page.wait_for_selector(".o_form_view")
    browser.await_idle(page)


def open_shortest_cell(page: Page) -> None:
    """The dashboard with the drawer of a cell that is short, or else of the first."""
    browser.await_idle(page)
    page.wait_for_selector("td[data-column]")
    short = page.locator("td.o_iv_state_short")
    (short if short.count() else page.locator("td[data-column]")).first.click()
    page.wait_for_selector(".o_iv_drawer_actions")
    browser.await_idle(page)


SHOTS = (
    Shot("dashboard", "/odoo/inventory-dashboard", open_shortest_cell),
    Shot("visibility", "/odoo/action-inventory_visibility.stock_availability_action"),
    Shot("exceptions", "/odoo/action-inventory_visibility.stock_exception_action"),
    Shot("smart-reorder", "/odoo/action-smart_reorder.smart_reorder_proposal_action"),
    Shot(
        "smart-reorder-proposal",
        "/odoo/action-smart_reorder.smart_reorder_proposal_action",
        open_first_row,
        height=1560,
    ),
    Shot(
        "smart-reorder-vendors",
        "/odoo/action-smart_reorder.smart_reorder_vendor_score_action",
        height=600,
    ),
    Shot("parcels", "/odoo/action-shipping_connectors.shipping_parcel_action", height=600),
    Shot("driver", "/shipping/driver", width=390, height=700),
    Shot("stock-value", "/odoo/action-inventory_valuation.stock_valuation_line_action"),
    Shot(
        "reconciliation",
        "/odoo/action-inventory_valuation.stock_valuation_reconciliation_action",
        open_first_row,
    ),
)
LABEL = "label"


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", help="the pictures to take (default: all)")
    parser.add_argument("--into", type=Path, help="folder (default: docs/images)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = parse(sys.argv[1:] if arguments is None else arguments)
    with environment.prepare("demo", browser=True, durable=True) as env:
        demo.ensure_sample_database(env)
        databases.copy(env, demo.DATABASE, COPY)
        try:
            target = options.into or env.root / "docs" / "images"
            target.mkdir(parents=True, exist_ok=True)
            draw_label(ship(env), target / f"{LABEL}.png")
            serve_and_take(env, target, options.names)
        finally:
            databases.drop(env, COPY)
    return 0


def ship(env: Environment) -> Path:
    """Make parcels in the copy; the label of one of them."""
    label = env.cache / "screenshot-label.pdf"
    with step("Making parcels"):
        done = subprocess.run(
            env.odoo("shell", f"--database={COPY}", "--no-http", "--shell-interface=python"),
            input=SHIP % str(label),
            env=env.process_env(),
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise Failure(f"No parcels could be made:\n{done.stderr[-2000:]}")
    return label


def draw_label(label: Path, picture: Path) -> None:
    pypdfium2.PdfDocument(label)[0].render(scale=2).to_pil().save(picture)
    shrink(picture)
    say(f"  ✓ {picture}")


def serve_and_take(env: Environment, target: Path, names: list[str]) -> None:
    port = demo.choose_port(None)
    log = env.cache / "screenshots-server.log"
    with env.server(COPY, port, "--max-cron-threads=0", log=log) as server:
        demo.await_server(server, port, log)
        take(env, f"http://127.0.0.1:{port}", target, names)


def take(env: Environment, address: str, target: Path, names: list[str]) -> None:
    with browser.browser_context(env.chromium) as context:
        page = context.new_page()
        browser.log_in(page, address)
        for shot in SHOTS:
            if names and shot.name not in names:
                continue
            page.set_viewport_size({"width": shot.width, "height": shot.height})
            page.goto(address + shot.path)
            shot.prepare(page)
            picture = target / f"{shot.name}.png"
            page.screenshot(path=picture)
            shrink(picture)
            say(f"  ✓ {target / shot.name}.png")


def shrink(picture: Path) -> None:
    """Keep the 256 colours that matter: a third of the size, in every clone of the repository."""
    with Image.open(picture) as image:
        small = image.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE)
    small.save(picture, optimize=True)


if __name__ == "__main__":
    sys.exit(bootstrap.guard(main))
