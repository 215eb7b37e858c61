from odoo import Command
from odoo.tests import tagged

from .common import SmartReorderCase


@tagged("post_install", "-at_install")
class TestPooling(SmartReorderCase):
    """A centre supplies a shop, and sells nothing itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._deliver_daily(4, 70, warehouse=cls.shop)
        cls._set_stock(500)
        cls._set_stock(500, warehouse=cls.shop)
        cls.at_shop = cls._create_orderpoint(warehouse=cls.shop, route_id=cls.resupply_route.id)
        cls.at_central = cls._create_orderpoint(route_id=cls.buy_route.id)

    def test_nothing_is_pooled_for_a_single_place(self):
        """σ·(√7 + √1) at both is more than σ·√8 at the shop alone: it would wait for the vendor,
        and the centre needs no stock of its own."""
        self._run()
        central = self._proposal(self.at_central)
        note = dict(central.reason_data)["pooling"]
        self.assertEqual((note["days"], note["pooled"]), (7, 0))
        self.assertGreater(note["stock"], 0)
        self.assertIn("Risk pooling", central.reason)
        # √7 + √1 = 3.646 against √8 = 2.828, of the stock at the centre √7.
        deviation = note["stock"] / 7**0.5
        self.assertAlmostEqual(note["saving"] / deviation, 0.4 * (3.6458 - 2.8284), delta=0.08)

    def test_who_sells_itself_promises_no_waiting(self):
        self._deliver_daily(2, 70)
        self._run()
        self.assertNotIn("Risk pooling", self._proposal(self.at_central).reason)

    def test_circle_is_named_and_pools_nothing(self):
        self.central.resupply_wh_ids = [Command.link(self.shop.id)]
        self.at_central.route_id = self.central.resupply_route_ids
        self._run()
        self.assertIn("in a circle", self._proposal(self.at_central).reason)

    def test_applied_by_the_next_run(self):
        """The places wait the seven days: the shop covers 1 + 7, the centre a day instead of 7,
        and what was decided stays so."""
        self.company.smart_reorder_pooling = "apply"
        self._run()
        self.assertEqual(self.at_central.smart_reorder_promise_days, 7)
        for _night in range(2):
            self._run()
            shop, central = self._proposal(self.at_shop), self._proposal(self.at_central)
            self.assertEqual((shop.lead_days, shop.protection_days), (7, 8))
            self.assertEqual((central.lead_days, central.promise_days), (6, 7))
            self.assertEqual(central.protection_days, 1)
            self.assertAlmostEqual(shop.forecast_qty, 32, delta=1)
            self.assertAlmostEqual(central.forecast_qty, 4, delta=0.2)
            self.assertAlmostEqual(central.daily_demand, 4, delta=0.2)
            self.assertIn("wait 7 day(s)", central.reason)
            self.assertIn("are the wait at Central", shop.reason)
        # Taken back, it is as before.
        self.company.smart_reorder_pooling = "suggest"
        self._run()
        shop, central = self._proposal(self.at_shop), self._proposal(self.at_central)
        self.assertEqual((shop.protection_days, central.protection_days), (1, 7))
        self.assertEqual(self.at_central.smart_reorder_promise_days, 0)
