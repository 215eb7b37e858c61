from odoo import Command
from odoo.tests import tagged

from .common import SmartReorderCase


@tagged("post_install", "-at_install")
class TestVendors(SmartReorderCase):
    """Two vendors for kettles: the first by sequence at 2.0, in 6 days; another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._deliver_daily(4, 63)
        cls._set_stock(0)
        cls.other = cls.env["res.partner"].create({"name": "Other Vendor"})
        cls.orderpoint = cls._create_orderpoint()

    def _offer(self, price, delay=6, min_qty=0):
        self.product.seller_ids = [
            Command.create(
                {
                    "partner_id": self.other.id,
                    "price": price,
                    "delay": delay,
                    "min_qty": min_qty,
                    "sequence": 99,
                    "company_id": self.company.id,
                }
            )
        ]

    def _plan(self):
        self._run()
        return self._proposal(self.orderpoint)

    def test_cheaper_one_is_taken_and_ordered_from(self):
        """The same but for the price: 0.5 less for each of 1460 a year, and for what is held."""
        self._offer(1.5)
        proposal = self._plan()
        self.assertEqual(proposal.partner_id, self.other)
        self.assertEqual(proposal.price_unit, 1.5)
        self.assertIn("Of 2 vendors", proposal.reason)
        self.assertIn("than with Vendor", proposal.reason)
        saving = dict(proposal.reason_data)["vendor_cheaper"]["saving"]
        self.assertGreater(saving, 0.5 * 1460)
        self.assertLess(saving, 0.5 * 1460 * 1.02)
        proposal.action_accept()
        self.assertEqual(proposal.purchase_line_ids.order_id.partner_id, self.other)
        self.assertEqual(proposal.purchase_line_ids.price_unit, 1.5)

    def test_first_by_sequence_stays_when_it_costs_no_more(self):
        self._offer(2.0)
        proposal = self._plan()
        self.assertEqual(proposal.partner_id, self.vendor)
        self.assertIn("Of 2 vendors it costs least in all", proposal.reason)

    def test_low_price_with_a_minimum_of_years_is_not_cheap(self):
        """1 % less saves 29.2 a year; 3000 at a time tie up 1500 pieces: 594 a year at 20 %."""
        self._offer(1.98, min_qty=3000)
        self.assertEqual(self._plan().partner_id, self.vendor)

    def test_vendor_of_the_rule_is_obeyed(self):
        self._offer(1.0)
        self.orderpoint.supplier_id = self.product.seller_ids.filtered(
            lambda line: line.partner_id == self.vendor
        )
        proposal = self._plan()
        self.assertEqual(proposal.partner_id, self.vendor)
        self.assertNotIn("Of 2 vendors", proposal.reason)

    def test_sequence_is_obeyed_where_wanted(self):
        self.company.smart_reorder_compare_vendors = False
        self._offer(1.0)
        proposal = self._plan()
        self.assertEqual(proposal.partner_id, self.vendor)
        proposal.action_accept()
        self.assertEqual(proposal.purchase_line_ids.order_id.partner_id, self.vendor)

    def test_lead_time_is_that_of_the_chosen_one(self):
        self._offer(1.0, delay=9)
        proposal = self._plan()
        self.assertEqual((proposal.partner_id, proposal.lead_days), (self.other, 9))

    def test_product_without_demand_keeps_the_first(self):
        pot = self._create_product("Pot")
        pot.seller_ids = [
            Command.create({"partner_id": self.other.id, "price": 0.1, "sequence": 99})
        ]
        orderpoint = self._create_orderpoint(pot)
        self._run()
        self.assertEqual(self._proposal(orderpoint).partner_id, self.vendor)
