from datetime import date, datetime

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SmartReorderCase


@tagged("post_install", "-at_install")
class TestTerms(SmartReorderCase):
    """Now is Monday 2025-06-16, 9:00 UTC; four kettles a day are sold, the vendor takes 6 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._deliver_daily(4, 70)
        cls._set_stock(0)
        cls.orderpoint = cls._create_orderpoint()

    def _set_terms(self, **values):
        return self.env["smart.reorder.terms"].create(
            {"partner_id": self.vendor.id, "company_id": self.company.id, **values}
        )

    def _plan(self, stock=None):
        if stock:
            self._set_stock(stock)
        self._run()
        return self._proposal(self.orderpoint)

    def test_without_terms_the_company_reviews(self):
        proposal = self._plan(20)
        self.assertEqual((proposal.review_days, proposal.date_order_by), (1, False))
        self.assertNotIn("takes orders", proposal.reason)

    def test_order_days_lengthen_the_interval_until_the_next_arrival(self):
        """Tuesdays and Fridays: what is ordered on Tuesday 17 must last until Friday's order
        arrives: 4 days from now + 6 of lead time, 40 pieces."""
        self._set_terms(tuesday=True, friday=True)
        proposal = self._plan(20)
        self.assertEqual((proposal.review_days, proposal.lead_days), (4, 6))
        self.assertEqual(proposal.forecast_qty, 40)
        self.assertEqual(proposal.date_order_by, datetime(2025, 6, 17, 23, 59, 59))
        # 20 pieces last for five days, and the goods take six: yesterday, or the Friday before.
        self.assertEqual(proposal.order_by, date(2025, 6, 13))
        self.assertIn("takes orders on Tue, Fri", proposal.reason)
        self.assertIn("4 day(s) from now", proposal.reason)
        # Four kettles a day, and tomorrow is the order day: 5 against 1 + 6.
        self.assertIn("It is late: the stock covers 5 day(s), and the goods are 7", proposal.reason)
        note = dict(proposal.reason_data)["calendar"]
        # 12 pieces of demand in the three days, a margin on top, at 2.0 and 20 % a year.
        self.assertGreater(note["quantity"], 12)
        self.assertAlmostEqual(note["cost"], note["quantity"] * 2.0 * 0.2)

    def test_cut_off_on_the_vendors_clock(self):
        """10:00 in New York is 14:00 UTC: today still counts. 10:00 in Tokyo was at 1:00 UTC."""
        terms = self._set_terms(monday=True, cutoff=10.0, tz="America/New_York")
        proposal = self._plan(20)
        self.assertEqual(proposal.date_order_by, datetime(2025, 6, 16, 14, 0))
        self.assertEqual(proposal.review_days, 7)
        terms.tz = "Asia/Tokyo"
        proposal = self._plan()
        self.assertEqual(proposal.date_order_by, datetime(2025, 6, 23, 1, 0))
        self.assertEqual(proposal.review_days, 14)

    def test_latest_order_date_is_an_order_day(self):
        """200 pieces last for 50 days, and it takes 6: in 44 days, Wednesday 2025-07-30; with
        Thursdays the 24th."""
        self._set_terms(thursday=True)
        proposal = self._plan(200)
        self.assertEqual((proposal.state, proposal.order_by), ("ok", date(2025, 7, 24)))

    def test_latest_order_date_knows_the_cut_off(self):
        """24 pieces last for six days, and it takes six: today. Mondays until 12:00 that can be
        done, until 8:00 it was to be done a week ago."""
        terms = self._set_terms(monday=True, cutoff=12.0)
        self.assertEqual(self._plan(24).order_by, date(2025, 6, 16))
        terms.cutoff = 8.0
        self.assertEqual(self._plan().order_by, date(2025, 6, 9))

    def test_latest_order_date_on_the_planners_clock(self):
        """Mondays until 10:00 in Tokyo are Sundays in Los Angeles: instead of Wednesday 2025-07-30
        it is Sunday the 27th."""
        self.company.partner_id.tz = "America/Los_Angeles"
        self._set_terms(monday=True, cutoff=10.0, tz="Asia/Tokyo")
        self.assertEqual(self._plan(200).order_by, date(2025, 7, 27))

    def test_ordered_for_the_order_day(self):
        self._set_terms(wednesday=True, cutoff=12.0)
        proposal = self._plan()
        proposal.action_accept()
        line = proposal.purchase_line_ids
        self.assertEqual(line.order_id.date_order, datetime(2025, 6, 18, 12, 0))
        self.assertEqual(line.date_planned.date(), date(2025, 6, 24))

    def test_nothing_is_ordered_by_itself_before_the_order_day(self):
        self.orderpoint.smart_reorder_mode = "automatic"
        terms = self._set_terms(wednesday=True)
        self.assertEqual(self._plan().state, "draft")
        # Tomorrow until 8:00, before tomorrow night's run: it is time.
        terms.write({"wednesday": False, "tuesday": True, "cutoff": 8.0})
        self._plan()
        ordered = self.env["smart.reorder.proposal"].search(
            [("orderpoint_id", "=", self.orderpoint.id), ("state", "=", "accepted")]
        )
        self.assertEqual(len(ordered), 1)

    def test_terms_of_the_place_come_first(self):
        self._set_terms(wednesday=True)
        self._set_terms(thursday=True, warehouse_id=self.central.id)
        self._set_terms(friday=True, warehouse_id=self.shop.id)
        self.assertEqual(self._plan().date_order_by.weekday(), 3)

    def test_vendors_with_rare_order_days_cost_safety_stock(self):
        """A cent less a piece is 14.6 a year; the safety stock of weeks costs less than that when
        demand is steady, so the cheaper one is taken with its own rhythm."""
        other = self.env["res.partner"].create({"name": "Other"})
        self.product.seller_ids = [
            Command.create({"partner_id": other.id, "price": 1.99, "delay": 6, "sequence": 99})
        ]
        self.env["smart.reorder.terms"].create(
            {"partner_id": other.id, "company_id": self.company.id, "review_days": 14}
        )
        proposal = self._plan()
        self.assertEqual((proposal.partner_id, proposal.review_days), (other, 14))

    def test_bad_terms_are_refused(self):
        for values in ({"cutoff": 0}, {"cutoff": 25}, {"review_days": -1}, {"review_days": 400}):
            with self.assertRaises(ValidationError):
                self._set_terms(**values)
