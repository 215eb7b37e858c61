"""Generated histories with bills after the receipt, and of two companies."""

from odoo.tests import tagged

from .test_bills import BillsCommon
from .test_companies import CompaniesCommon
from .test_histories import HistoriesCommon


@tagged("post_install", "-at_install")
class TestBillHistories(HistoriesCommon, BillsCommon):
    """Goods are ordered, received, and billed at another price when some have left already."""

    def run_history(self, product, *args, **kwargs):
        self.waiting = []
        self.billed = 0
        result = super().run_history(product, *args, **kwargs)
        self.assertTrue(self.billed, "a history without a bill shows nothing")
        return result

    def do_buy(self, product):
        price = round(self.chance.uniform(1, 50), 2)
        self.waiting.append((self.buy(product, self.chance.choice([1, 2, 3, 7]), price), price))

    def do_bill(self, product):
        if self.waiting:
            order, price = self.waiting.pop(self.chance.randrange(len(self.waiting)))
            self.bill(order, round(price * self.chance.uniform(0.7, 1.4), 2))
            self.billed += 1

    WITH_BILLS = ("buy", "buy", "buy", "bill", "bill", "deliver", "deliver", "transfer", "price")

    def test_bills_after_receipt(self):
        for seed, method in ((31, "standard"), (32, "average"), (33, "average"), (34, "fifo")):
            with self.subTest(method=method, seed=seed):
                self.run_history(self.make_product(method, 8.88), seed, self.WITH_BILLS)


@tagged("post_install", "-at_install")
class TestCompanyHistories(HistoriesCommon, CompaniesCommon):
    """Two companies with the same product, which send it to one another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.between = cls.env["stock.location"].create(
            {"name": "Between", "usage": "transit", "company_id": False}
        )

    def odoo_value(self, product):
        """Asked by somebody who may see both companies, Odoo would count both."""
        self.env.invalidate_all()
        source = self.env["stock.valuation.source"]
        return round(source._with_odoo_values(product, self.env.company).total_value, 2)

    def do_send(self, product):
        """Goods go to the other company, which enters what it pays for them."""
        quantity = self.chance.choice([1, 2, 3])
        self.move(product, self.chance.choice(self.places), self.between, quantity)
        self.at(self.other_env)
        value = round(quantity * self.chance.uniform(1, 50), 2)
        self.move(product.with_env(self.env), self.between, self.other_store, quantity, value)
        self.assert_there(product)

    def do_send_back(self, product):
        self.at(self.other_env)
        self.move(product.with_env(self.env), self.other_store, self.between, 1)
        self.assert_there(product)
        self.move(product, self.between, self.chance.choice(self.places), 1, 7.77)

    def assert_there(self, product):
        self.assert_balanced(product.with_env(self.env), "the other company")
        self.at(self.own_env)

    def test_between_companies(self):
        for seed, method in ((41, "standard"), (42, "fifo")):
            operations = ("receive", "deliver", "transfer", "send", "send", "send_back", "price")
            self.run_history(self.make_product(method, 5.55), seed, operations)
        # under average cost Odoo takes a price of one company for the other's: without prices
        for seed in (43, 44):
            operations = ("receive", "receive", "deliver", "transfer", "send", "send_back")
            self.run_history(self.make_product("average"), seed, operations)
