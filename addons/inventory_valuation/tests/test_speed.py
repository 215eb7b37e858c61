"""How many statements the ledger adds, whatever the number of products and their histories."""

from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from odoo.tests import tagged

from .common import ValuationCommon


@tagged("post_install", "-at_install")
class TestSpeed(ValuationCommon):
    #: lines, what is booked of them, balances, quants, layers, books, mark, entries; prices of lots
    MOST = 12

    @contextmanager
    def count(self):
        """Collect how many statements each writing takes, and which products Odoo was asked for."""
        writer = type(self.env["stock.valuation.writer"])
        total = type(self.env["stock.valuation.total"])
        write, ask = writer._write_collected, total._ask_odoo
        counts, asked = [], []

        def counted(writer, collector):
            writer.env.flush_all()
            before = writer.env.cr.sql_log_count
            write(writer, collector)
            counts.append(writer.env.cr.sql_log_count - before)

        def noted(total, company, groups):
            asked.extend(group.product for group in groups)
            return ask(total, company, groups)

        with (
            patch.object(writer, "_write_collected", counted),
            patch.object(total, "_ask_odoo", noted),
        ):
            yield counts, asked

    def make_products(self, count, **values):
        products = self.env["product.product"]
        for number in range(count):
            method = ("standard", "average", "fifo")[number % 3]
            product = self.make_product(method, 5, **values)
            for _receipt in range(3):
                self.receive(product, 4, 7.77 * (number + 1))
            products |= product
        return products

    def transfer(self, products, source, target, lots=None):
        """Move two of each product at once, as a transfer does."""
        self.later()
        moves = self.env["stock.move"].create(
            [
                {
                    "product_id": product.id,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "product_uom_qty": 2,
                    "company_id": self.company.id,
                }
                for product in products
            ]
        )
        moves._action_confirm(merge=False)
        moves.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            [
                {
                    "move_id": move.id,
                    "product_id": move.product_id.id,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "quantity": 2,
                    "lot_id": lots and lots[move.product_id].id,
                }
                for move in moves
            ]
        )
        moves.picked = True
        moves._action_done()
        return moves

    def assert_few(self, products, source, target, lots=None):
        with self.count() as (counts, asked):
            self.transfer(products, source, target, lots)
        self.assertFalse(asked, "Odoo knows already, and was asked again")
        self.assertLessEqual(max(counts), self.MOST)
        for product in products:
            self.assert_balanced(product, product.name)

    def test_receipt_delivery_and_transfer(self):
        products = self.make_products(12)
        self.assert_few(products, self.supplier, self.store)
        self.assert_few(products, self.store, self.annex)
        self.assert_few(products, self.annex, self.customer)
        self.assert_few(products[:3], self.store, self.customer)

    def test_first_receipt(self):
        products = self.env["product.product"]
        for number in range(9):
            products |= self.make_product(("standard", "average", "fifo")[number % 3], 3)
        self.assert_few(products, self.supplier, self.store)

    def test_lots(self):
        products, lots = self.env["product.product"], {}
        for method in ("standard", "average") * 4:
            product = self.make_product(method, 5, tracking="lot", lot_valuated=True)
            lots[product] = self.env["stock.lot"].create({"name": "A", "product_id": product.id})
            products |= product
        self.assert_few(products, self.supplier, self.store, lots)
        self.assert_few(products, self.store, self.annex, lots)
        self.assert_few(products, self.supplier, self.store, lots)
        self.assert_few(products, self.store, self.customer, lots)

    def test_odoo_is_asked_where_the_past_changes(self):
        """A receipt that is corrected: what left since then would have cost something else."""
        product = self.make_product("average")
        receipt = self.receive(product, 10, 100)
        self.deliver(product, 4)
        with self.count() as (_counts, asked):
            receipt.value_manual = 130
        self.assertIn(product, asked)
        self.assert_balanced(product)

    def test_backfill_asks_for_nothing(self):
        """What the history comes to is what Odoo has: 12 products, and no question."""
        products = self.make_products(12)
        self.env.flush_all()
        for table in ("stock_valuation_entry", "stock_valuation_book"):
            self.env.cr.execute(f"DELETE FROM {table} WHERE product_id = ANY(%s)", [products.ids])
        with self.count() as (_counts, asked):
            before = self.env.cr.sql_log_count
            self.env["stock.valuation.backfill"]._backfill(self.company, products.ids)
            self.assertLessEqual(self.env.cr.sql_log_count - before, self.MOST + 3)
        self.assertFalse(asked)
        for product in products:
            self.assert_balanced(product)

    def test_series(self):
        """Value at several moments in one statement, as at each of them by itself."""
        product = self.make_product("average")
        self.receive(product, 10, 100)
        first = datetime.now()
        self.deliver(product, 4)
        second = datetime.now()
        series = self.env["stock.valuation.series"]
        with self.assertQueryCount(1):
            found = series._get_series(
                self.company, [first, second], ["location_id", "categ_id"], product.ids
            )
        (of_store,) = found.values()
        self.assertEqual(list(found), [(self.store.id, product.categ_id.id)])
        self.assertEqual(of_store.values, [100, 60])
        self.assertEqual(of_store.quantities, [10, 6])
