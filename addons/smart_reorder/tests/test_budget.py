from datetime import date

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SmartReorderCase


@tagged("post_install", "-at_install")
class TestBudget(SmartReorderCase):
    """Kettles (margin 1 on 2) and pots (margin 15 on 5) sell 4 a day each; there are none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.list_price = 3.0
        cls.pot = cls._create_product("Pot", price=5.0, list_price=20.0)
        for product in cls.product | cls.pot:
            cls._deliver_daily(4, 70, product)
            cls._set_stock(0, product)
        cls.kettles = cls._create_orderpoint()
        cls.pots = cls._create_orderpoint(cls.pot)
        cls.env["smart.reorder.run"].create({"company_id": cls.company.id})._process(commit=False)
        cls.full = cls._proposal(cls, cls.kettles).cost + cls._proposal(cls, cls.pots).cost

    def _budget(self, amount, **values):
        return self.env["smart.reorder.budget"].create(
            {
                "name": "June",
                "company_id": self.company.id,
                "date_from": "2025-06-01",
                "date_to": "2025-06-30",
                "amount": amount,
                **values,
            }
        )

    def _plan(self):
        self._run()
        return self._proposal(self.kettles), self._proposal(self.pots)

    def test_enough_money_cuts_nothing(self):
        budget = self._budget(self.full + 1)
        kettles, pots = self._plan()
        self.assertAlmostEqual(kettles.cost + pots.cost, self.full)
        self.assertRecordValues(
            budget, [{"cut_count": 0, "shadow_price": 0.0, "committed": 0.0, "kept": self.full}]
        )

    def test_what_avoids_most_missed_sales_comes_first(self):
        """A pot avoids 15 for 5 of money, a kettle 1 for 2: the pots are needed whole first."""
        budget = self._budget(200)
        kettles, pots = self._plan()
        self.assertLessEqual(kettles.cost + pots.cost, 200)
        self.assertGreater(pots.qty_to_order, 28, "more than the demand of a week")
        self.assertLess(kettles.qty_to_order, kettles.qty_needed)
        self.assertIn("The budget June leaves", kettles.reason)
        self.assertEqual(kettles.budget_id, budget)
        self.assertAlmostEqual(budget.proposed, self.full)
        self.assertGreater(budget.shadow_price, 0)
        # The last kettle that is missing avoids at most a whole missed sale: 1 for 2.
        self.assertLessEqual(dict(kettles.reason_data)["budget_cut"]["shadow_price"], 3.0)

    def test_without_money_everything_waits(self):
        budget = self._budget(0)
        kettles, pots = self._plan()
        self.assertEqual((kettles.issue, pots.issue), ("budget", "budget"))
        self.assertEqual(kettles.state, "exception")
        self.assertEqual(budget.cut_count, 2)
        # The first pots are sold all but for certain: 15 / 5 at most.
        self.assertGreater(budget.shadow_price, 2.5)
        self.assertLess(budget.shadow_price, 3.0)
        budget.active = False
        kettles, pots = self._plan()
        self.assertEqual(
            (kettles.state, kettles.issue, kettles.budget_id.id), ("draft", False, False)
        )

    def test_orders_of_the_period_are_taken_off(self):
        budget = self._budget(1000)
        self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.env["product.product"]
                            .create({"name": "Sign", "type": "consu"})
                            .id,
                            "product_qty": 1,
                            "price_unit": 900,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        budget.invalidate_recordset()
        self.assertEqual((budget.committed, budget.remaining), (900, 100))
        kettles, pots = self._plan()
        self.assertLessEqual(kettles.cost + pots.cost, 100)

    def test_other_periods_do_not_count(self):
        self._budget(0, date_from="2025-07-01", date_to="2025-07-31")
        kettles, pots = self._plan()
        self.assertAlmostEqual(kettles.cost + pots.cost, self.full)

    def test_order_below_the_vendors_minimum_is_not_made(self):
        """The kettles' vendor wants 100 an order; the money goes into pots, the rest waits."""
        other = self.env["res.partner"].create({"name": "Potter"})
        self.pot.seller_ids.partner_id = other
        self.env["smart.reorder.terms"].create(
            {"partner_id": self.vendor.id, "company_id": self.company.id, "minimum_value": 100}
        )
        self._budget(220)
        kettles, pots = self._plan()
        self.assertEqual((kettles.state, kettles.issue), ("exception", "budget"))
        self.assertIn("below its order minimum", kettles.reason)
        self.assertGreater(pots.qty_to_order, 0)

    def test_bad_budgets_are_refused(self):
        with self.assertRaises(ValidationError):
            self._budget(-1)
        with self.assertRaises(ValidationError):
            self._budget(1, date_to=date(2025, 5, 1))
