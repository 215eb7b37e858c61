"""What bills do to stock that has been received; values by hand."""

from datetime import date, datetime

from odoo import Command, fields
from odoo.tests import tagged

from .common import ValuationCommon


class BillsCommon(ValuationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading("generic_coa", cls.company)
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})

    def buy(self, product, quantity, price):
        """Order and receive goods; return the order."""
        self.later()
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        self.later()
        order.picking_ids.button_validate()
        return order

    def bill(self, order, price, dated=None):
        self.later(24)
        order.action_create_invoice()
        bill = order.invoice_ids
        bill.invoice_date = bill.date = dated or fields.Date.today()
        bill.invoice_line_ids.price_unit = price
        bill.action_post()
        return bill


@tagged("post_install", "-at_install")
class TestBills(BillsCommon):
    def test_average_partly_delivered(self):
        """10 received at 10.00, 4 carried to the annex, 5 delivered from the store; the bill says
        12.00. Odoo reckons the average anew: 5 × 12.00 = 60.00 remain of 5 × 10.00."""
        product = self.make_product("average")
        order = self.buy(product, 10, 10)
        self.move(product, self.store, self.annex, 4)
        self.deliver(product, 5)
        self.assertEqual(self.values(product), {self.store: (1, 10), self.annex: (4, 40)})
        bill = self.bill(order, 12)
        self.assertEqual(self.values(product), {self.store: (1, 12), self.annex: (4, 48)})
        entries = self.entries(product, kind="bill_difference")
        self.assertEqual(sorted(entries.mapped("value")), [2, 8])
        self.assertEqual(entries.mapped("document"), [bill.display_name] * 2)
        self.assert_balanced(product)

    def test_bill_of_an_earlier_date(self):
        """A bill dated March 3 is posted on March 5. Odoo now says that stock was worth 120.00 on
        March 4; on that day, 100.00 was what anybody could know."""
        product = self.make_product("average")
        order = self.buy(product, 10, 10)
        self.later(48)
        self.bill(order, 12, date(2026, 3, 3))
        at = datetime(2026, 3, 4, 23, 59, 59)
        self.assertEqual(self.values(product, at), {self.store: (10, 100)})
        self.env.invalidate_all()
        accounts = self.company._get_accounts_by_product(product)
        self.assertEqual(sum(self.company.stock_value(accounts, at_date=at).values()), 120)
        self.assertEqual(self.values(product), {self.store: (10, 120)})

    def test_receipts_are_rounded_one_by_one(self):
        """6 receipts of a piece at 0.891 are worth 0.89 each, 5.34, also to Odoo now. Asked about a
        past day, Odoo adds up 0.891, which no receipt and no bill has."""
        self.env.ref("product.decimal_price").digits = 4
        product = self.make_product("average")
        for _ in range(6):
            self.buy(product, 1, 0.891)
        self.assertEqual(self.values(product), {self.store: (6, 5.34)})
        self.assert_balanced(product)
        self.later(24)
        at = datetime(2026, 3, 2, 23, 59, 59)
        self.env.invalidate_all()
        accounts = self.company._get_accounts_by_product(product)
        odoo = sum(self.company.stock_value(accounts, at_date=at).values())
        self.assertAlmostEqual(odoo, 5.35, places=2)
        self.assertEqual(self.values(product, at), {self.store: (6, 5.34)})
        self.forget(product)
        self.env["stock.valuation.backfill"]._backfill(self.company, product.ids)
        self.assertEqual(self.values(product, at), {self.store: (6, 5.34)})

    def test_fifo_bill_revalues_its_own_layer(self):
        """Layers: 10 at 10.00 in the store, 10 at 20.00. The second is billed at 22.00:
        its pieces, still in the store, gain 20.00, the others nothing."""
        product = self.make_product("fifo")
        self.buy(product, 10, 10)
        second = self.buy(product, 10, 20)
        # the oldest layer goes to the annex, the younger one stays
        self.move(product, self.store, self.annex, 10)
        self.bill(second, 22)
        self.assertEqual(self.values(product), {self.store: (10, 220), self.annex: (10, 100)})
        self.assertEqual(self.entries(product, kind="bill_difference").mapped("value"), [20])
        self.assert_balanced(product)
