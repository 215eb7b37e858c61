from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SmartReorderCase


@tagged("post_install", "-at_install")
class TestWorkbench(SmartReorderCase):
    """What a planner has at the desk beside accepting: locks, what is at stake, fast opening."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._deliver_daily(2, 60)
        cls._set_stock(5)
        cls.product.lst_price = 7.0
        cls.rule = cls._create_orderpoint()

    # ------------------------------------------------------------------
    # Locks
    # ------------------------------------------------------------------

    def test_runs_leave_a_locked_proposal_as_it_is(self):
        self._run()
        proposal = self._proposal(self.rule)
        quantity, computed = proposal.qty_to_order, proposal.computed_at
        proposal.action_lock()
        self.assertEqual(proposal.locked_by_id, self.env.user)
        self._set_stock(500)
        run = self._run()
        self.assertEqual((run.state, run.computed), ("done", 1))
        self.assertEqual(self._proposal(self.rule), proposal)
        self.assertRecordValues(
            proposal, [{"state": "draft", "qty_to_order": quantity, "computed_at": computed}]
        )
        proposal.action_unlock()
        self._run()
        self.assertRecordValues(
            proposal, [{"state": "ok", "qty_to_order": 0, "locked_by_id": False}]
        )

    def test_nothing_of_a_locked_proposal_is_ordered_by_itself(self):
        self._run()
        proposal = self._proposal(self.rule)
        proposal.action_lock()
        self.rule.smart_reorder_mode = "automatic"
        self.assertEqual(self._run().accepted, 0)
        self.assertFalse(proposal._accept_automatically())
        self.assertEqual(proposal.state, "draft")
        proposal.action_accept()
        self.assertEqual(proposal.state, "accepted", "a planner may order it")

    def test_only_planners_lock(self):
        self._run()
        clerk = new_test_user(
            self.env,
            "clerk of the desk",
            groups="stock.group_stock_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self._proposal(self.rule).with_user(clerk).action_lock()

    # ------------------------------------------------------------------
    # What is at stake
    # ------------------------------------------------------------------

    def test_day_to_order_by(self):
        """5 last two days and a half at 2 a day; the vendor takes six: 4 days late today."""
        self._run()
        proposal = self._proposal(self.rule)
        self.assertAlmostEqual(proposal.daily_demand, 2, places=1)
        self.assertEqual(proposal.lead_days, 6)
        self.assertEqual(proposal.order_by, date(2025, 6, 12))

    def test_risk_in_money(self):
        """Of 14 expected in a week 5 are there: 9 short or more, each 5.00 of margin (7 - 2)."""
        self._run()
        proposal = self._proposal(self.rule)
        self.assertGreaterEqual(proposal.risk_qty, proposal.forecast_qty - 5)
        self.assertLess(proposal.risk_qty, proposal.forecast_qty)
        self.assertAlmostEqual(proposal.risk_value, 5 * proposal.risk_qty, delta=0.05)
        self.assertGreater(proposal.stockout_chance, 50)
        # Ordered up to more than the reorder point, which 95 % of demands stay within.
        self.assertLess(proposal.stockout_chance_left, 6)
        self.assertAlmostEqual(
            proposal.risk_avoided_value, proposal.risk_value - proposal.risk_left_value
        )
        self.assertEqual(proposal.excess_qty, 0)

    def test_excess_is_what_is_above_the_level(self):
        self._set_stock(100)
        self._run()
        proposal = self._proposal(self.rule)
        self.assertEqual(proposal.excess_qty, 100 - proposal.order_up_to)
        self.assertEqual(proposal.excess_value, 2 * proposal.excess_qty)
        self.assertLess(proposal.stockout_chance, 0.1)

    def test_outlook_has_arrivals_and_what_is_proposed(self):
        """5 now, 10 arrive the day after tomorrow; 2 a day are expected to leave."""
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 10,
                "location_id": self.suppliers.id,
                "location_dest_id": self.central.lot_stock_id.id,
                "company_id": self.company.id,
                "date": "2025-06-18 10:00:00",
            }
        )
        move._action_confirm(merge=False)
        move.date = "2025-06-18 10:00:00"
        self._run()
        proposal = self._proposal(self.rule)
        outlook = proposal.outlook
        daily = proposal.daily_demand
        self.assertEqual(outlook["today"], "2025-06-16")
        self.assertEqual(outlook["arrivals"], [{"day": 2, "quantity": 10.0}])
        self.assertAlmostEqual(outlook["stock"][0], 5)
        self.assertAlmostEqual(outlook["stock"][1], 5 - daily)
        self.assertAlmostEqual(outlook["stock"][2], 5 - 2 * daily + 10)
        order = outlook["order"]
        self.assertEqual(order, {"day": 6, "quantity": proposal.qty_to_order})
        self.assertAlmostEqual(
            outlook["with_order"][6] - outlook["stock"][6], proposal.qty_to_order
        )

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    def _open(self):
        """What the web client asks for; the number of statements that it takes."""
        proposals = self.env["smart.reorder.proposal"]
        view = self.env.ref("smart_reorder.smart_reorder_proposal_view_list")
        arch = proposals.get_view(view.id, "list")["models"]["smart.reorder.proposal"]
        columns = {
            name: {"fields": {"display_name": {}}} if proposals._fields[name].relational else {}
            for name in arch
            if name in proposals._fields and proposals._fields[name].type != "many2many"
        }
        columns.pop("outlook", None)
        domain = [("state", "=", "draft"), ("company_id", "=", self.company.id)]
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rows = proposals.web_search_read(domain, columns, limit=80)
        for name in ("state", "warehouse_id", "source", "partner_id"):
            proposals.search_panel_select_multi_range(
                name, enable_counters=True, search_domain=domain
            )
        self.env.flush_all()
        return rows["length"], self.env.cr.sql_log_count - before

    def test_opening_takes_as_many_statements_for_many_and_recomputes_nothing(self):
        self._run()
        self._open()
        count, few = self._open()
        self.assertEqual(count, 1)
        moments = {self._proposal(self.rule).write_date}
        for number in range(40):
            rule = self._create_orderpoint(self._create_product(f"Product {number}"))
            self.env["smart.reorder.proposal"].create(
                {"orderpoint_id": rule.id, "qty_proposed": 1, "source": "buy"}
            )
        count, many = self._open()
        self.assertEqual(count, 41)
        self.assertLessEqual(many, few)
        self.assertEqual({self._proposal(self.rule).write_date}, moments)
