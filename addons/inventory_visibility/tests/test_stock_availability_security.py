from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AvailabilityCommon


@tagged("post_install", "-at_install")
class TestStockAvailabilitySecurity(AvailabilityCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})
        cls.other_warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.other_company.id)]
        )
        cls.viewer = new_test_user(
            cls.env, "viewer", "inventory_visibility.group_inventory_visibility_user"
        )
        cls.employee = new_test_user(cls.env, "employee", "base.group_user")
        cls.storekeeper = new_test_user(cls.env, "storekeeper", "stock.group_stock_user")
        cls._stock(5)
        cls._stock(7, warehouse=cls.other_warehouse)

    def _search(self, user, **context):
        return (
            self.availability.with_user(user)
            .with_context(**context)
            .search([("product_id", "=", self.product.id), ("qty_on_hand", "!=", 0)])
        )

    def test_viewer_and_storekeeper_read(self):
        for user in self.viewer | self.storekeeper:
            with self.subTest(user=user.login):
                self.assertEqual(self._search(user).warehouse_id, self.central)
                figures = self.availability.with_user(user)._get_availability(
                    self.product.with_user(user), self.central.with_user(user)
                )
                self.assertEqual(figures[self.product.id, self.central.id]["qty_on_hand"], 5.0)

    def test_employee_does_not_read(self):
        with self.assertRaises(AccessError):
            self._search(self.employee)
        with self.assertRaises(AccessError):
            self.availability.with_user(self.employee)._get_availability(
                self.product.with_user(self.employee), self.central.with_user(self.employee)
            )

    def test_nobody_writes(self):
        for user in self.viewer | self.storekeeper | self.env.ref("base.user_admin"):
            rows = self._search(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    rows.write({"qty_on_hand": 1})
                with self.assertRaises(AccessError):
                    rows.unlink()
                with self.assertRaises(AccessError):
                    self.availability.with_user(user).create({"product_id": self.product.id})

    def test_another_company_is_out_of_sight(self):
        self.assertEqual(self._search(self.viewer).company_id, self.company)
        row = self.availability.search(
            [("product_id", "=", self.product.id), ("company_id", "=", self.other_company.id)]
        )
        self.assertEqual(row.qty_on_hand, 7.0)
        with self.assertRaises(AccessError):
            row.with_user(self.viewer).read(["qty_on_hand"])
        with self.assertRaises(AccessError):
            self.availability.with_user(self.viewer)._get_availability(
                self.product.with_user(self.viewer), self.other_warehouse.with_user(self.viewer)
            )

    def test_several_companies_at_once(self):
        self.viewer.company_ids = [Command.link(self.other_company.id)]
        both = self.company | self.other_company
        rows = self._search(self.viewer, allowed_company_ids=both.ids)
        self.assertEqual(rows.company_id, both)
        rows = self._search(self.viewer, allowed_company_ids=self.other_company.ids)
        self.assertEqual(rows.mapped("qty_on_hand"), [7.0])

    def test_product_of_one_company_has_rows_there_only(self):
        product = self._create_product("Own", company_id=self.other_company.id)
        rows = self.availability.search([("product_id", "=", product.id)])
        self.assertEqual(rows.warehouse_id, self.other_warehouse)

    def test_settings_of_each_company(self):
        """Ten a day left; a window of 9 days sees them, in the company that has it."""
        for warehouse in self.central | self.other_warehouse:
            self._stock(90, warehouse=warehouse)
            move = self._move(
                warehouse.lot_stock_id, self.customer, 90, company_id=warehouse.company_id.id
            )
            self._do(move)
            self._backdate(move, 8)
        self.other_company.availability_demand_days = 9
        figures = self.availability._get_availability(
            self.product, self.central | self.other_warehouse
        )
        self.assertEqual(figures[self.product.id, self.central.id]["daily_demand"], 1.0)
        self.assertEqual(figures[self.product.id, self.other_warehouse.id]["daily_demand"], 10.0)

    def test_transit_between_companies(self):
        """Stock in the shared transit location belongs to whoever waits for it."""
        transit = self.env.ref("stock.stock_location_inter_company")
        transit.active = True
        self._stock(3, location=transit)
        domain = [("product_id", "=", self.product.id), ("qty_in_transit", "!=", 0)]
        row = self.availability.search(domain)
        self.assertFalse(row.warehouse_id)
        self.assertFalse(row.company_id)
        self._move(
            transit,
            self.other_warehouse.lot_stock_id,
            3,
            company_id=self.other_company.id,
        )
        self.env.invalidate_all()
        row = self.availability.search(domain)
        self.assertEqual(row.warehouse_id, self.other_warehouse)
        self.assertEqual(row.qty_in_transit, 3.0)

    def test_administrator_sets_the_limits(self):
        manager = new_test_user(
            self.env, "manager", "inventory_visibility.group_inventory_visibility_manager"
        )
        settings = self.env["stock.availability.settings"]
        with Form(settings.with_user(manager)) as form:
            self.assertEqual(form.availability_low_days, 7)
            form.availability_low_days = 10
        form.record.action_save()
        self.assertEqual(self.company.availability_low_days, 10)
        self.assertEqual(self.company.availability_demand_days, 90)
        for user in self.viewer | self.storekeeper:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                settings.with_user(user).create({})

    def test_limits_must_make_sense(self):
        for values in (
            {"availability_demand_days": 0},
            {"availability_low_days": -1},
            {"availability_low_days": 180},
        ):
            with self.subTest(values=values):
                settings = self.env["stock.availability.settings"].create(values)
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(CheckViolation),
                    self.cr.savepoint(),
                ):
                    settings.action_save()
