"""Why stock and the general ledger differ, on real documents; values by hand."""

from datetime import date, datetime

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import ValuationCommon


class ReconciliationCommon(ValuationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading("generic_coa", cls.company)
        cls.env.user.tz = "UTC"
        cls.partner = cls.env["res.partner"].create({"name": "Partner"})
        cls.account = cls.make_account("Stock", "RECSTOCK")
        cls.other_account = cls.make_account("Other", "RECOTHER")
        cls.account.account_stock_variation_id = cls.make_account("Variation", "RECVAR", "expense")
        cls.company.account_stock_valuation_id = cls.account
        for category in cls.categories.values():
            category.property_valuation = "real_time"
            category.property_stock_valuation_account_id = cls.account
        cls.reconciliations = cls.env["stock.valuation.reconciliation"]

    @classmethod
    def make_account(cls, name, code, account_type="asset_current"):
        return cls.env["account.account"].create(
            {"name": name, "code": code, "account_type": account_type}
        )

    def post(self, amount, **values):
        """Post a journal entry by hand that debits the valuation account."""
        values.setdefault("date", fields.Date.today())
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create({"account_id": self.account.id, "balance": amount}),
                    Command.create({"account_id": self.other_account.id, "balance": -amount}),
                ],
                **values,
            }
        )
        entry.action_post()
        return entry

    def bill(self, product, quantity, price, dated=None, kind="in_invoice", **values):
        """Post a bill or an invoice without an order."""
        day = dated or fields.Date.today()
        bill = self.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.partner.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "quantity": quantity,
                            "price_unit": price,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
                **values,
            }
        )
        bill.action_post()
        return bill

    def reconcile(self, day=None):
        """Reconcile the account, and check that it adds up to both ledgers."""
        day = day or fields.Date.today()
        record = self.reconciliations._reconcile(self.company, day, self.account)
        amount = self.company.currency_id.round
        lines = self.env["stock.valuation.line"].with_context(valuation_at=record.moment)
        stock = lines.search([("account_id", "=", self.account.id)])
        self.assertEqual(record.stock_value, amount(sum(stock.mapped("value"))))
        self.env.flush_all()
        items = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.account.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
            ]
        )
        self.assertEqual(record.account_balance, amount(sum(items.mapped("balance"))))
        self.assertEqual(record.difference, amount(record.stock_value - record.account_balance))
        self.assertEqual(record.difference, amount(record.explained + record.remaining))
        for parts in (record.class_ids, record.line_ids):
            self.assertEqual(record.difference, amount(sum(parts.mapped("amount"))))
        return record

    def reasons(self, day=None):
        return {one.category: one.amount for one in self.reconcile(day).class_ids}

    def close(self, at_date=None):
        """Post Odoo's closing; whoever watches the balance gets it as it was."""
        self.later()
        action = self.company.action_close_stock_valuation(at_date=at_date, auto_post=True)
        return self.env["account.move"].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestReasons(ReconciliationCommon):
    def order(self, product, quantity, price):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.partner.id,
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

    def bill_order(self, order, price, quantity, dated=None):
        self.later(24)
        order.action_create_invoice()
        bill = order.invoice_ids.filtered(lambda move: move.state == "draft")
        bill.invoice_date = bill.date = dated or fields.Date.today()
        bill.invoice_line_ids.write({"price_unit": price, "quantity": quantity})
        bill.action_post()
        return bill

    def test_purchase(self):
        """10 ordered at 10.00 come; 4 are billed at 12.00; then the rest at 10.00."""
        product = self.make_product("average")
        order = self.order(product, 10, 10)
        (line,) = self.reconcile().line_ids
        self.assertEqual((line.category, line.amount), ("received_not_billed", 100))
        self.assertEqual((line.quantity, line.document), (10, order.picking_ids.name))
        action = line.action_open_orders()
        self.assertEqual((action["res_model"], action["res_id"]), ("purchase.order", order.id))
        self.assertEqual(line.action_open_stock()["res_id"], order.picking_ids.id)
        # stock is worth 48 + 60
        self.bill_order(order, 12, 4)
        self.assertEqual(self.reasons(), {"received_not_billed": 60})
        self.bill_order(order, 10, 6)
        record = self.reconcile()
        self.assertFalse(record.line_ids)
        self.assertEqual((record.stock_value, record.difference), (108, 0))

    def test_a_dearer_bill_when_some_have_left(self):
        """10 at 10.00, 5 delivered without an invoice, billed at 12.00. Stock: 5 × 12.00 = 60.00.
        Account: 120.00. The delivery is worth 50.00, and its goods cost 10.00 more than that."""
        product = self.make_product("average")
        order = self.order(product, 10, 10)
        self.deliver(product, 5)
        self.bill_order(order, 12, 10)
        self.assertEqual(self.reasons(), {"delivered_not_invoiced": -50, "price_difference": -10})

    def test_cut_off(self):
        """The goods of March 2 are billed with a date of April; seen from March, the other half
        is known. In April nothing differs."""
        product = self.make_product("average")
        order = self.order(product, 10, 10)
        self.later(24 * 31)
        bill = self.bill_order(order, 10, 10, date(2026, 4, 3))
        (line,) = self.reconcile(date(2026, 3, 31)).line_ids
        self.assertEqual((line.category, line.amount), ("cut_off", 100))
        self.assertEqual(line.document, bill.name)
        self.assertEqual(line.action_open_journal()["res_id"], bill.id)
        self.assertEqual(self.reasons(), {})

    def test_sale(self):
        """10 at 10.00; 4 are delivered for an order, and 3 of these invoiced."""
        product = self.make_product("average")
        self.bill_order(self.order(product, 10, 10), 10, 10)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": 4, "price_unit": 20}
                    )
                ],
            }
        )
        order.action_confirm()
        self.later()
        order.picking_ids.button_validate()
        (line,) = self.reconcile().line_ids
        self.assertEqual((line.category, line.amount), ("delivered_not_invoiced", -40))
        self.assertEqual(line.action_open_orders()["res_id"], order.id)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 3
        invoice.action_post()
        self.assertEqual(self.reasons(), {"delivered_not_invoiced": -10})
        rest = order._create_invoices()
        rest.action_post()
        self.assertEqual(self.reasons(), {})

    def test_without_orders(self):
        """Goods that come without an order are matched with bills by product."""
        product, other = self.make_product("fifo"), self.make_product("fifo")
        self.receive(product, 10, 100)
        bill = self.bill(other, 2, 15)
        self.assertEqual(self.reasons(), {"received_not_billed": 100, "billed_not_received": -30})
        self.bill(product, 10, 10)
        (line,) = self.reconcile().line_ids
        self.assertEqual((line.product_id, line.document), (other, bill.name))

    def test_by_hand_and_without_entries(self):
        """25.00 are posted by hand; 3 pieces at 10.00 are found in a count; a price is set."""
        product = self.make_product("standard", 10)
        self.receive(product, 10)
        self.bill(product, 10, 10)
        entry = self.post(25)
        self.later()
        loss = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.company.id)], limit=1
        )
        loss.valuation_account_id = False
        self.move(product, loss, self.store, 3, is_inventory=True, inventory_name="Count 7")
        self.later()
        product.standard_price = 11
        record = self.reconcile()
        self.assertEqual(
            {line.category: (line.amount, line.document) for line in record.line_ids},
            {
                "manual": (-25, entry.name),
                "no_entry": (30, "Count 7"),
                # 13 pieces, 1.00 more for each
                "revaluation": (
                    13,
                    self.env["product.value"].search([], order="id desc", limit=1).description,
                ),
            },
        )
        self.assertEqual(record.remaining, 0)
        self.assertTrue(all(record.class_ids.mapped("remedy")))

    def test_transfer_with_an_entry(self):
        """A loss is posted as it happens; what is corrected later is not."""
        product = self.make_product("average")
        self.receive(product, 10, 100)
        self.bill(product, 10, 10)
        loss = self.env["stock.location"].create(
            {"name": "Losses", "usage": "inventory", "company_id": self.company.id}
        )
        loss.valuation_account_id = self.other_account
        move = self.move(product, self.store, loss, 3, is_inventory=True, inventory_name="Count 8")
        self.assertTrue(move.account_move_id)
        self.assertEqual(self.reasons(), {})
        self.later()
        move.move_line_ids.quantity = 4
        (line,) = self.reconcile().line_ids
        self.assertEqual((line.category, line.amount), ("edit", -10))

    def test_consigned_goods_are_invoiced(self):
        """2 of somebody else's pieces are delivered; their invoice posts 2 × 10.00 as cost."""
        product = self.make_product("standard", 10)
        self.receive(product, 5)
        self.bill(product, 5, 10)
        self.receive(product, 3, owner=self.consignor)
        self.deliver(product, 2, owner=self.consignor)
        self.bill(product, 2, 30, kind="out_invoice")
        self.assertEqual(self.reasons(), {"consignment": 20})

    def test_refund(self):
        product = self.make_product("average")
        self.receive(product, 10, 100)
        self.bill(product, 10, 10)
        self.move(product, self.store, self.supplier, 2)
        self.assertEqual(self.reasons(), {"billed_not_received": -20})
        self.bill(product, 2, 10, kind="in_refund")
        self.assertEqual(self.reasons(), {})


@tagged("post_install", "-at_install")
class TestClosings(ReconciliationCommon):
    """Stock that is only posted by Odoo's closings."""

    def setUp(self):
        super().setUp()
        for category in self.categories.values():
            category.property_valuation = "periodic"
        self.product = self.make_product("average", 10)
        self.receive(self.product, 10)

    def test_before_and_after_a_closing(self):
        (line,) = self.reconcile().line_ids
        self.assertEqual(
            (line.category, line.kind, line.amount), ("awaiting_closing", "receipt", 100)
        )
        entries = self.env["stock.valuation.entry"].search(line.action_open_stock()["domain"])
        self.assertEqual(sum(entries.mapped("value")), 100)
        closing = self.close()
        self.assertEqual(closing.stock_closing_at, fields.Datetime.now())
        record = self.reconcile()
        self.assertEqual((record.account_balance, record.closing_id), (100, closing))
        self.assertFalse(record.line_ids)
        # the same day, after the closing
        self.deliver(self.product, 4)
        self.post(7)
        self.assertEqual(self.reasons(), {"awaiting_closing": -40, "manual": -7})

    def test_what_the_closing_could_not_know(self):
        """Two days after the closing, a transfer of before it is entered, and a journal entry dated
        before is posted, another one of before is taken back."""
        counted = self.post(30)
        self.env.execute_query(
            SQL(
                "UPDATE account_move SET create_date = %s WHERE id = %s RETURNING id",
                fields.Datetime.now(),
                counted.id,
            )
        )
        closing = self.close()
        self.assertEqual(
            closing.line_ids.filtered(lambda one: one.account_id == self.account).balance, 70
        )
        day = fields.Date.today()
        self.later(48)
        late = self.post(5, date=day)
        counted.button_draft()
        move = self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "location_id": self.store.id,
                "location_dest_id": self.customer.id,
                "product_uom_qty": 1,
            }
        )
        move._action_confirm()
        move.quantity = 1
        move.picked = True
        with self.env["stock.valuation.writer"]._collect():
            move._action_done()
            move.date = datetime(2026, 3, 2, 9, 30)
        record = self.reconcile(day)
        self.assertEqual(
            {(line.category, line.document): line.amount for line in record.line_ids},
            {
                ("manual", late.name): -5,
                ("edit", counted.display_name): 30,
                ("edit", move.display_name): -10,
            },
        )

    def test_closing_of_a_past_day(self):
        """Odoo counts quantities up to the midnight that the day begins with."""
        self.later(24)
        self.close(date(2026, 3, 3))
        self.assertEqual(self.reasons(), {})
        self.deliver(self.product, 1)
        self.assertEqual(self.reasons(), {"awaiting_closing": -10})

    def test_closings_from_before_the_addon(self):
        closing = self.close()
        closing.write({"stock_closing_at": False, "stock_closing_until": False})
        self.company._mark_stock_closings()
        self.assertEqual(closing.stock_closing_at, closing.create_date)

    def test_history_from_before_the_addon(self):
        """The ledger is written after the closing, and tells nothing that this did not know."""
        self.close()
        self.later(24)
        self.deliver(self.product, 3)
        self.later(24)
        self.forget(self.product)
        self.env["stock.valuation.backfill"]._backfill(self.company, self.product.ids)
        self.assertEqual(self.values(self.product), {self.store: (7, 70)})
        self.assertEqual(self.reasons(), {"awaiting_closing": -30})
        # what is entered from now on for a day before the closing is news
        self.later(24)
        with self.env["stock.valuation.writer"]._collect():
            self.deliver(self.product, 1).date = datetime(2026, 3, 2, 9, 30)
        self.assertEqual(self.reasons(), {"awaiting_closing": -30, "edit": -10})

    def test_drafting_a_closing(self):
        record = self.reconcile()
        self.company.fiscalyear_lock_date = date(2026, 3, 31)
        with self.assertRaisesRegex(UserError, "is locked up to 2026-03-31"):
            record.action_draft_closing()
        self.assertFalse(self.env["account.move"].search([("stock_closing_at", "!=", False)]))
        self.company.fiscalyear_lock_date = False
        action = record.action_draft_closing()
        closing = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(closing.state, "draft")
        closing.action_post()
        self.assertEqual(self.reasons(), {})


@tagged("post_install", "-at_install")
class TestReconciliation(ReconciliationCommon):
    """The record, its rights, and what it refuses."""

    def setUp(self):
        super().setUp()
        self.product = self.make_product("average")
        self.receive(self.product, 10, 100)

    def make_user(self, login, *groups):
        return new_test_user(
            self.env,
            login,
            groups=",".join(groups),
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
            tz="UTC",
        )

    def test_run_twice(self):
        """As long as nothing changes, it is the same one; what has changed is in the next."""
        first = self.reconcile()
        self.later()
        self.assertEqual(self.reconcile(), first)
        entry = self.post(1)
        second = self.reconcile()
        self.assertNotEqual(second, first)
        self.assertEqual((first.difference, second.difference), (100, 99))
        self.assertIn(entry.name, second.line_ids.mapped("document"))
        self.assertEqual(first.action_verify()["params"]["type"], "success")

    def test_all_accounts(self):
        """An account each; the one without stock and balance is left out."""
        self.categories["fifo"].property_stock_valuation_account_id = self.other_account
        unused = self.make_account("Unused", "RECUNUSED")
        self.categories["standard"].property_stock_valuation_account_id = unused
        self.receive(self.make_product("fifo"), 1, 5)
        made = self.reconciliations._reconcile(self.company, fields.Date.today())
        self.assertEqual(
            {record.account_id: record.stock_value for record in made},
            {self.account: 100, self.other_account: 5},
        )

    def test_frozen(self):
        record = self.reconcile()
        for records in (record, record.class_ids, record.line_ids):
            with self.assertRaisesRegex(UserError, "stays as it was made"):
                records.sudo().write({"company_id": self.company.id})
            with self.assertRaisesRegex(UserError, "stays as it was made"):
                records.sudo().unlink()
        self.env.execute_query(
            SQL(
                """UPDATE stock_valuation_reconciliation_line SET amount = 99
                    WHERE id = %s RETURNING id""",
                record.line_ids.id,
            )
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "was changed in the database"):
            record.action_verify()

    def test_review(self):
        record = self.reconcile()
        record.action_review()
        self.assertEqual((record.state, record.reviewed_by_id), ("reviewed", self.env.user))
        with self.assertRaisesRegex(UserError, "reviewed already"):
            record.action_review()
        record.action_reopen()
        self.assertEqual(record.state, "made")

    def test_accountants_need_not_manage_stock(self):
        accountant = self.make_user("reconciling_accountant", "account.group_account_readonly")
        self.assertFalse(accountant.has_group("stock.group_stock_user"))
        wizard = self.env["stock.valuation.reconcile"].with_user(accountant)
        action = wizard.create({}).action_reconcile()
        record = self.reconciliations.with_user(accountant).browse(action["res_id"])
        self.assertEqual((record.difference, record.user_id), (100, accountant))
        record.line_ids.read(["document", "remedy", "has_stock"])
        self.assertEqual(record.line_ids.action_open_stock()["res_model"], "stock.move")
        record.action_review()
        with self.assertRaisesRegex(AccessError, "Only an accounting administrator"):
            record.action_draft_closing()

    def test_who_may_not(self):
        record = self.reconcile()
        keeper = self.make_user("reconciling_keeper", "stock.group_stock_manager")
        with self.assertRaises(AccessError):
            record.with_user(keeper).read(["difference"])
        reader = self.make_user(
            "reconciling_reader", "inventory_valuation.group_inventory_valuation_accountant"
        )
        self.assertEqual(record.with_user(reader).difference, 100)
        today = fields.Date.today()
        with self.assertRaises(AccessError):
            self.reconciliations.with_user(reader)._reconcile(self.company, today)
        limited = self.make_user("reconciling_limited", "account.group_account_readonly")
        limited.availability_warehouse_ids = self.annex.warehouse_id
        with self.assertRaisesRegex(AccessError, "limited to some"):
            self.reconciliations.with_user(limited)._reconcile(self.company, today)
        with self.assertRaises(AccessError):
            record.with_user(limited).read(["difference"])

    def test_companies_are_apart(self):
        """Another company's stock and entries play no part, and its accountants see nothing."""
        record = self.reconcile()
        other = self.env["res.company"].create({"name": "Other House"})
        stranger = new_test_user(
            self.env,
            "reconciling_stranger",
            groups="account.group_account_readonly",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        theirs = self.reconciliations.with_user(stranger).with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(theirs.search([]))
        with self.assertRaises(AccessError):
            record.with_env(theirs.env).read(["difference"])
        with self.assertRaisesRegex(AccessError, "not among your companies"):
            theirs._reconcile(self.company, fields.Date.today())

    def test_impossible_dates(self):
        for day, message in (
            (date(2027, 1, 1), "in the future"),
            (date(2020, 1, 1), "begins on 2026-03-02"),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self.reconcile(day)

    def test_history_first(self):
        self.env["stock.quant"]._update_available_quantity(self.make_product(), self.store, 1)
        with self.assertRaisesRegex(UserError, "history of 1 products"):
            self.reconcile()
        self.assertFalse(self.reconciliations.search([("company_id", "=", self.company.id)]))

    def test_no_account(self):
        """A category and a company without an account: the message names the category."""
        self.company.account_stock_valuation_id = False
        self.env["ir.default"].discard_values(
            "product.category", "property_stock_valuation_account_id", self.account.ids
        )
        bare = self.env["product.category"].create(
            {"name": "Bare", "property_cost_method": "average"}
        )
        bare.property_stock_valuation_account_id = False
        self.receive(self.make_product("average", categ_id=bare.id), 1, 5)
        with self.assertRaisesRegex(UserError, "no valuation account: Bare"):
            self.reconcile()
        self.assertFalse(self.reconciliations.search([("company_id", "=", self.company.id)]))

    def test_no_valuation_account(self):
        with self.assertRaisesRegex(UserError, "is no valuation account"):
            self.reconciliations._reconcile(self.company, fields.Date.today(), self.other_account)

    def test_currency_without_rate(self):
        """Odoo takes one for one where a currency has no rate; the reconciliation says so."""
        currency = self.env["res.currency"].create({"name": "XRC", "symbol": "x"})
        bill = self.bill(self.product, 10, 10, currency_id=currency.id)
        record = self.reconcile()
        self.assertIn("XRC had no rate", record.notes)
        self.assertIn(bill.name, record.notes)
        currency.rate_ids = [Command.create({"name": date(2026, 1, 1), "rate": 1})]
        self.post(1)
        self.assertFalse(self.reconcile().notes)
