"""Location groups, external places and safety stocks: what they accept, and who sees them."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

NOW = "2026-03-10 12:00:00"


class PlaceCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})
        warehouse = cls.env["stock.warehouse"]
        cls.central = warehouse.create({"name": "Central", "code": "CEN"})
        cls.shop = warehouse.create({"name": "Shop", "code": "SHP"})
        cls.foreign = warehouse.search([("company_id", "=", cls.other_company.id)], limit=1)
        cls.product = cls.env["product.product"].create({"name": "Chair", "is_storable": True})
        cls.place = cls.env["stock.external.place"].create({"name": "North", "code": "NORTH"})
        cls.manager = new_test_user(
            cls.env, "place_manager", "inventory_visibility.group_inventory_visibility_manager"
        )
        cls.viewer = new_test_user(
            cls.env, "place_viewer", "inventory_visibility.group_inventory_visibility_user"
        )

    def assertRefused(self, model, values, message):  # noqa: N802
        """Creating a record must fail, and the user be told why."""
        text = None
        try:
            with mute_logger("odoo.sql_db"), self.cr.savepoint():
                self.env[model].create(values)
        except IntegrityError as error:
            text = self.env[model]._sql_error_to_message(error)
        except UserError as error:
            text = str(error)
        self.assertIsNotNone(text, f"{values} was accepted")
        self.assertIn(message, text)


@tagged("post_install", "-at_install")
class TestStockPlace(PlaceCommon):
    # ------------------------------------------------------------------
    # Location groups
    # ------------------------------------------------------------------

    def test_group_is_made_of_places_of_three_kinds(self):
        with Form(self.env["stock.place.group"].with_user(self.manager)) as form:
            form.name = "Europe"
            form.code = " EU "
            form.warehouse_ids.add(self.central)
            form.location_ids.add(self.shop.lot_stock_id)
            form.external_place_ids.add(self.place)
        group = form.record
        self.assertEqual(group.code, "EU", "spaces around a code are taken away")
        self.assertEqual(group.display_name, "[EU] Europe")
        self.assertEqual(group.company_id, self.company)

    def test_codes_are_unique_in_a_company(self):
        for model in ("stock.place.group", "stock.external.place"):
            values = {"name": "One", "code": "ONE"}
            record = self.env[model].create(values)
            record.active = False
            with self.subTest(model=model):
                self.assertRefused(model, values, "has this code already")
                self.assertRefused(model, {"name": "None", "code": "  "}, "needs a code")
                self.env[model].create(values | {"company_id": self.other_company.id})
                self.assertEqual(record.copy().code, "ONE-COPY")

    def test_group_refuses_other_companies_places(self):
        values = {"name": "One", "code": "ONE"}
        for name, record in (
            ("warehouse_ids", self.foreign),
            ("location_ids", self.foreign.lot_stock_id),
        ):
            with self.subTest(field=name):
                self.assertRefused(
                    "stock.place.group",
                    values | {name: [Command.link(record.id)]},
                    "Uh-oh! You’ve got some company inconsistencies here",
                )

    def test_group_refuses_locations_that_hold_no_stock_on_hand(self):
        with self.assertRaisesRegex(ValidationError, "does not hold stock on hand"):
            self.env["stock.place.group"].create(
                {
                    "name": "One",
                    "code": "ONE",
                    "location_ids": [
                        Command.link(self.env.ref("stock.stock_location_customers").id)
                    ],
                }
            )

    # ------------------------------------------------------------------
    # External places and what they have
    # ------------------------------------------------------------------

    @freeze_time(NOW)
    def test_stale_after_its_limit(self):
        """Limit 24 hours: 24 hours old is fresh, a second more is stale; 0 is never stale."""
        now = fields.Datetime.now()
        places = self.env["stock.external.place"].create(
            [
                {"name": code, "code": code, "stale_after": hours, "last_feed_date": date}
                for code, hours, date in (
                    ("FRESH", 24, now - timedelta(hours=24)),
                    ("STALE", 24, now - timedelta(hours=24, seconds=1)),
                    ("SILENT", 24, False),
                    ("NEVER", 0, now - timedelta(days=900)),
                )
            ]
        )
        self.assertEqual(places.mapped("is_stale"), [False, True, True, False])
        quants = self.env["stock.external.quant"].create(
            [
                {
                    "place_id": place.id,
                    "product_id": self.product.id,
                    "quantity": 1,
                    "feed_date": place.last_feed_date or now - timedelta(hours=25),
                }
                for place in places
            ]
        )
        self.assertEqual(quants.mapped("is_stale"), [False, True, True, False])
        for records in (places, quants):
            domain = [("id", "in", records.ids)]
            stale = records.filtered("is_stale")
            with self.subTest(model=records._name):
                self.assertEqual(records.search([*domain, ("is_stale", "=", True)]), stale)
                self.assertEqual(
                    records.search([*domain, ("is_stale", "=", False)]), records - stale
                )
                self.assertEqual(
                    records.search([*domain, ("is_stale", "!=", True)]), records - stale
                )
                self.assertEqual(
                    records.search([*domain, ("is_stale", "in", (True, False))]), records
                )

    def test_external_quantity_is_a_number_from_zero_up(self):
        values = {"place_id": self.place.id, "product_id": self.product.id}
        for quantity in (-1, 1e15):
            with self.subTest(quantity=quantity):
                self.assertRefused(
                    "stock.external.quant", values | {"quantity": quantity}, "a number from 0 up"
                )
        self.env["stock.external.quant"].create(values | {"quantity": 0})
        self.assertRefused(
            "stock.external.quant", values | {"quantity": 1}, "has a row for this product already"
        )

    # ------------------------------------------------------------------
    # Safety stock
    # ------------------------------------------------------------------

    def test_safety_stock(self):
        values = {"product_id": self.product.id, "warehouse_id": self.central.id, "quantity": 3}
        safety = self.env["stock.safety.stock"].create(values)
        self.assertEqual(safety.company_id, self.company)
        self.assertEqual(safety.uom_id, self.product.uom_id)
        self.assertRefused("stock.safety.stock", values, "has a safety stock in this warehouse")
        for quantity in (-1, 1e15):
            self.assertRefused(
                "stock.safety.stock",
                values | {"warehouse_id": self.shop.id, "quantity": quantity},
                "a number from 0 up",
            )
        service = self.env["product.product"].create({"name": "Repair", "type": "service"})
        self.assertRefused(
            "stock.safety.stock", values | {"product_id": service.id}, "is not tracked"
        )
        own = self.env["product.product"].create(
            {"name": "Own", "is_storable": True, "company_id": self.other_company.id}
        )
        self.assertRefused(
            "stock.safety.stock", values | {"product_id": own.id}, "company inconsistencies"
        )

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def _create_one_of_each(self, company, warehouse):
        values = {"name": "Mine", "code": "MINE", "company_id": company.id}
        place = self.env["stock.external.place"].create(values)
        return {
            "stock.external.place": place,
            "stock.place.group": self.env["stock.place.group"].create(
                values | {"warehouse_ids": [Command.link(warehouse.id)]}
            ),
            "stock.external.quant": self.env["stock.external.quant"].create(
                {"place_id": place.id, "product_id": self.product.id, "quantity": 1}
            ),
            "stock.safety.stock": self.env["stock.safety.stock"].create(
                {"product_id": self.product.id, "warehouse_id": warehouse.id, "quantity": 1}
            ),
        }

    def test_viewers_read_and_administrators_write(self):
        employee = new_test_user(self.env, "place_employee", "base.group_user")
        records = self._create_one_of_each(self.company, self.central)
        for model, record in reversed(records.items()):  # a place takes its stock along
            with self.subTest(model=model):
                record.with_user(self.viewer).read()
                with self.assertRaises(AccessError):
                    record.with_user(employee).read()
                with self.assertRaises(AccessError):
                    record.with_user(self.viewer).write({"create_uid": 1})
                with self.assertRaises(AccessError):
                    record.with_user(self.viewer).unlink()
                record.with_user(self.manager).unlink()

    def test_another_companys_are_out_of_sight(self):
        for model, record in self._create_one_of_each(self.other_company, self.foreign).items():
            with self.subTest(model=model):
                self.assertFalse(
                    self.env[model].with_user(self.manager).search([("id", "=", record.id)])
                )
                with self.assertRaises(AccessError):
                    record.with_user(self.manager).read()
