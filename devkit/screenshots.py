"""``bin/screenshots``: the pictures of ``docs/images``, taken from the sample company."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from . import bootstrap, browser, databases, demo, environment
from .console import say

#: The pictures are taken in a copy: they confirm orders and print labels.
COPY = "inventory_screenshots"


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


SHOTS = (
    Shot("visibility", "/odoo/action-inventory_visibility.stock_availability_action"),
    Shot("smart-reorder", "/odoo/action-smart_reorder.smart_reorder_proposal_action"),
    Shot(
        "smart-reorder-proposal",
        "/odoo/action-smart_reorder.smart_reorder_proposal_action",
        open_first_row,
    ),
    Shot("parcels", "/odoo/action-shipping_connectors.shipping_parcel_action"),
    Shot("driver", "/shipping/driver", width=390, height=780),
)


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
        port = demo.choose_port(None)
        log = env.cache / "screenshots-server.log"
        target = options.into or env.root / "docs" / "images"
        target.mkdir(parents=True, exist_ok=True)
        with env.server(COPY, port, "--max-cron-threads=0", log=log) as server:
            demo.await_server(server, port, log)
            take(env, f"http://127.0.0.1:{port}", target, options.names)
        databases.drop(env, COPY)
    return 0


def take(env: environment.Environment, address: str, target: Path, names: list[str]) -> None:
    with browser.browser_context(env.chromium) as context:
        page = context.new_page()
        browser.log_in(page, address)
        for shot in SHOTS:
            if names and shot.name not in names:
                continue
            page.set_viewport_size({"width": shot.width, "height": shot.height})
            page.goto(address + shot.path)
            shot.prepare(page)
            page.screenshot(path=target / f"{shot.name}.png")
            say(f"  ✓ {target / shot.name}.png")


if __name__ == "__main__":
    sys.exit(bootstrap.guard(main))
