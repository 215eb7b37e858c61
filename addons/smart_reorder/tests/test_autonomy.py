from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import SmartReorderCase
from .test_engine import KILLED, engine_of


@tagged("post_install", "-at_install")
class TestAutonomy(SmartReorderCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._deliver_daily(4, 60)
        cls._set_stock(0)
        cls.orderpoint = cls._create_orderpoint(
            route_id=cls.buy_route.id, product_min_qty=3, product_max_qty=9
        )

    def _allow(self, **values):
        return self.env["smart.reorder.autonomy"].create({"company_id": self.company.id, **values})

    def _changes(self):
        return self.env["smart.reorder.change"].search([("orderpoint_id", "=", self.orderpoint.id)])

    def test_policy_orders_and_one_click_takes_it_back(self):
        self.orderpoint.smart_reorder_mode = "policy"
        self._allow(mode="automatic")
        run = self._run()
        self.assertEqual(run.accepted, 1)
        change = self._changes()
        proposal = change.proposal_id
        line = proposal.purchase_line_ids
        self.assertRecordValues(
            change,
            [
                {
                    "kind": "order",
                    "state": "done",
                    "quantity": line.product_qty,
                    "value": proposal.cost,
                    "run_id": run.id,
                }
            ],
        )
        self.assertIn("below the reorder point", change.reason)
        order = line.order_id
        change.action_reverse()
        self.assertFalse(line.exists())
        self.assertEqual(order.state, "cancel")
        self.assertEqual((proposal.state, change.state), ("rejected", "reversed"))
        change.action_reverse()  # a second click does nothing
        self._run()
        self.assertEqual(len(self._changes()), 1, "snoozed: it is not ordered again")

    def test_what_odoo_adds_to_an_open_transfer_is_ordered_and_taken_back_alone(self):
        """The shop takes 10 pieces, then 5 more, which Odoo adds to the same moves: 15. Taken
        back, 10 are left on their way; the first taken back as well, none."""
        self._set_stock(300)
        rule = self._create_orderpoint(
            warehouse=self.shop,
            route_id=self.resupply_route.id,
            smart_reorder_mode="automatic",
        )
        moves, changes = self.env["stock.move"], self.env["smart.reorder.change"]
        for quantity, total in ((10, 10), (5, 15)):
            run = self._run()
            proposal = self._proposal(rule)
            proposal.with_context(smart_reorder_planning=True).write(
                {"state": "draft", "qty_proposed": quantity, "qty_to_order": quantity}
            )
            proposal._create_orders()
            self.assertEqual(proposal.state, "accepted", proposal.reason)
            changes._log_orders(proposal, run)
            moves = proposal.move_ids | proposal.move_ids.move_orig_ids
            self.assertEqual(moves.mapped("product_uom_qty"), [total, total])
        first, second = changes.search([("orderpoint_id", "=", rule.id)], order="id")
        second.action_reverse()
        self.assertEqual(moves.mapped("product_uom_qty"), [10, 10])
        self.assertNotIn("cancel", moves.mapped("state"))
        first.action_reverse()
        self.assertEqual(set(moves.mapped("state")), {"cancel"})

    def test_confirmed_order_is_not_taken_back(self):
        self.orderpoint.smart_reorder_mode = "automatic"
        self._run()
        change = self._changes()
        change.proposal_id.purchase_line_ids.order_id.button_confirm()
        with self.assertRaisesRegex(UserError, "confirmed already"):
            change.action_reverse()
        self.assertEqual(change.state, "done")

    def test_first_line_that_fits_holds(self):
        self.orderpoint.smart_reorder_mode = "policy"
        self._allow(mode="suggest", warehouse_id=self.central.id, sequence=1)
        self._allow(mode="automatic", sequence=2)
        self.assertEqual(self._run().accepted, 0)
        self.assertEqual(self._proposal(self.orderpoint).state, "draft")

    def test_policy_of_a_product_in_all_places(self):
        other = self._create_product("Pot")
        self.orderpoint.smart_reorder_mode = "policy"
        self._allow(product_id=other.id, mode="automatic")
        self.assertEqual(self._run().accepted, 0)
        self._allow(product_id=self.product.id, mode="automatic")
        self.assertEqual(self._run().accepted, 1)
        change = self._changes()
        self.assertEqual(change.position_before, 0)
        self.assertEqual(change.position_after, change.quantity)

    def test_without_a_policy_it_suggests(self):
        self.orderpoint.smart_reorder_mode = "policy"
        self.assertEqual(self._run().accepted, 0)

    def test_limits_hold_and_are_named(self):
        self.orderpoint.smart_reorder_mode = "automatic"
        line = self._allow(mode="suggest", max_value=10)
        self.assertEqual(self._run().accepted, 0)
        proposal = self._proposal(self.orderpoint)
        self.assertIn("It waits for a planner: it costs", proposal.reason)
        line.write({"max_value": 0, "min_confidence": 100})
        proposal.coverage = 50
        refusal = line._find_refusal(proposal, 1, 0, 1)
        self.assertEqual(refusal[0], "refused_confidence")
        line.write({"min_confidence": 0, "max_change": 50})
        self.assertIsNone(line._find_refusal(proposal, 1, 100, 150))
        self.assertEqual(line._find_refusal(proposal, 1, 100, 151)[0], "refused_change")
        with self.assertRaises(ValidationError):
            line.min_confidence = 101

    def test_without_a_fresh_forecast_nothing_happens_by_itself(self):
        self.orderpoint.smart_reorder_mode = "automatic"
        with engine_of(KILLED):
            self.assertEqual(self._run().accepted, 0)
        self.assertIn("not a fresh one", self._proposal(self.orderpoint).reason)

    def test_kill_switch(self):
        self.orderpoint.smart_reorder_mode = "automatic"
        self.company.smart_reorder_automation = False
        self.assertEqual(self._run().accepted, 0)
        self.assertEqual(self._proposal(self.orderpoint).state, "draft")

    def test_min_and_max_are_kept_and_odoo_orders_by_them(self):
        self.orderpoint.smart_reorder_mode = "minmax"
        self._run()
        proposal = self._proposal(self.orderpoint)
        self.assertRecordValues(
            self.orderpoint,
            [
                {
                    "product_min_qty": proposal.reorder_point,
                    "product_max_qty": proposal.order_up_to,
                    "trigger": "auto",
                    "smart_reorder_by_odoo": True,
                }
            ],
        )
        domain = self.env["stock.rule"]._get_orderpoint_domain(self.company.id)
        self.assertIn(self.orderpoint, self.orderpoint.search(domain))
        self._run()
        self.assertEqual(len(self._changes()), 1, "what stays the same is not logged again")
        self._changes().action_reverse()
        self.assertRecordValues(
            self.orderpoint,
            [
                {
                    "product_min_qty": 3,
                    "product_max_qty": 9,
                    "trigger": "manual",
                    "smart_reorder_by_odoo": False,
                }
            ],
        )

    def test_either_orders_never_both(self):
        self.orderpoint.smart_reorder_mode = "minmax"
        self._run()
        self.orderpoint.smart_reorder_mode = "suggest"
        self._run()
        domain = self.env["stock.rule"]._get_orderpoint_domain(self.company.id)
        self.assertNotIn(self.orderpoint, self.orderpoint.search(domain))

    def test_leaving_restores_min_and_max(self):
        self.orderpoint.smart_reorder_mode = "minmax"
        self._run()
        self._deliver_daily(20, 30)
        self._run()
        self.assertEqual(len(self._changes()), 2)
        self.orderpoint.action_smart_reorder_leave()
        self.assertRecordValues(
            self.orderpoint,
            [
                {
                    "product_min_qty": 3,
                    "product_max_qty": 9,
                    "smart_reorder": False,
                    "smart_reorder_by_odoo": False,
                }
            ],
        )
