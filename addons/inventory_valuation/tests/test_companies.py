"""Several companies and owners, and where Odoo's own figure is not right."""

import random

from odoo.tests import tagged

from .common import ValuationCommon


class CompaniesCommon(ValuationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other House"})
        cls.env.user.company_ids += cls.other
        cls.other_store = (
            cls.env["stock.warehouse"].search([("company_id", "=", cls.other.id)]).lot_stock_id
        )
        cls.own_env = cls.env
        cls.other_env = cls.env(context={"allowed_company_ids": cls.other.ids})
        for method, category in cls.categories.items():
            category.with_env(cls.other_env).property_cost_method = method

    def at(self, company_env):
        """Go on in another company."""
        self.env = company_env

    def sum_of(self, product, company):
        entries = self.env["stock.valuation.entry"].search(
            [("product_id", "=", product.id), ("company_id", "=", company.id)]
        )
        return sum(entries.mapped("quantity")), round(sum(entries.mapped("value")), 2)


@tagged("post_install", "-at_install")
class TestCompanies(CompaniesCommon):
    def test_a_shared_product_has_a_book_in_each_company(self):
        """5 at 10.00 here, 3 at 20.00 there. Odoo, asked by somebody who may see both, counts 8
        pieces in each."""
        product = self.make_product("standard", 10)
        self.receive(product, 5)
        self.at(self.other_env)
        there = product.with_env(self.other_env)
        there.standard_price = 20
        self.receive(there, 3, place=self.other_store)
        self.assertEqual(self.sum_of(product, self.company), (5, 50))
        self.assertEqual(self.sum_of(product, self.other), (3, 60))
        both = self.own_env(context={"allowed_company_ids": (self.company | self.other).ids})
        self.assertEqual(product.with_env(both).total_value, 80, "Odoo: 8 × 10.00")

    def test_a_price_set_elsewhere(self):
        """Odoo takes a price that was set in another company for this company's average."""
        product = self.make_product("average")
        self.receive(product, 10, 100)
        self.at(self.other_env)
        self.later()
        product.with_env(self.other_env).standard_price = 99
        self.at(self.own_env)
        product.invalidate_recordset()
        self.assertEqual(product.total_value, 990, "Odoo: 10 × 99.00")
        self.assertEqual(self.sum_of(product, self.company), (10, 100))
        check = self.env["stock.valuation.check"]
        book = self.env["stock.valuation.book"].search(
            [("product_id", "=", product.id), ("company_id", "=", self.company.id)]
        )
        check._check(self.company, book)
        self.assertEqual((book.odoo_value, book.difference), (100, 0))

    def test_between_companies(self):
        """What one company sends into the transit that both share has left its value."""
        transit = self.env["stock.location"].create(
            {"name": "Between", "usage": "transit", "company_id": False}
        )
        product = self.make_product("average")
        self.receive(product, 10, 100)
        self.move(product, self.store, transit, 4)
        self.at(self.other_env)
        there = product.with_env(self.other_env)
        self.move(there, transit, self.other_store, 4, 44)
        self.assertEqual(self.sum_of(product, self.company), (6, 60))
        self.assertEqual(self.sum_of(product, self.other), (4, 44))

    def test_consigned_goods_under_fifo(self):
        """5 own at 8.00, 3 of somebody else: Odoo prices all 8, the ledger 5."""
        product = self.make_product("fifo")
        self.receive(product, 5, 40)
        self.receive(product, 3, owner=self.consignor)
        product.invalidate_recordset()
        self.assertEqual(product.total_value, 64, "Odoo: 8 × 8.00")
        self.assertEqual(self.sum_of(product, self.company), (8, 40))

    def test_consigned_goods_move_among_own(self):
        """Whatever happens to somebody else's goods, the own ones keep their value and both their
        quantities."""
        for method in ("standard", "average", "fifo"):
            chance = random.Random(method)
            product = self.make_product(method, 7)
            self.receive(product, 20, 140)
            own = (20, 140.0)
            for _ in range(8):
                source, target = chance.sample(self.places, 2)
                quantity = chance.choice([1, 2, 3])
                source, target = chance.choice(
                    [(self.supplier, target), (source, self.customer), (source, target)]
                )
                self.move(product, source, target, quantity, owner=self.consignor)
                entries = self.entries(product).filtered(lambda entry: not entry.owner_id)
                self.assertEqual(
                    (sum(entries.mapped("quantity")), round(sum(entries.mapped("value")), 2)), own
                )
                consigned = self.entries(product, owner_id=self.consignor.id)
                quants = self.env["stock.quant"].search(
                    [
                        ("product_id", "=", product.id),
                        ("owner_id", "=", self.consignor.id),
                        ("location_id", "in", [place.id for place in self.places]),
                    ]
                )
                on_hand = sum(quants.mapped("quantity"))
                self.assertEqual(sum(consigned.mapped("quantity")), on_hand)
                self.assertAlmostEqual(sum(consigned.mapped("memo_value")), 7 * on_hand)
                self.assertFalse(any(consigned.mapped("value")))
