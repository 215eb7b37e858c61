"""Closed periods stay; what is entered for them later shows as a difference."""

from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import ValuationCommon


@tagged("post_install", "-at_install")
class TestPeriod(ValuationCommon):
    def setUp(self):
        super().setUp()
        self.env.user.tz = "UTC"
        # March 2: 10 at 10.00; March 4: 4 leave
        self.product = self.make_product("average")
        self.receive(self.product, 10, 100)
        self.later(48)
        self.deliver(self.product, 4)
        self.later(48)

    def close(self, day):
        period = self.env["stock.valuation.period"]
        return period._close(self.company, date(2026, 3, day))

    def test_close(self):
        period = self.close(3)
        self.assertEqual(period.value, 100)
        self.assertRecordValues(
            period.line_ids,
            [
                {
                    "product_id": self.product.id,
                    "location_id": self.store.id,
                    "quantity": 10,
                    "value": 100,
                }
            ],
        )
        self.assertEqual((period.user_id, period.difference), (self.env.user, 0))
        self.assertEqual(period.closing_moment, datetime(2026, 3, 3, 23, 59, 59))
        self.assertEqual(period.action_verify()["params"]["type"], "success")
        later = self.close(4)
        self.assertEqual((later.value, later.previous_digest), (60, period.digest))

    def test_differences_since_close(self):
        """A transfer of March 6 is entered as one of March 3: the closing stays at 100.00."""
        period = self.close(3)
        self.later()
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
        # as modules do that let people enter when something happened
        with self.env["stock.valuation.writer"]._collect():
            move._action_done()
            move.date = datetime(2026, 3, 3, 12)
        period.invalidate_recordset()
        self.assertEqual((period.value, period.difference), (100, -10))
        self.assertEqual(
            period._get_differences(),
            {(self.product.id, self.store.id, False, False): (-1, -10)},
        )
        entries = self.env["stock.valuation.entry"].search(period.action_open_since()["domain"])
        self.assertEqual(entries.move_id, move)

    def test_closed_twice_or_too_early(self):
        self.close(3)
        for day, message in ((3, "is closed up to"), (2, "is closed up to"), (6, "not over yet")):
            with self.subTest(day), self.assertRaisesRegex(UserError, message):
                self.close(day)
        self.assertEqual(self.env["stock.valuation.period"].search_count([]), 1)

    def test_history_first(self):
        self.env["stock.quant"]._update_available_quantity(self.make_product(), self.store, 1)
        with self.assertRaisesRegex(UserError, "history of 1 products"):
            self.close(3)

    def test_frozen(self):
        period = self.close(3)
        for records in (period, period.line_ids):
            with self.assertRaisesRegex(UserError, "stays as it was closed"):
                records.sudo().write({"company_id": self.company.id})
            with self.assertRaisesRegex(UserError, "stays as it was closed"):
                records.sudo().unlink()
        self.env.execute_query(
            SQL(
                "UPDATE stock_valuation_period_line SET value = 99 WHERE id = %s RETURNING id",
                period.line_ids.id,
            )
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "was changed in the database"):
            period.action_verify()

    def test_only_administrators_close(self):
        reader = new_test_user(
            self.env,
            "valuation_reader",
            groups="inventory_valuation.group_inventory_valuation_accountant",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.close(3)
        periods = self.env["stock.valuation.period"].with_user(reader)
        self.assertEqual(periods.search([]).value, 100)
        with self.assertRaises(AccessError):
            periods._close(self.company, date(2026, 3, 4))
