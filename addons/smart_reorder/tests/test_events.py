from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import NOW, SmartReorderCase

TODAY = NOW.date()


@tagged("post_install", "-at_install")
class TestEvents(SmartReorderCase):
    """Four kettles a day for 20 weeks; ten on each of the seven days of a sale six weeks ago."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sale_from = TODAY - timedelta(days=42)
        for days_ago in range(1, 141):
            in_sale = 36 <= days_ago <= 42
            cls._deliver(10 if in_sale else 4, days_ago)
        cls._set_stock(0)
        cls.orderpoint = cls._create_orderpoint()

    def _sale(self, *coming, past=True, **values):
        dates = [(self.sale_from, self.sale_from + timedelta(days=6))] * past + [*coming]
        return self.env["smart.reorder.event"].create(
            {
                "name": "Summer Sale",
                "company_id": self.company.id,
                "occurrence_ids": [
                    Command.create({"date_from": first, "date_to": last}) for first, last in dates
                ],
                **values,
            }
        )

    def _plan(self):
        self._run()
        return self._proposal(self.orderpoint)

    def test_effect_is_learned_from_the_past_and_taken_out_of_it(self):
        """D = 70, E = 28: F = (70 + 10)/(28 + 10) = 80/38; the history without it is flat, but for
        the shrinkage of the kettles' own f = (70 + 20·F)/(28 + 20)."""
        event = self._sale()
        proposal = self._plan()
        self.assertRecordValues(event, [{"qty_actual": 70, "qty_expected": 28, "days_seen": 7}])
        self.assertAlmostEqual(event.effect_learned, 100 * (80 / 38 - 1), places=1)
        own = (70 + 20 * 80 / 38) / 48
        self.assertAlmostEqual(proposal.daily_demand, 4, delta=0.35)
        self.assertLess(abs(10 / own - 4), 0.5, "what the days of the sale became")
        self.assertEqual(proposal.event_factor, 1)
        self.assertNotIn("Summer Sale", proposal.reason)

    def test_coming_event_raises_the_forecast(self):
        """Three of the seven days ahead are at 10/4 or so instead of 1."""
        before = self._plan()
        mean, quantity = before.forecast_qty, before.qty_to_order
        event = self._sale((TODAY + timedelta(days=2), TODAY + timedelta(days=4)))
        proposal = self._plan()
        own = (70 + 20 * 80 / 38) / 48
        self.assertAlmostEqual(proposal.event_factor, (7 + 3 * (own - 1)) / 7, places=3)
        self.assertGreater(proposal.forecast_qty, 1.5 * 28)
        self.assertGreater(proposal.qty_to_order, quantity)
        self.assertIn("Summer Sale falls on 3 of the days ahead", proposal.reason)
        # It can be undone.
        event.active = False
        proposal = self._plan()
        self.assertAlmostEqual(proposal.forecast_qty, mean)
        self.assertEqual(proposal.event_factor, 1)

    def test_effect_set_by_hand(self):
        """Closed on all seven days: nothing will be sold, and nothing is needed."""
        self._sale(
            (TODAY, TODAY + timedelta(days=30)), past=False, effect_mode="set", effect_set=-100
        )
        proposal = self._plan()
        self.assertEqual(proposal.forecast_qty, 0)
        self.assertEqual(proposal.event_factor, 0)

    def test_others_are_not_concerned(self):
        other = self.env["product.category"].create({"name": "Other"})
        self._sale((TODAY, TODAY + timedelta(days=6)), category_ids=[Command.set(other.ids)])
        self._sale((TODAY, TODAY + timedelta(days=6)), warehouse_ids=[Command.set(self.shop.ids)])
        self.assertEqual(self._plan().event_factor, 1)

    def test_scores_are_kept_without_events(self):
        self._sale((TODAY, TODAY + timedelta(days=6)))
        proposal = self._plan()
        score = self.env["smart.reorder.score"].search([("orderpoint_id", "=", self.orderpoint.id)])
        self.assertAlmostEqual(
            score.mean * proposal.event_factor, proposal.forecast_qty, delta=0.05
        )

    def test_bad_events_are_refused(self):
        with self.assertRaises(ValidationError):
            self._sale((TODAY, TODAY - timedelta(days=1)))
        with self.assertRaises(ValidationError):
            self._sale(effect_mode="set", effect_set=-101)
