from freezegun import freeze_time

from odoo.tests import tagged

from .common import PromiseCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 09:00:00")
class TestPromise(PromiseCommon):
    # What can be had -------------------------------------------------------

    def test_from_stock(self):
        self._stock(10)
        line = self._order(10).order_line
        self.assertEqual(line.available_date, self._day(0))
        self.assertEqual(line.available_source, "stock")
        self.assertEqual(line.available_status, "on_time")

    def test_from_a_receipt(self):
        self._stock(4)
        self._receive(self.central, 10, days=5)
        line = self._order(10).order_line
        self.assertEqual(line.available_date, self._day(5))
        self.assertEqual(line.available_source, "incoming")
        self.assertEqual(line.available_status, "late")

    def test_in_time_when_wanted_later(self):
        self._stock(4)
        self._receive(self.central, 10, days=5)
        line = self._order(10, days=7).order_line
        self.assertEqual(line.available_date, self._day(7))
        self.assertEqual(line.available_status, "on_time")

    def test_promised_to_a_later_order_is_not_promised_again(self):
        """10 on hand, of which 7 leave in a week: 3 can be promised, though 10 lie there."""
        self._stock(10)
        self._deliver(self.central, 7, days=7)
        order = self._order(4, 3)
        self.assertEqual(order.order_line[0].available_status, "never")
        # nothing is promised to the first line, so the second one is served from what there is
        self.assertEqual(order.order_line[1].available_status, "never")
        self.assertEqual(self._order(3).order_line.available_status, "on_time")

    def test_lines_of_an_order_do_not_share_a_unit(self):
        self._stock(10)
        self._receive(self.central, 10, days=3)
        order = self._order(6, 6)
        self.assertEqual(order.order_line.mapped("available_date"), [self._day(0), self._day(3)])

    def test_units_of_measure(self):
        self._stock(23)
        self._receive(self.central, 1, days=2)
        line = self._order(2).order_line
        line.product_uom_id = self.dozen
        self.assertEqual(line.available_date, self._day(2))

    def test_what_is_kept_back_is_deducted_once(self):
        """20 on hand, 5 of them in a blocked location, safety stock 3: 12 can be promised."""
        self._stock(15)
        location = self.central.lot_stock_id.copy(
            {"name": "Quality", "availability_block": "quality"}
        )
        self._stock(5, location=location)
        self.env["stock.safety.stock"].create(
            {"product_id": self.product.id, "warehouse_id": self.central.id, "quantity": 3}
        )
        self._receive(self.central, 4, days=5)
        self.assertEqual(self._order(12).order_line.available_date, self._day(0))
        self.assertEqual(self._order(12.01).order_line.available_date, self._day(5))
        self.assertEqual(self._order(16).order_line.available_date, self._day(5))
        self.assertFalse(self._order(16.01).order_line.available_date)

    def test_nothing_planned(self):
        line = self._order(1).order_line
        self.assertFalse(line.available_date)
        self.assertEqual(line.available_status, "never")

    def test_options_of_each_warehouse(self):
        """Central has 6 and gets 6 in two days; the shop has 4, and is resupplied in 3 days."""
        self._stock(6)
        self._receive(self.central, 6, days=2)
        self._stock(4, warehouse=self.shop)
        self._stock(10, warehouse=self.steps)
        line = self._order(10).order_line
        options = self._get_options(line)
        ways = [
            (self.central, False),
            (self.steps, False),
            (self.shop, False),
            (self.shop, True),
        ]
        self.assertEqual(
            [options[way]["source"] for way in ways], ["incoming", "stock", "none", "transfer"]
        )
        self.assertEqual(
            [options[way]["sort"] for way in ways],
            [self._day(2).toordinal(), self._day(0).toordinal(), 1 << 30, self._day(3).toordinal()],
        )
        transfer = options[self.shop, True]
        self.assertEqual(transfer["route_id"], self.route.id)
        self.assertIn("6.00 Units by transfer from Central", transfer["text"])

    # The promise -----------------------------------------------------------

    def test_promise_is_kept_with_its_reason(self):
        self._stock(4)
        self._receive(self.central, 10, days=5)
        order = self._order(10)
        order.action_confirm()
        line = order.order_line
        self.assertEqual(line.promise_date, self._day(5))
        self.assertEqual(line.promise_source, "incoming")
        self.assertEqual(
            line.promise_reason,
            "Central, 03/07/2026: 4.00 Units of 10.00 Units in stock,"
            " the rest by planned receipts until 03/07/2026.",
        )
        self.assertEqual(line.move_ids.date.date(), self._day(5))
        self.assertEqual(self._get()["qty_atp"], 4)

    def test_take_another_warehouse(self):
        self._stock(10, warehouse=self.steps)
        order = self._order(10)
        line = order.order_line
        line.action_source_from(self.steps.id)
        self.assertEqual(line.warehouse_id, self.steps)
        self.assertEqual(line.available_status, "on_time")
        order.action_confirm()
        self.assertEqual(line.move_ids.location_id, self.steps.lot_stock_id)
        self.assertEqual(sum(line.move_ids.mapped("product_uom_qty")), 10)

    def test_transfer_is_ordered_with_the_order(self):
        self._stock(6)
        self._stock(4, warehouse=self.shop)
        order = self._order(10, warehouse=self.shop)
        line = order.order_line
        self.assertEqual(line.available_status, "never")
        line.action_source_from(self.shop.id, self.route.id)
        self.assertEqual(line.available_date, self._day(3))
        order.action_confirm()
        self.assertEqual(line.promise_date, self._day(3))
        transit = self.company.internal_transit_location_id
        moves = self.env["stock.move"].search([("product_id", "=", self.product.id)])
        leave = moves.filtered(lambda move: move.location_dest_id == transit)
        self.assertEqual((leave.product_qty, leave.date.date()), (6, self._day(0)))
        self.assertEqual(self._get(warehouse=self.shop)["qty_atp"], 0)
        self.assertEqual(self._get()["qty_atp"], 0)
