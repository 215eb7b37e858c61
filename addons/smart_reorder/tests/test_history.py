from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import NOW, SmartReorderCase


@tagged("post_install", "-at_install")
class TestHistory(SmartReorderCase):
    """Days without stock and unusual days. 4 are sold a day, from a stock that is received."""

    def _receive(self, quantity, days_ago, **values):
        return self._move(
            self.product,
            quantity,
            self.suppliers,
            self.central.lot_stock_id,
            days_ago,
            hour=6,
            **values,
        )

    def _stock_out(self):
        """Received 160, all sold after 40 days; nothing for 30 days; received again, and sold."""
        self._receive(160, 80)
        for days_ago in range(41, 81):
            self._deliver(4, days_ago)
        self._receive(200, 10)
        for days_ago in range(1, 11):
            self._deliver(4, days_ago)

    def test_days_without_stock_are_estimated_not_zero(self):
        """50 days of 4 and 30 without stock: still 4 a day, 28 over 6 + 1 days."""
        self._stock_out()
        orderpoint = self._create_orderpoint()
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertEqual(proposal.qty_on_hand, 160)
        self.assertAlmostEqual(proposal.forecast_qty, 28)
        self.assertEqual(proposal.days_estimated, 30)
        self.assertAlmostEqual(proposal.qty_estimated, 120)
        self.assertIn("On 30 day(s)", proposal.reason)
        self.assertAlmostEqual(sum(proposal.history["estimated"]), 120)
        self.assertAlmostEqual(sum(proposal.history["weeks"]), 200)

    def test_stock_that_is_there_hides_nothing(self):
        """The same demand with stock all the time: the 30 days without demand count."""
        self._receive(1000, 81)
        self._stock_out()
        orderpoint = self._create_orderpoint()
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertEqual(proposal.days_estimated, 0)
        self.assertLess(proposal.forecast_qty, 27)

    def test_stock_of_another_warehouse_does_not_help(self):
        self._move(self.product, 1000, self.suppliers, self.shop.lot_stock_id, 81)
        self._stock_out()
        orderpoint = self._create_orderpoint()
        self._run()
        self.assertEqual(self._proposal(orderpoint).days_estimated, 30)

    def test_central_sees_what_a_shop_without_stock_missed(self):
        self.product.route_ids = [Command.link(self.resupply_route.id)]
        shop_stock = self.shop.lot_stock_id
        self._move(self.product, 160, self.suppliers, shop_stock, 80, hour=6)
        for days_ago in range(41, 81):
            self._deliver(4, days_ago, warehouse=self.shop)
        self._move(self.product, 40, self.suppliers, shop_stock, 10, hour=6)
        for days_ago in range(1, 11):
            self._deliver(4, days_ago, warehouse=self.shop)
        self._create_orderpoint(warehouse=self.shop, route_id=self.resupply_route.id)
        central = self._create_orderpoint(route_id=self.buy_route.id)
        self._run()
        self.assertAlmostEqual(self._proposal(central).daily_demand, 4)

    def _with_project_order(self):
        """One day with 100, twenty days ago."""
        self._receive(1000, 70)
        self._deliver_daily(4, 70)
        self._deliver(96, 20)
        return self._create_orderpoint()

    def _unusual(self):
        return self.env["smart.reorder.unusual"].search([("product_id", "=", self.product.id)])

    def test_unusual_demand_is_recognised_once_and_counts(self):
        orderpoint = self._with_project_order()
        self._run()
        unusual = self._unusual()
        self.assertRecordValues(
            unusual,
            [
                {
                    "warehouse_id": self.central.id,
                    "day": NOW.date() - timedelta(days=20),
                    "quantity": 100,
                    "usual": 4,
                    "factor": 25,
                    "excluded": False,
                    "company_id": self.company.id,
                }
            ],
        )
        proposal = self._proposal(orderpoint)
        self.assertGreater(proposal.forecast_qty, 30)
        self.assertEqual((proposal.days_excluded, proposal.unusual_count), (0, 1))
        self._run()
        self.assertEqual(self._unusual(), unusual)

    def test_leaving_out_is_reversible(self):
        orderpoint = self._with_project_order()
        self._run()
        proposal, unusual = self._proposal(orderpoint), self._unusual()
        counted = proposal.forecast_qty
        unusual.action_exclude()
        self._run()
        self.assertAlmostEqual(proposal.forecast_qty, 28)
        self.assertEqual((proposal.days_excluded, proposal.qty_excluded), (1, 96))
        self.assertIn("Unusual demand of 96", proposal.reason)
        self.assertEqual(max(proposal.history["excluded"]), 96)
        unusual.action_include()
        self._run()
        self.assertEqual(proposal.forecast_qty, counted)

    def test_policy_may_leave_out_at_once(self):
        self.company.smart_reorder_exclude_unusual = True
        orderpoint = self._with_project_order()
        self._run()
        self.assertTrue(self._unusual().excluded)
        self.assertAlmostEqual(self._proposal(orderpoint).forecast_qty, 28)

    def test_moves_behind_it(self):
        self._with_project_order()
        self._run()
        action = self._unusual().action_view_moves()
        moves = self.env["stock.move"].search(action["domain"])
        self.assertIn(96, moves.mapped("quantity"))

    def test_who_may_decide(self):
        self._with_project_order()
        self._run()
        unusual = self._unusual()
        company = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)]}
        planner = new_test_user(
            self.env, "u_planner", "smart_reorder.group_smart_reorder_planner", **company
        )
        user = new_test_user(self.env, "u_user", "stock.group_stock_user", **company)
        unusual.with_user(planner).write({"excluded": True, "note": "A hotel's opening"})
        self.assertEqual(unusual.decided_by_id, planner)
        with self.assertRaises(AccessError):
            unusual.with_user(user).action_include()
