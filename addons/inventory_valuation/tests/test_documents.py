"""What auditors take with them: paper and workbooks, as they leave the server."""

import io
import json
import re
from datetime import date
from unittest.mock import patch
from urllib.parse import urlencode

import openpyxl
from lxml import html

from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..core import workbook
from ..report import report_stock_valuation
from .test_reconciliation import ReconciliationCommon


class DocumentsCommon(ReconciliationCommon):
    def setUp(self):
        super().setUp()
        # March 2: 10 at 10.00; March 4: 4 go to the annex; 25.00 are posted by hand
        self.product = self.make_product("average", 10)
        self.receive(self.product, 10)
        self.later(48)
        self.move(self.product, self.store, self.annex, 4)
        self.entry = self.post(25)
        self.accountant = self.make_user("documents_accountant", "account.group_account_readonly")

    def make_user(self, login, *groups):
        return new_test_user(
            self.env,
            login,
            groups=",".join(groups),
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
            tz="UTC",
        )


@tagged("post_install", "-at_install")
class TestPaper(DocumentsCommon):
    def render(self, report, record, report_type="html"):
        """Return a report as (document, its text with single spaces)."""
        report = self.env.ref(f"inventory_valuation.{report}").with_user(self.accountant)
        values = report._get_rendering_context(report, record.ids, {})
        content = report._render_template(
            report.report_name, {**values, "report_type": report_type}
        )
        document = html.fromstring(content)
        return document, re.sub(r"\s+", " ", document.text_content())

    def wizard(self, **values):
        wizard = self.env["stock.valuation.at.date"].with_user(self.accountant)
        return wizard.create({"date": date(2026, 3, 4), **values})

    def rows(self, document):
        return [
            [" ".join(cell.text_content().split()) for cell in row.xpath("./td|./th")]
            for row in document.xpath("//tr")
        ]

    def plain(self, row):
        """Return a row without what Odoo puts in to keep a sign and its number together."""
        return [cell.replace("\ufeff", "") for cell in row]

    def amount(self, value):
        return " ".join(self.company.currency_id.format(value).split())

    def test_valuation(self):
        wizard = self.wizard()
        document, text = self.render("stock_valuation_report", wizard)
        for expected in (
            "Stock value on 2026-03-04",
            "Counting House",
            "2026-03-04 23:59:59 UTC",
            f"by {self.accountant.name}",
            self.account.display_name,
            "largest remainder",
        ):
            self.assertIn(expected, text)
        rows = self.rows(document)
        name = self.product.display_name
        for place, quantity, value in ((self.store, "6", "60.00"), (self.annex, "4", "40.00")):
            self.assertIn([name, quantity, "Units", "10.00", value], rows)
            self.assertIn([f"Total of {place.complete_name}", "", value], rows)
        self.assertIn(["Total USD", "", "100.00"], rows)
        account = [self.company.name, self.account.display_name, self.amount(100)]
        self.assertIn(account, rows)

    def test_roll_forward(self):
        wizard = self.wizard(date_from=date(2026, 3, 3))
        document, text = self.render("stock_valuation_report", wizard)
        self.assertIn("Stock value from 2026-03-03 to 2026-03-04", text)
        self.assertIn("2026-03-03 23:59:59 UTC", text)
        # opening, receipts … revaluations, transfers, closing
        rows = [row[-9:] for row in self.rows(document)]
        for expected in (
            ["100.00", *["0.00"] * 6, "-40.00", "60.00"],
            ["0.00", *["0.00"] * 6, "40.00", "40.00"],
            ["100.00", *["0.00"] * 7, "100.00"],
        ):
            self.assertIn(expected, [self.plain(row) for row in rows])

    def test_companies_are_those_of_the_wizard(self):
        """Whoever opens the page by its address gets the same companies."""
        wizard = self.wizard()
        other = self.env["res.company"].create({"name": "Other House"})
        self.accountant.company_ids += other
        both = wizard.with_context(allowed_company_ids=(self.company | other).ids)
        report = self.env["report.inventory_valuation.report_stock_valuation"]
        values = report.with_env(both.env)._get_report_values(both.ids)
        self.assertEqual(values["parameters"][0], ("Companies", "Counting House"))

    def test_details(self):
        """Lots and owners have a column where there are any."""
        self.receive(self.product, 2, owner=self.consignor)
        document, _text = self.render("stock_valuation_report", self.wizard())
        name = self.product.display_name
        self.assertIn([name, "Consignor", "2", "Units", "0.00", "0.00"], self.rows(document))

    def test_pages_are_numbered(self):
        for report, record in (
            ("stock_valuation_report", self.wizard()),
            ("stock_valuation_reconciliation_report", self.reconcile()),
        ):
            document, _text = self.render(report, record, "pdf")
            (footer,) = document.xpath("//div[hasclass('footer')]") or [None]
            self.assertIn("Page of", " ".join(footer.text_content().split()))
            self.assertEqual(len(footer.xpath(".//span[@class='page']")), 1)
            self.assertEqual(len(footer.xpath(".//span[@class='topage']")), 1)

    def test_without_a_printer_of_pages(self):
        """Where nothing makes PDF of pages, the message names what is missing."""
        report = self.env.ref("inventory_valuation.stock_valuation_report")
        report = report.with_user(self.accountant).with_context(force_report_rendering=True)
        wizard = self.wizard()
        with (
            patch.object(type(report), "get_wkhtmltopdf_state", return_value="install"),
            self.assertRaisesRegex(UserError, "Unable to find Wkhtmltopdf"),
        ):
            report._render_qweb_pdf(report.report_name, wizard.ids)

    def test_closed_period(self):
        self.later(24)
        period = self.env["stock.valuation.period"]._close(self.company, date(2026, 3, 4))
        _document, text = self.render("stock_valuation_report", self.wizard())
        self.assertIn(period.digest, text)
        record = self.reconcile(date(2026, 3, 4))
        self.assertEqual(record.period_id, period)
        _document, text = self.render("stock_valuation_reconciliation_report", record)
        self.assertIn(period.digest, text)

    def test_reconciliation(self):
        record = self.reconcile()
        document, text = self.render("stock_valuation_reconciliation_report", record)
        for expected in (
            "Counting House",
            "2026-03-04 23:59:59 UTC",
            f"{self.env.user.name}",
            record.digest,
            "Manual entries on the account",
            "Reverse the entry",
            "largest remainder",
        ):
            self.assertIn(expected, text)
        amount = self.amount
        rows = self.rows(document)
        self.assertIn([self.entry.name, "", "", "", "", amount(-25)], rows)
        for title, value in (
            ("Stock ledger", 100),
            ("General ledger", 25),
            ("Difference", 75),
            ("Explained", 75),
            ("Remaining", 0),
        ):
            self.assertIn([title, amount(value)], rows)

    def test_nothing(self):
        wizard = self.wizard(categ_ids=[(6, 0, self.categories["fifo"].ids)])
        _document, text = self.render("stock_valuation_report", wizard)
        self.assertIn("Nothing had a value.", text)
        self.bill(self.product, 10, 10)
        reversal = self.entry._reverse_moves([{"date": date(2026, 3, 4)}])
        reversal.action_post()
        _document, text = self.render("stock_valuation_reconciliation_report", self.reconcile())
        self.assertIn("Stock and the general ledger are the same.", text)

    def test_too_much_for_paper(self):
        self.patch(report_stock_valuation, "MAX_LINES", 1)
        with self.assertRaisesRegex(UserError, "room for 1 lines"):
            self.render("stock_valuation_report", self.wizard())

    def test_impossible_dates_are_refused_before(self):
        with self.assertRaisesRegex(UserError, "in the future"):
            self.wizard(date=date(2027, 1, 1)).action_print()
        action = self.wizard().action_print()
        self.assertEqual(action["report_name"], "inventory_valuation.report_stock_valuation")

    def test_too_much_for_a_sheet(self):
        self.patch(workbook, "MAX_ROWS", 1)
        lines = self.env["stock.valuation.line"].with_user(self.accountant)
        with self.assertRaisesRegex(UserError, "no room for 2 lines"):
            lines._write_workbook(io.BytesIO())


@tagged("post_install", "-at_install")
class TestDownloads(HttpCase, DocumentsCommon):
    def get(self, url, login="documents_accountant"):
        self.authenticate(login, login)
        return self.url_open(url, allow_redirects=False)

    def valuation(self, **query):
        query = {"at": "2026-03-04 23:59:59", "companies": str(self.company.id), **query}
        return f"/inventory_valuation/xlsx?{urlencode(query)}"

    def load(self, response):
        self.assertEqual(response.status_code, 200)
        self.assertIn("spreadsheetml", response.headers["Content-Type"])
        return openpyxl.load_workbook(io.BytesIO(response.content))

    def test_valuation(self):
        domain = json.dumps([["location_id", "=", self.annex.id]])
        for query, total in (({}, 100), ({"domain": domain}, 40)):
            response = self.get(self.valuation(**query))
            self.assertIn(
                "stock-valuation-2026-03-04.xlsx", response.headers["Content-Disposition"]
            )
            head, *_rows, last = self.load(response)["Valuation"].iter_rows(values_only=True)
            self.assertEqual(dict(zip(head, last, strict=True))["Value"], total)

    def test_reconciliation(self):
        record = self.reconcile()
        response = self.get(record.action_export()["url"])
        book = self.load(response)
        head, *rows, total = book["Lines"].iter_rows(values_only=True)
        lines = [dict(zip(head, row, strict=True)) for row in rows]
        self.assertEqual(
            [(line["Reason"], line["Documents"], line["Difference"]) for line in lines],
            [
                ("Manual entries on the account", self.entry.name, -25),
                ("Received, not billed", lines[1]["Documents"], 100),
            ],
        )
        self.assertEqual(dict(zip(head, total, strict=True))["Difference"], 75)
        reasons = list(book["Reasons"].iter_rows(values_only=True))
        self.assertEqual(reasons[-1][:2], ("Difference USD", 75))
        self.assertTrue(all(row[3] for row in reasons[:-1]), "what mends it")
        about = "\n".join(str(row) for row in book["About"].iter_rows(values_only=True))
        for text in (record.digest, "2026-03-04 23:59:59 UTC", self.env.user.name, "75.00"):
            self.assertIn(text, about)

    def test_who_may_not(self):
        record = self.reconcile()
        url = f"/inventory_valuation/workbook/reconciliation?ids={record.id}"
        self.make_user("documents_keeper", "stock.group_stock_manager")
        other = self.env["res.company"].create({"name": "Other House"})
        new_test_user(
            self.env,
            "documents_stranger",
            groups="account.group_account_readonly",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for login, path, status in (
            ("documents_keeper", self.valuation(), 403),
            ("documents_keeper", url, 403),
            ("documents_stranger", self.valuation(), 403),
            ("documents_stranger", url, 403),
            ("documents_accountant", url.replace(str(record.id), "999999999"), 404),
            ("documents_accountant", self.valuation(domain="{"), 400),
            ("documents_accountant", self.valuation(at="yesterday"), 400),
        ):
            with self.subTest(login=login, path=path):
                self.assertEqual(self.get(path, login).status_code, status)
        self.logout()
        self.assertEqual(self.url_open(url, allow_redirects=False).status_code, 303)
