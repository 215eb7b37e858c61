from contextlib import contextmanager
from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import PromiseCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:00:00")
class TestWatch(PromiseCommon):
    """What happens to promises later, and to orders beyond what can be promised."""

    def _confirm(self, *quantities, **values):
        order = self._order(*quantities, user_id=self.env.uid, **values)
        order.action_confirm()
        return order

    def _check(self):
        self.env["sale.order.line"].search(
            self.env["sale.order.line"]._get_watched_domain()
        )._check_promises()

    @contextmanager
    def _assert_refused(self):
        """Expect a refusal that leaves nothing behind."""
        with self.assertRaises(UserError) as caught:  # in a savepoint, unlike assertRaisesRegex
            yield caught
        self.assertIn("more than can be promised", str(caught.exception))

    # Later -----------------------------------------------------------------

    def test_receipt_comes_later(self):
        receipt = self._receive(self.central, 10, days=5)
        order = self._confirm(10)
        line = order.order_line
        self.assertEqual(line.promise_state, "kept")
        self._check()
        self.assertEqual(line.promise_state, "kept")
        receipt.date += timedelta(days=4)
        self._check()
        self.assertEqual(line.promise_state, "broken")
        self.assertEqual(line.promise_expected_date, self._day(9))
        self.assertEqual(
            line.promise_warning,
            "Promised for 03/07/2026, but the goods are planned to arrive on 03/11/2026.",
        )
        self.assertEqual(order.promise_state, "broken")
        self.assertEqual(order.activity_ids.user_id, self.env.user)
        self.assertIn("03/11/2026", order.message_ids[0].body)

    def test_one_activity_until_it_is_kept_again(self):
        receipt = self._receive(self.central, 10, days=5)
        order = self._confirm(10)
        receipt.date += timedelta(days=4)
        self._check()
        messages = len(order.message_ids)
        self._check()
        self.assertEqual(len(order.activity_ids), 1)
        self.assertEqual(len(order.message_ids), messages, "said once, not at every check")
        receipt.date -= timedelta(days=4)
        self._check()
        self.assertEqual(order.order_line.promise_state, "kept")
        self.assertFalse(order.activity_ids)
        self.assertFalse(order.order_line.promise_warning)

    def test_stock_is_lost(self):
        self._stock(10)
        order = self._order(10, days=3)
        order.action_confirm()
        order.picking_ids.do_unreserve()
        self._stock(-4)
        self._check()
        self.assertEqual(order.order_line.promise_state, "broken")
        self.assertIn("nothing planned covers 4.00 Units", order.order_line.promise_warning)

    def test_overtaken_by_a_delivery_that_leaves_first(self):
        self._stock(10)
        order = self._order(10, days=7)
        order.action_confirm()
        order.picking_ids.do_unreserve()
        other = self._order(10, days=1)
        other.action_confirm()
        self._check()
        self.assertEqual(order.order_line.promise_state, "broken")
        # the other one was confirmed beyond what could be promised: it never had a promise
        self.assertFalse(other.order_line.promise_date)
        self.assertFalse(other.order_line.promise_state)

    def test_what_is_reserved_is_kept(self):
        self._stock(10)
        order = self._order(10, days=7)
        order.action_confirm()
        order.picking_ids.action_assign()
        self._order(10, days=1).action_confirm()
        self._check()
        self.assertEqual(order.order_line.promise_state, "kept")

    def test_an_overdue_receipt_is_a_risk(self):
        self._receive(self.central, 10, days=2)
        order = self._confirm(10, days=5)
        with freeze_time("2026-03-05 09:00:00"):
            self._check()
        self.assertEqual(order.order_line.promise_state, "at_risk")
        self.assertFalse(order.activity_ids)

    def test_not_delivered_by_the_promised_day(self):
        self._stock(10)
        order = self._confirm(10, days=1)
        with freeze_time("2026-03-05 09:00:00"):
            self._check()
        self.assertEqual(order.order_line.promise_state, "broken")
        self.assertIn("not delivered since", order.order_line.promise_warning)

    def test_delivered(self):
        self._stock(10)
        order = self._confirm(10)
        self._do(order.order_line.move_ids)
        self._check()
        self.assertEqual(order.order_line.promise_state, "done")
        self.assertEqual(order.promise_state, "done")

    def test_number_of_statements_does_not_grow_with_the_lines(self):
        products = self.env["product.product"].create(
            [{"name": f"P{index}", "is_storable": True} for index in range(50)]
        )
        for product in products:
            self._stock(5, product=product)

        def order(count):
            return self.env["sale.order"].create(
                {
                    "partner_id": self.partner.id,
                    "warehouse_id": self.central.id,
                    "order_line": [
                        (0, 0, {"product_id": product.id, "product_uom_qty": 2})
                        for product in products[:count]
                    ],
                }
            )

        def count_queries(lines):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            statuses = lines.mapped("available_status")
            self.assertEqual(set(statuses), {"on_time"})
            return self.env.cr.sql_log_count - before

        few, many = order(5).order_line, order(50).order_line
        count_queries(few)
        self.assertLessEqual(count_queries(many), count_queries(few))

    # The policy ------------------------------------------------------------

    def test_warn_is_the_default(self):
        order = self._confirm(1)
        self.assertEqual(order.state, "sale")
        note = order.message_ids.filtered(lambda message: "beyond" in message.body)
        self.assertIn("nothing planned brings the rest", note.body)

    def test_allow(self):
        self.company.promise_policy = "allow"
        order = self._confirm(1)
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.message_ids.filtered(lambda message: "beyond" in message.body))

    def test_refuse(self):
        self.company.promise_policy = "refuse"
        self._stock(3)
        order = self._order(4)
        with self._assert_refused() as caught:
            order.action_confirm()
        self.assertIn("3.00 Units of 4.00 Units", str(caught.exception))
        order.order_line.product_uom_qty = 3
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_refuse_a_delivery_date_that_cannot_be_met(self):
        self.company.promise_policy = "refuse"
        self._receive(self.central, 10, days=5)
        with self._assert_refused():
            self._order(10, days=3).action_confirm()
        self._order(10, days=5).action_confirm()

    def test_refuse_more_on_a_confirmed_order(self):
        self.company.promise_policy = "refuse"
        self._stock(5)
        order = self._confirm(4)
        with self._assert_refused():
            order.order_line.product_uom_qty = 6
        order.order_line.product_uom_qty = 5
        self.assertEqual(order.order_line.promise_state, "kept")

    def test_refuse_a_line_that_is_added_to_a_confirmed_order(self):
        self.company.promise_policy = "refuse"
        self._stock(4)
        order = self._confirm(4)
        with self._assert_refused():
            order.order_line = [(0, 0, {"product_id": self.product.id, "product_uom_qty": 1})]
