"""History from before the addon was there: forget the ledger, and have it made up for."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from .common import ValuationCommon


@tagged("post_install", "-at_install")
class TestBackfill(ValuationCommon):
    def forget(self, products):
        """As if the addon were installed now."""
        self.env.flush_all()
        for table in ("stock_valuation_entry", "stock_valuation_book"):
            self.env.execute_query(
                SQL(
                    "DELETE FROM %s WHERE product_id = ANY(%s) RETURNING id",
                    SQL.identifier(table),
                    products.ids,
                )
            )
        self.env.invalidate_all()

    def backfill(self, batch=None):
        """Do what the scheduled action does, without its commits."""
        todo = self.env["stock.valuation.backfill"]._get_todo(self.company)
        product_ids = [product_id for _company, product_id in todo][:batch]
        self.env["stock.valuation.backfill"]._backfill(self.company, product_ids)
        return product_ids

    def make_history(self):
        """Products of each method with the same past; returns them with what the ledger wrote as it
        happened."""
        products = self.env["product.product"]
        for method in ("standard", "average", "fifo"):
            product = self.make_product(method, 12)
            self.receive(product, 10, 100)
            self.receive(product, 10, 200, self.annex)
            self.move(product, self.store, self.shelf, 3)
            self.deliver(product, 4, self.annex)
            self.later(30)
            product.standard_price = 14
            self.deliver(product, 2)
            self.receive(product, 6, 50, self.shelf)
            products |= product
        return products

    def test_as_if_it_had_been_there(self):
        """Made up for, each day has the same places with the same values as written live."""
        products = self.make_history()
        moments = sorted({entry.date for product in products for entry in self.entries(product)})
        live = {
            (product, moment): self.values(product, moment)
            for product in products
            for moment in moments
        }
        self.later(24)
        self.forget(products)
        self.assertEqual(self.backfill(), products.ids)
        for (product, moment), expected in live.items():
            with self.subTest(product=product.name, moment=moment):
                self.assertEqual(self.values(product, moment), expected)
        for product in products:
            self.assert_balanced(product)

    def test_goes_on_where_it_was(self):
        """A product at a time; nothing twice, and live movements of what is done go on."""
        products = self.make_history()
        self.forget(products)
        self.assertEqual(self.backfill(1), products[:1].ids)
        self.deliver(products[0], 1)
        self.deliver(products[1], 1)  # has no book yet: nothing is written
        self.assertFalse(self.entries(products[1]))
        self.assertEqual(self.backfill(), products[1:].ids)
        self.assertFalse(self.backfill())
        for product in products:
            self.assert_balanced(product)

    def test_done_while_history_was_made_up_for(self):
        """Neither transaction knows of the other; the action's next run enters the movement."""
        product = self.make_product("average")
        self.receive(product, 10, 100)
        writer = type(self.env["stock.valuation.writer"])
        with patch.object(writer, "_get_written", lambda *_args: set()):
            delivery = self.deliver(product, 4)
        self.assertEqual(self.values(product), {self.store: (10, 100)})
        self.env["stock.valuation.backfill"]._catch_up()
        self.assertEqual(self.values(product), {self.store: (6, 60)})
        entry = self.entries(product)[-1]
        self.assertEqual(
            (entry.kind, entry.move_id, entry.date), ("delivery", delivery, delivery.date)
        )
        written = self.entries(product)
        self.env["stock.valuation.backfill"]._catch_up()
        self.assertEqual(self.entries(product), written)

    def test_stock_without_a_history(self):
        """On hand by no movement, as imports do it: an adjustment of today balances the book."""
        product = self.make_product("standard", 3)
        self.env["stock.quant"]._update_available_quantity(product, self.annex, 4)
        self.backfill()
        self.assertEqual(self.values(product), {self.annex: (4, 12)})
        self.assertEqual(self.entries(product).kind, "adjustment")

    def test_check_finds_and_mends(self):
        product = self.make_product("standard", 10)
        self.receive(product, 10)
        book = self.env["stock.valuation.book"].search([("product_id", "=", product.id)])
        check = self.env["stock.valuation.check"]
        check._check(self.company, book)
        self.assertEqual((book.difference, book.quantity_difference), (0, 0))
        self.env["stock.quant"]._update_available_quantity(product, self.annex, 2)
        check._check(self.company, book)
        self.assertEqual((book.ledger_value, book.odoo_value), (100, 120))
        self.assertEqual((book.difference, book.quantity_difference), (-20, 2))
        book.action_mend()
        self.assertEqual((book.difference, book.quantity_difference), (0, 0))
        self.assertEqual(self.values(product), {self.store: (10, 100), self.annex: (2, 20)})
