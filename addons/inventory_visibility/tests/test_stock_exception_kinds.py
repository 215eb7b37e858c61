"""Every kind of exception: found with its figures, not found otherwise, closed by itself."""

from datetime import timedelta
from math import exp

from odoo.tests import tagged

from .common_exception import ExceptionCommon


@tagged("post_install", "-at_install")
class TestStockExceptionKinds(ExceptionCommon):
    def assertOne(self, code, product=None, **values):  # noqa: N802
        exception = self._found(code, product)
        self.assertEqual(len(exception), 1, f"{code}: {exception.mapped('sentence')}")
        for name, value in values.items():
            with self.subTest(field=name):
                if isinstance(value, float):
                    self.assertAlmostEqual(exception[name], value, 2)
                else:
                    self.assertEqual(exception[name], value)
        self.assertTrue(exception.sentence)
        self.assertTrue(exception.action_name)
        return exception

    def test_negative_stock(self):
        """3 less than nothing at a cost of 10."""
        self._stock(-3)
        self._look("negative_stock")
        exception = self.assertOne(
            "negative_stock",
            quantity=3.0,
            value=30.0,
            warehouse_id=self.central,
            location_id=self.central.lot_stock_id,
            severity="3",
        )
        self.assertIn("3.00 Units", exception.sentence)
        action = exception.action_propose()
        quant = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(quant.inventory_date, self._day(0))
        self.assertEqual(quant.user_id, self.env.user)
        self._stock(3)
        self._look("negative_stock")
        self.assertFalse(self._found("negative_stock"))
        self.assertEqual(exception.state, "closed")

    def test_negative_and_positive_in_one_location_balance(self):
        self._stock(-3)
        self._stock(5, owner=self.env.user.partner_id)
        self._look("negative_stock")
        self.assertFalse(self._found("negative_stock"))

    def test_out_of_stock_without_receipt(self):
        """90 in a window of 90 days are 1 a day: 14 are missing within 14 days."""
        self._stock(90)
        self._sell(90, 5)
        self._look("out_of_stock")
        exception = self.assertOne(
            "out_of_stock", quantity=14.0, value=140.0, warehouse_id=self.central
        )
        self.assertAlmostEqual(exception.since, self.now - timedelta(days=5), delta=self._minute())
        self.assertIn("no receipt planned", exception.sentence)
        self._stock(1)
        self._look("out_of_stock")
        self.assertEqual(exception.state, "closed")

    def test_out_of_stock_until_the_receipt(self):
        """Missing for the 4 days until the receipt; what is on order counts when it is more."""
        self._stock(90)
        self._sell(90, 5)
        self._receive(self.central, 50, days=4)
        self._look("out_of_stock")
        exception = self.assertOne("out_of_stock", quantity=4.0)
        self.assertIn("until the receipt of", exception.sentence)
        self._move(self.central.lot_stock_id, self.customer, 30)
        self._look("out_of_stock")
        self.assertEqual(self.assertOne("out_of_stock", quantity=30.0), exception)

    def test_nothing_wanted_is_not_out_of_stock(self):
        self._look("out_of_stock")
        self.assertFalse(self._found("out_of_stock"))

    def test_out_of_stock_brings_from_elsewhere(self):
        self._stock(90)
        self._sell(90, 5)
        self._stock(6, warehouse=self.steps)
        self._stock(20, warehouse=self.shop)
        self._look("out_of_stock")
        exception = self._found("out_of_stock")
        action = exception.action_propose()
        picking = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(picking.location_id, self.shop.lot_stock_id, "most is available there")
        self.assertEqual(picking.location_dest_id, self.central.lot_stock_id)
        self.assertEqual(picking.move_ids.product_uom_qty, 14.0)
        self.assertEqual(picking.state, "draft")
        again = exception.action_propose()
        self.assertEqual(again["res_id"], picking.id, "a second click drafts nothing")

    def test_out_of_stock_replenishes_when_nobody_has_any(self):
        self._stock(90)
        self._sell(90, 5)
        self._look("out_of_stock")
        action = self._found("out_of_stock").action_propose()
        self.assertEqual(action["res_model"], "product.replenish")
        wizard = self.env["product.replenish"].with_context(**action["context"]).create({})
        self.assertEqual(wizard.product_id, self.product)
        self.assertEqual(wizard.warehouse_id, self.central)
        self.assertEqual(wizard.quantity, 14.0)

    def test_projected_stock_out(self):
        """5 last 5 days at 1 a day; 14 days ahead, 9 are missing; with a receipt on day 8, 3."""
        self._stock(95)
        self._sell(90, 5)
        self._look("projected_stock_out")
        exception = self.assertOne("projected_stock_out", quantity=9.0, value=90.0)
        self._receive(self.central, 50, days=8)
        self._look("projected_stock_out")
        self.assertOne("projected_stock_out", quantity=3.0)
        self._receive(self.central, 50, days=4)
        self._look("projected_stock_out")
        self.assertEqual(exception.state, "closed")

    def test_overdue_receipt_does_not_hide_a_stock_out(self):
        self._stock(95)
        self._sell(90, 5)
        self._receive(self.central, 50, days=-3)
        self._look("projected_stock_out")
        self.assertOne("projected_stock_out", quantity=9.0)

    def test_oversold(self):
        """2 on hand, 5 ordered: 3 too many; 3 to arrive before make it good."""
        self._stock(2)
        self._move(self.central.lot_stock_id, self.customer, 5, days=3)
        self._look("oversold")
        exception = self.assertOne("oversold", quantity=3.0, value=30.0)
        self.assertIn("3.00 Units", exception.sentence)
        self._receive(self.central, 3, days=2)
        self._look("oversold")
        self.assertEqual(exception.state, "closed")

    def test_overdue_receipt(self):
        """Late from the day after; every product of a receipt is an exception of its own."""
        move = self._receive(self.central, 7, days=-4)
        self._receive(self.central, 7, days=1)
        self._look("overdue_receipt")
        exception = self.assertOne(
            "overdue_receipt",
            quantity=7.0,
            value=70.0,
            since=move.date,
            res_model="stock.picking",
            res_id=move.picking_id.id,
            warehouse_id=self.central,
        )
        self.assertEqual(exception.document_name, move.picking_id.name)
        action = exception.action_propose()
        self.assertEqual(action["res_id"], move.picking_id.id)
        self._do(move)
        self._look("overdue_receipt")
        self.assertEqual(exception.state, "closed")

    def test_receipt_in_steps_is_overdue_once(self):
        """The first of three steps comes from the vendor; the others wait for it."""
        self._receive(self.steps, 5, days=-4)
        self._look("overdue_receipt", "overdue_transfer")
        self.assertOne("overdue_receipt", warehouse_id=self.steps, quantity=5.0)
        self.assertFalse(self._found("overdue_transfer"))

    def test_overdue_transfer(self):
        """What the shop waits for, late at its first leg, and then stuck in transit."""
        self._stock(9)
        moves = self._resupply(4, days=-5)
        self._look("overdue_transfer")
        self.assertEqual(sum(self._found("overdue_transfer").mapped("quantity")), 8.0)
        first = moves.filtered(lambda move: move.location_id == self.central.lot_stock_id)
        self._do(first)
        self._look("overdue_transfer")
        exception = self.assertOne(
            "overdue_transfer", quantity=4.0, value=40.0, warehouse_id=self.shop
        )
        self._do(moves - first)
        self._look("overdue_transfer")
        self.assertEqual(exception.state, "closed")

    def test_stranded_in_transit(self):
        """6 lie in transit, a transfer waits for 4 of them."""
        transit = self.company.internal_transit_location_id
        self._stock(6, location=transit)
        self._move(transit, self.shop.lot_stock_id, 4)
        self._look("stranded_transit")
        exception = self.assertOne(
            "stranded_transit", quantity=2.0, value=20.0, location_id=transit
        )
        action = exception.action_propose()
        picking = self.env["stock.picking"].browse(action["res_id"])
        self.assertEqual(picking.location_id, transit)
        self.assertEqual(picking.move_ids.product_uom_qty, 2.0)
        picking.action_confirm()
        self._look("stranded_transit")
        self.assertEqual(exception.state, "closed")

    def test_reserved_without_movement(self):
        self._stock(5)
        move = self._move(self.central.lot_stock_id, self.customer, 3)
        move._action_assign()
        self._look("reserved_idle")
        self.assertFalse(self._found("reserved_idle"))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move_line SET create_date = %s WHERE move_id = %s",
            (self.now - timedelta(days=15), move.id),
        )
        self._look("reserved_idle")
        exception = self.assertOne("reserved_idle", quantity=3.0, value=30.0)
        exception.action_propose()
        self.assertEqual(move.state, "confirmed")
        self._look("reserved_idle")
        self.assertEqual(exception.state, "closed")

    def test_dead_stock(self):
        """Sold once, 200 days ago, and nothing since."""
        self._stock(8)
        self._sell(1, 200)
        self._backdate_quants(300)
        self._look("dead_stock")
        exception = self.assertOne("dead_stock", quantity=7.0, value=70.0)
        self.assertAlmostEqual(
            exception.since, self.now - timedelta(days=200), delta=self._minute()
        )
        self._sell(1, 1)
        self._look("dead_stock")
        self.assertEqual(exception.state, "closed")

    def test_never_moved_is_dead_by_its_age(self):
        self._stock(8)
        self._look("dead_stock")
        self.assertFalse(self._found("dead_stock"), "it came today")
        self._backdate_quants(181)
        self._look("dead_stock")
        self.assertOne("dead_stock", quantity=8.0)

    def test_excess_stock(self):
        """At 1 a day and 180 days, 200 are 20 too many."""
        self._stock(290)
        self._sell(90, 5)
        self._look("excess_stock")
        exception = self.assertOne("excess_stock", quantity=20.0, value=200.0)
        self.company.availability_excess_days = 200
        self._look("excess_stock")
        self.assertEqual(exception.state, "closed")

    def test_phantom_stock(self):
        """Ten sale days in 36 days are one in 4; quiet for 28 days: exp(-7) is under 1/1,000."""
        self._stock(100)
        for index in range(10):
            self._sell(1, 64 - 4 * index)
        self._look("phantom_stock")
        exception = self.assertOne("phantom_stock", quantity=90.0)
        self.assertAlmostEqual(exception.figures["odds"], exp(7), delta=5)
        self.assertEqual(exception.figures["days"], 28)
        # ln(1,200) = 7.09 is above 28 / 4
        self._kind("phantom_stock", odds=1200)
        self._look("phantom_stock")
        self.assertEqual(exception.state, "closed")

    def test_a_late_arrival_explains_the_silence(self):
        self._stock(100)
        for index in range(10):
            self._sell(1, 64 - 4 * index)
        self._backdate(self._do(self._receive(self.central, 5)), 10)
        self._look("phantom_stock")
        self.assertFalse(self._found("phantom_stock"))

    def test_unusual_demand(self):
        """Weeks of 9 and 11: median 10, MAD 1, so 25 are 10.1 deviations away; 12 are 1.3."""
        self._stock(1000)
        for week in range(1, 27):
            self._sell(9 if week % 2 else 11, 7 * week + 3)
        self._sell(12, 2)
        self._look("unusual_demand")
        self.assertFalse(self._found("unusual_demand"))
        self._sell(13, 1)
        self._look("unusual_demand")
        exception = self.assertOne("unusual_demand", quantity=15.0, value=150.0)
        self.assertAlmostEqual(exception.figures["z"], 15 / 1.4826, 3)
        self.assertEqual(exception.figures["median"], 10)

    def test_now_and_then_is_never_unusual(self):
        self._stock(1000)
        for week in range(1, 13):
            self._sell(10, 7 * week + 3)
        self._sell(100, 1)
        self._look("unusual_demand")
        self.assertFalse(self._found("unusual_demand"))

    def _adjust(self, quantity, days_ago=0):
        """Count a quantity in the central warehouse."""
        before = self.env["stock.move"].search([("product_id", "=", self.product.id)])
        quant = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.product.id),
                ("location_id", "=", self.central.lot_stock_id.id),
            ]
        )
        quant.with_context(inventory_mode=True).inventory_quantity = quantity
        quant.action_apply_inventory()
        moves = self.env["stock.move"].search([("product_id", "=", self.product.id)]) - before
        self._backdate(moves, days_ago)

    def test_unusual_adjustment_of_what_never_was(self):
        """6 of 100 lost are more than 5 %; there is no spread to compare with."""
        self._stock(100)
        self._adjust(96)
        self._look("unusual_adjustment")
        self.assertFalse(self._found("unusual_adjustment"))
        self._adjust(94)
        self._look("unusual_adjustment")
        exception = self.assertOne("unusual_adjustment", quantity=6.0, value=60.0)
        self.assertIn("6.00 Units", exception.sentence)

    def test_usual_adjustments_are_quiet(self):
        """Losses of 2 and 4 in turn: median 3, MAD 1; 8 are 3.4 deviations away, 9 are 4.05."""
        self._stock(1000)
        left = 1000
        for week in range(1, 53):
            left -= 2 if week % 2 else 4
            self._adjust(left, 7 * week + 3)
        self._kind("unusual_adjustment", share=0)
        self._adjust(left - 8, 1)
        self._look("unusual_adjustment")
        self.assertFalse(self._found("unusual_adjustment"))
        self._adjust(left - 9, 1)
        self._look("unusual_adjustment")
        exception = self.assertOne("unusual_adjustment", quantity=6.0)
        self.assertAlmostEqual(exception.figures["z"], 6 / 1.4826, 3)

    def test_stale_feed(self):
        """Allowed for 24 hours, 30 hours old: stale for 6; 4 pieces at 10 are promised on it."""
        partner = self.env["res.partner"].create({"name": "Warehouse & Co", "email": "a@b.example"})
        place = self.env["stock.external.place"].create(
            {"name": "Third Party", "code": "3PL", "partner_id": partner.id, "stale_after": 24}
        )
        place.last_feed_date = self.now - timedelta(hours=30)
        self.env["stock.external.quant"].sudo().create(
            {
                "place_id": place.id,
                "product_id": self.product.id,
                "quantity": 4,
                "feed_date": place.last_feed_date,
                "received_date": place.last_feed_date,
            }
        )
        self._look("stale_feed")
        exception = self.exceptions.search(
            [("res_model", "=", "stock.external.place"), ("res_id", "=", place.id)]
        )
        self.assertRecordValues(
            exception,
            [{"value": 40, "since": self.now - timedelta(hours=6), "state": "open"}],
        )
        self.assertIn("24 hours", exception.sentence)
        action = exception.action_propose()
        composer = self.env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertEqual(composer.partner_ids, partner)
        place.last_feed_date = self.now
        self._look("stale_feed")
        self.assertEqual(exception.state, "closed")

    def test_every_action_opens_something(self):
        """Whatever kind it is, a click on the proposed action leads somewhere."""
        self._stock(5)
        transit = self.company.internal_transit_location_id
        for code, _label in self.env["stock.exception.kind"]._get_kinds():
            exception = self.exceptions.sudo().create(
                {
                    "kind": code,
                    "company_id": self.company.id,
                    "product_id": self.product.id,
                    "warehouse_id": self.central.id,
                    "location_id": transit.id if code == "stranded_transit" else False,
                    "uom_id": self.unit.id,
                    "quantity": 2,
                }
            )
            with self.subTest(kind=code):
                self.assertTrue(exception.sentence)
                self.assertTrue(exception.action_name)
                self.assertTrue(exception.action_propose()["type"].startswith("ir.actions."))

    def _minute(self):
        return timedelta(minutes=1)
