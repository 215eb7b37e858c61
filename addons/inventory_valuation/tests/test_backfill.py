"""History from before the addon was there: forget the ledger, and have it made up for."""

from datetime import datetime, time, timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common import ValuationCommon


@tagged("post_install", "-at_install")
class TestBackfill(ValuationCommon):
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

    def test_halves_of_a_cent(self):
        """24 at 4.01 and 24 at 10.80 make 7.405 each; what is left of 45, 3 × 7.405 = 22.215, is
        22.21 to Odoo, whose floats come to a little less. So it is here, live and made up for."""
        product = self.make_product("average")
        self.receive(product, 24, 96.24)
        self.later(24)
        self.receive(product, 24, 259.20, self.annex)
        self.later(24)
        self.move(product, self.store, self.annex, 21)
        self.deliver(product, 45, self.annex)
        self.assertEqual(self.odoo_value(product), 22.21)
        self.assert_balanced(product)
        self.later(24)
        moment = datetime.combine(datetime.now() - timedelta(days=1), time.max)
        self.forget(product)
        self.backfill()
        self.assertEqual(self.values(product, moment), {self.store: (3, 22.21), self.annex: (0, 0)})
        accounts = self.company._get_accounts_by_product(product)
        at_date = sum(self.company.stock_value(accounts, at_date=moment).values())
        self.assertAlmostEqual(at_date, 22.21, places=2)

    def test_lots_share_a_receipt(self):
        """10.00 for 3 pieces, of which 2 are of one lot: 6.666…. 2 more of it come for 1.00:
        7.666…, of which a half is 3.8333…. Shared out to the cent first (6.67) it would be 3.84."""
        product = self.make_product("average", tracking="lot", lot_valuated=True)
        lots = self.env["stock.lot"].create(
            [{"name": name, "product_id": product.id} for name in ("A", "B")]
        )
        self.later()
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "location_id": self.supplier.id,
                "location_dest_id": self.store.id,
                "product_uom_qty": 3,
                "company_id": self.company.id,
            }
        )
        move._action_confirm()
        move.move_line_ids.unlink()
        self.env["stock.move.line"].create(
            [
                {
                    "move_id": move.id,
                    "product_id": product.id,
                    "location_id": self.supplier.id,
                    "location_dest_id": self.store.id,
                    "quantity": quantity,
                    "lot_id": lot.id,
                }
                for quantity, lot in zip((2, 1), lots, strict=True)
            ]
        )
        move.picked = True
        move._action_done()
        move.value_manual = 10
        self.receive(product, 2, 1, lot=lots[0])
        self.deliver(product, 2, lot=lots[0])
        for history in ("live", "made up for"):
            with self.subTest(history):
                self.assert_balanced(product)
                of_lot = self.entries(product, lot_id=lots[0].id)
                self.assertEqual(round(sum(of_lot.mapped("value")), 2), 3.83)
            self.later(24)
            self.forget(product)
            self.backfill()

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
