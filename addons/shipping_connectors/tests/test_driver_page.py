import re

from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import ShippingCase


@tagged("post_install", "-at_install")
class TestDriverPage(HttpCase, ShippingCase):
    """What a driver sees and presses."""

    browser_size = "360x740"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.driver = cls._create_driver("driver")
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "carrier_id": cls.carrier.id,
                "order_line": [(0, 0, {"product_id": cls.product.id})],
            }
        )
        order.action_confirm()
        order.picking_ids.action_create_parcels()
        cls.parcel = order.picking_ids.parcel_ids

    @classmethod
    def _create_driver(cls, login):
        return cls.env["res.users"].create(
            {
                "name": login.capitalize(),
                "login": login,
                "password": login + login,
                "group_ids": [
                    Command.set(cls.env.ref("shipping_connectors.group_shipping_driver").ids)
                ],
                "company_id": cls.company.id,
                "company_ids": [Command.set(cls.company.ids)],
            }
        )

    def _scan(self, code):
        return self.url_open("/shipping/driver?code=" + code.replace("\x1d", "%1D")).text

    def _form(self, page):
        """The hidden fields of the report form."""
        names = ("csrf_token", "parcel_id", "key")
        return {name: re.search(rf'name="{name}"[^>]*?value="([^"]+)"', page)[1] for name in names}

    def _press(self, form, event, **fields):
        return self.url_open("/shipping/driver/report", data={**form, "event": event, **fields})

    def test_scan_in_every_way(self):
        self.authenticate("driver", "driverdriver")
        sscc, number = self.parcel.sscc, self.parcel.tracking_number
        for code in (sscc, f"(00){sscc}", f"]C100{sscc}", f"\x1d00{sscc}", number, number.lower()):
            page = self._scan(code)
            self.assertIn("Jane Doe", page, code)
            self.assertIn("10 Downing Street", page)

    def test_what_is_not_found(self):
        self.authenticate("driver", "driverdriver")
        self.assertIn("There is no parcel P123", self._scan("P123"))
        self.assertIn("is no parcel number", self._scan("<script>alert(1)</script>"))
        self.assertNotIn("<script>alert(1)", self._scan("<script>alert(1)</script>"))
        self.assertIn("is no parcel number", self._scan("%25"), "no wildcard of the search")

    def test_a_press_is_recorded_and_reloading_sends_nothing(self):
        self.authenticate("driver", "driverdriver")
        form = self._form(self._scan(self.parcel.tracking_number))
        answer = self._press(form, "picked_up")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.request.method, "GET", "post, redirect, get")
        self.assertIn(f"{self.parcel.tracking_number}: Picked Up", answer.text)
        self.assertEqual(self.parcel.state, "picked_up")
        self.assertEqual(self.parcel.driver_id, self.driver)

    def test_a_double_click_is_one_event(self):
        self.authenticate("driver", "driverdriver")
        form = self._form(self._scan(self.parcel.tracking_number))
        for _click in range(2):
            answer = self._press(form, "attempted", note="Nobody at home")
            self.assertIn("Delivery Attempted", answer.text)
        self.assertEqual(self.parcel.event_ids.mapped("note"), ["Nobody at home"])

    def test_errors_keep_what_was_typed(self):
        self.authenticate("driver", "driverdriver")
        form = self._form(self._scan(self.parcel.tracking_number))
        page = self._press(form, "delivered", note="Back door").text
        self.assertIn("Enter who received the parcel.", page)
        self.assertIn('value="Back door"', page)
        self.assertFalse(self.parcel.event_ids)
        page = self._press(self._form(page), "delivered", recipient="J. Doe").text
        self.assertEqual(self.parcel.delivered_to, "J. Doe")

    def test_a_forged_post_is_refused(self):
        self.authenticate("driver", "driverdriver")
        form = self._form(self._scan(self.parcel.tracking_number))
        answer = self._press({**form, "csrf_token": "x"}, "picked_up")
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.parcel.event_ids)

    def test_another_drivers_parcel(self):
        self._create_driver("other")
        self.parcel.with_user(self.driver)._driver_report("picked_up", "k")
        self.authenticate("other", "otherother")
        page = self._scan(self.parcel.tracking_number)
        self.assertIn("on another driver", page)
        self.assertNotIn("Jane Doe", page)
        page = self.url_open("/shipping/driver").text
        form = {
            "csrf_token": re.search(r'csrf_token: "([^"]+)"', page)[1],
            "parcel_id": self.parcel.id,
            "key": "x",
        }
        self.assertIn("not on your round", self._press(form, "delivered", recipient="Me").text)
        self.assertEqual(self.parcel.state, "picked_up")

    def test_only_drivers(self):
        user = self._create_driver("clerk")
        user.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self.authenticate("clerk", "clerkclerk")
        self.assertEqual(self.url_open("/shipping/driver").status_code, 404)

    def test_on_a_phone(self):
        """A round in a browser 360 pixels wide; nothing reaches over the edge."""
        self.start_tour(
            f"/shipping/driver?code={self.parcel.tracking_number}",
            "shipping_connectors_driver",
            login="driver",
        )
        self.assertEqual(self.parcel.state, "delivered")
        self.assertEqual(self.parcel.delivered_to, "J. Doe")
        self.assertEqual(len(self.parcel.event_ids), 2)
