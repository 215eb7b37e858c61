from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import PromiseCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:00:00")
class TestHold(PromiseCommon):
    """Quotations that keep stock from others, and what becomes of it."""

    def test_hold_keeps_from_others_only(self):
        self._stock(10)
        order = self._order(6)
        order.action_hold()
        line = order.order_line
        hold = line.soft_reservation_ids
        self.assertEqual((hold.quantity, hold.warehouse_id), (6, self.central))
        self.assertEqual(
            hold.date_until, fields.Datetime.to_datetime("2026-03-03 09:00:00"), "24 hours"
        )
        self.assertTrue(order.is_held)
        self.assertEqual(line.available_status, "on_time")
        self.assertEqual(self._order(4).order_line.available_status, "on_time")
        self.assertEqual(self._order(5).order_line.available_status, "never")

    def test_hold_of_what_is_to_arrive(self):
        """It is the line's own on the day for which it is held, and nobody else's then."""
        self.company.promise_policy = "refuse"
        self._receive(self.central, 10, days=3)
        order = self._order(10, days=5)
        order.action_hold()
        line = order.order_line
        self.assertGreaterEqual(line.soft_reservation_ids.date_promised, self._day(3))
        self.assertEqual((line.available_date, line.available_status), (self._day(5), "on_time"))
        self.assertEqual(self._order(1, days=9).order_line.available_status, "never")
        order.action_confirm()
        self.assertEqual((order.state, line.soft_reservation_ids.state), ("sale", "consumed"))

    def test_confirmation_consumes(self):
        self._stock(10)
        order = self._order(6)
        order.action_hold()
        order.action_confirm()
        hold = order.order_line.soft_reservation_ids
        self.assertEqual((hold.state, hold.consumed_quantity), ("consumed", 6))
        self.assertEqual(self._get()["qty_atp"], 4)

    def test_what_is_not_needed_is_given_back(self):
        self._stock(10)
        order = self._order(6)
        order.action_hold()
        order.order_line.product_uom_qty = 4
        order.action_confirm()
        hold = order.order_line.soft_reservation_ids
        self.assertEqual((hold.state, hold.consumed_quantity), ("released", 4))
        self.assertEqual(self._get()["qty_atp"], 6)

    def test_expired_holds_nothing(self):
        self._stock(10)
        order = self._order(6)
        order.action_hold()
        with freeze_time("2026-03-03 09:00:00"):
            self.env.invalidate_all()
            self.assertEqual(self._order(10).order_line.available_status, "on_time")
            order.action_confirm()
        self.assertEqual(order.order_line.soft_reservation_ids.consumed_quantity, 0)

    def test_release_cancel_and_delete_give_back(self):
        self._stock(10)
        for end in ("action_release_hold", "_action_cancel"):
            order = self._order(6)
            order.action_hold()
            self.assertEqual(self._get()["qty_atp"], 4)
            getattr(order, end)()
            self.assertEqual(self._get()["qty_atp"], 10, end)
        order = self._order(6)
        order.action_hold()
        order.order_line.unlink()
        self.assertEqual(self._get()["qty_atp"], 10)

    def test_hold_again_after_a_release(self):
        self._stock(10)
        order = self._order(6)
        order.action_hold()
        order.action_release_hold()
        order.action_hold()
        states = order.order_line.soft_reservation_ids.mapped("state")
        self.assertEqual(sorted(states), ["held", "released"])

    def test_nothing_to_hold(self):
        with self.assertRaisesRegex(UserError, "Nothing can be held"):
            self._order(6).action_hold()

    def test_attach_what_a_shop_reserved(self):
        self._stock(10)
        place = {"warehouse": self.central.id}
        self.env["stock.soft.reservation"].reserve(
            [{"reference": "CART-1", "product": self.product.id, "place": place, "quantity": 8}]
        )
        line = self._order(8).order_line
        self.assertEqual(line.available_status, "never")
        self.assertEqual(line.attach_reservation("CART-1"), 8)
        self.assertEqual(line.available_status, "on_time")
        with self.assertRaisesRegex(ValidationError, "another order line"):
            self._order(8).order_line.attach_reservation("CART-1")
        other = self._create_product("Table")
        with self.assertRaisesRegex(ValidationError, "another product"):
            self._order(8, product=other).order_line.attach_reservation("CART-1")
        line.order_id.action_confirm()
        self.assertEqual(line.soft_reservation_ids.state, "consumed")

    def test_refuse_what_a_group_has_to_keep(self):
        """8 and 4 in two warehouses, 10 held for both together: Central can give 2 at most."""
        self.company.promise_policy = "refuse"
        self._stock(8)
        self._stock(4, warehouse=self.steps)
        group = self.env["stock.place.group"].create(
            {
                "name": "Net",
                "code": "NET",
                "warehouse_ids": [(6, 0, (self.central | self.steps).ids)],
            }
        )
        answer = self.env["stock.soft.reservation"].reserve(
            [
                {
                    "reference": "CART-2",
                    "product": self.product.id,
                    "place": {"group": group.id},
                    "quantity": 10,
                }
            ]
        )
        self.assertEqual(answer[0]["state"], "held")
        with self.assertRaises(UserError):
            self._order(3).action_confirm()
        order = self._order(2)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_salespeople_need_no_right_on_stock(self):
        self._stock(6, warehouse=self.steps)
        user = self.env["res.users"].create(
            {
                "name": "Seller",
                "login": "seller",
                "group_ids": [(6, 0, self.env.ref("sales_team.group_sale_salesman").ids)],
            }
        )
        order = self._order(6, user_id=user.id, warehouse=self.central).with_user(user)
        line = order.order_line
        self.assertEqual(line.available_status, "never")
        self.assertEqual(self._get_options(line)[self.steps, False]["source"], "stock")
        line.action_source_from(self.steps.id)
        order.action_hold()
        self.assertTrue(order.is_held)
        order.action_confirm()
        self.assertEqual(line.promise_state, "kept")

    def test_broken_promise_is_an_exception(self):
        receipt = self._receive(self.central, 10, days=5)
        order = self._order(10)
        order.order_line.price_unit = 7
        order.action_confirm()
        receipt.date = fields.Datetime.to_datetime("2026-03-11 12:00:00")
        order.order_line._check_promises()
        detector = self.env["stock.exception.detector.broken_promise"]
        kind = self.env["stock.exception.kind"]
        self.env.flush_all()
        rows = self.env.execute_query(detector._get_query(self.company, kind))
        [row] = [row for row in rows if row[5] == order.order_line.id]
        self.assertEqual((row[0], row[1], float(row[6])), (self.product.id, self.central.id, 10))
        self.assertAlmostEqual(float(row[7]), 70)
        self.assertEqual(row[9]["expected"], "2026-03-11")
