from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import Form, tagged

from .common import AvailabilityCommon


@tagged("post_install", "-at_install")
class TestStockAvailability(AvailabilityCommon):
    """Every figure, with expected values that a reader can compute by hand."""

    # ------------------------------------------------------------------
    # Now
    # ------------------------------------------------------------------

    def test_nothing_at_all(self):
        self.assertFigures(
            {
                "qty_on_hand": 0.0,
                "qty_atp": 0.0,
                "shortage_date": False,
                "next_receipt_date": False,
                "days_of_cover": False,
                "state": "idle",
            }
        )

    def test_reserved_is_not_available(self):
        self._stock(10)
        self._deliver(self.central, 4)._action_assign()
        self.assertFigures(
            {
                "qty_on_hand": 10.0,
                "qty_reserved": 4.0,
                "qty_available": 6.0,
                "qty_outgoing": 4.0,
                "qty_forecast": 6.0,
                "qty_atp": 6.0,
            }
        )

    def test_each_warehouse_has_its_own(self):
        self._stock(3, warehouse=self.central)
        self._stock(5, warehouse=self.shop)
        bin_location = self.env["stock.location"].create(
            {"name": "Bin", "location_id": self.shop.lot_stock_id.id}
        )
        self._stock(2, location=bin_location)
        self.assertFigures({"qty_on_hand": 3.0}, warehouse=self.central)
        self.assertFigures({"qty_on_hand": 7.0}, warehouse=self.shop)

    def test_consigned_stock_is_on_hand(self):
        owner = self.env["res.partner"].create({"name": "Consignor"})
        self._stock(4)
        self._stock(6, owner=owner)
        self._stock(1, owner=self.company.partner_id)
        self.assertFigures({"qty_on_hand": 11.0, "qty_consigned": 6.0, "qty_available": 11.0})

    def test_archived_location_still_holds_stock(self):
        bin_location = self.env["stock.location"].create(
            {"name": "Bin", "location_id": self.central.lot_stock_id.id}
        )
        self._stock(2, location=bin_location)
        bin_location.with_context(do_not_check_quant=True).active = False
        self.assertFigures({"qty_on_hand": 2.0})

    def test_archived_product_is_found_on_demand(self):
        self._stock(2)
        self.product.active = False
        domain = [("product_id", "=", self.product.id)]
        self.assertFalse(self.availability.search(domain))
        row = self.availability.with_context(active_test=False).search(domain)
        self.assertEqual(row.warehouse_id, self.central, "only where something is")
        self.assertEqual(row.qty_on_hand, 2.0)

    def test_counted_place_without_a_quantity(self):
        """What somebody begins to count where nothing lies has a quant, and no quantity."""
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": self.product.id,
                "location_id": self.central.lot_stock_id.id,
                "inventory_quantity": 3,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT quantity FROM stock_quant WHERE product_id = %s", [self.product.id]
        )
        self.assertEqual(self.env.cr.fetchall(), [(None,)])
        self.assertFigures({"qty_on_hand": 0.0, "qty_atp": 0.0, "state": "idle"})
        steps = self.availability._get_projection(self.product, self.central)
        self.assertEqual(len(steps), 1)

    def test_product_without_stock_keeping(self):
        service = self.env["product.product"].create({"name": "Advice", "type": "service"})
        self.assertFigures({"qty_on_hand": 0.0, "state": "idle"}, product=service)
        self.assertFalse(self.availability.search([("product_id", "=", service.id)]))

    # ------------------------------------------------------------------
    # Promise
    # ------------------------------------------------------------------

    def test_promise_is_the_lowest_balance_ahead(self):
        """10 on hand, 8 leave on day 3, 20 arrive on day 5: 10, 2, 22."""
        self._stock(10)
        self._deliver(self.central, 8, days=3)
        self._receive(self.central, 20, days=5)
        self.assertFigures(
            {
                "qty_incoming": 20.0,
                "qty_outgoing": 8.0,
                "qty_forecast": 22.0,
                "qty_atp": 2.0,
                "shortage_date": False,
                "next_receipt_date": self._day(5),
            }
        )

    def test_promise_to_a_later_order_is_kept(self):
        """10 on hand, 5 arrive on day 2, 12 leave on day 4: 10, 15, 3."""
        self._stock(10)
        self._receive(self.central, 5, days=2)
        self._deliver(self.central, 12, days=4)
        self.assertFigures({"qty_on_hand": 10.0, "qty_forecast": 3.0, "qty_atp": 3.0})

    def test_shortage_before_the_receipt(self):
        """10 on hand, 15 leave on day 3, 20 arrive on day 5: 10, -5, 15."""
        self._stock(10)
        self._deliver(self.central, 15, days=3)
        self._receive(self.central, 20, days=5)
        self.assertFigures(
            {
                "qty_forecast": 15.0,
                "qty_atp": -5.0,
                "shortage_date": self._day(3),
                "state": "short",
            }
        )

    def test_first_of_two_shortages(self):
        """2 on hand: -1 on day 2, 4 on day 4, -6 on day 6: short from day 2, at worst by 6."""
        self._stock(2)
        self._deliver(self.central, 3, days=2)
        self._receive(self.central, 5, days=4)
        self._deliver(self.central, 10, days=6)
        self.assertFigures({"qty_atp": -6.0, "shortage_date": self._day(2)})

    def test_same_day_is_netted(self):
        self._deliver(self.central, 5, days=2)
        self._receive(self.central, 5, days=2)
        self.assertFigures({"qty_atp": 0.0, "shortage_date": False})

    def test_overdue_counts_today(self):
        self._stock(5)
        self._deliver(self.central, 7, days=-3)
        self._receive(self.central, 1, days=-4)
        self.assertFigures(
            {
                "qty_atp": -1.0,
                "shortage_date": self._day(0),
                "next_receipt_date": self._day(-4),
            }
        )

    def test_negative_stock_is_short_today(self):
        self._stock(-2)
        self.assertFigures({"qty_atp": -2.0, "shortage_date": self._day(0), "state": "short"})
        self._receive(self.central, 5, days=3)
        self.assertFigures({"qty_atp": -2.0, "shortage_date": self._day(0)})

    def test_tiny_differences_are_no_shortage(self):
        """0.1 + 0.2 - 0.3 is nothing, whatever binary floating point says."""
        self._stock(0.1)
        self._receive(self.central, 0.2, days=1)
        self._deliver(self.central, 0.3, days=2)
        self.assertFigures({"qty_forecast": 0.0, "qty_atp": 0.0, "shortage_date": False})

    @freeze_time("2026-03-10 11:30:00")
    def test_days_are_those_of_the_warehouse(self):
        """11:30 UTC is past midnight in Auckland: there it is the 11th, and 12:00 too."""
        self.central.partner_id = self.env["res.partner"].create(
            {"name": "Auckland", "tz": "Pacific/Auckland"}
        )
        self._deliver(self.central, 1)
        self._deliver(self.steps, 1)
        self.assertFigures({"shortage_date": date(2026, 3, 11)})
        self.assertFigures({"shortage_date": date(2026, 3, 10)}, warehouse=self.steps)
        self.assertEqual(self._get()["as_of"], datetime(2026, 3, 10, 11, 30))

    # ------------------------------------------------------------------
    # Chains of moves
    # ------------------------------------------------------------------

    # ------------------------------------------------------------------
    # Demand, cover, states
    # ------------------------------------------------------------------

    def _sell(self, quantity, days_ago=1, product=None):
        self._stock(quantity, product=product)
        move = self._move(self.central.lot_stock_id, self.customer, quantity, product=product)
        self._do(move)
        self._backdate(move, days_ago)
        return move

    def test_demand_is_what_left_in_the_window(self):
        self._sell(45, days_ago=1)
        self._sell(45, days_ago=89)
        self._sell(1000, days_ago=91)
        self.assertEqual(self._get()["daily_demand"], 1.0)

    def test_demand_net_of_returns(self):
        delivery = self._sell(90)
        delivery.picking_type_id = self.central.out_type_id
        back = self._move(
            self.customer,
            self.central.lot_stock_id,
            9,
            origin_returned_move_id=delivery.id,
        )
        self._do(back)
        self.assertAlmostEqual(self._get()["daily_demand"], 81 / 90)

    def test_decimals_add_up_exactly(self):
        """0.1 + 0.2 is 0.3 also where floats are added; what came back is no demand."""
        self._receive(self.central, 0.1, days=1)
        self._receive(self.central, 0.2, days=2)
        self.assertEqual(self._get()["qty_incoming"], 0.3)
        self._sell(0.1)
        sold = self._sell(0.2)
        self._do(
            self._move(
                self.customer, self.central.lot_stock_id, 0.3, origin_returned_move_id=sold.id
            )
        )
        self.assertEqual(self._get()["daily_demand"], 0.0)

    def test_demand_of_other_warehouses_and_production_counts(self):
        production = self.env["stock.location"].search([("usage", "=", "production")], limit=1)
        self._stock(90)
        self._do(self._move(self.central.lot_stock_id, production, 45))
        self._do(self._move(self.central.lot_stock_id, self.shop.lot_stock_id, 45))
        self.assertEqual(self._get()["daily_demand"], 1.0)
        self.assertEqual(self._get(warehouse=self.shop)["daily_demand"], 0.0)

    def test_losses_and_returns_to_vendors_are_no_demand(self):
        loss = self.env["stock.location"].search([("usage", "=", "inventory")], limit=1)
        self._stock(90)
        self._do(self._move(self.central.lot_stock_id, loss, 30))
        self._do(self._move(self.central.lot_stock_id, self.supplier, 30))
        self._do(self._move(self.central.lot_stock_id, self.central.wh_output_stock_loc_id, 30))
        self.assertEqual(self._get()["daily_demand"], 0.0)

    def test_returned_transfer_is_not_demanded(self):
        self._stock(9)
        there = self._do(self._move(self.central.lot_stock_id, self.shop.lot_stock_id, 9))
        back = self._move(
            self.shop.lot_stock_id,
            self.central.lot_stock_id,
            9,
            origin_returned_move_id=there.id,
        )
        self._do(back)
        self.assertEqual(self._get()["daily_demand"], 0.0)
        self.assertEqual(self._get(warehouse=self.shop)["daily_demand"], 0.0)

    def test_states_follow_days_of_cover(self):
        """At a demand of one a day, what is available is also the days of cover."""
        for available, state in (
            (0, "out"),
            (6, "low"),
            (7, "ok"),
            (180, "ok"),
            (181, "excess"),
        ):
            with self.subTest(available=available):
                product = self._create_product(f"Lamp {available}")
                self._sell(90, product=product)
                if available:
                    self._stock(available, product=product)
                self.assertFigures({"days_of_cover": available, "state": state}, product=product)

    def test_state_without_demand(self):
        self._stock(5)
        self.assertFigures({"state": "idle", "days_of_cover": False})
        self._deliver(self.central, 2)
        self.assertFigures({"state": "ok", "days_of_cover": False})

    def test_out_when_all_is_reserved(self):
        self._stock(5)
        self._deliver(self.central, 5)._action_assign()
        self.assertFigures({"state": "out", "qty_available": 0.0, "qty_atp": 0.0})

    def test_settings_of_the_company(self):
        self._sell(30)
        self._stock(30)
        self.assertFigures({"state": "ok", "days_of_cover": 90.0})
        self.company.write({"availability_demand_days": 30})
        self.assertFigures({"state": "ok", "days_of_cover": 30.0})
        self.company.write({"availability_low_days": 31})
        self.assertFigures({"state": "low"})
        self.company.write({"availability_low_days": 1, "availability_excess_days": 29})
        self.assertFigures({"state": "excess"})

    def test_longer_window_reaches_further_back(self):
        self._sell(60, days_ago=100)
        self.assertEqual(self._get()["daily_demand"], 0.0)
        self.company.write({"availability_demand_days": 120})
        self.assertEqual(self._get()["daily_demand"], 0.5)

    # ------------------------------------------------------------------
    # Where Odoo's own figures are wrong
    # ------------------------------------------------------------------

    def test_scrap_inside_of_a_warehouse_is_not_on_hand(self):
        """Odoo takes every location below the warehouse, whatever its type."""
        scrap = self.env["stock.location"].create(
            {
                "name": "Scrap",
                "usage": "inventory",
                "location_id": self.central.view_location_id.id,
            }
        )
        self._stock(5)
        self._do(self._move(self.central.lot_stock_id, scrap, 2))
        self.assertEqual(self.product.with_context(warehouse_id=self.central.id).qty_available, 5)
        self.assertFigures({"qty_on_hand": 3.0})

    def test_transit_inside_of_a_warehouse_is_in_transit(self):
        """Odoo promises what is still on a van, as if it lay on the shelf."""
        van = self.env["stock.location"].create(
            {
                "name": "Van",
                "usage": "transit",
                "location_id": self.central.view_location_id.id,
            }
        )
        self._stock(4, location=van)
        self.assertEqual(self.product.with_context(warehouse_id=self.central.id).free_qty, 4)
        self.assertFigures({"qty_on_hand": 0.0, "qty_available": 0.0, "qty_in_transit": 4.0})

    def test_warehouse_inside_of_a_warehouse_counts_once(self):
        """Odoo counts the inner warehouse's stock in the outer one too."""
        self.shop.view_location_id.location_id = self.central.view_location_id
        self._stock(6, warehouse=self.shop)
        self.assertEqual(self.product.with_context(warehouse_id=self.central.id).qty_available, 6)
        self.assertFigures({"qty_on_hand": 0.0})
        self.assertFigures({"qty_on_hand": 6.0}, warehouse=self.shop)

    # ------------------------------------------------------------------
    # The model
    # ------------------------------------------------------------------

    def test_rows_equal_the_api(self):
        self._stock(10)
        self._deliver(self.central, 15, days=3)
        row = self.availability.search(
            [("product_id", "=", self.product.id), ("warehouse_id", "=", self.central.id)]
        )
        for name, value in self._get().items():
            if name not in ("as_of", "days_of_cover"):
                self.assertEqual(row[name], value, name)
        self.assertEqual(row.uom_id, self.unit)
        self.assertEqual(row.company_id, self.company)

    def test_search_finds_the_same_rows_however_it_is_restricted(self):
        self._stock(1)
        other = self._create_product(
            "Other", categ_id=self.env["product.category"].create({"name": "Others"}).id
        )
        both = self.product | other
        rows = self.availability.search([("product_id", "in", both.ids)])
        wanted = rows.filtered(
            lambda row: row.product_id == other and row.warehouse_id == self.shop
        )
        self.assertEqual(len(wanted), 1)
        for domain in (
            [("id", "=", wanted.id)],
            [("product_id", "=", other.id), ("warehouse_id", "=", self.shop.id)],
            [("product_id", "ilike", "Other"), ("warehouse_id", "=", self.shop.id)],
            [("categ_id", "child_of", other.categ_id.id), ("warehouse_id.code", "=", "SHP")],
            [("product_tmpl_id", "=", other.product_tmpl_id.id), ("id", "=", wanted.id)],
            [
                "&",
                ("warehouse_id", "in", self.shop.ids),
                *("|", ("product_id", "=", other.id), ("product_id", "=", other.id)),
            ],
            [
                *("&", ("product_id", "in", both.ids), ("warehouse_id", "=", self.shop.id)),
                *("!", ("product_id", "=", self.product.id)),
            ],
        ):
            with self.subTest(domain=domain):
                self.assertEqual(
                    self.availability.search([*domain, ("product_id", "in", both.ids)]), wanted
                )
        self.assertEqual(
            self.availability.search(
                [
                    *("|", ("product_id", "=", other.id), ("product_id", "=", self.product.id)),
                    *("!", ("warehouse_id", "!=", self.shop.id)),
                ]
            ).product_id,
            both,
        )

    def test_sums_only_within_one_unit(self):
        eggs = self._create_product("Eggs", uom_id=self.dozen.id)
        self._stock(10)
        self._stock(2, warehouse=self.shop)
        self._stock(3, product=eggs)

        def total(products):
            domain = [("product_id", "in", products.ids)]
            return self.availability._read_group(domain, [], ["qty_on_hand:sum"])[0][0]

        self.assertEqual(total(self.product), 12.0)
        self.assertFalse(total(self.product | eggs), "pieces and dozens do not add up")

    def test_one_statement_for_any_number(self):
        products = self.product | self.env["product.product"].create(
            [{"name": f"Product {number}", "is_storable": True} for number in range(50)]
        )
        self.env["stock.availability"]._get_availability(products, self.warehouses)
        self.env.flush_all()
        with self.assertQueryCount(1):
            figures = self.availability._get_availability(products, self.warehouses)
        self.assertEqual(len(figures), 51 * 3)

    def test_no_products_or_no_warehouses(self):
        nothing = self.env["product.product"]
        self.assertEqual(self.availability._get_availability(nothing, self.warehouses), {})
        self.assertEqual(
            self.availability._get_availability(self.product, self.env["stock.warehouse"]), {}
        )

    def test_settings_form(self):
        with Form(self.env["res.config.settings"]) as form:
            form.availability_demand_days = 60
            form.availability_low_days = 5
            form.availability_excess_days = 50
        form.record.execute()
        self.assertRecordValues(
            self.company,
            [
                {
                    "availability_demand_days": 60,
                    "availability_low_days": 5,
                    "availability_excess_days": 50,
                }
            ],
        )
