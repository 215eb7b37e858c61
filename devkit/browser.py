"""A real browser on a running web client (Playwright driving the system's Chromium)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

#: The sandbox needs rights that root in a container lacks; the rest keeps Chromium off the network.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
PATIENCE_MS = 60_000


@contextlib.contextmanager
def browser_context(
    chromium: Path, *, width: int = 1440, height: int = 900, **options
) -> Iterator[BrowserContext]:
    """A fresh browser profile with a window of the size given."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        viewport = {"width": width, "height": height}
        context = browser.new_context(viewport=viewport, locale="en-GB", **options)
        context.set_default_timeout(PATIENCE_MS)
        try:
            yield context
        finally:
            browser.close()


def log_in(page: Page, address: str, login: str = "admin", password: str = "admin") -> None:
    page.goto(f"{address}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_web_client, .o_action_manager")


def await_idle(page: Page) -> None:
    """Wait until the page has drawn what it was asked for.

    Not until the network is idle: the web client keeps a connection to the bus open.
    """
    page.wait_for_load_state("load")
    if page.locator(".o_web_client").count():
        page.wait_for_selector(".o_action_manager .o_action, .o_app")
    page.wait_for_function("() => !document.querySelector('.o_blockUI, .o_loading_indicator')")
    page.wait_for_timeout(700)
