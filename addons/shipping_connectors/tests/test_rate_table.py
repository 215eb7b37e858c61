from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..core import csv_io
from .common import RATES, ShippingCase


@tagged("post_install", "-at_install")
class TestRateTable(ShippingCase):
    """The table in the database: CSV in and out, what records refuse."""

    def test_import_makes_records(self):
        self.assertRecordValues(
            self.carrier.rate_table_service_ids,
            [
                {"name": "Standard", "transit_days": 2, "dimensional_divisor": 5000.0},
                {"name": "Express", "transit_days": 1, "dimensional_divisor": 0.0},
            ],
        )
        self.assertRecordValues(
            self.carrier.rate_table_zone_ids,
            [{"name": "Mainland", "zips": False}, {"name": "Islands", "zips": "ZE, KW15-KW17"}],
        )
        self.assertEqual(self.carrier.rate_table_zone_ids.country_ids.mapped("code"), ["GB"])
        self.assertEqual(self.carrier.rate_table_line_ids.mapped("max_weight"), [1, 30, 30, 30])

    def test_export_is_imported_again_unchanged(self):
        text = self.carrier._rate_table_export_csv()
        services = self.carrier.rate_table_service_ids
        zones = self.carrier.rate_table_zone_ids
        self.assertEqual(
            self.carrier._rate_table_import_csv(text), {"services": 2, "zones": 2, "lines": 4}
        )
        self.assertEqual(self.carrier._rate_table_export_csv(), text)
        self.assertEqual(self.carrier.rate_table_service_ids, services, "services stay themselves")
        self.assertEqual(self.carrier.rate_table_zone_ids, zones)

    def test_import_replaces_the_table(self):
        self.carrier.rate_table_service_id = self.express
        rows = RATES.splitlines()
        self.carrier._rate_table_import_csv("\n".join(rows[:2]))
        self.assertEqual(self.carrier.rate_table_service_ids, self.standard)
        self.assertTrue(self.express.exists(), "orders may refer to it")
        self.assertFalse(self.express.active)
        self.assertFalse(self.carrier.rate_table_service_id)
        self.assertEqual(self.carrier.rate_table_zone_ids.mapped("name"), ["Mainland"])
        # and the archived service comes back as itself
        self.carrier._rate_table_import_csv(RATES)
        self.assertEqual(self.carrier.rate_table_service_ids, self.standard | self.express)

    def test_a_wrong_file_changes_nothing(self):
        before = self.carrier._rate_table_export_csv()
        lines = self.carrier.rate_table_line_ids
        wrong = RATES.replace("30,4,1", "30,four,1").replace("GB,ZE", "UK,ZE")
        with self.assertRaises(csv_io.CsvError) as caught:
            self.carrier._rate_table_import_csv(wrong)
        self.assertEqual([row for row, _text in caught.exception.problems], [3, 4])
        self.assertEqual(self.carrier._rate_table_export_csv(), before)
        self.assertEqual(self.carrier.rate_table_line_ids, lines)

    def test_import_wizard(self):
        wizard = self._create_import(RATES.replace(",4,0", ",5,0").encode())
        wizard.action_import()
        self.assertEqual(self.carrier.rate_table_line_ids[0].base_price, 5)

    def test_import_wizard_names_the_rows(self):
        wizard = self._create_import(RATES.replace("Mainland,GB", "Mainland,UK").encode())
        with self.assertRaisesRegex(UserError, r"Nothing was imported(.|\n)*Row 2: .*write GB"):
            wizard.action_import()
        wizard = self._create_import(RATES.replace("Mainland", "Küste").encode("latin-1"))
        with self.assertRaisesRegex(UserError, "UTF-8"):
            wizard.action_import()

    def _create_import(self, content):
        import base64

        return self.env["delivery.rate.import"].create(
            {"carrier_id": self.carrier.id, "file": base64.b64encode(content)}
        )

    def test_import_sets_currency_and_unit(self):
        self._activate_currency("EUR")
        head = "service,zone,countries,base_price,currency,weight_unit\n"
        self.carrier._rate_table_import_csv(head + "Day,World,*,3,EUR,lb\n")
        self.assertEqual(self.carrier.rate_table_currency_id.name, "EUR")
        self.assertEqual(self.carrier.rate_table_weight_unit, "lb")
        with self.assertRaisesRegex(csv_io.CsvError, "currency “XXX”"):
            self.carrier._rate_table_import_csv(head + "Day,World,*,3,XXX,lb\n")

    def test_copy_brings_the_table_along(self):
        self.carrier.rate_table_service_id = self.express
        copied = self.carrier.copy()
        self.assertEqual(copied._rate_table_export_csv(), self.carrier._rate_table_export_csv())
        self.assertEqual(copied.rate_table_service_id.name, "Express")
        self.assertEqual(copied.rate_table_service_id.carrier_id, copied)

    def test_zones_refuse_wrong_postal_codes(self):
        with self.assertRaisesRegex(ValidationError, "Islands.*before it starts"):
            self.carrier.rate_table_zone_ids[1].zips = "30-20"

    def test_a_price_stays_within_its_method(self):
        other = self._create_carrier("Other vans")
        with self.assertRaisesRegex(ValidationError, "must belong"):
            self.carrier.rate_table_line_ids[0].carrier_id = other

    @mute_logger("odoo.sql_db")
    def test_one_price_per_zone_and_weight(self):
        line = self.carrier.rate_table_line_ids[0]
        with self.assertRaises(IntegrityError):
            line.copy()
            self.env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_nothing_negative(self):
        with self.assertRaises(IntegrityError):
            self.carrier.rate_table_line_ids[0].base_price = -1
            self.env.flush_all()

    def test_prices_are_entered_in_the_form(self):
        with Form(self.carrier) as form, form.rate_table_line_ids.new() as line:
            line.service_id = self.express
            line.zone_id = self.carrier.rate_table_zone_ids[1]
            line.max_weight = 5
            line.base_price = 30
        self.assertEqual(len(self.carrier.rate_table_line_ids), 5)

    def test_uninstalling_offers_no_delivery_for_nothing(self):
        field = self.env["delivery.carrier"]._fields["delivery_type"]
        field.ondelete["rate_table"](self.carrier)
        self.assertRecordValues(self.carrier, [{"delivery_type": "fixed", "active": False}])

    def test_reading_a_table_takes_few_queries(self):
        head = RATES.splitlines()[0]
        rows = [
            f"S{service},2,5000,10,Z{zone},GB,{zone:04d},{weight},4,1"
            for service in range(5)
            for zone in range(40)
            for weight in (1, 5, 10, 20, 30)
        ]
        self.carrier._rate_table_import_csv("\n".join([head, *rows]))
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            table = self.carrier._rate_table_to_core()
        self.assertEqual(len(table.lines), 1000)

    def test_zones_by_many_countries(self):
        zone = self.carrier.rate_table_zone_ids[0]
        zone.country_ids = [Command.set(self.env["res.country"].search([], limit=30).ids)]
        self.assertEqual(len(zone._to_core().countries), 30)
