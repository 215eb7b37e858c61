from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SmartReorderCase


@tagged("post_install", "-at_install")
class TestOrderMinimum(SmartReorderCase):
    """Kettles sell 4 a day and there are none; pots sell 2 a day and there are plenty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pot = cls._create_product("Pot", price=5.0)
        cls._deliver_daily(4, 70)
        cls._deliver_daily(2, 70, cls.pot)
        cls._set_stock(0)
        cls._set_stock(60, cls.pot)
        cls.kettles = cls._create_orderpoint()
        cls.pots = cls._create_orderpoint(cls.pot)
        cls.env["smart.reorder.run"].create({"company_id": cls.company.id})._process(commit=False)
        cls.needed = cls._proposal(cls, cls.kettles).qty_to_order
        assert cls._proposal(cls, cls.pots).state == "ok"

    def _plan(self, **terms):
        self.env["smart.reorder.terms"].create(
            {"partner_id": self.vendor.id, "company_id": self.company.id, **terms}
        )
        run = self._run()
        return run, self._proposal(self.kettles), self._proposal(self.pots)

    def test_filled_with_what_is_needed_soonest(self):
        """The kettles need ``2·needed``; 20 more are filled up, and the order is worth them."""
        minimum = 2 * self.needed + 20
        run, kettles, pots = self._plan(minimum_value=minimum)
        self.assertEqual(kettles.state, "draft")
        total = kettles.cost + pots.cost
        self.assertGreaterEqual(total, minimum)
        self.assertLess(total, minimum + 5)
        changed = (kettles | pots).filtered(lambda p: "filled up" in p.reason)
        self.assertTrue(changed)
        for proposal in changed:
            self.assertEqual(proposal.qty_to_order, proposal.qty_proposed)
        self.assertEqual(run.to_order, len((kettles | pots).filtered(lambda p: p.state == "draft")))
        (kettles | pots).filtered(lambda p: p.state == "draft").action_accept()
        order = (kettles | pots).purchase_line_ids.order_id
        self.assertEqual(len(order), 1)
        self.assertAlmostEqual(order.amount_untaxed, total)

    def test_far_below_it_waits_and_says_until_when(self):
        """10 times as much: worth 18 a day, (4·2 + 2·5)."""
        run, kettles, pots = self._plan(minimum_value=20 * self.needed)
        self.assertEqual((kettles.state, kettles.issue), ("exception", "order_minimum"))
        self.assertEqual(kettles.qty_to_order, 0)
        self.assertGreater(kettles.qty_needed, 0)
        self.assertEqual(pots.state, "ok")
        self.assertIn("It waits: Vendor asks for", kettles.reason)
        days = dict(kettles.reason_data)["minimum_wait"]["days"]
        self.assertAlmostEqual(days, 18 * self.needed / 18, places=4)
        self.assertEqual((run.to_order, run.blocked), (0, 1))

    def test_open_request_counts_towards_the_minimum(self):
        self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "picking_type_id": self.central.in_type_id.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.pot.id, "product_qty": 100, "price_unit": 5.0}
                    )
                ],
            }
        )
        _run, kettles, _pots = self._plan(minimum_value=500 + 2 * self.needed)
        self.assertEqual((kettles.state, kettles.qty_to_order), ("draft", self.needed))
        self.assertNotIn("filled up", kettles.reason)

    def test_quantity_set_by_hand_stays(self):
        proposal = self._proposal(self.kettles)
        proposal.qty_to_order = self.needed + 3
        _run, kettles, pots = self._plan(minimum_value=2 * (self.needed + 3) + 10)
        self.assertEqual(kettles.qty_to_order, self.needed + 3)
        self.assertEqual(pots.qty_to_order, 0)

    def test_what_waiting_costs_is_said(self):
        self.product.list_price = 5.0
        self._run()
        left = self._proposal(self.kettles).risk_left_value
        _run, kettles, _pots = self._plan(minimum_value=20 * self.needed)
        cost = dict(kettles.reason_data)["kept_short"]["value"]
        self.assertAlmostEqual(cost, kettles.risk_value - left, delta=0.01)
        self.assertGreater(cost, 0)

    def test_order_set_by_hand_below_the_minimum_is_said(self):
        """5 kettles at 2.00 are 10.00 of 500.00; the quantity stays."""
        self._proposal(self.kettles).qty_to_order = 5
        _run, kettles, _pots = self._plan(minimum_value=500)
        self.assertEqual((kettles.state, kettles.qty_to_order), ("draft", 5))
        note = dict(kettles.reason_data)["minimum_missed"]
        self.assertEqual((note["needed"], note["wanted"]), (10, 500))
        self.assertIn("the order from Vendor comes to", kettles.reason)

    def test_trucks_are_filled_by_weight(self):
        """A truck holds a quarter more than is needed, and only kettles weigh anything."""
        self.product.weight = 2.0
        _run, kettles, _pots = self._plan(load_weight=2.5 * self.needed)
        self.assertEqual(kettles.qty_to_order, int(1.25 * self.needed))
        self.assertIn("to fill 1 load(s) of Vendor", kettles.reason)

    def test_incremental_discount(self):
        """From 100 on 1.00 instead of 2.00, for the units above: 180 days of demand are bought,
        720 for 200 + 620, and the order says so."""
        self.product.seller_ids = [
            Command.create(
                {
                    "partner_id": self.vendor.id,
                    "price": 1.0,
                    "min_qty": 100,
                    "delay": 6,
                    "company_id": self.company.id,
                }
            )
        ]
        _run, kettles, _pots = self._plan(discount="incremental")
        self.assertEqual(kettles.qty_to_order, 720)
        self.assertAlmostEqual(kettles.price_unit, 820 / 720)
        kettles.action_accept()
        self.assertAlmostEqual(kettles.purchase_line_ids.price_subtotal, 820, delta=4)

    def test_nothing_is_ordered_by_itself_when_settling_fails(self):
        self.kettles.smart_reorder_mode = "automatic"
        settlement = type(self.env["smart.reorder.settlement"])
        with (
            patch.object(settlement, "_settle_minimums", side_effect=ValueError("broken")),
            mute_logger("odoo.addons.smart_reorder.models.smart_reorder_run_settlement"),
        ):
            run = self._run()
        self.assertEqual((run.state, run.accepted), ("done", 0))
        self.assertIn("broken", run.error)
        self.assertEqual(self._proposal(self.kettles).state, "draft")
