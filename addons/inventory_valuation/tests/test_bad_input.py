"""What cannot be: a clear message from whatever is asked, and nothing made, closed or posted."""

from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_reconciliation import ReconciliationCommon
from .test_write_down import WriteDownCommon

#: Everything that is made for a day.
MADE = (
    "stock.valuation.ageing",
    "stock.valuation.period",
    "stock.valuation.reconciliation",
    "account.move",
)


@tagged("post_install", "-at_install")
class TestBadDates(WriteDownCommon):
    """The ledger begins on March 2; it is April 20."""

    def ask(self, day):
        """Return {what: how it is asked} for a day, of everything that takes a day."""

        def press(model, action, **values):
            return lambda: getattr(self.env[model].create({"date": day, **values}), action)()

        company = {"company_id": self.company.id}
        return {
            "screen": press("stock.valuation.at.date", "action_view"),
            "workbook": press("stock.valuation.at.date", "action_export"),
            "paper": press("stock.valuation.at.date", "action_print"),
            "ageing": press("stock.valuation.ageing.compute", "action_view"),
            "closing": press("stock.valuation.close", "action_close", **company),
            "reconciliation": press("stock.valuation.reconcile", "action_reconcile", **company),
            "write-down": press("stock.valuation.write.down", "action_compute", **company),
        }

    def count(self):
        return {
            model: self.env[model].search_count([("company_id", "=", self.company.id)])
            for model in MADE
        }

    def assert_refused(self, day, message):
        before = self.count()
        for what, ask in self.ask(day).items():
            with self.subTest(what), self.assertRaisesRegex(UserError, message):
                ask()
        self.assertEqual(self.count(), before)

    def test_before_the_first_entry(self):
        self.assert_refused(date(2020, 1, 1), "begins on 2026-03-02")

    def test_in_the_future(self):
        self.assert_refused(date(2027, 1, 1), "in the future")

    def test_an_empty_ledger(self):
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM stock_valuation_entry")
        self.env.invalidate_all()
        self.assert_refused(date(2026, 3, 31), "ledger is empty")


@tagged("post_install", "-at_install")
class TestBadAccounts(ReconciliationCommon):
    def setUp(self):
        super().setUp()
        self.company.account_stock_valuation_id = False
        self.env["ir.default"].discard_values(
            "product.category", "property_stock_valuation_account_id", self.account.ids
        )
        self.categories["average"].property_stock_valuation_account_id = self.account

    def assert_refused(self, message):
        with self.assertRaisesRegex(UserError, message):
            self.reconcile()
        self.assertFalse(self.reconciliations.search([("company_id", "=", self.company.id)]))

    def test_a_product_whose_category_has_no_account(self):
        bare = self.categories["average"].copy({"name": "Bare"})
        bare.property_stock_valuation_account_id = False
        self.receive(self.make_product("average", 10, categ_id=bare.id), 1)
        self.assert_refused("no valuation account: Bare")

    def test_a_product_without_category(self):
        self.receive(self.make_product("standard", 10, categ_id=False), 1)
        self.assert_refused("no valuation account: products without category")

    def test_what_is_not_needed_may_be_missing(self):
        """Stock that is gone needs no account any more."""
        product = self.make_product("standard", 10, categ_id=False)
        self.receive(product, 1)
        self.deliver(product, 1)
        self.receive(self.make_product("average", 10), 1)
        self.assertEqual(self.reconcile().stock_value, 10)


@tagged("post_install", "-at_install")
class TestTwice(ReconciliationCommon):
    def setUp(self):
        super().setUp()
        self.receive(self.make_product("average", 10), 10)
        self.later(48)

    def test_a_closing_run_twice(self):
        """Neither ours nor Odoo's is there twice."""
        periods = self.env["stock.valuation.period"]
        periods._close(self.company, date(2026, 3, 3))
        with self.assertRaisesRegex(UserError, "is closed up to 2026-03-03"):
            periods._close(self.company, date(2026, 3, 3))
        self.categories["average"].property_valuation = "periodic"
        self.assertEqual(self.close().amount_total, 100)
        with self.assertRaises(UserError):
            self.close()
        closings = self.env["account.move"].search([("stock_closing_at", "!=", False)])
        self.assertEqual(len(closings), 1)

    def test_one_period_follows_another(self):
        """Two that were closed at the same moment would both rest on the one before."""
        period = self.env["stock.valuation.period"]._close(self.company, date(2026, 3, 2))
        values = {
            "company_id": self.company.id,
            "closing_moment": period.closing_moment,
            "closed_at": period.closed_at,
            "user_id": self.env.uid,
            "digest": "other",
        }
        for more in (
            {"date": date(2026, 3, 3), "previous_digest": False},
            {"date": date(2026, 3, 2), "previous_digest": period.digest},
        ):
            with (
                self.subTest(more),
                mute_logger("odoo.sql_db"),
                self.assertRaises(UniqueViolation),
                self.cr.savepoint(),
            ):
                period.sudo().create({**values, **more}).flush_recordset()
