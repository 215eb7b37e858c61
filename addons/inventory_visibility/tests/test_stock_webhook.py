from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import AvailabilityCommon

OPENED = "exception.opened"


class WebhookCommon(AvailabilityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.webhook = cls._create_webhook("Shop")
        cls.events = cls.env["stock.webhook.event"]
        cls.manager = new_test_user(
            cls.env, "manager", "inventory_visibility.group_inventory_visibility_manager"
        )

    @classmethod
    def _create_webhook(cls, name, *codes, **values):
        types = cls.env["stock.webhook.event.type"].search(
            [("code", "in", codes or ("exception.opened", "exception.closed"))]
        )
        return cls.env["stock.webhook"].create(
            {
                "name": name,
                "url": "https://shop.example.com/hook",
                "event_type_ids": types.ids,
                **values,
            }
        )

    @classmethod
    def _emit(cls, event_type=OPENED, product=None, payload=None, company=None):
        return cls.env["stock.webhook"]._emit(
            event_type,
            (product or cls.product).id,
            {"kind": "test"} if payload is None else payload,
            company or cls.company,
        )


@tagged("post_install", "-at_install")
class TestStockWebhook(WebhookCommon):
    @freeze_time("2026-03-01 12:00:00")
    def test_event_is_recorded_for_whom_it_concerns(self):
        self.product.default_code = "CH-1"
        other_company = self.env["res.company"].create({"name": "Other Company"})
        self._create_webhook("Other company", company_id=other_company.id)
        self._create_webhook("Other events", "reservation.expired")
        self._create_webhook("Archived", active=False)
        second = self._create_webhook("Second")
        self._emit("nothing.like.that")
        with self.assertQueryCount(0):  # who subscribes is remembered
            self._emit("nothing.like.that")
        recorded = self._emit(payload={"since": datetime(2026, 3, 1)})
        self.assertEqual(recorded.webhook_id, self.webhook | second)
        self.assertEqual(len(set(recorded.mapped("uuid"))), 2)
        for event in recorded:
            self.assertRecordValues(
                event,
                [
                    {
                        "event_type": OPENED,
                        "product_id": self.product.id,
                        "company_id": self.company.id,
                        "state": "pending",
                        "attempt_count": 0,
                        "date": datetime(2026, 3, 1, 12),
                        "payload": {
                            "product": {"id": self.product.id, "default_code": "CH-1"},
                            "since": "2026-03-01T00:00:00Z",
                        },
                    }
                ],
            )

    def test_event_without_company_goes_to_all(self):
        other_company = self.env["res.company"].create({"name": "Other Company"})
        other = self._create_webhook("Other company", company_id=other_company.id)
        recorded = self.env["stock.webhook"]._emit_many(
            [(OPENED, False, {}, self.env["res.company"]), (OPENED, False, {}, other_company)]
        )
        self.assertEqual(recorded.mapped("webhook_id.id"), [self.webhook.id, other.id])
        self.assertEqual(len(recorded), 3)
        self.assertFalse(recorded.product_id)

    def test_subscription_counts_when_it_happens(self):
        self.assertTrue(self._emit())
        self.webhook.active = False
        self.assertFalse(self._emit())
        self.webhook.active = True
        self.assertTrue(self._emit())
        self.webhook.event_type_ids = False
        self.assertFalse(self._emit())

    def test_event_rolls_back_with_its_cause(self):
        before = self.events.search_count([])
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self._emit()
            raise ZeroDivisionError
        self.assertEqual(self.events.search_count([]), before)

    def test_bad_address(self):
        for url in (
            "ftp://shop.example.com",
            "https://user:word@shop.example.com",
            "https://shop.example.com/a b",
            "nonsense",
        ):
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.webhook.url = url

    def test_secret_is_for_administrators(self):
        self.assertTrue(self.webhook.with_user(self.manager).secret.startswith("whsec_"))
        self._emit()
        for groups in (
            "inventory_visibility.group_inventory_visibility_user",
            "stock.group_stock_user",
            "base.group_system",
        ):
            user = new_test_user(self.env, groups.replace(".", "_"), groups)
            for record in self.webhook | self._create_webhook("Second"):
                with self.subTest(groups=groups), self.assertRaises(AccessError):
                    record.with_user(user).read(["secret"])
            with self.assertRaises(AccessError):
                self.events.with_user(user).search([])

    def test_events_are_read_only(self):
        event = self._emit()[0].with_user(self.manager)
        self.assertEqual(event.state, "pending")
        for write in (
            lambda: event.write({"payload": {}}),
            event.unlink,
            lambda: event.create({"webhook_id": self.webhook.id}),
        ):
            with self.assertRaises(AccessError):
                write()

    def test_another_company_is_out_of_sight(self):
        other_company = self.env["res.company"].create({"name": "Other Company"})
        other = self._create_webhook("Other company", company_id=other_company.id)
        event = self._emit(company=other_company)
        self.assertEqual(event.webhook_id, other)
        for record in (other, event):
            with self.assertRaises(AccessError):
                record.with_user(self.manager).read(["display_name"])
        self.assertFalse(self.events.with_user(self.manager).search([("id", "=", event.id)]))

    def test_rotation_keeps_both_secrets_for_a_day(self):
        webhook = self.webhook.with_user(self.manager)
        old = webhook.secret
        with freeze_time("2026-03-01 12:00:00"):
            webhook.action_rotate_secret()
        new = webhook.secret
        self.assertNotEqual(new, old)
        self.assertEqual(webhook._get_valid_secrets(datetime(2026, 3, 2, 11, 59)), [new, old])
        self.assertEqual(webhook._get_valid_secrets(datetime(2026, 3, 2, 12, 0)), [new])
        self.assertFalse(webhook.copy().previous_secret)
        self.assertNotEqual(webhook.copy().secret, new)
