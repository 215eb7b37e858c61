"""How old stock is, what moves and what does not, at any date; by hand."""

import io
from datetime import date, datetime

import openpyxl

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ValuationCommon


class AgeingCommon(ValuationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "ageing_accountant",
            groups="inventory_valuation.group_inventory_valuation_accountant",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
            tz="UTC",
        )

    def wait_until(self, day):
        self.clock.move_to(datetime.combine(day, datetime.min.time()).replace(hour=8))

    def age(self, day, user=None):
        ageings = self.env["stock.valuation.ageing"].with_user(user or self.accountant)
        return ageings._compute_at(self.company, day)

    def rows(self, ageing, product, *names):
        """Return the values of a product's lines in the order of the report."""
        lines = ageing.line_ids.filtered(lambda line: line.product_id == product)
        return [
            tuple(
                line[name].sudo() if isinstance(line._fields[name], fields.Many2one) else line[name]
                for name in names
            )
            for line in lines.sorted(lambda line: (line.location_id.id, line.layer_date or False))
        ]


@tagged("post_install", "-at_install")
class TestAgeing(AgeingCommon):
    def history(self, method):
        """March 2: 10 at 1.00 to the store; March 22: 10 at 3.00; April 1: 12 to the annex; May 1:
        the annex delivers 11. Left are, of March 22, 8 in the store and 1 in the annex."""
        product = self.make_product(method, 2)
        self.receive(product, 10, 10)
        self.wait_until(date(2026, 3, 22))
        self.receive(product, 10, 30)
        self.wait_until(date(2026, 4, 1))
        self.move(product, self.store, self.annex, 12)
        self.wait_until(date(2026, 5, 1))
        self.deliver(product, 11, self.annex)
        return product

    def test_layers_at_any_date(self):
        expected = {
            # average 2.00; standard 2.00; FIFO: the goods' own cost
            date(2026, 3, 31): {
                "average": [(29, 10, 20), (9, 10, 20)],
                "standard": [(29, 10, 20), (9, 10, 20)],
                "fifo": [(29, 10, 10), (9, 10, 30)],
            },
            # store: 8 of March 22; annex: 10 of March 2, 2 of March 22
            date(2026, 4, 2): {
                "average": [(11, 8, 16), (31, 10, 20), (11, 2, 4)],
                "standard": [(11, 8, 16), (31, 10, 20), (11, 2, 4)],
                "fifo": [(11, 8, 24), (31, 10, 10), (11, 2, 6)],
            },
            date(2026, 5, 2): {
                "average": [(41, 8, 16), (41, 1, 2)],
                "standard": [(41, 8, 16), (41, 1, 2)],
                "fifo": [(41, 8, 24), (41, 1, 3)],
            },
        }
        for method in ("average", "standard", "fifo"):
            self.clock.move_to(self.now)
            product = self.history(method)
            self.wait_until(date(2026, 6, 1))
            for day, by_method in expected.items():
                with self.subTest(method=method, day=day):
                    found = self.rows(self.age(day), product, "age_days", "quantity", "value")
                    self.assertEqual(found, by_method[method])

    def test_fifo_swaps_do_not_age(self):
        """The annex delivers its young goods, at the cost of the store's old ones: the store's
        goods are old all the same, and have the young ones' cost."""
        product = self.make_product("fifo")
        self.receive(product, 10, 10)
        self.wait_until(date(2026, 5, 1))
        self.receive(product, 10, 50, self.annex)
        self.deliver(product, 10, self.annex)
        found = self.rows(
            self.age(date(2026, 5, 1)), product, "location_id", "age_days", "quantity", "value"
        )
        self.assertEqual(found, [(self.store, 60, 10, 50)])

    def test_sum_is_the_valuation_to_the_cent(self):
        """7 pieces for 10.00 and 3 for 1.00, consigned goods beside, in three places."""
        for method in ("average", "fifo"):
            product = self.make_product(method)
            self.receive(product, 7, 10)
            self.wait_until(date(2026, 4, 10))
            self.receive(product, 3, 1)
            self.receive(product, 5, owner=self.consignor)
            self.move(product, self.store, self.shelf, 3)
            self.move(product, self.store, self.annex, 4)
            self.deliver(product, 1, self.annex)
            self.deliver(product, 4, self.shelf)  # one more than there is
        day = date(2026, 4, 10)
        ageing = self.age(day)
        valued = self.env["stock.valuation.line"].with_context(valuation_at="2026-04-10 23:59:59")
        found = ageing.line_ids.grouped(lambda layer: (layer.product_id, layer.location_id))
        for line in valued.search([("owner_id", "=", False)]):
            layers = found[line.product_id, line.location_id]
            self.assertAlmostEqual(sum(layers.mapped("value")), line.value, places=2)
            self.assertAlmostEqual(sum(layers.mapped("quantity")), line.quantity)
        self.assertAlmostEqual(ageing.value, sum(valued.search([]).mapped("value")), places=2)
        owed = ageing.line_ids.filtered(lambda layer: layer.quantity < 0)
        self.assertEqual(owed.bucket_id.mapped("display_name"), ["Negative stock"])

    def test_buckets_are_the_companys(self):
        self.company.valuation_ageing_days = "10, 20"
        product = self.make_product("average")
        self.receive(product, 1, 1)
        names = []
        for day in (date(2026, 3, 12), date(2026, 3, 13), date(2026, 3, 23)):
            self.wait_until(day)
            names += self.rows(self.age(day), product, "bucket_id")
        self.assertEqual(
            [bucket.display_name for (bucket,) in names],
            ["0 to 10 days", "11 to 20 days", "Over 20 days"],
        )
        for wrong in ("", "30, 10", "soon"):
            with self.assertRaisesRegex(ValidationError, "growing numbers"):
                self.company.valuation_ageing_days = wrong

    def test_slow_dead_and_excess(self):
        """A window of 90 days up to June 30. Sold: 9 on June 20, so 0.1 a day, and 180 days of
        cover are 18 of the 91 left; 73 at 1.00 are in excess."""
        sold, still, new = (self.make_product("standard", 1) for _ in range(3))
        self.receive(sold, 100)
        self.receive(still, 5)
        self.wait_until(date(2026, 6, 20))
        self.deliver(sold, 9)
        self.receive(new, 5)
        self.wait_until(date(2026, 9, 5))
        ageing = self.age(date(2026, 6, 30))
        self.assertEqual(
            self.rows(ageing, sold, "state", "daily_demand", "excess_quantity", "excess_value"),
            [("moving", 0.1, 73, 73)],
        )
        self.assertAlmostEqual(self.rows(ageing, sold, "days_of_cover")[0][0], 910, places=6)
        self.assertEqual(self.rows(ageing, still, "state", "age_days"), [("slow", 120)])
        self.assertEqual(self.rows(ageing, new, "state"), [("moving",)])
        ageing = self.age(date(2026, 9, 1))
        self.assertEqual(self.rows(ageing, still, "state", "age_days"), [("dead", 183)])

    def test_a_receipt_that_gets_another_date(self):
        """Received on March 2; somebody finds out that it was on March 12."""
        product = self.make_product("average", 3)
        move = self.receive(product, 4)
        self.wait_until(date(2026, 3, 20))
        move.date = datetime(2026, 3, 12, 9)
        found = self.rows(self.age(date(2026, 3, 20)), product, "age_days", "quantity", "value")
        self.assertEqual(found, [(8, 4, 12)])

    def test_a_product_without_category(self):
        product = self.make_product("standard", 3, categ_id=False)
        self.receive(product, 4)
        found = self.rows(self.age(date(2026, 3, 2)), product, "quantity", "value")
        self.assertEqual(found, [(4, 12)])

    def test_by_lot(self):
        product = self.make_product("average", tracking="lot")
        old, new = (
            self.env["stock.lot"].create({"name": name, "product_id": product.id})
            for name in ("OLD", "NEW")
        )
        self.receive(product, 4, 8, lot=old)
        self.wait_until(date(2026, 4, 11))
        self.receive(product, 4, 8, lot=new)
        self.deliver(product, 1, lot=new)
        found = self.rows(self.age(date(2026, 4, 11)), product, "lot_id", "age_days", "quantity")
        self.assertEqual(found, [(old, 40, 4), (new, 0, 3)])

    def test_companies_are_apart(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        product = self.make_product("average")
        self.receive(product, 1, 5)
        self.assertEqual(self.age(date(2026, 3, 2)).value, 5)
        with self.assertRaises(AccessError):
            self.env["stock.valuation.ageing"].with_user(self.accountant)._compute_at(
                other, date(2026, 3, 2)
            )

    def test_impossible_dates(self):
        self.receive(self.make_product("average"), 1, 5)
        for day, message in (
            (date(2027, 1, 1), "in the future"),
            (date(2020, 1, 1), "begins on 2026-03-02"),
        ):
            with self.assertRaisesRegex(UserError, message):
                self.age(day)

    def test_stock_users_see_nothing(self):
        keeper = new_test_user(self.env, "ageing_keeper", groups="stock.group_stock_manager")
        keeper.write({"company_ids": [(6, 0, self.company.ids)], "company_id": self.company.id})
        self.receive(self.make_product("average"), 1, 5)
        self.age(date(2026, 3, 2))
        with self.assertRaises(AccessError):
            self.age(date(2026, 3, 2), keeper)
        for model in ("stock.valuation.ageing", "stock.valuation.ageing.line"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(keeper).search([])

    def test_limited_to_warehouses(self):
        product = self.make_product("average")
        self.receive(product, 1, 5)
        self.receive(product, 2, 10, self.annex)
        self.accountant.availability_warehouse_ids = self.annex.warehouse_id
        ageing = self.age(date(2026, 3, 2))
        self.assertEqual((ageing.value, len(ageing.line_ids)), (10, 1))

    def test_statements_do_not_grow_with_products(self):
        def count():
            self.age(date(2026, 3, 2))  # what is cached by registry
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.age(date(2026, 3, 2))
            return self.env.cr.sql_log_count - before

        self.receive(self.make_product("average"), 1, 5)
        few = count()
        for _ in range(20):
            self.receive(self.make_product("average"), 1, 5)
        self.assertLessEqual(count(), few)

    def test_workbook(self):
        product = self.history("fifo")
        self.wait_until(date(2026, 6, 1))
        ageing = self.age(date(2026, 4, 2))
        file = io.BytesIO()
        self.env["stock.valuation.export"].with_user(self.accountant)._write(file, ageing)
        book = openpyxl.load_workbook(file)
        head, *rows, total = book["Ageing"].iter_rows(values_only=True)
        self.assertEqual(len(rows), 2)
        found = dict(zip(head, total, strict=True))
        self.assertEqual(found["0 to 30 days"], 24 + 6)
        self.assertEqual(found["31 to 60 days"], 10)
        self.assertEqual(found["Value"], 40)
        head, *rows, total = book["Layers"].iter_rows(values_only=True)
        self.assertEqual(sorted(row[head.index("Quantity")] for row in rows), [2, 8, 10])
        self.assertEqual(dict(zip(head, total, strict=True))["Value"], 40)
        about = "\n".join(str(row) for row in book["About"].iter_rows(values_only=True))
        for text in ("2026-04-02 23:59:59 UTC", self.accountant.name, "first in, first out"):
            self.assertIn(text, about)
        self.assertEqual(product, ageing.line_ids.product_id)

    def test_old_reports_are_deleted(self):
        self.receive(self.make_product("average"), 1, 5)
        ageing = self.age(date(2026, 3, 2))
        ageings = self.env["stock.valuation.ageing"].sudo()
        ageings._gc_ageings()
        self.assertTrue(ageing.exists())
        self.wait_until(date(2026, 5, 1))
        ageings._gc_ageings()
        self.assertFalse(ageing.exists())


@tagged("post_install", "-at_install")
class TestAgeingDownload(AgeingCommon, HttpCase):
    def test_download(self):
        self.receive(self.make_product("average"), 1, 5)
        action = (
            self.env["stock.valuation.ageing.compute"]
            .with_user(self.accountant)
            .create({"date": date(2026, 3, 2)})
            .action_export()
        )
        self.authenticate("ageing_accountant", "ageing_accountant")
        answer = self.url_open(action["url"])
        self.assertEqual(answer.status_code, 200)
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        self.assertEqual(book.sheetnames, ["Ageing", "Layers", "About"])
        for address, status in (
            ("/inventory_valuation/workbook/ageing?ids=x", 400),
            ("/inventory_valuation/workbook/ageing?domain=x", 400),
            ("/inventory_valuation/workbook/ageing", 404),
            ("/inventory_valuation/workbook/ageing?ids=999999999", 404),
            ("/inventory_valuation/workbook/users", 404),
        ):
            self.assertEqual(self.url_open(address).status_code, status, address)
