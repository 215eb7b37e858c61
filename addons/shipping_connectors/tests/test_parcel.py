from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..core import gs1
from .common import ShippingCase


@tagged("post_install", "-at_install")
class TestParcel(ShippingCase):
    """Numbers, events and states of a parcel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "carrier_id": cls.carrier.id,
                "order_line": [(0, 0, {"product_id": cls.product.id})],
            }
        )
        order.action_confirm()
        cls.picking = order.picking_ids
        cls.picking.action_create_parcels()
        cls.parcel = cls.picking.parcel_ids

    # -- lateness -------------------------------------------------------------------------------

    def test_mean_lateness_is_of_what_was_delivered(self):
        """Two days late, one day early, one on the way, one without a promise: half a day."""
        parcels = self.parcel
        for number in range(3):
            parcels |= self.parcel.copy(
                {
                    "tracking_number": f"LATE{number}",
                    "access_token": f"late-{number}",
                    "package_id": self.env["stock.package"].create({}).id,
                }
            )
        today = fields.Date.today()
        now = fields.Datetime.now()
        days = {parcels[0]: 2, parcels[1]: -1}
        for parcel, late in days.items():
            parcel.promised_date = today - timedelta(days=late)
            parcel._add_event("delivered", moment=now)
        parcels[2].promised_date = today
        parcels[3].promised_date = False
        parcels[3]._add_event("delivered", moment=now)
        domain = [("id", "in", parcels.ids)]
        [[mean]] = self.env["shipping.parcel"]._read_group(domain, [], ["days_late:avg"])
        self.assertEqual(mean, 0.5)
        domain = [("id", "=", parcels[2].id)]
        [[none]] = self.env["shipping.parcel"]._read_group(domain, [], ["days_late:avg"])
        self.assertIs(none, False, "nothing is known of what is on the way")

    # -- numbers --------------------------------------------------------------------------------

    def test_numbers_count_up_with_check_digits(self):
        parcels = self.env["shipping.parcel"]
        numbers = [parcels._next_tracking_number(self.company) for _n in range(11)]
        self.assertEqual(len(set(numbers)), 11)
        for number in numbers:
            self.assertRegex(number, r"^P\d{10}$")
            self.assertTrue(gs1.has_valid_check_digit(number[1:]))
        codes = [parcels._next_sscc(self.company) for _n in range(11)]
        self.assertEqual(len(set(codes)), 11)
        self.assertTrue(all(gs1.is_sscc(code) for code in codes))

    def test_a_rollback_leaves_a_hole_and_no_duplicate(self):
        parcels = self.env["shipping.parcel"]
        taken = []
        with self.assertRaises(ZeroDivisionError), self.cr.savepoint():
            taken.append(parcels._next_tracking_number(self.company))
            raise ZeroDivisionError
        self.assertNotIn(parcels._next_tracking_number(self.company), taken)

    def test_without_prefix_the_label_carries_the_tracking_number(self):
        self.company.gs1_company_prefix = False
        self.picking.parcel_ids._action_cancel()
        self.picking.action_create_parcels()
        parcel = self.picking.parcel_ids - self.parcel
        self.assertFalse(parcel.sscc)
        self.assertIn(b"^BCN", parcel.label_zpl_id.raw)
        self.assertNotIn(b"(00)", parcel.label_zpl_id.raw)

    def test_a_used_up_prefix_is_said(self):
        self.company.gs1_company_prefix = "952123456789"
        self.env.ref("shipping_connectors.ir_sequence_parcel_sscc").number_next = 10**5
        with self.assertRaisesRegex(UserError, "952123456789 is used up"):
            self.env["shipping.parcel"]._next_sscc(self.company)

    @mute_logger("odoo.sql_db")
    def test_numbers_are_unique_in_the_database(self):
        for values in (
            {"tracking_number": self.parcel.tracking_number},
            {"tracking_number": "X1", "sscc": self.parcel.sscc},
        ):
            with self.assertRaises(IntegrityError), self.cr.savepoint():
                self.parcel.copy({"is_return": True, **values})

    @mute_logger("odoo.sql_db")
    def test_one_living_parcel_per_box(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.parcel.copy({"tracking_number": "X1"})
        self.parcel._action_cancel()
        self.parcel.copy({"tracking_number": "X2", "state": "pending"})

    def test_a_wrong_sscc_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "is no SSCC"):
            self.parcel.sscc = "106141412345678909"

    def test_parcels_are_kept(self):
        with self.assertRaisesRegex(UserError, "Parcels are kept"):
            self.parcel.unlink()

    def test_tokens_cannot_be_guessed(self):
        tokens = {self.parcel.copy({"tracking_number": f"T{n}", "state": "cancelled"}).access_token
                  for n in range(20)}  # fmt: skip
        self.assertEqual(len(tokens), 20)
        self.assertGreaterEqual(min(map(len, tokens)), 32, "192 bits in base 64")

    # -- events ---------------------------------------------------------------------------------

    def _report(self, code, key="", **values):
        return self.parcel._driver_report(code, key, **values)

    def test_a_round(self):
        self._report("picked_up")
        self.assertEqual(self.parcel.driver_id, self.env.user)
        self._report("out_for_delivery")
        self._report("attempted", note="Nobody at home")
        self._report("out_for_delivery")
        self._report("delivered", recipient="  J. Doe ")
        self.assertRecordValues(
            self.parcel,
            [
                {
                    "state": "delivered",
                    "delivered_to": "J. Doe",
                    "delivered_at": self.parcel.event_ids[0].moment,
                }
            ],
        )
        self.assertEqual(
            self.parcel.event_ids.sorted("id").mapped("code"),
            ["picked_up", "out_for_delivery", "attempted", "out_for_delivery", "delivered"],
        )

    def test_the_same_form_sent_twice_counts_once(self):
        first = self._report("attempted", key="abc")
        self.assertEqual(self._report("attempted", key="abc"), first)
        self.assertEqual(len(self.parcel.event_ids), 1)
        # another form may report the next attempt
        self._report("attempted", key="def")
        self.assertEqual(len(self.parcel.event_ids), 2)

    def test_an_old_form_of_a_delivered_parcel(self):
        """Its own key is answered as before, whatever happened since."""
        first = self._report("picked_up", key="abc")
        self._report("delivered", recipient="Jane")
        self.assertEqual(self._report("picked_up", key="abc"), first)

    def test_reports_that_are_refused(self):
        for code, values, message in (
            ("delivered", {}, "who received"),
            ("exception", {"note": " "}, "what is wrong"),
            ("cancelled", {}, "nothing that a driver reports"),
        ):
            with self.assertRaisesRegex(UserError, message):
                self._report(code, **values)
        self._report("picked_up")
        with self.assertRaisesRegex(UserError, "reported as “Picked Up” already"):
            self._report("picked_up")
        self._report("delivered", recipient="Jane")
        with self.assertRaisesRegex(UserError, "“Delivered”: nothing more"):
            self._report("attempted")
        self.assertEqual(len(self.parcel.event_ids), 2)

    def test_a_cancelled_parcel_stays_at_the_warehouse(self):
        self.parcel.action_cancel()
        with self.assertRaisesRegex(UserError, "was cancelled. Leave it"):
            self._report("picked_up")

    def test_late_news_are_kept_and_change_nothing(self):
        now = fields.Datetime.now()
        self.parcel._add_event("out_for_delivery", moment=now)
        self.parcel._add_event("in_transit", moment=now - timedelta(hours=2))
        self.assertEqual(self.parcel.state, "out_for_delivery")
        self.assertEqual(self.parcel.last_event_at, now)
        self.assertEqual(self.parcel.event_ids.mapped("code"), ["out_for_delivery", "in_transit"])

    def test_events_are_for_good(self):
        event = self._report("picked_up")
        with self.assertRaisesRegex(UserError, "not changed"):
            event.note = "Oops"
        with self.assertRaisesRegex(UserError, "kept"):
            event.unlink()

    @mute_logger("odoo.sql_db")
    def test_a_key_is_used_once_per_parcel(self):
        event = self._report("picked_up", key="abc")
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            event.copy()

    # -- names ----------------------------------------------------------------------------------

    def test_found_by_what_is_on_the_label(self):
        parcels = self.env["shipping.parcel"]
        for text in (self.parcel.tracking_number, self.parcel.sscc, self.picking.name):
            found = parcels.name_search(text)
            self.assertEqual([found_id for found_id, _name in found], self.parcel.ids, text)
