import base64
import csv
import io

from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .carrier_case import CarrierCase

HEADER = (
    "Invoice Number,Invoice Date,Tracking Number,Charge Description,Net Amount,Billed Weight,"
    "Billed Weight Unit,Invoice Currency Code\n"
)


class InvoiceCase(CarrierCase):
    def setUp(self):
        super().setUp()
        pickings = self._create_deliveries(3)
        pickings.action_buy_labels()
        # each cost 6.07 USD, and weighs 2 kg
        self.parcels = pickings.parcel_ids.sorted("id")
        self.vendor = self.env["res.partner"].create({"name": "UPS"})

    def _import(self, *rows, text=None, **values):
        lines = [
            f"{invoice},2026-03-31,{number},{charge},{amount},{weight},KGS,USD"
            for invoice, number, charge, amount, weight in rows
        ]
        text = text or HEADER + "\n".join(lines) + "\n"
        wizard = self.env["shipping.invoice.import"].create(
            {
                "file": base64.b64encode(text.encode()),
                "filename": "invoice.csv",
                "template": "ups",
                "partner_id": self.vendor.id,
                "company_id": self.company.id,
                **values,
            }
        )
        action = wizard.action_import()
        if action.get("res_id"):
            return self.env["shipping.invoice"].browse(action["res_id"])
        return self.env["shipping.invoice"].search(action["domain"])

    def _import_usual(self):
        first, second, third = self.parcels.mapped("tracking_number")
        return self._import(
            ("INV1", first, "Ground", "6.07", "2"),
            ("INV1", second, "Ground Commercial", "6.07", "2"),
            ("INV1", second, "Residential Surcharge", "4.20", ""),
            ("INV1", third, "Ground", "16.07", "8"),
            ("INV1", "1ZNOTOURS", "Ground", "9.99", "1"),
        )


@tagged("post_install", "-at_install")
class TestCarrierInvoice(InvoiceCase):
    """What carriers bill, beside what their labels cost."""

    def test_matched_and_explained(self):
        invoice = self._import_usual()
        self.assertRecordValues(
            invoice,
            [
                {
                    "name": "INV1",
                    "line_count": 4,
                    # 6.07 + 10.27 + 16.07 + 9.99, against 3 labels of 6.07
                    "billed": 42.40,
                    "expected": 18.21,
                    "difference": 24.19,
                    "currency_id": self.env.ref("base.USD").id,
                    "open_count": 3,
                }
            ],
        )
        self.assertEqual(str(invoice.day), "2026-03-31")
        self.assertEqual(invoice.line_ids.parcel_id, self.parcels)
        self.assertEqual(
            {one.kind: one.amount for one in invoice.difference_ids},
            {"residential": 4.20, "dimensional_weight": 10.0, "unknown_shipment": 9.99},
        )
        heavy = invoice.difference_ids.filtered(lambda one: one.kind == "dimensional_weight")
        self.assertEqual(heavy.reason, "Charged as 8.00 kg, declared as 2.00 kg.")
        self.assertIn("Residential Surcharge: 4.20", invoice.line_ids[1].charges)

    def test_three_amounts(self):
        order = self.parcels[0].picking_id.sale_id
        # 5 pounds sterling at 2 USD for one, for one parcel
        order.set_delivery_line(self.loopback_method, 5.0)
        invoice = self._import(("I", self.parcels[0].tracking_number, "Ground", "7.00", "2"))
        self.assertRecordValues(
            invoice.line_ids, [{"quoted": 10.0, "label_cost": 6.07, "billed": 7.0}]
        )

    def test_billed_twice(self):
        number = self.parcels[0].tracking_number
        self._import(("A", number, "Ground", "6.07", "2"))
        again = self._import(("B", number, "Ground", "6.07", "2"))
        self.assertRecordValues(
            again.difference_ids,
            [{"kind": "duplicate", "amount": 6.07, "reason": "Invoice A asks for it already."}],
        )
        # two invoices in one file
        number = self.parcels[1].tracking_number
        both = self._import(
            ("C", number, "Ground", "6.07", "2"), ("D", number, "Ground", "6.07", "2")
        )
        self.assertEqual(both.difference_ids.mapped("kind"), ["duplicate"])

    def test_a_label_that_was_given_back(self):
        parcel = self.parcels[0]
        parcel.action_cancel()
        self.env.invalidate_all()
        invoice = self._import(("A", parcel.tracking_number, "Ground", "6.07", "2"))
        self.assertEqual(invoice.difference_ids.kind, "voided")

    def test_the_same_file_again(self):
        self._import_usual()
        with self.assertRaisesRegex(UserError, "Imported already: INV1"):
            self._import_usual()
        self.assertEqual(self.env["shipping.invoice"].search_count([("name", "=", "INV1")]), 1)

    def test_a_bad_file_stores_nothing(self):
        with self.assertRaisesRegex(UserError, "Row 2: “six” is no amount"):
            self._import(("INV1", self.parcels[0].tracking_number, "Ground", "six", "2"))
        self.assertFalse(self.env["shipping.invoice"].search([("name", "=", "INV1")]))
        with self.assertRaisesRegex(UserError, "tracking number is missing"):
            self._import(text="a,b\n1,2\n")

    def test_columns_of_ones_own(self):
        mapping = self.env["shipping.invoice.mapping"].create(
            {
                "name": "Courier",
                "number_column": "Sendung",
                "amount_column": "Betrag",
                "invoice_column": "Rechnung",
                "currency_id": self.env.ref("base.USD").id,
                "decimal_comma": True,
            }
        )
        number = self.parcels[0].tracking_number
        invoice = self._import(
            text=f"Rechnung;Sendung;Betrag\nR1;{number};6,07\n",
            template="custom",
            mapping_id=mapping.id,
        )
        self.assertRecordValues(invoice, [{"billed": 6.07, "source": "Courier", "open_count": 0}])

    def test_a_batch_takes_few_statements(self):
        """Matching does not ask for each parcel."""
        numbers = self.parcels.mapped("tracking_number")

        def count(name, rows):
            lines = [(name, number, "Ground", "6.07", "2") for number in rows]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._import(*lines)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count("warm", ["W1"])
        few = count("A", numbers[:1])
        many = count("B", [*numbers, *(f"X{number}" for number in range(200))])
        self.assertLess(many - few, 60)

    def _create_accounts(self):
        """What a bill needs; the company has no chart of accounts."""
        expense, payable = self.env["account.account"].create(
            [
                {"name": "Freight", "code": "600000", "account_type": "expense"},
                {"name": "Vendors", "code": "400000", "account_type": "liability_payable"},
            ]
        )
        self.env["account.journal"].create(
            {
                "name": "Bills",
                "type": "purchase",
                "code": "BILL",
                "company_id": self.company.id,
                "default_account_id": expense.id,
            }
        )
        self.vendor.with_company(self.company).property_account_payable_id = payable

    # -- the vendor bill ------------------------------------------------------------------------

    def test_the_bill_is_drafted_once(self):
        self._create_accounts()
        invoice = self._import_usual()
        unknown = invoice.difference_ids.filtered(lambda one: one.kind == "unknown_shipment")
        unknown.action_dispute()
        self.assertAlmostEqual(invoice.disputed, 9.99)
        action = invoice.action_create_bill()
        bill = invoice.bill_id
        self.assertEqual(action["res_id"], bill.id)
        self.assertRecordValues(
            bill,
            [
                {
                    "move_type": "in_invoice",
                    "state": "draft",
                    "partner_id": self.vendor.id,
                    "ref": "INV1",
                    "currency_id": self.env.ref("base.USD").id,
                    "amount_untaxed": 42.40,
                }
            ],
        )
        self.assertEqual(bill.invoice_line_ids.mapped("price_unit"), [32.41, 9.99])
        invoice.action_create_bill()
        self.assertEqual(
            self.env["account.move"].search_count(
                [("ref", "=", "INV1"), ("partner_id", "=", self.vendor.id)]
            ),
            1,
        )
        with self.assertRaisesRegex(UserError, "is kept"):
            invoice.unlink()

    def test_a_bill_that_was_entered_by_hand(self):
        self._create_accounts()
        invoice = self._import_usual()
        invoice.action_create_bill()
        invoice.bill_id = False
        with self.assertRaisesRegex(UserError, "has the number INV1 already"):
            invoice.action_create_bill()
        invoice.partner_id = False
        with self.assertRaisesRegex(UserError, "Choose the vendor"):
            invoice.action_create_bill()

    def test_who_decides(self):
        invoice = self._import_usual()
        user = new_test_user(
            self.env,
            "packer",
            groups="shipping_connectors.group_shipping_user",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )
        with self.assertRaises(UserError):
            invoice.difference_ids[0].with_user(user).action_dispute()


@tagged("post_install", "-at_install")
class TestDisputeExport(HttpCase, InvoiceCase):
    def setUp(self):
        super().setUp()
        self.authenticate("admin", "admin")
        self.env.ref("base.user_admin").company_ids += self.company
        self.opener.cookies["cids"] = str(self.company.id)
        invoice = self._import_usual()
        self.differences = invoice.difference_ids

    def test_csv_and_xlsx(self):
        action = self.differences.action_export_csv()
        answer = self.url_open(action["url"])
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        self.assertEqual(len(rows), 4)
        self.assertEqual(rows[0][2], "Tracking Number")
        self.assertEqual(rows[1][2], self.parcels[1].tracking_number)
        self.assertEqual(rows[1][5:8], ["Residential Delivery", "4.2", "USD"])
        answer = self.url_open(self.differences.action_export_xlsx()["url"])
        sheet = load_workbook(io.BytesIO(answer.content)).active
        self.assertEqual(sheet.max_row, 4)
        self.assertEqual(sheet["G2"].value, 4.2)

    def test_no_formula(self):
        self.env.cr.execute(
            "UPDATE shipping_invoice_difference SET reason = '=1+1' WHERE id = %s",
            [self.differences[0].id],
        )
        self.env.invalidate_all()
        answer = self.url_open(self.differences.action_export_csv()["url"])
        self.assertIn("'=1+1", answer.text)
        answer = self.url_open(self.differences.action_export_xlsx()["url"])
        cell = load_workbook(io.BytesIO(answer.content)).active["M2"]
        self.assertEqual((cell.value, cell.data_type), ("=1+1", "s"))

    def test_wrong_addresses(self):
        for url in ("pdf?ids=1", "csv?ids=1;2", "csv"):
            self.assertEqual(self.url_open(f"/shipping/disputes/{url}").status_code, 404)
