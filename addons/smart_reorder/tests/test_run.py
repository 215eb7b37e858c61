from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.smart_reorder_planner import SmartReorderPlanner
from ..models.smart_reorder_planner_history import SmartReorderPlanner as PlannerHistory
from ..models.smart_reorder_run_planning import SmartReorderRun
from ..models.smart_reorder_source import SmartReorderSource
from .common import NOW, SmartReorderCase


@tagged("post_install", "-at_install")
class TestRun(SmartReorderCase):
    def test_record_of_the_run(self):
        self._deliver_daily(4, 40)
        self._set_stock(0)
        self._create_orderpoint()
        self._create_orderpoint(self._create_product("Orphan", seller_ids=[]))
        run = self._run()
        self.assertRecordValues(
            run,
            [
                {
                    "state": "done",
                    "total": 2,
                    "computed": 2,
                    "progress": 100,
                    "to_order": 1,
                    "blocked": 1,
                    "accepted": 0,
                }
            ],
        )

    def test_each_run_rewrites_the_current_proposal(self):
        self._deliver_daily(4, 40)
        orderpoint = self._create_orderpoint()
        self._set_stock(0)
        self._run()
        proposal = self._proposal(orderpoint)
        self._set_stock(500)
        self._run()
        self.assertEqual(self._proposal(orderpoint), proposal)
        self.assertEqual((proposal.state, proposal.qty_to_order), ("ok", 0))

    def test_automatic_mode_orders_by_itself(self):
        self._deliver_daily(4, 40)
        self._set_stock(0)
        automatic = self._create_orderpoint(smart_reorder_mode="automatic")
        other = self._create_product("Pot")
        self._deliver_daily(4, 40, product=other)
        self._set_stock(0, product=other)
        suggest = self._create_orderpoint(other)
        run = self._run()
        self.assertEqual(run.accepted, 1)
        accepted = self.env["smart.reorder.proposal"].search([("orderpoint_id", "=", automatic.id)])
        self.assertEqual(accepted.state, "accepted")
        self.assertTrue(accepted.purchase_line_ids)
        self.assertEqual(self._proposal(suggest).state, "draft")

    def test_killed_run_goes_on_where_it_was(self):
        orderpoints = self._create_orderpoint() | self._create_orderpoint(
            self._create_product("Pot")
        )
        run = self.env["smart.reorder.run"].create({"company_id": self.company.id})
        _batches, circular, pending = run._get_batches()
        self.assertEqual(pending, 2)
        run._plan_batch(orderpoints[0], circular)
        # As if the process had ended here: a new one finds the run and what is left of it.
        self.assertEqual(
            self.env["smart.reorder.run"]._get_or_create(self.company, "scheduled"), run
        )
        self.assertEqual(run._get_batches()[2], 1)
        self.assertTrue(run._process(commit=False))
        self.assertEqual((run.total, run.computed, run.state), (2, 2, "done"))

    def test_supply_order_is_found_once_for_a_run(self):
        """The scheduled action takes a run up many times, and all rules have to be looked at."""
        central = self._create_orderpoint()
        shop = self._create_orderpoint(
            warehouse=self.shop, route_id=self.shop.resupply_route_ids.id
        )
        run = self.env["smart.reorder.run"].create({"company_id": self.company.id})
        self.assertEqual(run._get_batches()[0], [shop, central])
        with patch.object(SmartReorderSource, "_get_ranks") as ranks:
            self.assertEqual(run._get_batches()[0], [shop, central])
            ranks.assert_not_called()
        run._plan_batch(shop, frozenset())
        # Enrolled while the run goes on: it has its place in the order as well.
        pot = self._create_product("Pot")
        other = self._create_orderpoint(
            pot, warehouse=self.shop, route_id=self.shop.resupply_route_ids.id
        )
        batches, _circular, pending = run._get_batches()
        self.assertEqual((batches, pending), ([other, central], 2))
        self.assertTrue(run._process(commit=False))
        self.assertEqual((run.computed, run.state, run.supply_order), (3, "done", False))

    def test_batches_do_not_take_the_same_stock(self):
        """Two shops in two batches of one run: central's 20 are given out once."""
        second = self.env["stock.warehouse"].create(
            {
                "name": "Second Shop",
                "code": "SH2",
                "company_id": self.company.id,
                "resupply_wh_ids": [Command.set(self.central.ids)],
            }
        )
        orderpoints = self.env["stock.warehouse.orderpoint"]
        for shop in self.shop | second:
            self._deliver_daily(3, 40, warehouse=shop)
            self._set_stock(0, warehouse=shop)
            orderpoints |= self._create_orderpoint(
                warehouse=shop, route_id=shop.resupply_route_ids.id
            )
        self._set_stock(20)
        with patch(f"{SmartReorderRun.__module__}.BATCH_SIZE", 1):
            self._run()
        proposals = [self._proposal(orderpoint) for orderpoint in orderpoints]
        self.assertEqual(sum(proposal.qty_to_order for proposal in proposals), 20)

    def test_forgotten_run_is_given_up(self):
        run = self.env["smart.reorder.run"].create(
            {"company_id": self.company.id, "date_start": NOW - timedelta(hours=21)}
        )
        new = self.env["smart.reorder.run"]._get_or_create(self.company, "scheduled")
        self.assertNotEqual(new, run)
        self.assertEqual(run.state, "failed")
        self.assertTrue(run.error)

    def test_product_that_crashes_is_blocked_alone(self):
        pot = self._create_product("Pot")
        orderpoints = (
            self._create_orderpoint()
            | self._create_orderpoint(pot)
            | self._create_orderpoint(self._create_product("Pan"))
        )
        original = PlannerHistory._get_history

        def crash(planner, batch, *args):
            if pot in batch.product_id:
                raise ZeroDivisionError("out of ideas")
            return original(planner, batch, *args)

        with (
            patch.object(PlannerHistory, "_get_history", crash),
            self.assertLogs("odoo.addons.smart_reorder", "WARNING"),
        ):
            run = self._run()
        self.assertEqual((run.computed, run.blocked), (3, 1))
        states = {op.product_id: self._proposal(op) for op in orderpoints}
        self.assertEqual(states[pot].state, "exception")
        self.assertIn("out of ideas", states[pot].reason)
        self.assertEqual(states[self.product].state, "ok")

    def test_job_without_time_left_is_followed_by_another(self):
        """Odoo calls an action with work left ten times in a job, however long that takes."""
        self._create_orderpoint()
        action = self.env.ref("smart_reorder.ir_cron_smart_reorder")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", action.id)])
        with patch.object(type(action), "_commit_progress", return_value=0) as commit:
            self.env["smart.reorder.run"]._cron_run()
        self.assertFalse(self.env["smart.reorder.run"].search([("state", "=", "running")]))
        # Something remains to be done, and a worker that sleeps is woken for it.
        commit.assert_called_with(remaining=1)
        more = self.env["ir.cron.trigger"].search([("cron_id", "=", action.id)]) - triggers
        self.assertEqual(len(more), 1)

    def test_run_now(self):
        with self.assertRaisesRegex(UserError, "Enrol products"):
            self.env["smart.reorder.run"].action_run_now()
        self._create_orderpoint()
        result = self.env["smart.reorder.run"].action_run_now()
        self.assertIn("1 products", result["params"]["message"])
        run = self.env["smart.reorder.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual((run.state, run.origin), ("done", "manual"))

    def test_number_of_queries_does_not_grow_with_the_products(self):
        def plan(count, name):
            products = self.env["product.product"]
            for index in range(count):
                products |= self._create_product(f"{name} {index}")
            orderpoints = self.env["stock.warehouse.orderpoint"]
            for product in products:
                orderpoints |= self._create_orderpoint(product)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["smart.reorder.planner"]._plan(orderpoints)
            return self.env.cr.sql_log_count - before

        plan(2, "warm")
        self.assertLessEqual(plan(30, "many"), plan(3, "few") + 3)

    def test_opening_the_workbench_computes_nothing(self):
        self._create_orderpoint()
        self._run()
        action = self.env.ref("smart_reorder.smart_reorder_proposal_action")
        with patch.object(SmartReorderPlanner, "_plan", side_effect=AssertionError):
            self.env[action.res_model].get_views([(False, "list"), (False, "search")])
            self.env[action.res_model].web_search_read(
                [], {"product_id": {"fields": {"display_name": {}}}, "reason": {}, "chart": {}}
            )
