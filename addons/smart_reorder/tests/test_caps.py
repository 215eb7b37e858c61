from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import SmartReorderCase


@tagged("post_install", "-at_install")
class TestCaps(SmartReorderCase):
    """Four kettles a day; the vendor takes 6 days; what is ordered arrives 7 days before the next
    look at most. There are none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._deliver_daily(4, 70)
        cls._set_stock(0)
        cls.orderpoint = cls._create_orderpoint()

    def _plan(self):
        self._run()
        return self._proposal(self.orderpoint)

    def _set_minimum(self, quantity):
        self.product.seller_ids.min_qty = quantity

    def test_shelf_life_caps_the_order(self):
        """The order for 7 days + safety is more than what is sold in 8 days: 32."""
        self.product.smart_reorder_shelf_days = 8
        proposal = self._plan()
        self.assertEqual((proposal.state, proposal.qty_to_order), ("draft", 32))
        self.assertGreater(proposal.qty_needed, 32)
        self.assertIn("keeps for 8 day(s)", proposal.reason)

    def test_minimum_above_the_shelf_life_is_named_and_others_go_on(self):
        """200 last for 50 days, it keeps for 30."""
        pot = self._create_product("Pot")
        self._deliver_daily(4, 70, pot)
        other = self._create_orderpoint(pot)
        self.product.smart_reorder_shelf_days = 30
        self._set_minimum(200)
        proposal = self._plan()
        self.assertEqual(
            (proposal.state, proposal.issue, proposal.qty_to_order),
            ("exception", "contradiction_shelf_life", 0),
        )
        self.assertIn("200, lasts for 50 day(s), but it keeps for 30", proposal.reason)
        self.assertEqual(self._proposal(other).state, "draft")

    def test_expiration_dates_are_used_where_there_are_any(self):
        pot = self._create_product("Pot", tracking="lot")
        self.assertEqual(pot._get_shelf_days(), 0)
        if "expiration_time" in pot._fields:
            pot.write({"use_expiration_date": True, "expiration_time": 8})
            self.assertEqual(pot._get_shelf_days(), 8)
        pot.smart_reorder_shelf_days = 5
        self.assertEqual(pot._get_shelf_days(), 5)

    def test_room_of_the_rule(self):
        self.orderpoint.smart_reorder_max_stock = 25
        proposal = self._plan()
        self.assertEqual(proposal.qty_to_order, 25)
        self.assertIn("There is room for 25", proposal.reason)

    def test_what_a_cap_costs_is_said(self):
        """Sold at 5.00, bought at 2.00: what is more at risk than with all that is needed."""
        self.product.list_price = 5.0
        without = self._plan()
        self.assertEqual(without.qty_to_order, without.qty_needed)
        self.assertNotIn("at risk", without.reason)
        left = without.risk_left_value
        self.orderpoint.smart_reorder_max_stock = 25
        capped = self._plan()
        cost = dict(capped.reason_data)["kept_short"]["value"]
        self.assertAlmostEqual(cost, capped.risk_left_value - left, delta=0.01)  # rounded amounts
        self.assertGreater(cost, 3 * 2, "28 are expected in the interval: at least 3 are missed")
        self.assertIn("more at risk", capped.reason)

    def test_room_by_storage_categories(self):
        """Two shelves for 10 and 14 of it; a third without a limit takes the limit off."""
        categories = self.env["stock.storage.category"].create(
            [
                {
                    "name": name,
                    "capacity_ids": [
                        Command.create({"product_id": self.product.id, "quantity": quantity})
                    ],
                }
                for name, quantity in (("Low", 10), ("High", 14))
            ]
        )
        for category in categories:
            self.env["stock.location"].create(
                {
                    "name": category.name,
                    "location_id": self.central.lot_stock_id.id,
                    "storage_category_id": category.id,
                }
            )
        self.assertEqual(self._plan().qty_to_order, 24)
        self.env["stock.location"].create(
            {"name": "Yard", "location_id": self.central.lot_stock_id.id}
        )
        self.assertGreater(self._plan().qty_to_order, 24)

    def test_room_by_weight(self):
        """Two racks for 50 kg each, in which 30 kg of something else lie: 70 kg are left, for
        kettles of 4 kg that is 17. A rack without a limit takes it off."""
        self.product.weight = 4
        rack = self.env["stock.storage.category"].create({"name": "Rack", "max_weight": 50})
        racks = self.env["stock.location"].create(
            [
                {
                    "name": f"Rack {number}",
                    "location_id": self.central.lot_stock_id.id,
                    "storage_category_id": rack.id,
                }
                for number in (1, 2)
            ]
        )
        anvil = self._create_product("Anvil", weight=30)
        self.env["stock.quant"]._update_available_quantity(anvil, racks[0], 1)
        proposal = self._plan()
        self.assertEqual(proposal.qty_to_order, 17)
        self.assertIn("There is room for 17", proposal.reason)
        racks[1].storage_category_id = False
        self.assertGreater(self._plan().qty_to_order, 17)

    def test_minimum_above_the_room(self):
        self.orderpoint.smart_reorder_max_stock = 100
        self._set_minimum(120)
        proposal = self._plan()
        self.assertEqual(proposal.issue, "contradiction_storage")
        self.assertIn("120, but there is room for 100", proposal.reason)

    def test_filling_up_an_order_keeps_to_the_caps(self):
        """The vendor wants 500 of value, 250 pieces: there is room for 100 alone."""
        self.orderpoint.smart_reorder_max_stock = 100
        self.env["smart.reorder.terms"].create(
            {
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                "minimum_value": 500,
                "least_share": 0,
            }
        )
        proposal = self._plan()
        self.assertEqual((proposal.state, proposal.issue), ("exception", "order_minimum"))

    def test_rounding_policy(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product.seller_ids.product_uom_id = dozen
        needed = self._plan().qty_needed
        up = -(-needed // 12) * 12
        self.assertEqual(self._proposal(self.orderpoint).qty_to_order, up)
        self.company.smart_reorder_rounding = "nearest"
        down = up - 12
        expected = down if needed - down < 6 and needed > down else up
        proposal = self._plan()
        self.assertEqual(proposal.qty_to_order, expected)
        self.assertGreaterEqual(proposal.qty_to_order, proposal.reorder_point)

    def test_cost_of_the_minimum_is_said(self):
        """What is more than needed lies there half on average: at 2.0 and 20 % a year."""
        self._set_minimum(200)
        proposal = self._plan()
        cost = dict(proposal.reason_data)["extra_cost"]["cost"]
        self.assertAlmostEqual(cost, (200 - proposal.qty_needed) / 2 * 2.0 * 0.2)

    def test_negative_shelf_life_is_refused(self):
        with self.assertRaises(ValidationError):
            self.product.smart_reorder_shelf_days = -1
