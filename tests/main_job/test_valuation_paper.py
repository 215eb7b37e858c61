"""The value of stock on paper where nothing turns pages into PDF: the browser does."""

import json
import re

from playwright.sync_api import expect
from pypdf import PdfReader

from devkit import databases

APP = "inventory_valuation.menu_inventory_valuation"


def test_printed_by_the_browser(environment, database, walker):
    [(total,)] = databases.execute(
        environment, "SELECT SUM(value) FROM stock_valuation_entry", database=database
    )
    walker.page.route(
        "**/report/check_wkhtmltopdf",
        lambda route: route.fulfill(
            content_type="application/json",
            body=json.dumps({"jsonrpc": "2.0", "id": None, "result": "install"}),
        ),
    )
    walker.login("admin", "admin")
    walker.open_menu(
        APP,
        "inventory_valuation.menu_inventory_valuation_value",
        "inventory_valuation.menu_inventory_valuation_at_date",
    )
    # the calendar of the first date lies above the buttons until something else is clicked
    walker.dialog().locator(".modal-title").click()
    walker.press("action_print")
    expect(walker.page.locator(".o_notification")).to_contain_text("Unable to find Wkhtmltopdf")
    frame = walker.page.locator("iframe")
    expect(frame).to_have_attribute("src", re.compile("/report/html/inventory_valuation"))
    walker.page.goto(frame.get_attribute("src"))
    expect(walker.page.locator(".o_inventory_valuation_report")).to_be_visible()
    paper = walker.folder / "valuation.pdf"
    walker.page.pdf(path=paper, prefer_css_page_size=True)
    reader = PdfReader(paper)
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 1
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text
    width, height = (float(side) for side in reader.pages[0].mediabox[2:])
    assert width > height, "landscape"
    text = "".join(pages)
    for told in (f"{total:,.2f}", "Value as of", "Printed by", "How locations get their value"):
        assert told in text
