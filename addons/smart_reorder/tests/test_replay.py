from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import SmartReorderCase
from .test_engine import KILLED, engine_of


@tagged("post_install", "-at_install")
class TestReplay(SmartReorderCase):
    """One kettle a day for 200 days, and a rule that holds far too many."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.smart_reorder_holding_rate = 10
        cls.company.smart_reorder_order_cost = 0
        cls._deliver_daily(1, 200)
        cls._set_stock(50)
        cls.orderpoint = cls._create_orderpoint(product_min_qty=100, product_max_qty=120)

    def _play(self, **values):
        replay = self.env["smart.reorder.replay"].create({"company_id": self.company.id, **values})
        replay.action_start()
        self.assertEqual(replay.state, "running")
        self.assertTrue(replay._play(commit=False))
        return replay

    def test_present_rule_against_ours(self):
        replay = self._play()
        self.assertRecordValues(
            replay, [{"state": "done", "played": 1, "skipped": 0, "progress": 100, "error": False}]
        )
        line = replay.line_ids
        self.assertEqual((line.fill_present, line.fill_ours), (100, 100))
        # Ordered to 120 when below 100, six days before it comes: the stock is between 93 and 119
        # minus what is sold meanwhile, at 2.0 a piece.
        self.assertGreater(line.stock_present, 2 * 90)
        self.assertLess(line.stock_ours, 2 * 30)
        self.assertAlmostEqual(line.cost_present, 0.1 * line.stock_present, places=2)
        self.assertAlmostEqual(replay.stock_change, line.stock_ours - line.stock_present, places=2)
        self.assertAlmostEqual(replay.stock_low, replay.stock_high, places=2)
        self.assertEqual(len(replay.point_ids), 10)
        self.assertEqual(replay.point_ids.mapped("stock"), sorted(replay.point_ids.mapped("stock")))

    def test_what_if(self):
        usual, longer = self._play(), self._play(extra_lead_days=14, service_level=99)
        self.assertGreater(longer.stock_ours, usual.stock_ours)
        with self.assertRaises(ValidationError):
            self._play(service_level=100)
        with self.assertRaises(ValidationError):
            self._play(budget_change=-100)

    def test_goes_on_where_it_was(self):
        replay = self.env["smart.reorder.replay"].create({"company_id": self.company.id})
        replay.action_start()
        replay._forecast_batch(self.orderpoint)
        line = replay.line_ids
        self.assertTrue(replay._get_parts())
        self.assertTrue(replay._play(commit=False))
        self.assertEqual(replay.line_ids, line, "what was forecast is not forecast again")
        self.assertEqual((replay.state, replay.played, replay.progress), ("done", 1, 100))
        self.assertGreater(line.stock_present, 0)
        self.assertFalse(replay._get_parts(), "nothing is left of it")

    def test_played_again(self):
        replay = self._play()
        found = replay.stock_ours
        replay.action_start()
        self.assertTrue(replay._play(commit=False))
        self.assertRecordValues(replay, [{"played": 1, "stock_ours": found}])
        self.assertEqual((len(replay.line_ids), len(replay.point_ids)), (1, 10))

    def test_nothing_to_compare_is_said(self):
        self.orderpoint.write({"product_min_qty": 0, "product_max_qty": 0})
        replay = self._play()
        self.assertEqual((replay.state, replay.skipped), ("done", 1))
        self.assertIn("Nothing could be compared", replay.error)

    def test_engine_that_dies(self):
        with engine_of(KILLED):
            replay = self._play()
        self.assertEqual(replay.state, "failed")
        self.assertIn("SIGKILL", replay.error)
        self.assertFalse(replay.line_ids)

    def test_without_enrolled_rules(self):
        self.orderpoint.smart_reorder = False
        with self.assertRaisesRegex(UserError, "is enrolled"):
            self._play()
