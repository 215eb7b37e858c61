from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import AvailabilityCommon


@tagged("post_install", "-at_install")
class TestStockAvailabilityStates(AvailabilityCommon):
    """What is on hand and may not be promised: blocked, held, kept back."""

    def setUp(self):
        super().setUp()
        self.damaged = self.env["stock.location"].create(
            {
                "name": "Damaged",
                "location_id": self.central.lot_stock_id.id,
                "availability_block": "damaged",
            }
        )

    def _hold(self, quantity, warehouse=None, hours=1, **values):
        return self.env["stock.soft.reservation"].create(
            {
                "reference": f"CART {self.env['stock.soft.reservation'].search_count([])}",
                "company_id": self.company.id,
                "product_id": self.product.id,
                "warehouse_id": (warehouse or self.central).id,
                "quantity": quantity,
                "date_until": fields.Datetime.now() + timedelta(hours=hours),
                **values,
            }
        )

    def _keep(self, quantity, warehouse=None):
        return self.env["stock.safety.stock"].create(
            {
                "product_id": self.product.id,
                "warehouse_id": (warehouse or self.central).id,
                "quantity": quantity,
            }
        )

    def assertBalanced(self, warehouse=None):  # noqa: N802
        figures = self._get(warehouse=warehouse)
        states = (
            "qty_available",
            "qty_reserved",
            "qty_soft_reserved",
            "qty_safety_stock",
            "qty_blocked",
        )
        self.assertAlmostEqual(figures["qty_on_hand"], sum(figures[name] for name in states))

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def test_states_add_up(self):
        """20 on hand: 5 damaged, 3 reserved, 4 in a cart, 2 kept back: 6 are available."""
        self._stock(15)
        self._stock(5, location=self.damaged)
        self._deliver(self.central, 3, days=1)._action_assign()
        self._hold(4)
        self._keep(2)
        self.assertFigures(
            {
                "qty_on_hand": 20.0,
                "qty_free": 17.0,
                "qty_reserved": 3.0,
                "qty_blocked": 5.0,
                "qty_soft_reserved": 4.0,
                "qty_safety_stock": 2.0,
                "qty_available": 6.0,
                "qty_atp": 6.0,
                "shortage_date": False,
            }
        )
        self.assertBalanced()

    def test_only_what_is_held_now_counts(self):
        self._stock(10)
        self._hold(4, consumed_quantity=1)
        self._hold(2, hours=-1)
        self._hold(1, state="released")
        self._hold(5, warehouse=self.shop)
        self.assertFigures({"qty_soft_reserved": 3.0, "qty_available": 7.0, "qty_atp": 7.0})

    def test_what_is_held_can_be_a_shortage_and_safety_stock_cannot(self):
        self._stock(3)
        self._keep(5)
        self.assertFigures({"qty_available": -2.0, "qty_atp": -2.0, "shortage_date": False})
        self._hold(4)
        self.assertFigures(
            {"qty_atp": -6.0, "shortage_date": self._day(0), "state": "short"},
        )

    # ------------------------------------------------------------------
    # Blocked locations
    # ------------------------------------------------------------------

    def test_block_is_inherited_and_lifted(self):
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.damaged.id})
        self._stock(5, location=shelf)
        self.assertTrue(shelf.availability_blocked)
        self.assertFigures({"qty_blocked": 5.0, "qty_available": 0.0, "qty_atp": 0.0})
        self.damaged.availability_block = False
        self.assertFigures({"qty_blocked": 0.0, "qty_available": 5.0, "qty_atp": 5.0})

    def test_nothing_is_blocked_by_itself(self):
        for location in self.steps.wh_input_stock_loc_id | self.steps.wh_qc_stock_loc_id:
            self.assertFalse(location.availability_blocked)

    def test_repair_brings_blocked_stock_back_on_its_day(self):
        """5 damaged; 3 of them are back in two days: promised from then on."""
        self._stock(5, location=self.damaged)
        self._move(self.damaged, self.central.lot_stock_id, 3, days=2)
        self.assertFigures(
            {"qty_incoming": 0.0, "qty_outgoing": 0.0, "qty_forecast": 5.0, "qty_atp": 0.0}
        )
        figures = self.availability._get_availability(
            self.product, self.central, [self._day(1), self._day(2)]
        )
        self.assertEqual(
            figures[self.product.id, self.central.id]["atp_by_date"],
            {self._day(1): 0.0, self._day(2): 3.0},
        )

    def test_move_into_a_blocked_location_takes_it_from_sale(self):
        self._stock(5)
        self._move(self.central.lot_stock_id, self.damaged, 2, days=1)
        self.assertFigures({"qty_outgoing": 0.0, "qty_available": 5.0, "qty_atp": 3.0})

    def test_blocked_stock_may_leave(self):
        """5 damaged go back to the vendor: nothing that could be promised is missing."""
        self._stock(5)
        self._stock(5, location=self.damaged)
        move = self._move(self.damaged, self.supplier, 5, days=1)
        self.assertFigures({"qty_outgoing": 5.0, "qty_blocked": 5.0, "qty_atp": 5.0})
        move._action_assign()
        self.assertFigures({"qty_reserved": 5.0, "qty_blocked": 0.0, "qty_atp": 5.0})
        self.assertBalanced()

    def test_delivery_that_reserved_in_a_blocked_bin(self):
        """Odoo reserves below the stock location, damaged or not: those 4 leave, 5 stay."""
        self._stock(4, location=self.damaged)
        self._deliver(self.central, 4, days=1)._action_assign()
        self._stock(5)
        self.assertFigures(
            {"qty_reserved": 4.0, "qty_blocked": 0.0, "qty_available": 5.0, "qty_atp": 5.0}
        )

    # ------------------------------------------------------------------
    # Several steps
    # ------------------------------------------------------------------

    def test_receipt_through_blocked_zones(self):
        """10 ordered for day 2: never twice, and only promised from stock's day on."""
        zones = self.steps.wh_input_stock_loc_id | self.steps.wh_qc_stock_loc_id
        zones.availability_block = "quality"
        move = self._receive(self.steps, 10, days=2)
        self.assertFigures({"qty_incoming": 10.0, "qty_atp": 0.0}, warehouse=self.steps)
        self._do(move)
        for _leg in ("quality", "stock"):
            move = move.move_dest_ids
            move.date = fields.Datetime.to_datetime(self._day(3)) + timedelta(hours=12)
            figures = self.availability._get_availability(
                self.product, self.steps, [self._day(2), self._day(3)]
            )[self.product.id, self.steps.id]
            self.assertEqual(figures["qty_on_hand"], 10.0)
            self.assertEqual(figures["qty_incoming"], 0.0)
            self.assertEqual(figures["qty_available"], 0.0)
            self.assertEqual(figures["atp_by_date"], {self._day(2): 0.0, self._day(3): 10.0})
            self.assertBalanced(self.steps)
            self._do(move)
        self.assertFigures({"qty_available": 10.0, "qty_atp": 10.0}, warehouse=self.steps)

    def test_delivery_through_a_blocked_output(self):
        zones = self.steps.wh_output_stock_loc_id | self.steps.wh_pack_stock_loc_id
        zones.availability_block = "staging"
        self._stock(10, warehouse=self.steps)
        move = self._deliver(self.steps, 6, days=2)
        for _leg in ("pick", "pack", "ship"):
            self.assertFigures({"qty_on_hand": 10.0, "qty_atp": 4.0}, warehouse=self.steps)
            self.assertBalanced(self.steps)
            self._do(move)
            move = move.move_dest_ids
        self.assertFigures({"qty_on_hand": 4.0, "qty_atp": 4.0}, warehouse=self.steps)

    def test_partial_receipt_and_backorder_through_a_blocked_input(self):
        """4 of 10 arrive and are planned into stock today: 6 are still to come, 10 in the end."""
        self.shop.wh_input_stock_loc_id.availability_block = "staging"
        self._do(self._receive(self.shop, 10, days=1), quantity=4)
        self.assertFigures(
            {
                "qty_on_hand": 4.0,
                "qty_incoming": 6.0,
                "qty_forecast": 10.0,
                "qty_available": 0.0,
                "qty_atp": 4.0,
            },
            warehouse=self.shop,
        )
        figures = self.availability._get_availability(self.product, self.shop, [self._day(30)])
        self.assertEqual(
            figures[self.product.id, self.shop.id]["atp_by_date"], {self._day(30): 10.0}
        )

    # ------------------------------------------------------------------
    # The projection and the short way
    # ------------------------------------------------------------------

    def test_projection_by_day(self):
        self._stock(10)
        self._keep(1)
        self._hold(2)
        self._deliver(self.central, 5, days=3)
        self._receive(self.central, 20, days=5)
        steps = self.availability._get_projection(self.product, self.central)
        self.assertEqual(
            [tuple(step.values()) for step in steps[self.product.id, self.central.id]],
            [
                (self._day(0), 0.0, 0.0, 8.0, 2.0),
                (self._day(3), 0.0, 5.0, 3.0, 2.0),
                (self._day(5), 20.0, 0.0, 23.0, 22.0),
            ],
        )

    def test_short_way_equals_the_full_figures(self):
        other = self._create_product("Table")
        products = self.product | other
        self._stock(10)
        self._stock(5, location=self.damaged)
        self._keep(1)
        self._hold(2)
        self._deliver(self.central, 5, days=3)
        self._receive(self.central, 4, days=5, product=other)
        figures = self.availability._get_availability(products, self.central, [self._day(4)])
        for date in (None, self._day(4)):
            promisable = self.availability._get_promisable(products, self.central, date)
            for product in products:
                full = figures[product.id, self.central.id]
                self.assertEqual(
                    promisable[product.id],
                    full["atp_by_date"][date] if date else full["qty_atp"],
                )
        self.assertEqual(self.availability._get_promisable(other, self.central), {other.id: 0.0})
