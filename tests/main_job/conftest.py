"""A browser on a copy of the sample company, served by a real server."""

import os
from pathlib import Path

import pytest

from .walker import Walker

#: Milliseconds; the first page waits for the bundles of assets to be made.
PATIENCE = 60_000


@pytest.fixture(scope="module")
def database(new_database):
    """A copy of the sample company: what the walk does is not kept."""
    source = os.environ.get("SAMPLE_DATABASE")
    if not source:
        pytest.exit("This test needs the sample company. Run it as: bin/test tests/main_job", 2)
    return new_database(source, "main_job")


@pytest.fixture(scope="module")
def browser(environment):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=environment.chromium,
            # no sandbox: tests run as root in containers; the pages are our own
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


@pytest.fixture
def walker(browser, odoo_server, database, artefacts):
    """Somebody at the browser; the console may hold no error afterwards."""
    from playwright.sync_api import expect

    address = odoo_server(database, "--max-cron-threads=0")
    context = browser.new_context(
        base_url=address, viewport={"width": 1600, "height": 900}, accept_downloads=True
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    folder = Path(artefacts) / "main_job"
    folder.mkdir(exist_ok=True)
    walker = Walker(context.new_page(), folder)
    yield walker
    walker.shot("the end")
    context.close()
    assert not walker.errors, "the browser's console:\n" + "\n".join(walker.errors)
