import math
from datetime import datetime

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SmartReorderCase
from .test_engine import NONSENSE, engine_of

#: A real engine process that asks for more memory than there is.
GREEDY = "grown = bytearray(1 << 60)"
NEGATIVE = NONSENSE.replace("np.nan", "-5.0")


@tagged("post_install", "-at_install")
class TestBadInput(SmartReorderCase):
    """Whatever is wrong with one product is said there, and the others go on: each test has a good
    neighbour that sells 4 a day, and that is proposed all the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._deliver_daily(4, 60)
        cls._set_stock(0)
        cls.neighbour = cls._create_orderpoint()

    def _plan(self, orderpoint):
        self._run()
        good = self._proposal(self.neighbour)
        self.assertEqual(good.state, "draft")
        self.assertGreater(good.qty_to_order, 0)
        proposal = self._proposal(orderpoint)
        for name in ("reorder_point", "order_up_to", "qty_to_order", "forecast_qty", "cost"):
            self.assertTrue(math.isfinite(proposal[name]), name)
            self.assertGreaterEqual(proposal[name], 0, name)
        self.assertTrue(proposal.reason)
        return proposal

    def test_no_history(self):
        proposal = self._plan(self._create_orderpoint(self._create_product("Never")))
        self.assertEqual((proposal.state, proposal.qty_to_order), ("ok", 0))
        self.assertIn("no demand in the history", proposal.reason)

    def test_one_sale_ever(self):
        product = self._create_product("Once")
        self._deliver(5, 100, product)
        self._set_stock(0, product)
        proposal = self._plan(self._create_orderpoint(product))
        self.assertIn(proposal.state, ("draft", "ok"))
        # 5 in 100 days are 0.05 a day: over 7 days far less than the one sale is expected.
        self.assertLess(proposal.forecast_qty, 5)
        self.assertLessEqual(proposal.order_up_to, 6)

    def test_more_came_back_than_was_sold(self):
        product = self._create_product("Boomerang")
        for days_ago in (30, 20, 10):
            self._deliver(1, days_ago + 1, product)
            self._move(product, 5, self.customers, self.central.lot_stock_id, days_ago)
        proposal = self._plan(self._create_orderpoint(product))
        self.assertEqual(proposal.forecast_qty, 0)
        self.assertEqual(proposal.qty_to_order, 0)

    def test_sold_and_bought_in_other_units(self):
        """Sold by the dozen, two a day for 60 days; bought by the dozen at 6.00."""
        dozen = self.env.ref("uom.product_uom_dozen")
        product = self._create_product("Egg")
        product.seller_ids.write({"product_uom_id": dozen.id, "price": 6.0})
        for days_ago in range(1, 61):
            self._deliver(2, days_ago, product, uom=dozen)
        self._set_stock(0, product)
        proposal = self._plan(self._create_orderpoint(product))
        self.assertAlmostEqual(proposal.daily_demand, 24, delta=0.5)
        self.assertEqual(proposal.qty_to_order % 12, 0)
        self.assertAlmostEqual(proposal.price_unit, 0.5)
        proposal.action_accept()
        line = proposal.purchase_line_ids
        self.assertEqual(line.product_uom_qty, proposal.qty_to_order)

    def test_vendor_without_lead_time(self):
        """Arrives at once: what is covered is the day of review."""
        product = self._create_product("Soon", delay=0)
        self._deliver_daily(4, 60, product)
        self._set_stock(0, product)
        proposal = self._plan(self._create_orderpoint(product))
        self.assertEqual((proposal.lead_days, proposal.protection_days), (0, 1))
        self.assertAlmostEqual(proposal.forecast_qty, 4, delta=0.4)
        self.assertEqual(proposal.state, "draft")

    def test_currency_without_a_rate(self):
        """Odoo takes 1 where there is no rate."""
        currency = self.env["res.currency"].create({"name": "XTS", "symbol": "x"})
        product = self._create_product("Foreign")
        product.seller_ids.write({"currency_id": currency.id, "price": 8.0})
        self._deliver_daily(4, 60, product)
        self._set_stock(0, product)
        proposal = self._plan(self._create_orderpoint(product))
        self.assertEqual((proposal.state, proposal.price_unit), ("draft", 8.0))

    def test_levels_of_0_and_100(self):
        """0 on a rule is none of its own; 100 is said there, and both are refused elsewhere."""
        self._deliver_daily(4, 60, other := self._create_product("Other"))
        self._set_stock(0, other)
        orderpoint = self._create_orderpoint(other, smart_reorder_service_level=0)
        self.assertEqual(self._plan(orderpoint).service_level, 95)
        orderpoint.smart_reorder_service_level = 100
        proposal = self._plan(orderpoint)
        self.assertEqual((proposal.state, proposal.qty_to_order), ("exception", 0))
        self.assertIn("less than 100 %", proposal.reason)
        for level in (0, 100):
            with self.subTest(level=level), self.assertRaises(ValidationError):
                self.company.smart_reorder_service_level = level

    def test_history_with_gaps_and_a_date_far_ahead(self):
        """Sold in two spells with half a year between; a typing error has one move in 2090."""
        product = self._create_product("Gap")
        for days_ago in (*range(1, 29), *range(200, 230)):
            self._deliver(4, days_ago, product)
        wrong = self._deliver(9999, 50, product)
        wrong.date = datetime(2090, 1, 1)
        self._set_stock(0, product)
        proposal = self._plan(self._create_orderpoint(product))
        self.assertEqual(proposal.state, "draft")
        self.assertLessEqual(proposal.daily_demand, 4.5)
        self.assertLess(proposal.reorder_point, 100)

    def test_delivery_promised_far_ahead(self):
        """It is neither demand of the next days nor anything to order for now."""
        product = self._create_product("Later")
        self._deliver_daily(4, 60, product)
        self._set_stock(0, product)
        orderpoint = self._create_orderpoint(product)
        before = self._plan(orderpoint).qty_to_order
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": 500,
                "location_id": self.central.lot_stock_id.id,
                "location_dest_id": self.customers.id,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        move.date = datetime(2090, 1, 1)
        proposal = self._plan(orderpoint)
        self.assertEqual((proposal.qty_later, proposal.qty_to_order), (500, before))

    def test_minimum_above_the_shelf_life(self):
        product = self._create_product("Milk", min_qty=1000, smart_reorder_shelf_days=10)
        self._deliver_daily(4, 60, product)
        self._set_stock(0, product)
        proposal = self._plan(self._create_orderpoint(product))
        self.assertEqual((proposal.state, proposal.qty_to_order), ("exception", 0))
        self.assertIn("1,000", proposal.reason)

    def test_place_without_a_route(self):
        kiosk = self.env["stock.warehouse"].create(
            {"name": "Kiosk", "code": "KSK", "company_id": self.company.id}
        )
        product = self._create_product("Nowhere", route_ids=[], seller_ids=[])
        proposal = self._plan(self._create_orderpoint(product, warehouse=kiosk))
        self.assertEqual((proposal.state, proposal.issue), ("exception", "no_route"))
        self.assertIn("No route replenishes this place", proposal.reason)

    def _fail(self, script):
        """A run whose engine fails, with the neighbour allowed to order by itself."""
        self.neighbour.smart_reorder_mode = "automatic"
        with engine_of(script):
            run = self._run()
        proposal = self._proposal(self.neighbour)
        self.assertEqual((run.state, run.accepted), ("done", 0))
        self.assertEqual((proposal.state, proposal.forecast_origin), ("draft", "simple"))
        self.assertFalse(proposal.purchase_line_ids)
        self.assertIn("Nothing happens by itself", proposal.reason)
        return run

    def test_engine_out_of_memory(self):
        self.assertIn("memory", self._fail(GREEDY).engine_message.lower())

    def test_engine_answers_a_negative_quantity(self):
        self.assertIn("quantile", self._fail(NEGATIVE).engine_message)

    def test_engine_answers_something_that_is_no_number(self):
        self.assertIn("quantile is not a number", self._fail(NONSENSE).engine_message)
