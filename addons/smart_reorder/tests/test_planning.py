from odoo import Command
from odoo.tests import tagged

from .common import SmartReorderCase


@tagged("post_install", "-at_install")
class TestPlanning(SmartReorderCase):
    def test_what_follows_from_other_figures_is_stored_as_it_is_computed(self):
        """A run stores it with the rest; written by hand it is computed. Both are the same."""
        self._deliver_daily(4, 60)
        blocked = self._create_product("Nobody sells it", seller_ids=[])
        self._set_stock(900)
        orderpoints = self._create_orderpoint() | self._create_orderpoint(warehouse=self.shop)
        orderpoints |= self._create_orderpoint(blocked)
        self._run()
        proposals = self.env["smart.reorder.proposal"].search([])
        self.assertEqual(proposals.orderpoint_id, orderpoints)
        names = ["state_rank", "is_current", "source_name", "cost", "days_of_cover", "excess_qty"]
        names += ["excess_value", "risk_avoided_value"]
        stored = proposals.read(names)
        for name in names:
            self.env.add_to_compute(proposals._fields[name], proposals)
        proposals.flush_recordset()
        self.assertEqual(proposals.read(names), stored)
        self.assertTrue(any(proposals.mapped("excess_qty")))

    def test_constant_demand_gives_its_multiple(self):
        """4 a day for 70 days: over 6 + 1 days 28 are expected, the spread is that of a Poisson
        process or more, and an order lasts for 7 days more."""
        self._deliver_daily(4, 70)
        orderpoint = self._create_orderpoint()
        self._set_stock(20)
        run = self._run()
        proposal = self._proposal(orderpoint)
        self.assertRecordValues(
            proposal,
            [
                {
                    "state": "draft",
                    "source": "buy",
                    "partner_id": self.vendor.id,
                    "qty_on_hand": 20,
                    "qty_position": 20,
                    "lead_days": 6,
                    "review_days": 1,
                    "evidence": "measured",
                    "forecast_qty": 28.0,
                    "daily_demand": 4.0,
                    "error_wape": 0.0,
                    "error_bias": 0.0,
                    "run_id": run.id,
                }
            ],
        )
        # Poisson with mean 28: P(X <= 37) = 0.9584, P(X <= 36) = 0.9405 (tables).
        self.assertGreaterEqual(proposal.reorder_point, 37)
        self.assertEqual(proposal.order_up_to, proposal.reorder_point + 28)
        self.assertEqual(proposal.qty_proposed, proposal.order_up_to - 20)
        self.assertEqual(proposal.cost, proposal.qty_to_order * 2.0)
        for number in ("20", "28", "7 day", "95"):
            self.assertIn(number, proposal.reason)
        self.assertIn("Vendor", proposal.reason)

    def test_enough_stock_needs_nothing(self):
        self._deliver_daily(4, 40)
        orderpoint = self._create_orderpoint()
        self._set_stock(500)
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertEqual((proposal.state, proposal.qty_to_order), ("ok", 0))
        self.assertIn("nothing to order", proposal.reason)

    def test_quotation_counts_so_that_nothing_is_ordered_twice(self):
        self._deliver_daily(4, 40)
        orderpoint = self._create_orderpoint()
        self._set_stock(0)
        self._run()
        needed = self._proposal(orderpoint).qty_to_order
        self.assertGreater(needed, 0)
        self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.central.in_type_id.id,
                "order_line": [
                    Command.create({"product_id": self.product.id, "product_qty": needed})
                ],
            }
        )
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertEqual((proposal.state, proposal.qty_in_progress), ("ok", needed))

    def test_minimum_packaging_and_price_break(self):
        self._deliver_daily(4, 40)
        self.product.seller_ids = [
            Command.clear(),
            Command.create(
                {
                    "partner_id": self.vendor.id,
                    "price": 24.0,
                    "min_qty": 10,
                    "delay": 6,
                    "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                }
            ),
            Command.create(
                {
                    "partner_id": self.vendor.id,
                    "price": 12.0,
                    "min_qty": 20,
                    "delay": 6,
                    "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                }
            ),
        ]
        orderpoint = self._create_orderpoint()
        self._set_stock(0)
        self._run()
        proposal = self._proposal(orderpoint)
        # About 70 are missing; 120 is the minimum, and at 240 the price halves: two months of
        # demand at half price beat the cost of holding them.
        self.assertLess(proposal.qty_needed, 120)
        self.assertEqual(proposal.qty_to_order, 240)
        self.assertAlmostEqual(proposal.price_unit, 1.0)
        self.assertIn("120", proposal.reason)
        self.assertIn("lower price", proposal.reason)

    def test_rounded_up_to_whole_packagings(self):
        self._deliver_daily(4, 40)
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product.seller_ids.product_uom_id = dozen
        orderpoint = self._create_orderpoint()
        self._set_stock(1)
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertEqual(proposal.qty_to_order % 12, 0)
        self.assertLess(proposal.qty_to_order - proposal.qty_needed, 12)

    def test_shop_is_supplied_from_central_which_sees_the_need(self):
        self.product.route_ids = [Command.link(self.resupply_route.id)]
        self._deliver_daily(3, 60, warehouse=self.shop)
        shop = self._create_orderpoint(warehouse=self.shop, route_id=self.resupply_route.id)
        central = self._create_orderpoint(route_id=self.buy_route.id)
        self._set_stock(5, warehouse=self.shop)
        self._set_stock(200)
        self._run()
        at_shop, at_central = self._proposal(shop), self._proposal(central)
        self.assertRecordValues(
            at_shop,
            [{"state": "draft", "source": "transfer", "source_warehouse_id": self.central.id}],
        )
        self.assertIn("Central", at_shop.reason)
        # The shop sells 3 a day; central delivered nothing itself, and plans for these 3.
        self.assertAlmostEqual(at_central.daily_demand, 3.0)
        self.assertEqual(at_central.qty_dependents, at_shop.qty_needed)
        self.assertEqual(at_central.qty_position, 200 - at_shop.qty_needed)
        self.assertEqual(at_central.source, "buy")

    def test_scarce_stock_is_shared_in_proportion(self):
        second = self.env["stock.warehouse"].create(
            {
                "name": "Second Shop",
                "code": "SH2",
                "company_id": self.company.id,
                "resupply_wh_ids": [Command.set(self.central.ids)],
            }
        )
        self._deliver_daily(2, 40, warehouse=self.shop)
        self._deliver_daily(6, 40, warehouse=second)
        orderpoints = self._create_orderpoint(
            warehouse=self.shop, route_id=self.resupply_route.id
        ) | self._create_orderpoint(warehouse=second, route_id=second.resupply_route_ids.id)
        self._set_stock(0, warehouse=self.shop)
        self._set_stock(0, warehouse=second)
        self._set_stock(20)
        self._run()
        proposals = [self._proposal(op) for op in orderpoints]
        self.assertLessEqual(sum(p.qty_to_order for p in proposals), 20)
        self.assertGreaterEqual(sum(p.qty_to_order for p in proposals), 19)
        self.assertGreater(proposals[1].qty_to_order, proposals[0].qty_to_order)
        for proposal in proposals:
            self.assertIn("shared in proportion", proposal.reason)
            self.assertGreater(proposal.qty_needed, proposal.qty_to_order)

    def test_bad_products_are_named_and_the_others_go_on(self):
        self._deliver_daily(4, 40)
        good = self._create_orderpoint()
        orphan = self._create_orderpoint(self._create_product("Orphan", seller_ids=[]))
        nowhere = self._create_orderpoint(
            self._create_product("Nowhere", route_ids=[], seller_ids=[])
        )
        absurd = self._create_orderpoint(
            self._create_product("Absurd"), smart_reorder_service_level=100
        )
        slow = self._create_orderpoint(self._create_product("Slow", delay=5000))
        self._run()
        self.assertEqual(self._proposal(good).state, "draft")
        for orderpoint, word in (
            (orphan, "vendor"),
            (nowhere, "route"),
            (absurd, "service level"),
            (slow, "two years"),
        ):
            proposal = self._proposal(orderpoint)
            self.assertEqual(proposal.state, "exception", orderpoint.product_id.name)
            self.assertIn(word, proposal.reason)
            self.assertEqual(proposal.qty_to_order, 0)

    def test_circular_supply_is_named(self):
        self.central.resupply_wh_ids = self.shop
        back = self.central.resupply_route_ids
        first = self._create_orderpoint(warehouse=self.shop, route_id=self.resupply_route.id)
        second = self._create_orderpoint(route_id=back.id)
        self._run()
        for orderpoint in first | second:
            proposal = self._proposal(orderpoint)
            self.assertEqual(proposal.state, "exception")
            self.assertIn("circle", proposal.reason)

    def test_product_that_never_moved(self):
        orderpoint = self._create_orderpoint()
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertEqual((proposal.state, proposal.evidence), ("ok", "none"))
        self.assertEqual(proposal.reorder_point, 0)

    def test_vendor_in_another_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "x",
                "rate_ids": [
                    Command.create(
                        {"name": "2020-01-01", "rate": 4.0, "company_id": self.company.id}
                    )
                ],
            }
        )
        self.product.seller_ids.write({"currency_id": currency.id, "price": 8.0})
        self._deliver_daily(4, 40)
        orderpoint = self._create_orderpoint()
        self._set_stock(0)
        self._run()
        self.assertAlmostEqual(self._proposal(orderpoint).price_unit, 2.0)
