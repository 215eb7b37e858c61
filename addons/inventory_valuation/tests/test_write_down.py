"""From evidence to a draft entry and back up to cost; IAS 2 by hand."""

import io
from datetime import date, timedelta

import openpyxl

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_ageing import AgeingCommon

END = date(2026, 3, 31)


class WriteDownCommon(AgeingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["account.account"]
        cls.accounts = {
            name: accounts.create({"name": name, "code": f"WD{number}", "account_type": kind})
            for number, (name, kind) in enumerate(
                (
                    ("allowance", "asset_current"),
                    ("expense", "expense"),
                    ("income", "income"),
                    ("receivable", "asset_receivable"),
                )
            )
        }
        journals = cls.env["account.journal"]
        cls.journal = journals.create({"name": "Stock", "code": "WDS", "type": "general"})
        cls.sales = journals.create(
            {
                "name": "Sales",
                "code": "WDI",
                "type": "sale",
                "default_account_id": cls.accounts["income"].id,
            }
        )
        cls.company.write(
            {
                "valuation_allowance_account_id": cls.accounts["allowance"].id,
                "valuation_write_down_account_id": cls.accounts["expense"].id,
                "account_stock_journal_id": cls.journal.id,
            }
        )
        cls.customer_partner = cls.env["res.partner"].create({"name": "Customer"})
        cls.customer_partner.property_account_receivable_id = cls.accounts["receivable"]
        cls.bookkeeper = new_test_user(
            cls.env,
            "write_down_bookkeeper",
            groups="account.group_account_user",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
            tz="UTC",
        )

    def setUp(self):
        super().setUp()
        # 100 pieces at 10.00; the sales price is 9.00
        self.product = self.make_product("average", list_price=9, taxes_id=[Command.clear()])
        self.receive(self.product, 100, 1000)
        self.wait_until(date(2026, 4, 20))

    def propose(self, day=END, **values):
        proposal = (
            self.env["stock.valuation.write.down"]
            .with_user(self.bookkeeper)
            .create({"date": day, "company_id": self.company.id, **values})
        )
        proposal.action_compute()
        return proposal

    def accept(self, proposal, post=True):
        proposal.line_ids.action_accept()
        proposal.action_create_entry()
        if post:
            proposal.move_id.action_post()
        return proposal.move_id

    def invoice(self, quantity, price, day, product=None):
        bill = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer_partner.id,
                "journal_id": self.sales.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": (product or self.product).id,
                            "quantity": quantity,
                            "price_unit": price,
                            "account_id": self.accounts["income"].id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        bill.action_post()
        return bill

    def found(self, proposal, *names):
        return [tuple(line[name] for name in names) for line in proposal.line_ids.sorted("id")]

    def balances(self, move):
        return sorted((line.account_id.name, line.balance) for line in move.line_ids)


@tagged("post_install", "-at_install")
class TestEvidence(WriteDownCommon):
    def test_price_list_and_cost_to_sell(self):
        """9.00 less 10 % are 8.10: 190.00 below cost. The parent category's rate counts."""
        category = self.env["product.category"].create(
            {"name": "Below", "parent_id": self.product.categ_id.id}
        )
        self.env["stock.valuation.rate"].create(
            [
                {"company_id": self.company.id, "selling_rate": 0.5},
                {
                    "company_id": self.company.id,
                    "categ_id": self.product.categ_id.id,
                    "selling_rate": 0.1,
                },
            ]
        )
        category.property_cost_method = "average"
        self.product.categ_id = category
        self.assertEqual(
            self.found(self.propose(), "kind", "quantity", "nrv_unit", "write_down_amount"),
            [("price_list", 100, 8.1, 190)],
        )

    def test_taxes_are_no_price(self):
        """9.00 with 20 % of tax in it are 7.50 without."""
        self.product.taxes_id = self.env["account.tax"].create(
            {
                "name": "20 % included",
                "amount": 20,
                "price_include_override": "tax_included",
                "company_id": self.company.id,
                "country_id": self.env.ref("base.us").id,
                "tax_group_id": self.env["account.tax.group"]
                .create({"name": "20 %", "company_id": self.company.id})
                .id,
            }
        )
        self.assertEqual(self.found(self.propose(), "nrv_unit", "amount"), [(7.5, 250)])

    def test_sales_after_the_date_count_first(self):
        """2 at 8.00 and 6 at 6.00 within 10 days: 6.50. What was sold before or later does not."""
        self.company.valuation_sales_days = 10
        for quantity, price, day in (
            (50, 1, date(2026, 3, 31)),
            (2, 8, date(2026, 4, 1)),
            (6, 6, date(2026, 4, 10)),
            (50, 1, date(2026, 4, 11)),
        ):
            self.invoice(quantity, price, day)
        (found,) = self.found(self.propose(), "kind", "nrv_unit", "amount", "evidence")
        self.assertEqual(found[:3], ("sales_after", 6.5, 350))
        self.assertIn("8 sold from 2026-04-01 to 2026-04-10", found[3])

    def test_price_list_of_the_company_in_its_currency(self):
        """A list in another currency, two of which are one of the company's: 4.00."""
        other = self.env.ref("base.EUR" if self.company.currency_id.name != "EUR" else "base.USD")
        other.active = True
        self.company.valuation_pricelist_id = self.env["product.pricelist"].create(
            {
                "name": "Outlet",
                "currency_id": other.id,
                "company_id": self.company.id,
                "item_ids": [Command.create({"compute_price": "fixed", "fixed_price": 8})],
            }
        )
        other.rate_ids.unlink()
        with self.assertRaisesRegex(UserError, f"no rate between {other.name}"):
            self.propose()
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "currency_id": other.id,
                "company_id": self.company.id,
                "rate": 2.0,
            }
        )
        self.assertEqual(self.found(self.propose(), "nrv_unit", "amount"), [(4, 600)])

    def test_contract_stock_at_contract_price(self):
        """30 are sold firmly at 12.00 and 5 of these delivered before the date: 25 at 12.00, above
        cost; the other 70 of 95 bring 9.00. What was ordered later is no contract of the date."""
        self.clock.move_to("2026-03-20 08:00:00")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer_partner.id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 30,
                            "price_unit": 12,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.quantity = 5
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True)._action_done()
        self.wait_until(date(2026, 4, 5))
        order.picking_ids.filtered(lambda picking: picking.state != "done").move_ids.write(
            {"quantity": 25, "picked": True}
        )
        order.picking_ids.filtered(lambda picking: picking.state != "done")._action_done()
        late = order.copy()
        late.action_confirm()
        self.wait_until(date(2026, 4, 20))
        self.assertEqual(
            self.found(self.propose(), "kind", "quantity", "unit_price", "required_amount"),
            [("contract", 25, 12, 0), ("price_list", 70, 9, 70)],
        )

    def test_expired_lots_bring_nothing(self):
        """Of 10 that expire by March 31 nothing is sold; 10 that expire in ten years count as
        others do."""
        self.clock.move_to("2026-03-20 08:00:00")
        product = self.make_product(
            "average", list_price=100, tracking="lot", use_expiration_date=True
        )
        for name, day in (("GONE", "2026-03-31 08:00:00"), ("GOOD", "2036-03-31 08:00:00")):
            lot = self.env["stock.lot"].create(
                {"name": name, "product_id": product.id, "expiration_date": day}
            )
            self.receive(product, 10, 20, lot=lot)
        self.wait_until(date(2026, 4, 20))
        proposal = self.propose()
        line = proposal.line_ids.filtered(lambda line: line.product_id == product)
        line = line.filtered("lot_id")
        self.assertEqual(
            (line.lot_id.name, line.kind, line.quantity, line.nrv_unit, line.write_down_amount),
            ("GONE", "expiry", 10, 0, 20),
        )
        self.assertIn("expires on 2026-03-31", line.evidence)

    def test_age_where_nothing_else_says(self):
        self.clock.move_to("2026-03-02 08:00:00")
        product = self.make_product("average", list_price=0)
        self.receive(product, 10, 50)
        self.env["stock.valuation.ageing.rule"].create(
            [
                {"company_id": self.company.id, "days": 20, "percent": 40},
                {"company_id": self.company.id, "days": 200, "percent": 100},
            ]
        )
        self.wait_until(date(2026, 4, 20))
        line = self.propose().line_ids.filtered(lambda line: line.product_id == product)
        self.assertEqual((line.kind, line.nrv_unit, line.write_down_amount), ("ageing", 3, 20))

    def test_without_evidence_somebody_has_to_look(self):
        self.product.list_price = 0
        self.assertEqual(
            self.found(self.propose(), "kind", "nrv_unit", "amount"), [("none", 10, 0)]
        )

    def test_what_is_worth_its_cost_is_tested_and_left_out(self):
        self.product.list_price = 10
        proposal = self.propose()
        self.assertFalse(proposal.line_ids)
        self.assertEqual((proposal.tested_count, proposal.tested_value), (1, 1000))


@tagged("post_install", "-at_install")
class TestWriteDown(WriteDownCommon):
    def test_entry_and_reversal_up_to_cost(self):
        """At 9.00 the stock is written down by 100.00. Then the price is 9.60: 60.00 come back.
        Then it is 15.00: the other 40.00 come back, and no cent above cost."""
        move = self.accept(self.propose())
        self.assertEqual(self.balances(move), [("allowance", -100), ("expense", 100)])
        self.assertEqual((move.date, move.state), (END, "posted"))
        for price, day, reversed_amount in ((9.6, 30, 60), (15, 31, 40)):
            day = END + timedelta(days=day)
            self.wait_until(day + timedelta(days=1))
            self.product.list_price = price
            proposal = self.propose(day)
            self.assertEqual(
                self.found(proposal, "reversal_amount", "used_amount"), [(reversed_amount, 0)]
            )
            move = self.accept(proposal)
            self.assertEqual(
                self.balances(move), [("allowance", reversed_amount), ("expense", -reversed_amount)]
            )
        self.wait_until(END + timedelta(days=60))
        self.assertFalse(self.propose(END + timedelta(days=40)).line_ids)

    def test_goods_that_are_sold_take_their_write_down_along(self):
        """Of 100, 40 are sold, and 50 new ones bought: 40.00 of 100.00 were used. The 110 are
        written down by 1.00 each, so 50.00 more."""
        self.accept(self.propose())
        self.deliver(self.product, 40)
        self.receive(self.product, 50, 500)
        self.wait_until(date(2026, 5, 1))
        proposal = self.propose(date(2026, 4, 30))
        self.assertEqual(
            self.found(
                proposal, "prior_amount", "used_amount", "write_down_amount", "reversal_amount"
            ),
            [(100, 40, 50, 0)],
        )
        move = self.accept(proposal)
        self.assertEqual(
            self.balances(move),
            [("allowance", -50), ("allowance", 40), ("expense", -40), ("expense", 50)],
        )

    def test_goods_that_are_gone(self):
        self.accept(self.propose())
        self.deliver(self.product, 100)
        self.wait_until(date(2026, 5, 1))
        proposal = self.propose(date(2026, 4, 30))
        self.assertEqual(self.found(proposal, "kind", "used_amount"), [("gone", 100)])
        self.assertEqual(
            self.balances(self.accept(proposal)), [("allowance", 100), ("expense", -100)]
        )

    def test_decisions_need_reasons(self):
        line = self.propose().line_ids
        with self.assertRaisesRegex(UserError, "say why"):
            line.action_reject()
        line.nrv_unit = 7
        self.assertEqual(line.write_down_amount, 300)
        with self.assertRaisesRegex(UserError, "say why"):
            line.action_accept()
        line.reason = "An offer of 7.00 for all of it"
        line.action_accept()
        self.assertEqual((line.decision, line.decided_by_id), ("accepted", self.bookkeeper))
        line.nrv_unit = 8
        self.assertEqual(line.decision, "open", "what is changed is to be decided again")

    def test_what_is_rejected_is_not_posted(self):
        self.clock.move_to("2026-03-05 08:00:00")
        other = self.make_product("average", list_price=1)
        self.receive(other, 10, 20)
        self.wait_until(date(2026, 4, 20))
        proposal = self.propose()
        self.assertEqual(sum(proposal.line_ids.mapped("amount")), 110)
        line = proposal.line_ids.filtered(lambda line: line.product_id == other)
        line.reason = "Sold in May at 3.00"
        line.action_reject()
        with self.assertRaisesRegex(UserError, "1 lines are not decided"):
            proposal.action_create_entry()
        proposal.action_accept_open()
        proposal.action_create_entry()
        self.assertEqual(self.balances(proposal.move_id), [("allowance", -100), ("expense", 100)])

    def test_nothing_is_posted_twice(self):
        first, second = self.propose(), self.propose()
        self.accept(first, post=False)
        second.line_ids.action_accept()
        with self.assertRaisesRegex(UserError, "has the journal entry"):
            first.action_create_entry()
        with self.assertRaisesRegex(UserError, "still a draft"):
            second.action_create_entry()
        first.move_id.action_post()
        with self.assertRaisesRegex(UserError, "press “Propose” again"):
            second.action_create_entry()
        second.action_compute()
        self.assertEqual(self.found(second, "prior_amount", "amount"), [(100, 0)])
        second.line_ids.action_accept()
        with self.assertRaisesRegex(UserError, "nothing to post"):
            second.action_create_entry()
        with self.assertRaisesRegex(UserError, "has the journal entry"):
            first.line_ids.nrv_unit = 1
        with self.assertRaisesRegex(UserError, "has the journal entry"):
            first.unlink()
        with self.assertRaisesRegex(UserError, "is posted already"):
            earlier = self.propose(date(2026, 3, 30))
            earlier.line_ids.action_accept()
            earlier.action_create_entry()

    def test_an_entry_that_is_deleted_or_reversed_never_was(self):
        proposal = self.propose()
        self.accept(proposal, post=False).unlink()
        self.assertEqual(proposal.state, "draft")
        move = self.accept(proposal)
        self.assertEqual(proposal.state, "posted")
        move._reverse_moves([{"date": END}]).action_post()
        self.assertEqual(proposal.state, "cancelled")
        self.assertEqual(self.found(self.propose(), "prior_amount", "amount"), [(0, 100)])

    def test_locked_period(self):
        proposal = self.propose()
        proposal.line_ids.action_accept()
        self.company.sudo().fiscalyear_lock_date = END
        with self.assertRaisesRegex(UserError, "is locked up to 2026-03-31"):
            proposal.action_create_entry()
        self.assertFalse(proposal.move_id)

    def test_missing_accounts(self):
        self.company.valuation_allowance_account_id = False
        proposal = self.propose()
        proposal.line_ids.action_accept()
        with self.assertRaisesRegex(UserError, "average has no allowance account"):
            proposal.action_create_entry()
        self.assertFalse(proposal.move_id)
        parent = self.env["product.category"].create(
            {
                "name": "Above",
                "property_stock_allowance_account_id": self.accounts["income"].id,
            }
        )
        self.product.categ_id.parent_id = parent
        proposal.action_create_entry()
        self.assertEqual(self.balances(proposal.move_id), [("expense", 100), ("income", -100)])

    def test_working_paper(self):
        move = self.accept(self.propose())
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", move.id)]
        )
        book = openpyxl.load_workbook(io.BytesIO(attachment.raw))
        head, row, total = book["Write-Down"].iter_rows(values_only=True)
        found = dict(zip(head, row, strict=True))
        for title, expected in (
            ("Quantity", 100),
            ("Cost", 1000),
            ("Evidence", "Price List"),
            ("NRV", 9),
            ("Write-Down", 100),
            ("Decision", "Accepted"),
            ("Decided By", self.bookkeeper.name),
        ):
            self.assertEqual(found[title], expected, title)
        self.assertEqual(dict(zip(head, total, strict=True))["Write-Down"], 100)
        about = "\n".join(str(row) for row in book["About"].iter_rows(values_only=True))
        for text in ("IAS 2.9", "2026-03-31 23:59:59 UTC", "Counting House", "1"):
            self.assertIn(text, about)

    def test_who_may(self):
        proposal = self.propose()
        reading = proposal.with_user(self.accountant)
        self.assertEqual(reading.line_ids.amount, 100)
        with self.assertRaises(AccessError):
            reading.line_ids.action_accept()
        keeper = new_test_user(self.env, "write_down_keeper", groups="stock.group_stock_manager")
        keeper.write({"company_ids": [(6, 0, self.company.ids)], "company_id": self.company.id})
        for model in ("stock.valuation.write.down", "stock.valuation.write.down.line"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(keeper).search([])
        self.bookkeeper.availability_warehouse_ids = self.annex.warehouse_id
        self.assertFalse(
            self.env["stock.valuation.write.down"].with_user(self.bookkeeper).search([]),
            "it tells what the whole company has",
        )

    def test_another_day_takes_the_lines_away(self):
        proposal = self.propose()
        proposal.date = fields.Date.to_date("2026-03-30")
        self.assertFalse(proposal.line_ids)
        with self.assertRaisesRegex(UserError, "nothing to post"):
            proposal.action_create_entry()

    def test_the_report_it_rests_on_is_kept(self):
        proposal = self.propose()
        self.wait_until(date(2026, 12, 1))
        self.env["stock.valuation.ageing"].sudo()._gc_ageings()
        self.assertTrue(proposal.ageing_id.exists())
