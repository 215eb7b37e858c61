import math
from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import NOW, SmartReorderCase


@tagged("post_install", "-at_install")
class TestTransfers(SmartReorderCase):
    """A second shop has 300 kettles and sells one a day; the first sells four and has none. Both
    buy; goods can go from the second to the first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["stock.warehouse"].create(
            {"name": "Second Shop", "code": "SH2", "company_id": cls.company.id}
        )
        cls.shop.resupply_wh_ids = [Command.link(cls.second.id)]
        cls.lane = cls.shop.resupply_route_ids.filtered(lambda r: r.supplier_wh_id == cls.second)
        cls._deliver_daily(4, 70, warehouse=cls.shop)
        cls._deliver_daily(1, 70, warehouse=cls.second)
        cls._set_stock(0, warehouse=cls.shop)
        cls._set_stock(300, warehouse=cls.second)
        cls.here = cls._create_orderpoint(warehouse=cls.shop, route_id=cls.buy_route.id)
        cls.there = cls._create_orderpoint(warehouse=cls.second, route_id=cls.buy_route.id)

    def _plan(self):
        self._run()
        return self._proposal(self.here), self._proposal(self.there)

    def test_excess_is_moved_before_anything_is_bought(self):
        here, there = self._plan()
        self.assertRecordValues(
            here,
            [
                {
                    "state": "draft",
                    "source": "transfer",
                    "source_warehouse_id": self.second.id,
                    "partner_id": False,
                    "route_id": self.lane.id,
                }
            ],
        )
        self.assertEqual(here.qty_to_order, here.qty_needed)
        self.assertIn("Second Shop has", here.reason)
        # Nothing is said any more of the vendor.
        self.assertIn("to be taken from Second Shop", here.reason)
        self.assertNotIn("delivers in", here.reason)
        self.assertEqual(there.state, "ok")
        here.action_accept()
        moves = here.move_ids | here.move_ids.move_orig_ids
        self.assertTrue(moves.filtered(lambda m: m.location_id == self.second.lot_stock_id))
        self.assertFalse(here.purchase_line_ids)

    def test_figures_of_what_is_moved_are_of_one_piece(self):
        """The vendor takes 6 days, the lane what its rules say. Forecast and levels stay those of
        the usual way, and the interval that is shown with them too; the latest day to order is
        that of the lane."""
        rules = self.lane.rule_ids.filtered(lambda rule: rule.action == "pull")
        rules[0].delay, rules[1:].delay = 2, 0
        here, _there = self._plan()
        self.assertTrue(here.is_excess_moved)
        self.assertEqual((here.lead_days, here.usual_lead_days), (2, 6))
        self.assertEqual(here.protection_days, 7)
        self.assertAlmostEqual(here.daily_demand * here.protection_days, here.forecast_qty)
        cover = here.qty_position / here.daily_demand
        self.assertEqual(here.order_by, NOW.date() + timedelta(days=math.floor(cover - 2)))
        outlook = here.outlook
        self.assertEqual(outlook["order"]["day"], 2)

    def test_a_place_keeps_what_it_needs_itself(self):
        """What is above its order-up-to level does not lift the shop above its reorder point."""
        _here, there = self._plan()
        self._set_stock(there.order_up_to + 5, warehouse=self.second)
        here, there = self._plan()
        self.assertEqual((here.source, there.state), ("buy", "ok"))

    def test_moved_no_more_than_the_excess(self):
        here, there = self._plan()
        some = here.reorder_point + 3
        self._set_stock(there.order_up_to + some, warehouse=self.second)
        here, _there = self._plan()
        self.assertEqual((here.source, here.qty_to_order), ("transfer", some))

    def test_transport_that_costs_more_than_it_saves(self):
        """Holding a kettle of 2.00 costs 0.40 a year; missed sales are worth little at a margin of
        0.01."""
        self.product.list_price = 2.01
        self.lane.smart_reorder_unit_cost = 5.0
        here, _there = self._plan()
        self.assertEqual(here.source, "buy")
        self.lane.write({"smart_reorder_unit_cost": 0, "smart_reorder_lane_cost": 5000})
        here, _there = self._plan()
        self.assertEqual(here.source, "buy")
        self.lane.smart_reorder_lane_cost = 1
        here, _there = self._plan()
        self.assertEqual(here.source, "transfer")

    def test_no_lane_no_transfer(self):
        self.shop.resupply_wh_ids = [Command.unlink(self.second.id)]
        here, _there = self._plan()
        self.assertEqual(here.source, "buy")

    def test_quantity_set_by_hand_is_bought(self):
        self.product.list_price = 2.0
        self.lane.smart_reorder_lane_cost = 100000
        here, _there = self._plan()
        here.qty_to_order = 7
        self.lane.smart_reorder_lane_cost = 0
        here, _there = self._plan()
        self.assertEqual((here.source, here.qty_to_order), ("buy", 7))

    def test_excess_comes_to_the_help_of_an_empty_centre(self):
        """The shop is supplied from a centre that has nothing."""
        self.here.route_id = self.resupply_route
        here, _there = self._plan()
        self.assertRecordValues(
            here, [{"state": "draft", "source_warehouse_id": self.second.id, "issue": False}]
        )

    def test_goods_on_their_way_to_the_wrong_place_are_named(self):
        """The second shop has enough, and 200 more are coming; nothing can be moved, as there is no
        lane."""
        self.shop.resupply_wh_ids = [Command.unlink(self.second.id)]
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.second.in_type_id.id,
                "order_line": [Command.create({"product_id": self.product.id, "product_qty": 200})],
            }
        )
        order.button_confirm()
        here, there = self._plan()
        self.assertEqual(there.qty_incoming, 200)
        self.assertIn("on their way to Second Shop", here.reason)
        note = dict(here.reason_data)["store_here"]
        self.assertEqual(note["quantity"], min(200, here.qty_needed))
