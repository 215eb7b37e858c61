from datetime import timedelta

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_stock_webhook import WebhookCommon


@tagged("post_install", "-at_install")
class TestStockWebhookThreshold(WebhookCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.webhook = cls._create_webhook("Thresholds", "availability.threshold")
        cls.cron = cls.env.ref("inventory_visibility.ir_cron_webhook_threshold")
        cls.env["stock.webhook.threshold"].search([]).unlink()

    @classmethod
    def _create_threshold(cls, quantity=10, **values):
        return cls.env["stock.webhook.threshold"].create(
            {
                "webhook_id": cls.webhook.id,
                "product_id": cls.product.id,
                "warehouse_id": cls.central.id,
                "quantity": quantity,
                **values,
            }
        )

    def _check(self):
        """Run the check and return the events it recorded."""
        before = self.events.search([])
        with self.enter_registry_test_mode():
            self.assertIs(self.cron.method_direct_trigger(), True)
        return (self.events.search([]) - before).sorted("id")

    def _check_after(self, quantity):
        """Let stock change by a quantity, and check."""
        if quantity:
            self._stock(quantity)
        return [event.payload["direction"] for event in self._check()]

    def test_each_crossing_is_told_once(self):
        """Threshold 10, hysteresis 5: below begins under 10 and ends at 15."""
        self._create_threshold(hysteresis=5)
        self.assertEqual(self._check_after(12), [])  # first look: 12
        self.assertEqual(self._check_after(-2), [])  # 10
        self.assertEqual(self._check_after(-1), ["down"])  # 9
        self.assertEqual(self._check_after(0), [])
        self.assertEqual(self._check_after(5), [])  # 14
        self.assertEqual(self._check_after(-5), [])  # 9
        self.assertEqual(self._check_after(6), ["up"])  # 15
        self.assertEqual(self._check_after(-4), [])  # 11

    @freeze_time("2026-03-01 12:00:00")
    def test_what_is_told(self):
        self.product.default_code = "CH-1"
        rule = self._create_threshold(hysteresis=2.5)
        self._check_after(10)
        self._stock(-7)
        event = self._check()
        self.assertEqual(event.event_type, "availability.threshold")
        self.assertEqual(event.webhook_id, self.webhook)
        self.assertEqual(
            event.payload,
            {
                "product": {"id": self.product.id, "default_code": "CH-1"},
                "threshold_id": rule.id,
                "direction": "down",
                "figure": "qty_available",
                "quantity": 3.0,
                "threshold": 10.0,
                "hysteresis": 2.5,
                "unit": self.unit.name,
                "place": {"kind": "warehouse", "id": self.central.id, "code": "CEN"},
                "as_of": "2026-03-01T12:00:00Z",
            },
        )

    def test_direction(self):
        down = self._create_threshold(direction="down")
        up = self._create_threshold(direction="up")
        self._stock(20)
        self._check()
        self._stock(-15)
        self.assertEqual([event.payload["threshold_id"] for event in self._check()], [down.id])
        self._stock(15)
        self.assertEqual([event.payload["threshold_id"] for event in self._check()], [up.id])

    def test_promise_falls_when_something_is_planned(self):
        """8 of 12 are promised for next week: 12 are available, 4 can be promised."""
        self._create_threshold(figure="qty_atp")
        available = self._create_threshold()
        self._stock(12)
        self._check()
        move = self._move(self.central.lot_stock_id, self.customer, 8, days=7)
        self.assertEqual([event.payload["quantity"] for event in self._check()], [4.0])
        move._action_cancel()
        self.assertEqual([event.payload["direction"] for event in self._check()], ["up"])
        self.assertEqual(available.checked_until, self.webhook.threshold_ids[0].checked_until)

    def test_reservation_lowers_what_is_available(self):
        self._create_threshold()
        self._stock(12)
        self._check()
        self._move(self.central.lot_stock_id, self.customer, 8)._action_assign()
        self.assertEqual([event.payload["quantity"] for event in self._check()], [4.0])

    def test_category(self):
        parent = self.env["product.category"].create({"name": "Furniture"})
        child = self.env["product.category"].create({"name": "Chairs", "parent_id": parent.id})
        table = self._create_product("Table", categ_id=parent.id)
        other = self._create_product("Other")
        self.product.categ_id = child
        rule = self._create_threshold(product_id=False, categ_id=parent.id)
        for product in self.product | table | other:
            self._stock(10, product)
        self._check()
        for product in self.product | table | other:
            self._stock(-1, product)
        events = self._check()
        self.assertEqual(events.product_id, self.product | table)
        states = self.env["stock.webhook.threshold.state"].search([("threshold_id", "=", rule.id)])
        self.assertEqual(states.product_id, self.product | table)

    def test_only_what_changed_is_looked_at(self):
        self._create_threshold(product_id=False)
        self._stock(10)
        self._check()
        later = fields.Datetime.now() + timedelta(hours=2)
        with freeze_time(later):
            rules = self.webhook.threshold_ids
            rules.checked_until = later - timedelta(minutes=1)
            rules.full_check_date = later
            changed = rules._get_changed_product_ids()
            self.assertNotIn(self.product.id, changed)

    def test_all_are_looked_at_once_a_day(self):
        """What was missed (written under an older moment, say) is found a day later."""
        rule = self._create_threshold()
        self._stock(10)
        self._check()
        self._stock(-5)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_quant SET write_date = write_date - interval '1 day'"
            " WHERE product_id = %s",
            [self.product.id],
        )
        self.env.cr.execute("UPDATE stock_webhook_threshold SET checked_until = now() + '1 hour'")
        self.assertFalse(self._check())
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self.assertEqual(len(self._check()), 1)
        self.assertTrue(rule.full_check_date)

    def test_another_threshold_is_another_line(self):
        """A new quantity is compared with where the product was."""
        rule = self._create_threshold(5)
        self._stock(8)
        self._check()
        rule.quantity = 10
        self.assertEqual([event.payload["direction"] for event in self._check()], ["down"])
        rule.warehouse_id = self.shop  # nothing known there: nothing told
        self.assertFalse(self._check())

    def test_not_told_when_not_wanted(self):
        self._create_threshold()
        self._stock(10)
        self._check()
        self.webhook.event_type_ids = False
        self.assertEqual(self._check_after(-5), [])
        self.webhook.active = False
        self.assertEqual(self._check_after(5), [])

    def test_bad_values(self):
        for values in (
            {"hysteresis": -1},
            {"categ_id": self.product.categ_id.id or self.env["product.category"].search([])[0].id},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self._create_threshold(**values)

    def test_queries_do_not_grow_with_products(self):
        self._create_threshold(product_id=False)
        products = self.env["product.product"].create(
            [{"name": f"P{number}", "is_storable": True} for number in range(60)]
        )
        rules = self.webhook.threshold_ids
        rules._check_products(self.central, products.ids)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            rules._check_products(self.central, products.ids)
