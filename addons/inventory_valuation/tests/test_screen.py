"""What the accountant sees, at any date, on paper, and who else sees it."""

import io
from datetime import date, datetime

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import ValuationCommon


@tagged("post_install", "-at_install")
class TestScreen(ValuationCommon):
    def setUp(self):
        super().setUp()
        self.env.user.tz = "UTC"
        # March 2: 10 at 10.00 in the store; March 4: 10 in the annex, at the product's cost of
        # 10.00 until somebody enters 20.00; March 5: 5 leave the store at 15.00; March 6: 2 go
        # to the annex
        self.product = self.make_product("average")
        self.receive(self.product, 10, 100)
        self.later(48)
        self.receive(self.product, 10, 200, self.annex)
        self.later(24)
        self.deliver(self.product, 5)
        self.later(24)
        self.move(self.product, self.store, self.annex, 2)
        self.accountant = new_test_user(
            self.env,
            "valuation_accountant",
            groups="inventory_valuation.group_inventory_valuation_accountant",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
            tz="UTC",
        )

    def lines(self, **context):
        lines = self.env["stock.valuation.line"].with_user(self.accountant)
        return lines.with_context(**context)

    def wizard(self, **values):
        return self.env["stock.valuation.at.date"].with_user(self.accountant).create(values)

    def test_at_any_date(self):
        for day, expected in (
            (2, {self.store: 100}),
            (3, {self.store: 100}),
            (4, {self.store: 150, self.annex: 150}),
            (5, {self.store: 75, self.annex: 150}),
            (6, {self.store: 45, self.annex: 180}),
        ):
            lines = self.lines(valuation_at=f"2026-03-{day:02} 23:59:59").search(
                [("product_id", "=", self.product.id), ("quantity", "!=", 0)]
            )
            found = {line.location_id.sudo(): line.value for line in lines}
            self.assertEqual(found, expected, f"March {day}")

    def test_roll_forward(self):
        """Opening + flows = closing in each place; transfers are zero over the company."""
        wizard = self.wizard(date=date(2026, 3, 6), date_from=date(2026, 3, 3))
        action = wizard.action_view()
        lines = self.lines(**action["context"]).search(action["domain"])
        found = {
            line.location_id.sudo(): (
                line.opening_value,
                line.receipt_value,
                line.delivery_value,
                line.revaluation_value,
                line.transfer_value,
                line.value,
            )
            for line in lines
        }
        self.assertEqual(
            found,
            {
                # the average rises by 5.00 for 10 pieces in each place, 5 leave at 15.00, 2 go
                self.store: (100, 0, -75, 50, -30, 45),
                self.annex: (0, 100, 0, 50, 30, 180),
            },
        )

    def test_grouped_by_account_and_category(self):
        account = self.env["account.account"].create(
            {"name": "Stock", "code": "STOCKVAL1", "account_type": "asset_current"}
        )
        self.company.account_stock_valuation_id = account
        for field in ("account_id", "categ_id", "warehouse_id"):
            groups = self.lines().formatted_read_group([], [field], ["value:sum"])
            self.assertEqual(sum(group["value:sum"] for group in groups), 225, field)
        (group,) = self.lines().formatted_read_group([], ["account_id"], ["value:sum"])
        self.assertEqual(group["account_id"][0], account.id)

    def test_drill_down(self):
        (line,) = self.lines().search([("location_id", "=", self.annex.id)])
        action = line.action_open_entries()
        entries = self.env["stock.valuation.entry"].with_user(self.accountant)
        entries = entries.search(action["domain"])
        self.assertEqual(sum(entries.mapped("value")), line.value)
        action = entries.filtered(lambda entry: entry.kind == "transfer").action_open_document()
        self.assertEqual(action["res_model"], "stock.move")

    def test_impossible_dates(self):
        for values, message in (
            ({"date": date(2027, 1, 1)}, "in the future"),
            ({"date": date(2026, 3, 5), "date_from": date(2026, 3, 5)}, "has to be before"),
            ({"date": date(2020, 1, 1)}, "begins on 2026-03-02"),
        ):
            with self.subTest(message), self.assertRaisesRegex(UserError, message):
                self.wizard(**values).action_view()

    def test_what_is_empty_now_belongs_to_the_roll_forward(self):
        self.move(self.product, self.store, self.annex, 3)
        today = date(2026, 3, 6)
        for opening, places in (
            (False, self.annex),
            (date(2026, 3, 3), self.store | self.annex),
        ):
            action = self.wizard(date=today, date_from=opening).action_view()
            lines = self.lines(**action["context"]).search(action["domain"])
            self.assertEqual(lines.location_id.sudo(), places)

    def test_end_of_day_is_the_users(self):
        """In Auckland, 13 hours ahead in March, March 3 ends at 10:59:59 UTC."""
        self.accountant.tz = "Pacific/Auckland"
        context = self.wizard(date=date(2026, 3, 3))._get_context()
        self.assertEqual(context["valuation_at"], "2026-03-03 10:59:59")

    def test_workbook(self):
        file = io.BytesIO()
        lines = self.lines(
            valuation_at=datetime(2026, 3, 6, 23, 59, 59),
            valuation_since=datetime(2026, 3, 3, 23, 59, 59),
        )
        lines._write_workbook(file)
        book = openpyxl.load_workbook(file)
        head, *rows, total = book["Valuation"].iter_rows(values_only=True)
        self.assertEqual(len(rows), 2)
        column = {title: index for index, title in enumerate(head)}
        for title, expected in (
            ("Opening Value", 100),
            ("Receipts", 100),
            ("Deliveries", -75),
            ("Revaluations", 100),
            ("Transfers", 0),
            ("Value", 225),
        ):
            self.assertEqual(total[column[title]], expected, title)
            self.assertEqual(sum(row[column[title]] for row in rows), expected, title)
        about = "\n".join(str(row) for row in book["About"].iter_rows(values_only=True))
        for text in (
            "Counting House",
            "2026-03-06 23:59:59 UTC",
            "2026-03-03 23:59:59 UTC",
            self.accountant.name,
            "largest remainder",
            "225.00",
        ):
            self.assertIn(text, about)

    def test_stock_users_see_no_value(self):
        keeper = new_test_user(
            self.env,
            "valuation_storekeeper",
            groups="stock.group_stock_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        for model in ("stock.valuation.line", "stock.valuation.entry", "stock.valuation.book"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(keeper).search([])
        # but what they do is written
        superuser = self.env
        self.env = superuser(user=keeper)
        self.deliver(self.product.with_env(self.env), 1)
        self.env = superuser
        entry = self.entries(self.product)[-1:]
        self.assertEqual((entry.kind, entry.value), ("delivery", -15))

    def test_accountants_cannot_move_stock(self):
        move = self.entries(self.product)[:1].move_id.with_user(self.accountant)
        self.assertTrue(move.read(["value"]))
        with self.assertRaises(AccessError):
            move.write({"origin": "changed"})

    def test_limited_to_warehouses(self):
        self.accountant.availability_warehouse_ids = self.annex.warehouse_id
        self.assertEqual(self.lines().search([]).location_id.sudo(), self.annex)
        entries = self.env["stock.valuation.entry"].with_user(self.accountant).search([])
        self.assertEqual(entries.location_id.sudo(), self.annex)
        books = self.env["stock.valuation.book"].with_user(self.accountant)
        self.assertFalse(books.search([]), "these tell what the whole company has")

    def test_companies_are_apart(self):
        other = self.env["res.company"].create({"name": "Other House"})
        self.assertFalse(
            self.env["stock.valuation.line"]
            .with_user(self.accountant)
            .search([("company_id", "=", other.id)])
        )
