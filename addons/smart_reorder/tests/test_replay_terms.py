from datetime import date, datetime

from odoo.tests import tagged

from .common import SmartReorderCase


@tagged("post_install", "-at_install")
class TestReplayTerms(SmartReorderCase):
    """One kettle a day at 2.0, six days underway; played from Monday 2024-12-16, day 0, to day 181.

    What happens from day 13 on counts: the lead time and a week.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._deliver_daily(1, 200)
        cls._set_stock(50)
        cls.orderpoint = cls._create_orderpoint()

    def _play(self, least, most, **values):
        self.orderpoint.write({"product_min_qty": least, "product_max_qty": most})
        replay = self.env["smart.reorder.replay"].create({"company_id": self.company.id, **values})
        replay.action_start()
        self.assertTrue(replay._play(commit=False))
        self.assertEqual((replay.state, replay.error), ("done", False))
        return replay

    def _set_terms(self, **values):
        return self.env["smart.reorder.terms"].create(
            {"partner_id": self.vendor.id, "company_id": self.company.id, **values}
        )

    def _set_budget(self, amount, start, end):
        return self.env["smart.reorder.budget"].create(
            {
                "name": "Winter",
                "company_id": self.company.id,
                "amount": amount,
                "date_from": start,
                "date_to": end,
            }
        )

    def test_order_days(self):
        """Below 98 after 23 days, on days 23, 46 … 161: seven times 23. With Mondays only on day
        28, at 92, and every fourth week: six times 28."""
        replay = self._play(98, 120)
        self.assertEqual(replay.first_day, date(2024, 12, 16))
        self.assertEqual((replay.orders_present, replay.bought_present), (7, 2 * 7 * 23))
        self.assertEqual(replay.terms, "No vendor's terms and no budgets.")
        self._set_terms(monday=True)
        replay = self._play(98, 120)
        self.assertEqual((replay.orders_present, replay.bought_present), (6, 2 * 6 * 28))
        self.assertEqual(replay.terms, "Order days and cut-offs of 1 vendor(s), for 1 product(s).")
        self.assertLessEqual(replay.orders_ours, 24, "once on each of 24 Mondays")
        self.assertEqual(replay.fill_ours, 100)

    def test_cut_off_before_the_nightly_run(self):
        """Mondays until 1:00, and the run is at 1:30: it is ordered in the night to Sunday. On day
        27, at 93, then every fourth week: 27, and five times 28."""
        cron = self.env.ref("smart_reorder.ir_cron_smart_reorder")
        cron.nextcall = datetime(2025, 6, 17, 1, 30)
        self._set_terms(monday=True, cutoff=1.0)
        replay = self._play(98, 120)
        self.assertEqual((replay.orders_present, replay.bought_present), (6, 2 * (27 + 5 * 28)))

    def test_minimum_quantity_of_the_product(self):
        """Eleven are missing on day 11, and fifty are the least: again on days 61, 111 and 161."""
        self.product.seller_ids.min_qty = 50
        replay = self._play(20, 30)
        self.assertEqual((replay.orders_present, replay.bought_present), (3, 2 * 3 * 50))
        self.assertEqual(replay.terms, "Minimum quantities and packagings of 1 product(s).")

    def test_order_minimum_of_the_vendor(self):
        """Eleven are missing on day 11, worth 22 of 50: filled up to 25 pieces, which last for 25
        days: again on days 36 … 161. From half of it on it waits until 13 are missing, on day 13,
        and then every 25 days until day 163."""
        terms = self._set_terms(minimum_value=50, least_share=0)
        replay = self._play(20, 30)
        self.assertEqual((replay.orders_present, replay.bought_present), (6, 6 * 50))
        self.assertIn("Order minimums and loads of 1 vendor(s), for 1 product(s)", replay.terms)
        self.assertGreaterEqual(replay.bought_ours, 50 * replay.orders_ours)
        terms.least_share = 50
        replay = self._play(20, 30)
        self.assertEqual((replay.orders_present, replay.bought_present), (7, 7 * 50))

    def test_budget_of_a_period(self):
        """Up to seven at all times: one is ordered a day. Of days 14 to 41 the money for ten pieces
        is spent on day 23. The last one comes on day 29, the next one of day 42 on day 48: 18 of
        the 169 that count are missed. With half the money it is five pieces less, and 23."""
        self._set_budget(20, date(2024, 12, 30), date(2025, 1, 26))
        replay = self._play(7, 7)
        self.assertAlmostEqual(replay.fill_present, 100 * (169 - 18) / 169, places=1)
        self.assertIn("Budget Winter", replay.terms)
        self.assertIn("20.00", replay.terms)
        half = self._play(7, 7, budget_change=-50)
        self.assertAlmostEqual(half.fill_present, 100 * (169 - 23) / 169, places=1)
        self.assertIn("10.00", half.terms)
        self.assertLess(half.fill_ours, replay.fill_ours)

    def test_budget_that_the_days_played_cut_off(self):
        """Four weeks, of which the last two are played: half of the money."""
        self._set_budget(20, date(2024, 12, 2), date(2024, 12, 29))
        self._set_budget(99, date(2025, 6, 16), date(2025, 7, 16))
        replay = self._play(7, 7)
        self.assertEqual(replay.terms_data["budgets"], [["Winter", 10.0]])

    def test_a_fifth_less_money_where_no_budget_is_set(self):
        """One a day at 2.0: 56 in four weeks, and a fifth less 44.8: 22 of 28 pieces."""
        whole, less = self._play(7, 7), self._play(7, 7, budget_change=-20)
        self.assertEqual((whole.fill_present, whole.fill_ours), (100, 100))
        self.assertEqual(whole.terms_data["month"], 0)
        self.assertAlmostEqual(less.terms_data["month"], 44.8)
        self.assertIn("No budget was set", less.terms)
        self.assertLessEqual(less.bought_present, 2 * 22 * 6.5)
        for served in (less.fill_present, less.fill_ours):
            self.assertLess(served, 95)
            self.assertGreater(served, 75)
        self.assertLess(less.stock_ours, whole.stock_ours)

    def test_another_company_has_other_budgets(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._set_budget(20, date(2024, 12, 30), date(2025, 1, 26)).company_id = other
        self.assertEqual(self._play(7, 7).fill_present, 100)
