"""Figures by month, by hand; on the dashboard for those who see values, and nobody else."""

import io
from datetime import date, datetime

import openpyxl

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_write_down import WriteDownCommon


@tagged("post_install", "-at_install")
class TestFigures(WriteDownCommon):
    def setUp(self):
        super().setUp()
        # before: March 2, 09:00, 100 pieces at 10.00 into the store. In April: on the 11th 40 of
        # them go to the annex, on the 16th it sells 30 for 450.00, on the 21st 4 are lost in the
        # store. On May 11, 5 are sent back to the annex.
        self.move_at("2026-04-11 00:00:00", self.store, self.annex, 40)
        self.move_at("2026-04-16 00:00:00", self.annex, self.customer, 30)
        self.lost = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1
        )
        self.move_at("2026-04-21 00:00:00", self.store, self.lost, 4)
        self.invoice(30, 15, date(2026, 4, 20))
        self.move_at("2026-05-11 00:00:00", self.customer, self.annex, 5)
        self.clock.move_to(datetime(2026, 6, 1))
        self.figures = self.env["stock.valuation.figure"].with_user(self.accountant)
        self.refresh = self.env["stock.valuation.figure.refresh"].sudo()

    def move_at(self, moment, source, target, quantity):
        # `move` goes on by an hour
        moment = datetime.fromisoformat(moment)
        self.clock.move_to(moment.replace(day=moment.day - 1, hour=23))
        return self.move(self.product, source, target, quantity)

    def row(self, month, location):
        rows = self.figures.search(
            [("month", "=", month), ("location_id", "=", location and location.id)]
        )
        self.assertEqual(len(rows), 1)
        return rows

    def test_amounts_of_a_month(self):
        """April has 30 days. The store: 1000.00, 400.00 less for the last 20 days, 40.00 less for
        the last 10: 30,000 − 8,000 − 400 = 21,600. The annex: 400.00 for 20 days, 300.00 less for
        15: 8,000 − 4,500 = 3,500."""
        self.refresh._refresh(self.company)
        store, annex = (self.row("2026-04-01", place) for place in (self.store, self.annex))
        names = ("opening_value", "closing_value", "value_days", "average_value")
        self.assertEqual([store[name] for name in names], [1000, 560, 21_600, 720])
        found = [round(annex[name], 2) for name in names]
        self.assertEqual(found, [0, 100, 3_500, 116.67])
        names = ("cost_value", "revenue", "margin", "shrinkage_value", "receipt_value")
        self.assertEqual([store[name] for name in names], [0, 0, 0, 40, 0])
        self.assertEqual([annex[name] for name in names], [300, 450, 150, 0, 0])
        self.assertAlmostEqual(annex.turns, 365 * 300 / 3_500)
        self.assertAlmostEqual(annex.days_on_hand, 3_500 / 300)
        self.assertAlmostEqual(annex.gmroi, 365 * 150 / 3_500)
        march = self.row("2026-03-01", self.store)
        self.assertEqual((march.opening_value, march.closing_value), (0, 1000))
        # from March 2, 09:00 on: 29 days and 15 hours
        self.assertAlmostEqual(march.value_days, 1000 * (29 + 15 / 24))
        may = self.row("2026-05-01", self.annex)
        self.assertEqual((may.cost_value, may.closing_value), (-50, 150))

    def test_received(self):
        """12 at 10.00, of which 2 go back to the vendor."""
        self.clock.move_to(datetime(2026, 5, 20))
        product = self.make_product("standard", 10)
        self.receive(product, 12)
        self.move(product, self.store, self.supplier, 2)
        self.clock.move_to(datetime(2026, 6, 1))
        self.refresh._refresh(self.company)
        row = self.figures.search([("month", "=", "2026-05-01"), ("product_id", "=", product.id)])
        self.assertEqual((row.receipt_value, row.cost_value, row.landed_share), (100, 0, 0))
        # freight of 25.00 for the goods: a fifth of the 125.00 that they cost in all
        entry = self.entries(product)[:1].copy_data()[0]
        entry.update(kind="landed_cost", quantity=0, value=25, move_id=False, move_line_id=False)
        self.env["stock.valuation.entry"].create(entry)
        self.refresh._refresh(self.company)
        row = self.figures.search([("month", "=", "2026-05-01"), ("product_id", "=", product.id)])
        self.assertEqual((row.landed_value, row.receipt_value, row.landed_share), (25, 125, 0.2))

    def test_months_and_places_together(self):
        """The product in April and May: turns are 365 × (300 − 50) ÷ all value-days."""
        self.refresh._refresh(self.company)
        domain = [("month", "in", ("2026-04-01", "2026-05-01"))]
        # May, 31 days: the store 560.00; the annex 100.00, and 50.00 more for the last 21
        value_days = 21_600 + 3_500 + 560 * 31 + 100 * 31 + 50 * 21
        ((turns, days, gmroi, average, closing, shrinkage),) = self.figures._read_group(
            domain,
            [],
            [
                "turns:avg",
                "days_on_hand:avg",
                "gmroi:avg",
                "average_value:avg",
                "closing_value:avg",
                "shrinkage_rate:avg",
            ],
        )
        self.assertAlmostEqual(turns, 365 * 250 / value_days)
        self.assertAlmostEqual(days, value_days / 250)
        self.assertAlmostEqual(gmroi, 365 * 200 / value_days)
        self.assertAlmostEqual(shrinkage, 40 / 250)
        # month by month 660.00 and 710.00 at the end
        self.assertAlmostEqual(closing, 685)
        april, may = 25_100 / 30, (560 * 31 + 100 * 31 + 50 * 21) / 31
        self.assertAlmostEqual(average, (april + may) / 2, places=2)

    def test_carrying_cost_by_category_and_warehouse(self):
        """Capital 7.3 % everywhere; the annex has rates of its own for the category."""
        self.env["stock.valuation.rate"].create(
            [
                {"company_id": self.company.id, "capital_rate": 0.073},
                {
                    "company_id": self.company.id,
                    "categ_id": self.product.categ_id.id,
                    "warehouse_id": self.annex.warehouse_id.id,
                    "capital_rate": 0.0365,
                    "storage_rate": 0.073,
                    "insurance_rate": 0.0073,
                    "risk_rate": 0.0292,
                },
            ]
        )
        self.refresh._refresh(self.company)
        store, annex = (self.row("2026-04-01", place) for place in (self.store, self.annex))
        self.assertAlmostEqual(store.capital_cost, 4.32)
        self.assertAlmostEqual(store.carrying_cost, 4.32)
        names = ("capital_cost", "storage_cost", "insurance_cost", "risk_cost", "carrying_cost")
        self.assertEqual([round(annex[name], 6) for name in names], [0.35, 0.7, 0.07, 0.28, 1.4])

    def test_revenue_without_delivery_has_no_place(self):
        self.invoice(1, 99, date(2026, 5, 20))
        service = self.env["product.product"].create({"name": "Advice", "type": "service"})
        self.invoice(1, 1000, date(2026, 5, 20), service)
        self.refresh._refresh(self.company)
        self.assertEqual(self.row("2026-05-01", False).revenue, 99)
        ((revenue,),) = self.figures._read_group([], [], ["revenue:sum"])
        self.assertEqual(revenue, 549)

    def test_what_is_entered_later_is_computed_anew(self):
        self.refresh._refresh(self.company)
        # Odoo writes when its transaction began, which is not frozen
        self.env.cr.execute("UPDATE account_move SET write_date = '2026-04-20'")
        months = self.refresh._get_months(self.company)
        self.assertEqual(months, [date(2026, 5, 1), date(2026, 6, 1)])
        self.later()
        self.invoice(10, 10, date(2026, 4, 25))
        self.assertEqual(self.refresh._get_months(self.company)[0], date(2026, 4, 1))
        self.refresh._refresh(self.company)
        self.assertEqual(self.row("2026-04-01", self.annex).revenue, 550)
        before = self.figures.search_count([])
        self.refresh._refresh(self.company)
        self.assertEqual(self.figures.search_count([]), before, "each row once")

    def test_in_transit(self):
        transit = self.env["stock.location"].create(
            {"name": "Ship", "usage": "transit", "company_id": self.company.id}
        )
        self.move(self.product, self.store, transit, 6)
        self.later(1)
        self.refresh._refresh(self.company)
        self.assertEqual(self.row("2026-06-01", transit).transit_value, 60)
        self.assertEqual(self.row("2026-06-01", self.store).transit_value, 0)

    def test_workbook(self):
        self.refresh._refresh(self.company)
        rows = self.figures.search([("month", "=", "2026-04-01")])
        file = io.BytesIO()
        self.env["stock.valuation.export"].with_user(self.accountant)._write(file, rows)
        book = openpyxl.load_workbook(file)
        head, *lines, total = book["2026-04"].iter_rows(values_only=True)
        found = dict(zip(head, total, strict=True))
        self.assertEqual(len(lines), 2)
        self.assertEqual((found["Cost of Goods"], found["Revenue"]), (300, 450))
        about = "\n".join(str(row) for row in book["About"].iter_rows(values_only=True))
        self.assertIn("365 × cost of goods", about)

    # -- who sees it -------------------------------------------------------------------------

    def strip(self, user, domain=()):
        dashboard = self.env["stock.availability.dashboard"].with_user(user)
        return {
            figure["name"]: figure for figure in dashboard.get_figures({"domain": list(domain)})
        }

    def test_dashboard(self):
        """The year up to June: 250.00 of goods; the value-days of March, April, May; June has just
        begun."""
        self.refresh._refresh(self.company)
        self.accountant.group_ids += self.env.ref(
            "inventory_visibility.group_inventory_visibility_user"
        )
        value_days = 1000 * (29 + 15 / 24) + 21_600 + 3_500 + 660 * 31 + 50 * 21
        found = self.strip(self.accountant)
        self.assertEqual(found["turns"]["value"], round(365 * 250 / value_days, 1))
        self.assertEqual(found["gmroi"]["value"], round(365 * 200 / value_days, 2))
        self.assertEqual(found["shrinkage_rate"]["value"], 16)
        self.assertEqual(found["carrying_cost"]["value"], 0)
        annex = [("warehouse_id", "=", self.annex.warehouse_id.id)]
        found = self.strip(self.accountant, annex)
        self.assertEqual(found["shrinkage_rate"]["value"], 0)
        dashboard = self.env["stock.availability.dashboard"].with_user(self.accountant)
        action = dashboard.open_figure("turns", {"domain": annex})
        rows = self.figures.search(action["domain"])
        self.assertEqual(rows.warehouse_id, self.annex.warehouse_id)

    def test_dashboard_shows_no_value_to_others(self):
        self.refresh._refresh(self.company)
        keeper = new_test_user(self.env, "figures_keeper", groups="stock.group_stock_manager")
        keeper.write({"company_ids": [(6, 0, self.company.ids)], "company_id": self.company.id})
        found = self.strip(keeper)
        self.assertIn("on_hand", found)
        self.assertFalse({"turns", "gmroi", "carrying_cost", "shrinkage_rate"} & set(found))
        with self.assertRaises(AccessError):
            self.figures.with_user(keeper).search([])
        with self.assertRaises(AccessError):
            self.figures.with_user(keeper).browse().action_refresh()

    def test_limited_to_warehouses(self):
        self.refresh._refresh(self.company)
        self.accountant.availability_warehouse_ids = self.annex.warehouse_id
        self.assertEqual(self.figures.search([]).location_id.sudo(), self.annex)
