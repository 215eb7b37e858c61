import io
from datetime import date
from unittest.mock import patch

import openpyxl
from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged

from .common import NOW, SmartReorderCase

BUY = {"source": "buy", "computed_at": NOW, "forecast_method": "ma28"}


@tagged("post_install", "-at_install")
class TestDashboard(SmartReorderCase):
    """Figures by hand, of proposals with known numbers; each opens what it counts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env["smart.reorder.dashboard"]
        cls.proposals = cls.env["smart.reorder.proposal"]
        central, shop = cls.central, cls.shop
        # 10 × 2.00 to order, late since yesterday; 30.00 at risk, of which 25.00 are avoided
        cls.late = cls._propose(
            "Late",
            central,
            qty_proposed=10,
            price_unit=2,
            risk_value=30,
            risk_left_value=5,
            stockout_chance=80,
            stockout_chance_left=10,
            order_by=date(2025, 6, 15),
        )
        # 5 × 4.00, today is the last day; 10.00 at risk, all avoided
        cls.due = cls._propose(
            "=Due()",
            shop,
            qty_proposed=5,
            price_unit=4,
            risk_value=10,
            risk_left_value=0,
            stockout_chance=50,
            stockout_chance_left=0,
            order_by=date(2025, 6, 16),
        )
        # not counted: snoozed until tomorrow
        cls._propose(
            "Snoozed", central, qty_proposed=100, price_unit=9, snoozed_until=date(2025, 6, 17)
        )
        # 14 in the position, order up to 10: 4 too many at 3.00
        cls.surplus = cls._propose(
            "Surplus", central, state="ok", qty_position=14, order_up_to=10, price_unit=3
        )
        cls.blocked = cls._propose("Blocked", shop, state="exception", issue="no_route")
        cls.env.flush_all()

    @classmethod
    def _propose(cls, name, warehouse, state="draft", **values):
        rule = cls._create_orderpoint(cls._create_product(name), warehouse)
        return cls.proposals.create({"orderpoint_id": rule.id, "state": state, **BUY, **values})

    def _figures(self, warehouse=None, user=None):
        dashboard = self.dashboard.with_user(user) if user else self.dashboard
        found = dashboard.get_figures(warehouse.id if warehouse else None)
        return {figure["name"]: figure for figure in found}

    def _planner(self, name="desk", groups="smart_reorder.group_smart_reorder_planner", **values):
        return new_test_user(
            self.env,
            name,
            groups=groups,
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
            **values,
        )

    def test_figures(self):
        figures = self._figures()
        values = {name: figure["value"] for name, figure in figures.items()}
        self.assertEqual(values["to_order"], 40)
        self.assertEqual(values["late"], 1)
        self.assertEqual(figures["late"]["tone"], "danger")
        # (80 + 50 - 10) % of a stock-out
        self.assertEqual(values["avoided"], 1.2)
        self.assertIn("35", figures["avoided"]["detail"])
        self.assertIn("40", figures["avoided"]["detail"])
        self.assertEqual(values["excess"], 12)
        self.assertEqual(values["blocked"], 1)

    def test_what_is_not_known_is_none(self):
        figures = self._figures()
        for name in ("coverage", "bias", "automation"):
            self.assertIsNone(figures[name]["value"], name)

    def test_of_one_place(self):
        figures = self._figures(self.shop)
        self.assertEqual(figures["to_order"]["value"], 20)
        self.assertEqual(figures["late"]["value"], 0)
        self.assertEqual(figures["late"]["tone"], "")
        self.assertEqual(figures["avoided"]["value"], 0.5)
        self.assertEqual(figures["excess"]["value"], 0)

    def test_each_figure_opens_what_it_counts(self):
        expected = {
            "to_order": self.late | self.due,
            "late": self.late,
            "avoided": self.late | self.due,
            "excess": self.surplus,
            "blocked": self.blocked,
        }
        for name, proposals in expected.items():
            action = self.dashboard.open_figure(name)
            self.assertEqual(action["res_model"], "smart.reorder.proposal")
            found = self.proposals.search(Domain(action["domain"]))
            self.assertEqual(found, proposals.sorted(), name)
        at_shop = self.dashboard.open_figure("to_order", self.shop.id)
        self.assertEqual(self.proposals.search(Domain(at_shop["domain"])), self.due)
        for name in ("coverage", "bias", "automation"):
            self.assertEqual(self.dashboard.open_figure(name)["type"], "ir.actions.act_window")
        with self.assertRaises(UserError):
            self.dashboard.open_figure("nonsense")

    def test_forecasts_that_fell_due(self):
        """Three of four covered; 100 forecast of 80: a quarter too high, errors of 40 in all."""
        for demand, covered in ((10, 100), (30, 0), (20, 100), (20, 100)):
            self.env["smart.reorder.score"].create(
                {
                    "orderpoint_id": self.late.orderpoint_id.id,
                    "issued_on": date(2025, 6, 1),
                    "due_on": date(2025, 6, 8),
                    "state": "scored",
                    "level": 95,
                    "coverage": covered,
                    "mean": 25,
                    "actual": demand,
                    "error": 25 - demand,
                    "absolute_error": abs(25 - demand),
                }
            )
        figures = self._figures()
        self.assertEqual(figures["coverage"]["value"], 75)
        self.assertEqual(figures["coverage"]["tone"], "warning")
        self.assertEqual(figures["bias"]["value"], 25)
        # 15 + 5 + 5 + 5 of 80
        self.assertIn("37.5", figures["bias"]["detail"])
        self.assertIsNone(self._figures(self.shop)["coverage"]["value"])

    def test_share_of_what_happened_by_itself(self):
        """One of two orders of the last days; an older one and one taken back do not count."""
        for proposal, days in ((self.late, 1), (self.due, 2)):
            proposal.write({"state": "accepted", "decided_at": NOW.replace(day=16 - days)})
        changes = self.env["smart.reorder.change"]
        values = {"orderpoint_id": self.late.orderpoint_id.id, "kind": "order"}
        changes.create({**values, "proposal_id": self.late.id})
        changes.create({**values, "state": "reversed"})
        self.assertEqual(self._figures()["automation"]["value"], 50)

    def test_only_planners(self):
        clerk = self._planner("clerk", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.dashboard.with_user(clerk).get_data()
        with self.assertRaises(AccessError):
            self.dashboard.with_user(clerk).open_figure("late")

    def test_who_is_limited_to_warehouses_sees_these_only(self):
        planner = self._planner()
        planner.availability_warehouse_ids = self.shop
        self.assertEqual(self._figures(user=planner)["to_order"]["value"], 20)

    def test_currencies_are_converted(self):
        """Of a company whose unit is worth half of ours: 40.00 there are 20.00 here."""
        other = self.env["res.company"].create({"name": "Other"})
        money = self.env["res.currency"].create({"name": "HLF", "symbol": "½"})
        self.env["res.currency.rate"].create(
            {"currency_id": money.id, "rate": 2, "name": "2025-01-01", "company_id": other.id}
        )
        other.currency_id = money
        amount = self.dashboard.with_company(other)._convert(10, self.company)
        self.assertEqual(amount, 20)

    def test_nothing_planned_yet(self):
        self.proposals.search([("company_id", "=", self.company.id)]).unlink()
        data = self.dashboard.get_data()
        self.assertTrue(data["is_empty"])
        self.assertEqual(self._figures()["to_order"]["value"], 0)

    def test_moment_of_the_proposals(self):
        self.assertEqual(self.dashboard.get_data()["planned_at"], NOW)

    def test_number_of_statements_does_not_grow(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.dashboard.get_data()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for number in range(20):
            self._propose(f"More {number}", self.central, qty_proposed=1, price_unit=1)
        count()
        self.assertLessEqual(count(), few)

    # ------------------------------------------------------------------
    # Workbook
    # ------------------------------------------------------------------

    def _workbook(self, warehouse=None):
        file = io.BytesIO()
        self.dashboard._write_workbook(file, warehouse.id if warehouse else None)
        file.seek(0)
        return openpyxl.load_workbook(file)

    def test_workbook(self):
        book = self._workbook()
        rows = {row[0].value: row for row in book["Figures"].iter_rows(min_row=2)}
        self.assertEqual(rows["To Decide"][1].value, 40)
        self.assertEqual(rows["To Decide"][2].value, self.company.currency_id.name)
        sheet = book["Proposals"]
        head = [cell.value for cell in sheet[1]]
        names = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
        self.assertEqual(len(names), 5)
        due = names["=Due()"]
        self.assertEqual(due[0].data_type, "s", "a name is no formula")
        self.assertEqual(due[head.index("Cost")].value, 20)
        self.assertEqual(due[head.index("Order By")].value.date(), date(2025, 6, 16))
        self.assertEqual(due[head.index("Warehouse")].value, "Shop")

    def test_workbook_of_one_place(self):
        sheet = self._workbook(self.shop)["Proposals"]
        names = {row[0].value for row in sheet.iter_rows(min_row=2)}
        self.assertEqual(names, {"=Due()", "Blocked"})

    # ------------------------------------------------------------------
    # Digest
    # ------------------------------------------------------------------

    def test_digest_in_the_morning_of_the_user(self):
        """Seven o'clock in Tokyo (UTC+9) is 22:00 UTC of the day before; once a day."""
        user = self._planner(
            tz="Asia/Tokyo", email="desk@reorder.example", smart_reorder_digest=True
        )
        for moment, due in (
            ("2025-06-15 21:59:00", False),
            ("2025-06-15 22:00:00", True),
        ):
            with freeze_time(moment):
                self.assertEqual(self.dashboard._is_digest_due(user), due, moment)
        crons = self.env["ir.cron"]
        with (
            freeze_time("2025-06-15 22:00:00"),
            patch.object(type(crons), "_commit_progress", return_value=1),
        ):
            self.dashboard._cron_send_digests()
            self.assertEqual(user.smart_reorder_digest_date, date(2025, 6, 16))
            self.assertFalse(self.dashboard._is_digest_due(user))

    def test_what_is_in_the_digest(self):
        user = self._planner(email="desk@reorder.example")
        mail = self.dashboard._send_digest(user)
        self.assertIn("desk@reorder.example", mail.email_to)
        self.assertIn("2 to decide", mail.subject)
        body = str(mail.body_html)
        self.assertLess(body.index("Late @ Central"), body.index("=Due() @ Shop"), "most at risk")
        self.assertIn(f"/odoo/smart-reorder/{self.late.id}", body)
        self.assertEqual(body.count("late already"), 1)
        self.assertNotIn("Snoozed", body)

    def test_nothing_to_decide_is_no_mail_and_neither_for_who_is_no_planner(self):
        clerk = self._planner("clerk", "stock.group_stock_user", email="clerk@reorder.example")
        self.assertFalse(self.dashboard._send_digest(clerk))
        user = self._planner(email="desk@reorder.example")
        (self.late | self.due).write({"state": "ok"})
        self.assertFalse(self.dashboard._send_digest(user))
