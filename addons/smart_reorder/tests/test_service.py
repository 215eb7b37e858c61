from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import SmartReorderCase


@tagged("post_install", "-at_install")
class TestService(SmartReorderCase):
    """Three steady products, one a day at 160, 30 and 10: 80, 15 and 5 % of the value."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orderpoints = cls.env["stock.warehouse.orderpoint"]
        for name, price in (("Dear", 160.0), ("Middling", 30.0), ("Cheap", 10.0)):
            product = cls._create_product(name, price=price, list_price=price * 1.5)
            cls._deliver_daily(1, 63, product=product)
            cls._set_stock(100, product=product)
            cls.orderpoints |= cls._create_orderpoint(product)

    def _proposals(self):
        self._run()
        return [self._proposal(orderpoint) for orderpoint in self.orderpoints]

    def test_same_level_for_all_is_the_default(self):
        for proposal in self._proposals():
            self.assertEqual((proposal.service_level, proposal.level_origin), (95, "company"))
            self.assertEqual(proposal.xyz, "x")

    def test_classes_by_the_value_of_the_last_run(self):
        self.company.smart_reorder_service_policy = "class"
        first = self._proposals()
        self.assertEqual([p.abc for p in first], [False] * 3)
        self.assertEqual({p.level_origin for p in first}, {"company"})
        levels = self.env["smart.reorder.service.class"]
        levels._get_levels(self.company)
        levels.search([("company_id", "=", self.company.id), ("abc", "=", "b")]).level = 90.5
        proposals = self._proposals()
        self.assertEqual([p.abc for p in proposals], ["a", "b", "c"])
        self.assertEqual([p.service_level for p in proposals], [98, 90.5, 95])
        self.assertEqual({p.level_origin for p in proposals}, {"class"})
        self.assertIn("class BX", proposals[1].reason)
        counts = levels.search([("company_id", "=", self.company.id), ("xyz", "=", "x")])
        self.assertEqual(counts.mapped("product_count"), [1, 1, 1])

    def test_own_level_of_a_rule_comes_first(self):
        self.company.smart_reorder_service_policy = "cost"
        self.orderpoints[0].smart_reorder_service_level = 80
        proposals = self._proposals()
        self.assertEqual((proposals[0].service_level, proposals[0].level_origin), (80, "rule"))

    def test_level_by_cost(self):
        """Half of the cost is earned on a sale; holding for the 30 days that an order lasts costs
        20 % · 30/365 of it: 0.5/(0.5 + 0.016438) = 96.817 %. With a sale that half of the customers
        wait for: 0.25/(0.25 + 0.016438) = 93.83 %."""
        self.company.write({"smart_reorder_service_policy": "cost", "smart_reorder_cycle_days": 30})
        for proposal in self._proposals():
            self.assertAlmostEqual(proposal.service_level, 96.817, places=3)
            self.assertEqual(proposal.level_origin, "cost")
            self.assertIn("a missed sale costs", proposal.reason)
        self.company.smart_reorder_shortage_factor = 0.5
        self.assertAlmostEqual(self._proposals()[0].service_level, 93.830, places=3)

    def test_product_sold_below_its_cost_takes_the_companys_level(self):
        self.company.smart_reorder_service_policy = "cost"
        self.orderpoints[0].product_id.list_price = 100
        proposal = self._proposals()[0]
        self.assertEqual((proposal.service_level, proposal.level_origin), (95, "company"))

    def test_levels_must_make_sense(self):
        levels = self.env["smart.reorder.service.class"]
        levels._get_levels(self.company)
        service = levels.search([("company_id", "=", self.company.id)], limit=1)
        for level in (49, 100):
            with self.assertRaisesRegex(ValidationError, "class AX"):
                service.level = level
        with self.assertRaisesRegex(ValidationError, "cost something"):
            self.company.smart_reorder_shortage_factor = 0

    def test_who_may_change_levels(self):
        action = self.env["smart.reorder.service.class"].action_open()
        self.assertEqual(action["res_model"], "smart.reorder.service.class")
        service = self.env["smart.reorder.service.class"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(service), 9)
        planner = new_test_user(
            self.env,
            "s_planner",
            "smart_reorder.group_smart_reorder_planner",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self.assertRaises(AccessError):
            service[0].with_user(planner).level = 60
