"""The daily mail: who gets it, when, and what is in it."""

from freezegun import freeze_time

from odoo.tests import new_test_user, tagged

from .common_exception import ExceptionCommon


@tagged("post_install", "-at_install")
class TestStockExceptionDigest(ExceptionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(
            cls.env,
            "clerk",
            "stock.group_stock_user",
            tz="Asia/Tokyo",
            email="clerk@inventory.example",
            stock_exception_digest=True,
        )
        cls._stock(-4)
        cls._look("negative_stock")
        cls.exception = cls._found("negative_stock")

    def _mails(self):
        return self.env["mail.mail"].search([("email_to", "like", "clerk@inventory.example")])

    def _send(self, moment):
        with freeze_time(moment):
            due = self.exceptions._is_digest_due(self.clerk)
            if due:
                self.exceptions._send_digest(self.clerk)
                local = self.exceptions._get_local_now(self.clerk)
                self.clerk.stock_exception_digest_date = local.date()
        return due

    def test_once_in_the_morning_of_the_user(self):
        """Seven o'clock in Tokyo (UTC+9) is 22:00 UTC of the day before."""
        self.assertFalse(self._send("2026-03-01 21:59:00"))
        self.assertTrue(self._send("2026-03-01 22:00:00"))
        self.assertEqual(str(self.clerk.stock_exception_digest_date), "2026-03-02")
        self.assertFalse(self._send("2026-03-01 23:00:00"))
        self.assertFalse(self._send("2026-03-02 14:00:00"), "23:00 of the same day")
        self.assertTrue(self._send("2026-03-02 22:00:00"))

    def test_what_is_in_it(self):
        self.exception.user_id = self.clerk
        lamp = self._create_product("Lamp")
        self._stock(-1, product=lamp)
        self._look("negative_stock")
        mail = self.exceptions._send_digest(self.clerk)
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("clerk@inventory.example", mail.email_to)
        body = str(mail.body_html)
        self.assertIn("Chair", body)
        self.assertIn("4.00 Units", body)
        self.assertIn(f"/odoo/stock-exceptions/{self.exception.id}", body)
        self.assertLess(body.index("Yours"), body.index("Chair"))
        self.assertLess(body.index("Nobody"), body.index("Lamp"))
        self.assertNotIn("40.0", body, "no money")

    def test_nothing_to_tell_is_no_mail(self):
        self._kind("negative_stock", digest=False)
        others = self.exceptions.sudo().search([("state", "=", "open")]) - self.exception
        others.state = "closed"
        self.assertFalse(self.exceptions._send_digest(self.clerk))
        self._kind("negative_stock", digest=True)
        self.assertTrue(self.exceptions._send_digest(self.clerk))

    def test_rights_of_the_user(self):
        """What somebody may not see is not in the mail."""
        self.clerk.availability_warehouse_ids = self.shop
        self.exceptions.search([("kind", "!=", "negative_stock")]).sudo().state = "closed"
        self.assertFalse(self.exceptions._send_digest(self.clerk))

    def test_users_switch_it_themselves(self):
        user = self.clerk.with_user(self.clerk)
        user.write({"stock_exception_digest": False})
        self.assertFalse(self.clerk.stock_exception_digest)
