from datetime import date, timedelta

from odoo.tests import tagged

from .common import NOW, SmartReorderCase


@tagged("post_install", "-at_install")
class TestDemand(SmartReorderCase):
    def _get(self, product=None, warehouses=None, days=60):
        today = NOW.date()
        rows = self.env["smart.reorder.demand"]._get_demand(
            product or self.product,
            warehouses or self.central | self.shop,
            today - timedelta(days=days),
            today,
        )
        return {
            (warehouse, receiver, (today - day).days): quantity
            for _product, warehouse, receiver, day, quantity in rows
        }

    def test_sales_count_by_day_in_the_products_unit(self):
        self._deliver(3, days_ago=5)
        self._deliver(1, days_ago=5, uom=self.env.ref("uom.product_uom_dozen"))
        self._deliver(2, days_ago=4)
        self.assertEqual(
            self._get(), {(self.central.id, None, 5): 15.0, (self.central.id, None, 4): 2.0}
        )

    def test_return_on_the_same_day_cancels_the_sale(self):
        self._deliver(80995, days_ago=3)
        self._move(self.product, 80995, self.customers, self.central.lot_stock_id, 3)
        self.assertEqual(self._get(), {(self.central.id, None, 3): 0.0})

    def test_receipts_corrections_and_moves_inside_are_not_demand(self):
        stock = self.central.lot_stock_id
        shelf = stock.create({"name": "Shelf", "location_id": stock.id})
        loss = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1
        )
        self._move(self.product, 50, self.suppliers, stock, 9)
        self._move(self.product, 5, stock, shelf, 8)
        self._move(self.product, 4, stock, loss, 7)
        self._move(self.product, 3, stock, self.suppliers, 6)
        self.assertEqual(self._get(), {})

    def test_one_off_deliveries_are_apart_and_so_are_their_returns(self):
        """A project of 500, of which 100 came back later; 4 were sold as usual. Taken back, it is
        demand like any other."""
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.central.out_type_id.id,
                "location_id": self.central.lot_stock_id.id,
                "location_dest_id": self.customers.id,
            }
        )
        move = self._deliver(500, 3, picking_id=picking.id)
        self._move(
            self.product,
            100,
            self.customers,
            self.central.lot_stock_id,
            2,
            origin_returned_move_id=move.id,
        )
        self._deliver(4, 3)
        picking.smart_reorder_one_off = True
        self.assertEqual(self._get(), {(self.central.id, None, 3): 4.0})
        picking.smart_reorder_one_off = False
        self.assertEqual(
            self._get(),
            {(self.central.id, None, 3): 504.0, (self.central.id, None, 2): -100.0},
        )

    def test_consumption_and_what_is_taken_back_of_it(self):
        """10 are used up, 3 of them returned; what is produced is no demand."""
        production = self.env["stock.location"].search(
            [("usage", "=", "production"), ("company_id", "=", self.company.id)], limit=1
        )
        stock = self.central.lot_stock_id
        used = self._move(self.product, 10, stock, production, 4)
        self._move(self.product, 3, production, stock, 2, origin_returned_move_id=used.id)
        self._move(self.product, 50, production, stock, 1)
        self.assertEqual(
            self._get(),
            {(self.central.id, None, 4): 10.0, (self.central.id, None, 2): -3.0},
        )

    def test_transfer_names_the_receiving_warehouse(self):
        transit = self.company.internal_transit_location_id
        self._move(
            self.product,
            7,
            self.central.lot_stock_id,
            transit,
            2,
            location_final_id=self.shop.lot_stock_id.id,
        )
        self._move(self.product, 7, transit, self.shop.lot_stock_id, 1)
        self.assertEqual(self._get(), {(self.central.id, self.shop.id, 2): 7.0})

    def test_day_is_that_of_the_warehouse(self):
        self.company.partner_id.tz = "Pacific/Auckland"  # UTC+12 in June
        self._deliver(1, days_ago=2, hour=13)
        self.assertEqual(self._get(), {(self.central.id, None, 1): 1.0})

    def test_one_statement_whatever_the_number_of_products(self):
        products = self.product
        for index in range(5):
            product = self._create_product(f"Product {index}")
            self._deliver(1, 2, product=product)
            products |= product
        self.env.flush_all()
        warehouses = self.central | self.shop
        warehouses.partner_id.mapped("tz")
        reader = self.env["smart.reorder.demand"]
        with self.assertQueryCount(1):
            rows = reader._get_demand(products, warehouses, date(2025, 1, 1), NOW.date())
        self.assertEqual(len(rows), 5)

    def test_first_days_are_those_of_any_movement(self):
        self._move(self.product, 50, self.suppliers, self.central.lot_stock_id, 40)
        self._deliver(1, days_ago=10)
        self.assertEqual(
            self.env["smart.reorder.demand"]._get_first_days(self.product, self.central),
            {(self.product.id, self.central.id): NOW.date() - timedelta(days=40)},
        )

    def test_other_companies_are_left_out(self):
        other = self.env["res.company"].create({"name": "Other"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self.assertFalse(self._get(warehouses=warehouse))
