"""Availability while goods move: several steps, warehouses and companies, returns, units."""

from odoo.tests import tagged

from .common import AvailabilityCommon


@tagged("post_install", "-at_install")
class TestStockAvailabilityTransfers(AvailabilityCommon):
    def test_receipt_in_three_steps_counts_once(self):
        move = self._receive(self.steps, 10, days=2)
        self.assertFigures({"qty_incoming": 10.0, "qty_on_hand": 0.0}, warehouse=self.steps)
        for _leg in ("input", "quality", "stock"):
            self._do(move)
            self.assertFigures(
                {"qty_incoming": 0.0, "qty_on_hand": 10.0, "qty_atp": 10.0},
                warehouse=self.steps,
            )
            move = move.move_dest_ids
        self.assertFalse(move, "three legs")

    def test_delivery_in_three_steps_counts_once(self):
        self._stock(10, warehouse=self.steps)
        move = self._deliver(self.steps, 6, days=2)
        for _leg in ("pick", "pack", "ship"):
            self.assertFigures(
                {"qty_on_hand": 10.0, "qty_outgoing": 6.0, "qty_atp": 4.0, "daily_demand": 0.0},
                warehouse=self.steps,
            )
            self._do(move)
            move = move.move_dest_ids
        self.assertFalse(move, "three legs")
        figures = self._get(warehouse=self.steps)
        self.assertEqual((figures["qty_on_hand"], figures["qty_outgoing"]), (4.0, 0.0))
        self.assertAlmostEqual(figures["daily_demand"], 6 / 90)

    def test_backorder(self):
        self._stock(10)
        self._do(self._deliver(self.central, 8, days=2), quantity=3)
        self.assertFigures({"qty_on_hand": 7.0, "qty_outgoing": 5.0, "qty_atp": 2.0})

    def test_transfer_between_warehouses(self):
        """5 of 8 go from the central warehouse to the shop, through transit."""
        self._stock(8)
        self._resupply(5, days=3)
        self.assertFigures({"qty_on_hand": 8.0, "qty_outgoing": 5.0, "qty_in_transit": 0.0})
        self.assertFigures({"qty_incoming": 5.0, "qty_in_transit": 0.0}, warehouse=self.shop)
        moves = self.env["stock.move"].search([("product_id", "=", self.product.id)])
        ship = moves.filtered(lambda move: move.location_id == self.central.lot_stock_id)
        self._do(ship)
        self.assertFigures({"qty_on_hand": 3.0, "qty_outgoing": 0.0, "qty_in_transit": 0.0})
        self.assertFigures(
            {"qty_on_hand": 0.0, "qty_incoming": 5.0, "qty_in_transit": 5.0, "qty_atp": 0.0},
            warehouse=self.shop,
        )
        self._do(moves - ship)
        self.assertFigures(
            {"qty_on_hand": 5.0, "qty_incoming": 0.0, "qty_in_transit": 0.0},
            warehouse=self.shop,
        )

    def test_transfer_to_another_company(self):
        """What one company sends lies in the transit between companies until the other has it."""
        other = self.env["res.company"].create({"name": "Sister"})
        theirs = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        transit = self.env.ref("stock.stock_location_inter_company")
        transit.active = True
        self._stock(10)
        sent = self._move(self.central.lot_stock_id, transit, 4, days=1)
        received = self._move(
            transit, theirs.lot_stock_id, 4, days=3, company_id=other.id, move_orig_ids=sent.ids
        )
        both = self.central | theirs
        self.assertFigures({"qty_outgoing": 4.0, "qty_incoming": 0.0, "qty_atp": 6.0})
        self.assertFigures({"qty_incoming": 4.0, "qty_in_transit": 0.0}, warehouse=theirs)
        self._do(sent)
        self.assertFigures({"qty_on_hand": 6.0, "qty_outgoing": 0.0, "qty_in_transit": 0.0})
        self.assertFigures(
            {"qty_on_hand": 0.0, "qty_incoming": 4.0, "qty_in_transit": 4.0, "qty_atp": 0.0},
            warehouse=theirs,
        )
        self.env.invalidate_all()
        rows = self.availability.search([("product_id", "=", self.product.id)])
        self.assertEqual(sum(rows.mapped("qty_on_hand")) + sum(rows.mapped("qty_in_transit")), 10)
        self._do(received)
        found = self.availability._get_availability(self.product, both)
        self.assertEqual(
            [
                (found[self.product.id, warehouse.id]["qty_on_hand"])
                for warehouse in (self.central, theirs)
            ],
            [6.0, 4.0],
        )
        self.assertFigures({"qty_in_transit": 0.0, "qty_incoming": 0.0}, warehouse=theirs)

    def test_archived_warehouse_is_shown_as_long_as_something_is_there(self):
        closed = self._create_warehouse("Closed", "CLO")
        domain = [("product_id", "=", self.product.id), ("warehouse_id", "=", closed.id)]
        closed.active = False  # Odoo lets nobody archive it with stock; a late return may come
        self._stock(3, warehouse=closed)
        self.env.flush_all()
        [row] = self.availability.search(domain)
        self.assertEqual(row.qty_on_hand, 3.0)
        self.assertFigures({"qty_on_hand": 3.0, "qty_available": 3.0}, warehouse=closed)
        self._stock(-3, warehouse=closed)
        self.env["stock.quant"]._unlink_zero_quants()
        self.env.invalidate_all()
        self.assertFalse(self.availability.search(domain))

    def test_return_by_the_customer(self):
        """What comes back is on hand again, and planned to come as long as it is on its way."""
        self._stock(5)
        sold = self._do(self._move(self.central.lot_stock_id, self.customer, 4))
        back = self._move(
            self.customer,
            self.central.lot_stock_id,
            3,
            days=2,
            origin_returned_move_id=sold.id,
        )
        self.assertFigures({"qty_on_hand": 1.0, "qty_incoming": 3.0, "qty_atp": 1.0})
        self._do(back, 2)  # the rest is a backorder
        self.assertFigures({"qty_on_hand": 3.0, "qty_incoming": 1.0, "qty_forecast": 4.0})

    def test_transit_goes_to_whoever_has_reserved_it(self):
        """7 in transit: 4 reserved for the shop though Steps has waited for longer."""
        transit = self.company.internal_transit_location_id
        self._move(transit, self.steps.lot_stock_id, 10, days=1)
        reserved = self._move(transit, self.shop.lot_stock_id, 4, days=5)
        self._stock(7, location=transit)
        reserved._action_assign()
        self.assertFigures({"qty_in_transit": 4.0}, warehouse=self.shop)
        self.assertFigures({"qty_in_transit": 3.0}, warehouse=self.steps)

    def test_transit_that_nobody_waits_for_is_shown(self):
        self._stock(7, location=self.company.internal_transit_location_id)
        self._stock(1)
        rows = self.availability.search([("product_id", "=", self.product.id)])
        lost = rows.filtered(lambda row: not row.warehouse_id)
        self.assertEqual((lost.qty_in_transit, lost.qty_on_hand), (7.0, 0.0))
        self.assertEqual(lost.company_id, self.company)
        self.assertEqual(sum(rows.mapped("qty_in_transit")), 7.0)
        self.assertEqual(sum(rows.mapped("qty_on_hand")), 1.0)

    def test_stock_outside_of_any_warehouse_is_shown(self):
        yard = self.env["stock.location"].create(
            {"name": "Yard", "usage": "internal", "location_id": False}
        )
        self._stock(7, location=yard)
        self._move(yard, self.central.lot_stock_id, 2)
        row = self.availability.search(
            [("product_id", "=", self.product.id), ("warehouse_id", "=", False)]
        )
        self.assertEqual((row.qty_on_hand, row.qty_outgoing, row.qty_atp), (7.0, 2.0, 5.0))
        self.assertFigures({"qty_incoming": 2.0, "qty_on_hand": 0.0})

    # ------------------------------------------------------------------
    # Units
    # ------------------------------------------------------------------

    def test_moves_in_dozens_of_a_product_in_units(self):
        self._receive(self.central, 2, days=1, uom=self.dozen)
        self.assertFigures({"qty_incoming": 24.0})
        self._stock(30)
        self._do(self._deliver(self.central, 1, uom=self.dozen))
        figures = self._get()
        self.assertEqual(figures["qty_on_hand"], 18.0)
        self.assertAlmostEqual(figures["daily_demand"], 12 / 90)

    def test_moves_in_units_of_a_product_in_dozens(self):
        product = self._create_product("Eggs", uom_id=self.dozen.id)
        self._stock(3, product=product)
        self._do(
            self._move(self.central.lot_stock_id, self.customer, 18, product=product, uom=self.unit)
        )
        figures = self._get(product)
        self.assertEqual(figures["qty_on_hand"], 1.5)
        self.assertAlmostEqual(figures["daily_demand"], 1.5 / 90)
