from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PromiseCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:00:00")
class TestKit(PromiseCommon):
    """A kit of two chairs and a table; what makes it one is the business of another addon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.promise_policy = "refuse"
        cls.table = cls._create_product("Table")
        cls.kit = cls.env["product.product"].create({"name": "Corner", "type": "consu"})
        cls._stock(6)
        cls._stock(2, cls.table)

    def setUp(self):
        super().setUp()
        original = type(self.availability)._get_parts
        parts = {self.kit.id: {self.product.id: 2.0, self.table.id: 1.0}}

        def get_parts(model, products, company):
            found = original(model, products, company)
            return found | {id_: parts[id_] for id_ in products.ids if id_ in parts}

        self.startPatcher(patch.object(type(self.availability), "_get_parts", get_parts))

    def _order_lines(self, *lines, days=None):
        order = self._order(days=days)
        order.order_line = [
            Command.create({"product_id": product.id, "product_uom_qty": quantity})
            for product, quantity in lines
        ]
        return order

    def _assert_refused(self, order, *texts):
        with self.assertRaises(UserError) as caught:
            order.action_confirm()
        for text in ("more than can be promised", *texts):
            self.assertIn(text, str(caught.exception))
        self.assertEqual(order.state, "draft")

    def test_no_more_than_the_components_allow(self):
        self._assert_refused(
            self._order(3, product=self.kit), "6.00 Units Chair", "3.00 Units Table", "Central"
        )
        order = self._order(2, product=self.kit)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.order_line.promise_date, "kits have no date of their own yet")

    def test_other_lines_want_the_components_too(self):
        self._assert_refused(self._order_lines((self.product, 3), (self.kit, 2)))
        self._assert_refused(self._order_lines((self.kit, 2), (self.kit, 1)))
        self._order_lines((self.product, 2), (self.kit, 2)).action_confirm()

    def test_what_arrives_by_the_wanted_day_counts(self):
        self._receive(self.central, 1, days=4, product=self.table)
        self._assert_refused(self._order(3, product=self.kit, days=3))
        self._order(3, product=self.kit, days=4).action_confirm()

    def test_what_a_component_is_held_for(self):
        order = self._order(3)
        order.action_hold()
        self._assert_refused(self._order(2, product=self.kit))
        self._order(1, product=self.kit).action_confirm()

    def test_warn(self):
        self.company.promise_policy = "warn"
        order = self._order(3, product=self.kit)
        order.action_confirm()
        [note] = order.message_ids.filtered(lambda message: "beyond" in message.body)
        self.assertIn("3.00 Units Table", note.body)

    def test_allow(self):
        self.company.promise_policy = "allow"
        order = self._order(3, product=self.kit)
        order.action_confirm()
        self.assertFalse(order.message_ids.filtered(lambda message: "beyond" in message.body))

    def test_locks_the_components(self):
        self._order(1, product=self.kit).action_confirm()
        leaf = f"stock.warehouse,{self.central.id}"
        locked = self.env["stock.promise.counter"].search([("place", "=", leaf)])
        self.assertLessEqual(self.product | self.table, locked.product_id)

    def test_kit_that_is_tracked_has_no_date_of_its_own_stock(self):
        self.kit.is_storable = True
        line = self._order(1, product=self.kit).order_line
        self.assertFalse(line.show_promise)
        self.assertFalse(line.available_status)
