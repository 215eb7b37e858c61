import math
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import NOW, SmartReorderCase


@tagged("post_install", "-at_install")
class TestAcceptance(SmartReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._deliver_daily(4, 40)
        cls.orderpoint = cls._create_orderpoint(route_id=cls.buy_route.id)
        cls._set_stock(0)

    def _get_lines(self):
        return self.env["purchase.order.line"].search([("orderpoint_id", "=", self.orderpoint.id)])

    def _planned(self):
        self._run()
        proposal = self._proposal(self.orderpoint)
        self.assertEqual(proposal.state, "draft")
        return proposal

    def test_accept_makes_a_draft_purchase_with_the_proposed_figures(self):
        proposal = self._planned()
        quantity = proposal.qty_to_order
        proposal.action_accept()
        self.assertEqual(proposal.state, "accepted")
        line = proposal.purchase_line_ids
        self.assertRecordValues(
            line,
            [
                {
                    "product_id": self.product.id,
                    "product_qty": quantity,
                    "price_unit": 2.0,
                    "orderpoint_id": self.orderpoint.id,
                    "state": "draft",
                }
            ],
        )
        self.assertEqual(line.order_id.partner_id, self.vendor)
        self.assertEqual(
            line.date_planned.date(), fields.Date.add(NOW.date(), days=6), "in six days"
        )
        self.assertEqual((proposal.decided_by_id, proposal.decided_at), (self.env.user, NOW))
        self.assertEqual(proposal.purchase_count, 1)
        self.assertEqual(proposal.action_view_purchases()["res_id"], line.order_id.id)

    def test_second_click_orders_nothing(self):
        proposal = self._planned()
        proposal.action_accept()
        with self.assertRaisesRegex(UserError, "already decided by"):
            proposal.action_accept()
        self.assertEqual(len(self._get_lines()), 1)

    def test_next_run_sees_the_order(self):
        self._planned().action_accept()
        self._run()
        proposal = self._proposal(self.orderpoint)
        self.assertEqual(proposal.state, "ok")
        self.assertGreater(proposal.qty_in_progress, 0)

    def test_many_at_once_share_one_purchase_order(self):
        other = self._create_product("Pot")
        self._deliver_daily(2, 40, product=other)
        self._set_stock(0, product=other)
        second = self._create_orderpoint(other)
        first = self._planned()
        proposals = first | self._proposal(second)
        notification = proposals.action_accept()
        self.assertEqual(set(proposals.mapped("state")), {"accepted"})
        self.assertEqual(len(proposals.purchase_line_ids.order_id), 1)
        self.assertIn("2 of 2", notification["params"]["message"])

    def test_edited_quantity_is_ordered_and_survives_a_run(self):
        proposal = self._planned()
        proposed = proposal.qty_proposed
        proposal.qty_to_order = 17
        self._run()
        self.assertEqual(
            (proposal.qty_to_order, proposal.qty_proposed, proposal.is_edited), (17, proposed, True)
        )
        proposal.action_accept()
        self.assertEqual(proposal.purchase_line_ids.product_qty, 17)

    def test_quantity_below_the_vendors_minimum_is_said(self):
        """Minimum 24, sold in dozens: 7 is too little, 30 are no whole dozens, 36 is fine."""
        self.product.seller_ids.write(
            {"min_qty": 2, "product_uom_id": self.env.ref("uom.product_uom_dozen").id}
        )
        proposal = self._planned()
        texts = {}
        for quantity in (7, 30, 36):
            with Form(proposal) as form:
                form.qty_to_order = quantity
            texts[quantity] = proposal.reason
        self.assertIn("less than the minimum of 24", texts[7])
        self.assertIn("not a number of whole packagings of 12", texts[30])
        self.assertTrue(texts[36].endswith("The quantity was set by hand."))

    def test_edit_can_be_undone(self):
        proposal = self._planned()
        proposal.qty_to_order = 17
        proposal.action_reset_quantity()
        self.assertEqual(proposal.qty_to_order, proposal.qty_proposed)
        self.assertFalse(proposal.is_edited)

    def test_negative_and_zero_quantities_are_refused(self):
        proposal = self._planned()
        with self.assertRaises(ValidationError):
            proposal.qty_to_order = -1
        proposal.qty_to_order = 0
        with self.assertRaisesRegex(UserError, "nothing to accept"):
            proposal.action_accept()

    def test_nothing_is_ordered_when_somebody_else_has_replenished(self):
        proposal = self._planned()
        self._set_stock(500)
        result = proposal.action_accept()
        self.assertEqual(proposal.state, "ok")
        self.assertFalse(self._get_lines())
        self.assertIn("500", result["params"]["message"])

    def test_transfer_through_transit(self):
        self._deliver_daily(3, 40, warehouse=self.shop)
        shop = self._create_orderpoint(warehouse=self.shop, route_id=self.resupply_route.id)
        self._set_stock(0, warehouse=self.shop)
        self._set_stock(300)
        self._run()
        proposal = self._proposal(shop)
        quantity = proposal.qty_to_order
        proposal.action_accept()
        self.assertEqual(proposal.state, "accepted")
        moves = proposal.move_ids | proposal.move_ids.move_orig_ids
        self.assertEqual(len(moves), 2, "out of central, into the shop")
        self.assertEqual(set(moves.mapped("product_uom_qty")), {quantity})
        self.assertEqual(moves.location_id.warehouse_id, self.central)
        self.assertEqual(moves.location_dest_id.warehouse_id, self.shop)
        self.assertEqual(proposal.picking_count, 2)
        self._run()
        self.assertEqual(self._proposal(shop).state, "ok")

    def test_transfer_of_a_rule_without_a_route_of_its_own(self):
        """The warehouse's route is found for both legs, not for the last one alone."""
        product = self._create_product("Toaster", route_ids=[])
        self.resupply_route.warehouse_selectable = True
        self.shop.route_ids |= self.resupply_route
        self._deliver_daily(3, 40, product=product, warehouse=self.shop)
        shop = self._create_orderpoint(product, self.shop)
        self._set_stock(0, product=product, warehouse=self.shop)
        self._set_stock(300, product=product)
        self._run()
        proposal = self._proposal(shop)
        proposal.action_accept()
        self.assertEqual(proposal.state, "accepted")
        moves = proposal.move_ids | proposal.move_ids.move_orig_ids
        self.assertEqual(moves.location_id.warehouse_id, self.central)
        self.assertEqual(moves.location_dest_id.warehouse_id, self.shop)

    def test_price_line_follows_the_quantity(self):
        self.product.seller_ids = [
            Command.create(
                {"partner_id": self.vendor.id, "price": 1.5, "min_qty": 1000, "delay": 6}
            )
        ]
        proposal = self._planned()
        self.assertEqual(proposal.price_unit, 2.0)
        proposal.qty_to_order = 1200
        proposal.action_accept()
        self.assertEqual(proposal.purchase_line_ids.price_unit, 1.5)

    def test_failure_of_one_leaves_the_others(self):
        orphan = self._create_product("Orphan")
        self._deliver_daily(2, 40, product=orphan)
        self._set_stock(0, product=orphan)
        second = self._create_orderpoint(orphan)
        good = self._planned()
        bad = self._proposal(second)
        orphan.seller_ids.unlink()
        (good | bad).action_accept()
        self.assertEqual((good.state, bad.state), ("accepted", "exception"))
        self.assertIn("Orphan", bad.reason)

    def test_reject_and_snooze(self):
        proposal = self._planned()
        proposal.action_snooze()
        self.assertEqual(proposal.snoozed_until, fields.Date.add(NOW.date(), days=7))
        self.assertFalse(proposal._accept_automatically(), "snoozed")
        proposal.action_unsnooze()
        proposal._reject("other")
        self.assertEqual(proposal.state, "rejected")
        with self.assertRaises(UserError):
            proposal.action_accept()
        with self.assertRaises(UserError):
            proposal.action_reject()

    def test_reject_with_a_reason_until_a_day(self):
        """The next run finds the same need: it is proposed, but snoozed until the day."""
        proposal = self._planned()
        orderpoint = proposal.orderpoint_id
        action = proposal.action_reject()
        wizard = (
            self.env["smart.reorder.reject"]
            .with_context(**action["context"])
            .create({"reason": "too_early", "note": "After the fair", "again": "30"})
        )
        self.assertEqual((wizard.proposal_ids, wizard.proposal_count), (proposal, 1))
        wizard.action_reject()
        day = NOW.date() + timedelta(days=30)
        self.assertRecordValues(
            proposal,
            [
                {
                    "state": "rejected",
                    "reject_reason": "too_early",
                    "reject_note": "After the fair",
                    "propose_again": day,
                    "decided_by_id": self.env.uid,
                }
            ],
        )
        self._run()
        again = self._proposal(orderpoint)
        self.assertNotEqual(again, proposal)
        self.assertEqual((again.state, again.snoozed_until), ("draft", day))
        self.assertFalse(again._accept_automatically())

    def _reject_and_judge(self, orderpoint, reason="too_early", stock=100, demand=4):
        """Reject what is proposed; then the interval passes with a demand a day.

        :return: the rejected proposal, once a run has judged it
        """
        proposal = self._proposal(orderpoint)
        proposal._reject(reason)
        proposal.qty_position = stock
        proposal.decided_at = NOW - timedelta(days=math.ceil(proposal.protection_days) + 1)
        self._run()
        return proposal

    def test_rejections_are_judged_by_the_demand_that_came(self):
        """4 a day over 7 days are 28: of 29 one was left, 28 were sold out."""
        orderpoint = self._planned().orderpoint_id
        self.assertEqual(self._proposal(orderpoint).protection_days, 7)
        for stock, outcome in ((29, "right"), (28, "wrong")):
            rejected = self._reject_and_judge(orderpoint, stock=stock)
            self.assertEqual(rejected.reject_outcome, outcome)

    def test_rejections_that_claim_nothing_are_not_judged(self):
        orderpoint = self._planned().orderpoint_id
        self.assertFalse(self._reject_and_judge(orderpoint, reason="source").reject_outcome)
        proposal = self._proposal(orderpoint)
        proposal._reject("too_early")
        self._run()
        self.assertFalse(proposal.reject_outcome, "its days are not over")

    def test_who_was_right_twice_is_not_asked_before_the_latest_day(self):
        """Right twice: (2 + 1)/(2 + 2) = 3/4 is trusted, once is not."""
        orderpoint = self._uncertain()
        self._reject_and_judge(orderpoint)
        first = self._proposal(orderpoint)
        self.assertEqual((first.state, first.snoozed_until), ("draft", False))
        self._reject_and_judge(orderpoint)
        second = self._proposal(orderpoint)
        self.assertEqual(second.state, "draft")
        self.assertGreater(second.order_by, NOW.date())
        self.assertEqual(second.snoozed_until, second.order_by)
        self.assertIn("2 of 2 times that planners rejected it", second.reason)
        self.assertFalse(second._accept_automatically())
        second.action_unsnooze()
        self._run()
        self.assertFalse(second.snoozed_until, "who wakes it up wants to see it")

    def test_nothing_waits_where_the_stock_did_not_last(self):
        orderpoint = self._uncertain()
        for stock in (1000, 1000, 5):
            self._reject_and_judge(orderpoint, stock=stock)
        self.assertFalse(self._proposal(orderpoint).snoozed_until)

    def _uncertain(self):
        """1 a day in one week, 7 in the next: the reorder point is far above the demand until
        goods come, so that an order can wait for some days."""
        product = self._create_product("Fan")
        for days_ago in range(1, 85):
            self._deliver(7 if days_ago // 7 % 2 else 1, days_ago, product)
        self._set_stock(36, product)
        orderpoint = self._create_orderpoint(product)
        self._run()
        proposal = self._proposal(orderpoint)
        self.assertEqual(proposal.state, "draft")
        self.assertGreater(proposal.order_by, NOW.date())
        return orderpoint

    def test_nothing_waits_that_is_late(self):
        orderpoint = self._planned().orderpoint_id
        self._set_stock(10)
        for _time in range(2):
            self._reject_and_judge(orderpoint)
        self.assertFalse(self._proposal(orderpoint).snoozed_until)

    def test_rejected_until_the_next_run(self):
        proposal = self._planned()
        wizard = self.env["smart.reorder.reject"].create(
            {"proposal_ids": proposal.ids, "reason": "data", "again": "0"}
        )
        wizard.action_reject()
        self.assertFalse(proposal.propose_again)
        self._run()
        self.assertFalse(self._proposal(proposal.orderpoint_id).snoozed_until)

    def test_rights(self):
        proposal = self._planned()
        clerk = new_test_user(
            self.env, "clerk", "stock.group_stock_user", company_id=self.company.id
        )
        planner = new_test_user(
            self.env,
            "planner",
            "smart_reorder.group_smart_reorder_planner",
            company_id=self.company.id,
        )
        self.assertEqual(proposal.with_user(clerk).read(["reason"])[0]["id"], proposal.id)
        with self.assertRaises(AccessError):
            proposal.with_user(clerk).action_accept()
        proposal.with_user(planner).action_accept()
        self.assertEqual((proposal.state, proposal.decided_by_id), ("accepted", planner))

    def test_other_companies_see_nothing(self):
        proposal = self._planned()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "stranger",
            "stock.group_stock_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            proposal.with_user(stranger).read(["reason"])
