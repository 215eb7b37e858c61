"""What somebody does in Odoo's web client, in the words of the person who does it."""

import contextlib
import re
import time
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, expect


class Walker:
    """Drives the web client, keeps a picture of each step, and collects what went wrong."""

    def __init__(self, page: Page, folder: Path):
        self.page = page
        self.folder = folder
        self.errors: list[str] = []
        self._shots = 0
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("response", self._on_response)
        self._calls: dict[object, str] = {}
        page.on("request", self._on_request)
        page.on("requestfinished", lambda request: self._calls.pop(request, None))
        page.on("requestfailed", lambda request: self._calls.pop(request, None))

    def _on_request(self, request) -> None:
        if request.resource_type in ("xhr", "fetch", "document"):
            self._calls[request] = request.url

    def _on_console(self, message) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _on_response(self, response) -> None:
        if response.status >= 500:
            self.errors.append(f"{response.status} {response.url}")

    def shot(self, name: str) -> None:
        self._shots += 1
        with contextlib.suppress(Error):
            self.page.screenshot(path=self.folder / f"{self._shots:02d} {name}.png")

    def login(self, login: str, password: str) -> None:
        self.page.goto("/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")
        expect(self.page.locator(".o_main_navbar")).to_be_visible()

    def open_menu(self, app: str, *menus: str) -> None:
        """Open an app and go down its menus, all by their XML ids."""
        # a fresh page, so that no dialog or unsaved form of before is in the way
        self.page.goto("/odoo")
        self.page.click(".o_navbar_apps_menu button")
        self.page.click(f'.o_app[data-menu-xmlid="{app}"]')
        for menu in menus:
            self.page.click(f'[data-menu-xmlid="{menu}"]')
        self.wait_until_idle()

    def wait_until_idle(self, patience: float = 60) -> None:
        """Until no call has been under way for a moment (Odoo's own socket never rests)."""
        limit = time.monotonic() + patience
        quiet = 0
        while quiet < 4:
            if time.monotonic() > limit:
                raise AssertionError(f"still waiting for {sorted(self._calls.values())}")
            self.page.wait_for_timeout(100)
            quiet = 0 if self._calls else quiet + 1

    def rows(self) -> Locator:
        return self.page.locator(".o_list_view .o_data_row")

    def button(self, name: str) -> Locator:
        """A button of the form by its method's name."""
        return self.page.locator(f'button[name="{name}"]:visible').first

    def press(self, name: str) -> None:
        self.button(name).click()
        self.wait_until_idle()

    def field(self, name: str) -> Locator:
        return self.page.locator(f'.o_field_widget[name="{name}"]:visible').first

    def text(self, name: str) -> str:
        """What a field shows, also one that can be edited."""
        field = self.field(name)
        boxes = field.locator("input, textarea")
        return (boxes.first.input_value() if boxes.count() else field.inner_text()).strip()

    def number(self, name: str) -> float:
        return float(re.sub(r"[^\d.\-]", "", self.text(name)))

    def expect_state(self, value: str) -> None:
        """Wait until the status bar stands at this value."""
        current = self.field("state").locator(".o_arrow_button_current")
        expect(current).to_have_attribute("data-value", value)

    def choose(self, field: Locator, text: str) -> None:
        """Type into a many2one and take the first suggestion that contains the text."""
        box = field.locator("input").first
        box.click()
        box.fill(text)
        self.page.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()

    def dialog(self) -> Locator:
        return self.page.locator(".modal-dialog").last
