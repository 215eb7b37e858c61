from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import NOW, SmartReorderCase


@tagged("post_install", "-at_install")
class TestLeadTime(SmartReorderCase):
    """The vendor states 6 days. What came when is arranged, the rest is arithmetic."""

    @classmethod
    def _buy(cls, days_ago, receipts=(), product=None, quantity=10, promised=6, **line):
        """A confirmed order and its receipts.

        :param receipts: pairs ``(days after the order, quantity)``; the rest stays open
        """
        ordered = NOW - timedelta(days=days_ago)
        order = cls.env["purchase.order"].create(
            {
                "partner_id": cls.vendor.id,
                "company_id": cls.company.id,
                "picking_type_id": cls.central.in_type_id.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.product).id,
                            "product_qty": quantity,
                            "price_unit": 2.0,
                            "tax_ids": [Command.clear()],
                            **line,
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        order.date_approve = ordered
        for days, part in receipts:
            move = order.order_line.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
            move.quantity = part
            move.picked = True
            move.picking_id.with_context(cancel_backorder=False)._action_done()
            move.date = ordered + timedelta(days=days)
        order.order_line.date_planned = ordered + timedelta(days=promised)
        return order

    def _lead(self, orderpoint):
        sources = self.env["smart.reorder.source"]._get_sources(orderpoint)
        lead_times = self.env["smart.reorder.lead.time"]._get_lead_times(orderpoint, sources)
        return lead_times[orderpoint.id]

    def _distribution(self, orderpoint):
        lead = self._lead(orderpoint)
        return dict(zip(lead.days.tolist(), lead.weight.round(9).tolist(), strict=True))

    def test_without_deliveries_what_is_stated_holds(self):
        self.assertEqual(self._distribution(self._create_orderpoint()), {6: 1.0})

    def test_deliveries_of_the_product_are_blended_with_the_stated_time(self):
        """Four orders took 14 days. The vendor's level: 4 stated at 6, 4 at 14: half each. The
        product's level: that worth 4, and 4 at 14: a quarter 6, three quarters 14."""
        for days_ago in (40, 50, 60, 70):
            self._buy(days_ago, [(14, 10)])
        lead = self._lead(self._create_orderpoint())
        self.assertEqual((lead.own, lead.own_days, lead.vendor), (4, 14, 4))
        self.assertAlmostEqual(lead.mean, 6 / 4 + 14 * 3 / 4)
        self.assertAlmostEqual(lead.spread**2, (12 - 6) ** 2 / 4 + (14 - 12) ** 2 * 3 / 4)

    def test_other_products_tell_how_far_the_vendor_is_off(self):
        """Another product, stated at 20, took 23: three days more, so here 9 instead of 6."""
        other = self._create_product("Pot", delay=20)
        for days_ago in (40, 50, 60, 70):
            self._buy(days_ago, [(23, 10)], product=other)
        self.assertEqual(self._distribution(self._create_orderpoint()), {6: 0.5, 9: 0.5})

    def test_parts_count_by_their_share(self):
        """One order: 4 of 10 after 5 days, 6 after 15."""
        self._buy(40, [(5, 4), (15, 6)])
        lead = self._lead(self._create_orderpoint())
        self.assertAlmostEqual(lead.own, 1)
        self.assertAlmostEqual(lead.own_days, 0.4 * 5 + 0.6 * 15)

    def test_open_order_that_is_late_lengthens_the_lead_time(self):
        """Ordered 30 days ago, stated 6, nothing came: more than 30 days for a fifth of the
        weight, on both levels."""
        self._buy(30)
        self.assertEqual(
            self._distribution(self._create_orderpoint()),
            {6: round(4 * 0.8 / 5, 9), 30: round((4 * 0.2 + 1) / 5, 9)},
        )

    def test_forgotten_order_says_nothing(self):
        self._buy(300)
        self.assertEqual(self._distribution(self._create_orderpoint()), {6: 1.0})

    def test_cancelled_rest_says_nothing(self):
        order = self._buy(60, [(6, 10)])
        late = self._buy(50)
        late.order_line.move_ids._action_cancel()
        lead = self._lead(self._create_orderpoint())
        self.assertEqual((lead.own, lead.mean), (1, 6))
        self.assertEqual(order.order_line.qty_received, 10)

    def test_returns_to_the_vendor_are_no_deliveries(self):
        order = self._buy(60, [(6, 10)])
        self._move(
            self.product,
            10,
            self.central.lot_stock_id,
            self.suppliers,
            20,
            purchase_line_id=order.order_line.id,
            to_refund=True,
        )
        self.assertEqual(self._lead(self._create_orderpoint()).own, 1)

    def test_time_before_the_order_is_added(self):
        self.company.days_to_purchase = 2
        self._buy(60, [(14, 10)])
        lead = self._lead(self._create_orderpoint())
        self.assertEqual((lead.stated, lead.own_days), (8, 14))
        self.assertEqual(lead.days.tolist(), [8, 16])

    def test_learning_can_be_switched_off(self):
        self._buy(60, [(14, 10)])
        self.company.smart_reorder_lead_learning = False
        self.assertEqual(self._distribution(self._create_orderpoint()), {6: 1.0})

    def test_weight_of_what_is_stated_can_be_set(self):
        self.company.smart_reorder_lead_weight = 1
        self._buy(60, [(14, 10)])
        self.assertEqual(self._distribution(self._create_orderpoint()), {6: 0.25, 14: 0.75})

    # ------------------------------------------------------------------
    # Transfers
    # ------------------------------------------------------------------

    @classmethod
    def _transfer(cls, days_ago, receipts=(), product=None, quantity=10):
        """A transfer from the central warehouse to the shop, ordered so many days ago.

        :param receipts: pairs ``(days after the order, quantity)``; the rest stays open
        """
        ordered = NOW - timedelta(days=days_ago)
        product = product or cls.product
        product.route_ids |= cls.resupply_route
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.central.lot_stock_id, quantity
        )
        before = cls.env["stock.move"].search([])
        cls.env["stock.rule"].run(
            [
                cls.env["stock.rule"].Procurement(
                    product,
                    quantity,
                    product.uom_id,
                    cls.shop.lot_stock_id,
                    "Shop needs it",
                    f"T{days_ago}",
                    cls.company,
                    {"warehouse_id": cls.shop, "date_planned": ordered},
                )
            ]
        )
        moves = cls.env["stock.move"].search([]) - before
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE stock_move SET create_date = %s WHERE id = ANY(%s)", [ordered, moves.ids]
        )
        cls.env.cr.execute(
            "UPDATE stock_picking SET create_date = %s WHERE id = ANY(%s)",
            [ordered, moves.picking_id.ids],
        )
        leaving = moves.filtered(lambda m: m.location_id.warehouse_id == cls.central)
        arriving = moves - leaving
        leaving.picking_id.action_assign()
        leaving.picked = True
        leaving.picking_id._action_done()
        leaving.date = ordered
        for days, part in receipts:
            move = cls.env["stock.move"].search(
                [
                    ("move_orig_ids", "in", leaving.ids),
                    ("state", "not in", ("done", "cancel")),
                ]
            )
            move.quantity = part
            move.picked = True
            move.picking_id.with_context(cancel_backorder=False)._action_done()
            move.date = ordered + timedelta(days=days)
        return arriving

    def _shop_rule(self, stated=2, product=None):
        pull = self.resupply_route.rule_ids.filtered(lambda rule: rule.action == "pull")
        pull[0].delay, pull[1:].delay = stated, 0
        return self._create_orderpoint(
            product, warehouse=self.shop, route_id=self.resupply_route.id
        )

    def test_transfers_are_taken_as_stated_without_any(self):
        self.assertEqual(self._distribution(self._shop_rule()), {2: 1.0})

    def test_transfers_of_the_product_to_the_place_are_learned(self):
        """The route states 2 days, four transfers took 6: as for vendors a quarter 2, the rest 6.
        The day of the order is that of the first move, whenever the goods left."""
        for days_ago in (40, 50, 60, 70):
            self._transfer(days_ago, [(6, 10)])
        lead = self._lead(self._shop_rule())
        self.assertEqual((lead.own, lead.own_days, lead.vendor), (4, 6, 4))
        self.assertAlmostEqual(lead.mean, 2 / 4 + 6 * 3 / 4)

    def test_transfers_of_other_products_tell_how_far_the_lane_is_off(self):
        other = self._create_product("Pot")
        for days_ago in (40, 50, 60, 70):
            self._transfer(days_ago, [(6, 10)], product=other)
        self.assertEqual(self._distribution(self._shop_rule()), {2: 0.5, 6: 0.5})
        # Another lane is not concerned: the central warehouse buys.
        self.assertEqual(self._distribution(self._create_orderpoint()), {6: 1.0})

    def test_parts_of_a_transfer_count_by_their_share(self):
        """4 of 10 after 3 days, 6 after 8: the backorder was ordered with the rest."""
        self._transfer(40, [(3, 4), (8, 6)])
        lead = self._lead(self._shop_rule())
        self.assertAlmostEqual(lead.own, 1)
        self.assertAlmostEqual(lead.own_days, 0.4 * 3 + 0.6 * 8)

    def test_transfer_that_is_late_lengthens_the_lead_time(self):
        self._transfer(30)
        self.assertEqual(
            self._distribution(self._shop_rule()),
            {2: round(4 * 0.8 / 5, 9), 30: round((4 * 0.2 + 1) / 5, 9)},
        )

    def test_transfers_recorded_afterwards_say_nothing(self):
        moves = self._transfer(40, [(6, 10)])
        self.env.cr.execute(
            "UPDATE stock_move SET create_date = %s WHERE product_id = %s",
            [NOW, moves.product_id.id],
        )
        self.assertEqual(self._distribution(self._shop_rule()), {2: 1.0})

    def test_learned_transfers_are_explained_and_listed(self):
        self._deliver_daily(4, 70, warehouse=self.shop)
        for days_ago in (40, 50, 60, 70):
            self._transfer(days_ago, [(6, 10)])
        self._set_stock(0, warehouse=self.shop)
        orderpoint = self._shop_rule()
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertAlmostEqual(proposal.lead_days, 5, places=3)
        self.assertIn("4 transfer(s) of it from Central to here took 6 day(s)", proposal.reason)
        action = proposal.action_view_deliveries()
        found = self.env["stock.move"].search(action["domain"])
        self.assertEqual(len(found), 4)
        self.assertEqual(found.location_dest_id.warehouse_id, self.shop)

    def test_uncertain_lead_time_raises_the_reorder_point_and_says_so(self):
        """4 a day. Half of the orders take 2 days, half 10: as stated on average, but the reorder
        point has to cover the 10 days and the day of review, 44 pieces, nearly always."""
        self._deliver_daily(4, 70)
        orderpoint = self._create_orderpoint()
        self._set_stock(20)
        self._run()
        certain = self._proposal(orderpoint).reorder_point
        for days_ago in range(20, 70, 10):
            for days in (2, 10):
                self._buy(days_ago, [(days, 10)])
        self._set_stock(20)
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertAlmostEqual(proposal.lead_days, 6, delta=0.1)
        self.assertGreater(proposal.lead_spread, 3)
        self.assertAlmostEqual(proposal.forecast_qty, 28, delta=0.5)
        self.assertAlmostEqual(proposal.lead_own, 10)
        self.assertGreater(proposal.reorder_point, max(certain, 44))
        self.assertIn("10 order(s)", proposal.reason)
        self.assertIn("±", proposal.reason)
        action = proposal.action_view_deliveries()
        found = self.env["smart.reorder.delivery"].search(action["domain"])
        self.assertEqual(len(found), 10)

    def test_scorecard(self):
        """Four lines are judged: in time and whole; in two parts, the second late; late and whole;
        overdue, nothing came. One more is open and not yet due."""
        self._buy(60, [(5, 10)])
        self._buy(59, [(6, 4), (9, 6)])
        self._buy(58, [(10, 10)])
        self._buy(20)
        self._buy(1)
        score = self.env["smart.reorder.vendor.score"].search([("partner_id", "=", self.vendor.id)])
        self.assertEqual((score.lines_done, score.lines_overdue), (4, 1))
        self.assertAlmostEqual(score.on_time, 100 * (1 + 0.4 + 0 + 0) / 4)
        self.assertAlmostEqual(score.in_full, 100 * 2 / 4)
        days = ((5, 1), (6, 0.4), (9, 0.6), (10, 1))
        mean = sum(d * w for d, w in days) / 3
        self.assertAlmostEqual(score.lead_mean, mean)
        spread = (sum(d * d * w for d, w in days) / 3 - mean**2) ** 0.5
        self.assertAlmostEqual(score.lead_spread, spread)
        self.assertEqual(score.lead_stated, 6)
        deliveries = self.env["smart.reorder.delivery"].search(
            score.action_view_deliveries()["domain"]
        )
        self.assertEqual(len(deliveries), 6)

    def test_price_drift_is_a_paasche_index(self):
        """Before: 2.0 and 4.0 for kettles (30 at 80 in all), 5.0 for pots. Lately 20 kettles at
        3.0 and 10 pots at 6.0: 120, at the old prices 20 × 8/3 + 50."""
        pot = self._create_product("Pot")
        self._buy(200, [(6, 20)], quantity=20)
        self._buy(180, [(6, 10)], price_unit=4.0)
        self._buy(170, [(6, 10)], product=pot, price_unit=5.0)
        self._buy(30, [(6, 20)], quantity=20, price_unit=3.0)
        self._buy(20, [(6, 10)], product=pot, price_unit=6.0)
        score = self.env["smart.reorder.vendor.score"].search([("partner_id", "=", self.vendor.id)])
        self.assertTrue(score.has_price_drift)
        self.assertAlmostEqual(score.price_drift, 100 * (120 / (20 * 80 / 30 + 50) - 1))
        self.assertAlmostEqual(score.spend, 40 + 40 + 50 + 60 + 60)

    def test_vendor_without_prices_in_both_periods_has_no_drift(self):
        self._buy(20, [(6, 10)])
        score = self.env["smart.reorder.vendor.score"].search([("partner_id", "=", self.vendor.id)])
        self.assertFalse(score.has_price_drift)

    def test_who_may_see_it(self):
        self._buy(20, [(6, 10)])
        planner = new_test_user(
            self.env,
            "lead_planner",
            "smart_reorder.group_smart_reorder_planner",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        score = self.env["smart.reorder.vendor.score"].with_user(planner)
        self.assertTrue(score.search([("partner_id", "=", self.vendor.id)]))
        other = self.env["res.company"].create({"name": "Elsewhere"})
        planner.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        elsewhere = score.with_context(allowed_company_ids=other.ids)
        self.assertFalse(elsewhere.search([("partner_id", "=", self.vendor.id)]))
        outsider = new_test_user(self.env, "lead_outsider", "base.group_user")
        with self.assertRaises(AccessError):
            score.with_user(outsider).search([])


@tagged("post_install", "-at_install")
class TestPromised(SmartReorderCase):
    """Open deliveries: 4 a day are sold, 28 are expected over 6 + 1 days."""

    def _promise(self, quantity, in_days, destination=None):
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": quantity,
                "location_id": self.central.lot_stock_id.id,
                "location_dest_id": (destination or self.customers).id,
                "company_id": self.company.id,
                "date": NOW + timedelta(days=in_days),
            }
        )
        move._action_confirm(merge=False)
        return move

    def _plan(self):
        orderpoint = self._create_orderpoint()
        self._run()
        return self._proposal(orderpoint)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._deliver_daily(4, 70)
        cls._set_stock(100)

    def test_due_after_the_interval_is_not_taken_off(self):
        self._promise(60, 8)
        proposal = self._plan()
        self.assertRecordValues(
            proposal, [{"qty_outgoing": 60, "qty_later": 60, "qty_position": 100}]
        )
        self.assertIn("60", proposal.reason)

    def test_within_the_interval_the_forecast_covers_what_it_expected(self):
        self._promise(10, 7)
        self._promise(30, 1)
        self.assertRecordValues(
            self._plan(), [{"qty_outgoing": 40, "qty_later": 28, "qty_position": 88}]
        )

    def test_overdue_counts_in_full(self):
        self._promise(10, -2)
        self._promise(10, 0)
        self.assertRecordValues(
            self._plan(), [{"qty_outgoing": 20, "qty_later": 0, "qty_position": 80}]
        )

    def test_transfers_to_other_warehouses_count_in_full(self):
        self._promise(10, 3, destination=self.shop.lot_stock_id)
        self.assertRecordValues(
            self._plan(), [{"qty_outgoing": 10, "qty_later": 0, "qty_position": 90}]
        )

    def test_acceptance_compares_the_same(self):
        """What was set aside does not count as replenished when the order is placed."""
        self._set_stock(20)
        self._promise(60, 8)
        proposal = self._plan()
        self.assertEqual(proposal.qty_position, 20)
        proposal.action_accept()
        self.assertEqual(proposal.state, "accepted")
