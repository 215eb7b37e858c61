from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .carrier_case import CarrierCase
from .loopback_carrier import PDF


class BookingCase(CarrierCase):
    def setUp(self):
        super().setUp()
        pickings = self._create_deliveries(2)
        pickings.action_buy_labels()
        self.parcels = pickings.parcel_ids.sorted("id")

    def _refresh(self):
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestPickup(BookingCase):
    """A driver is booked once, whatever happens on the way."""

    def setUp(self):
        super().setUp()
        # the warehouse is in California: 14:00 there is 22:00 UTC in winter
        self.company.partner_id.tz = "America/Los_Angeles"
        self.frozen = freeze_time("2026-01-14 12:00:00")
        self.frozen.start()
        self.addCleanup(self.frozen.stop)
        self.pickup = self._create_pickup()

    def _create_pickup(self, **values):
        return self.env["shipping.pickup"].create(
            {
                "account_id": self.account.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "day": "2026-01-15",
                "parcel_ids": [(6, 0, self.parcels.ids)],
                **values,
            }
        )

    def test_book_and_cancel(self):
        self.pickup.action_book()
        self._refresh()
        self.assertRecordValues(
            self.pickup,
            [
                {
                    "state": "booked",
                    "confirmation": "WTC1",
                    "reference": "pickup_1",
                    "amount": 3.5,
                    "currency_id": self.env.ref("base.USD").id,
                    "user_id": self.env.uid,
                }
            ],
        )
        asked = self.server.pickups["pickup_1"]["asked"]
        self.assertEqual(asked["min_datetime"], "2026-01-15T22:00:00Z")
        self.assertEqual(asked["max_datetime"], "2026-01-16T01:00:00Z")
        with self.assertRaisesRegex(UserError, "booked"):
            self.pickup.action_book()
        self.assertEqual(len(self.server.drivers), 1)
        self.pickup.action_cancel()
        self._refresh()
        self.assertEqual(self.pickup.state, "cancelled")
        self.assertEqual(self.server.drivers, [])
        self.pickup.action_cancel()

    def test_the_driver_is_told_the_weight(self):
        """Two parcels of one lamp of 2 kg each."""
        self.assertEqual(self.pickup._prepare_question().weight, 4)

    def test_one_driver_a_day(self):
        self.pickup.action_book()
        other = self._create_pickup()
        with self.assertRaisesRegex(UserError, "for that day and warehouse already"):
            other.action_book()
        self.assertEqual(len(self.server.drivers), 1)
        other.is_extra = True
        other.action_book()
        self.assertEqual(len(self.server.drivers), 2)

    def test_a_refusal_leaves_it_open(self):
        self.server.fail("buy_pickup", "unauthorized")
        with self.assertRaisesRegex(UserError, "refuses the credentials"):
            self.pickup.action_book()
        self._refresh()
        self.assertEqual(self.pickup.state, "draft")
        self.assertIn("refuses the credentials", self.pickup.error)
        self.pickup.action_book()
        self._refresh()
        self.assertRecordValues(self.pickup, [{"state": "booked", "error": False}])

    def test_a_lost_answer_is_decided_by_a_person(self):
        self.server.fail("buy_pickup", "drop_after")
        with self.assertRaisesRegex(UserError, "may have been booked"):
            self.pickup.action_book()
        self._refresh()
        self.assertEqual(self.pickup.state, "unknown")
        with self.assertRaises(UserError):
            self.pickup.action_book()
        with self.assertRaisesRegex(UserError, "Decide first"):
            self.pickup.action_cancel()
        self.assertEqual(len(self.server.drivers), 1, "asked once")
        self.pickup.action_was_booked()
        self.assertEqual(self.pickup.state, "booked")
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            self.pickup.action_was_not_booked()

    def test_a_worker_that_died(self):
        self.pickup._claim()
        self._refresh()
        self.assertEqual(self.pickup.state, "sending")
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            self.pickup.action_was_not_booked()
        self.pickup.sent_at = fields.Datetime.now() - timedelta(minutes=6)
        self.pickup.action_was_not_booked()
        self.assertEqual(self.pickup.state, "draft")

    def test_what_cannot_be_booked(self):
        self.pickup.day = "2026-01-13"
        with self.assertRaisesRegex(UserError, "is past"):
            self.pickup.action_book()
        self.pickup.day = "2026-01-15"
        self.pickup.parcel_ids = False
        with self.assertRaisesRegex(UserError, "Choose the parcels"):
            self.pickup.action_book()
        self.assertEqual(self.server.count("pickup"), 0)
        self.assertEqual(self.pickup.state, "draft")

    def test_the_parcels_that_wait(self):
        self.parcels[0]._add_event("picked_up")
        with self.env.cr.savepoint():
            new = self.env["shipping.pickup"].new(
                {
                    "account_id": self.account.id,
                    "company_id": self.company.id,
                    "warehouse_id": self.warehouse.id,
                }
            )
            new._onchange_account_id()
        self.assertEqual(new.parcel_ids._origin, self.parcels[1])

    def test_what_was_sent_is_kept(self):
        self.pickup.action_book()
        self._refresh()
        with self.assertRaisesRegex(UserError, "is kept"):
            self.pickup.unlink()


@tagged("post_install", "-at_install")
class TestManifest(BookingCase):
    def setUp(self):
        super().setUp()
        self.manifest = self.env["shipping.manifest"].create(
            {
                "account_id": self.account.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
            }
        )

    def test_one_warehouse(self):
        """What leaves from another warehouse is on another form."""
        other = self.env["stock.warehouse"].create(
            {"name": "Other", "code": "OTH", "company_id": self.company.id}
        )
        self.manifest.warehouse_id = other
        self.manifest.action_collect()
        self.assertFalse(self.manifest.parcel_ids)
        self.manifest.parcel_ids = self.parcels
        with self.assertRaisesRegex(UserError, "leave from another warehouse"):
            self.manifest.action_book()
        self.assertEqual(self.server.manifests, [])

    def test_the_end_of_the_day(self):
        with self.assertRaisesRegex(UserError, "press Collect Parcels"):
            self.manifest.action_book()
        self.manifest.action_collect()
        self.assertEqual(self.manifest.parcel_ids, self.parcels)
        self.manifest.action_book()
        self._refresh()
        self.assertEqual(self.manifest.state, "booked")
        self.assertEqual(
            sorted(self.server.manifests[0]["tracking_codes"]),
            sorted(self.parcels.mapped("tracking_number")),
        )
        self.assertEqual(self.manifest.document_id.raw, PDF)
        self.assertIn("/web/content/", self.manifest.action_print()["url"])
        with self.assertRaises(UserError):
            self.manifest.action_book()
        # a parcel is on one form
        other = self.manifest.copy()
        other.action_collect()
        self.assertFalse(other.parcel_ids)
        self.assertEqual(len(self.server.manifests), 1)

    def test_who_books(self):
        seller = new_test_user(
            self.env,
            "seller",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )
        with self.assertRaises(UserError):
            self.manifest.with_user(seller).action_book()


@tagged("post_install", "-at_install")
class TestAddressCheck(CarrierCase):
    def _open(self):
        picking = self._create_delivery()
        action = picking.action_check_shipping_address()
        return self.env["shipping.address.check"].browse(action["res_id"])

    def test_a_suggestion_is_taken_over(self):
        check = self._open()
        self.assertTrue(check.is_deliverable)
        self.assertEqual(check.is_residential, "yes")
        self.assertEqual(
            check.suggested,
            "179 N HARBOR DR\nREDONDO BEACH 90277-1234 CA".replace(
                "REDONDO BEACH 90277-1234", "90277-1234 REDONDO BEACH"
            ),
        )
        check.action_apply()
        self.assertRecordValues(
            self.customer,
            [{"street": "179 N HARBOR DR", "zip": "90277-1234", "city": "REDONDO BEACH"}],
        )
        self.assertIn("179 N Harbor Dr", self.customer.message_ids[0].body)
        self.assertEqual(self.customer.name, "Elizabeth Swan")

    def test_an_unknown_address(self):
        self.customer.street = "Nowhere"
        check = self._open()
        self.assertFalse(check.is_deliverable)
        self.assertEqual(check.messages, "Address not found")

    def test_no_carrier_that_checks(self):
        picking = self._create_delivery()
        self.account.active = False
        picking.carrier_id = self.carrier
        with self.assertRaisesRegex(UserError, "No carrier account checks addresses"):
            picking.action_check_shipping_address()

    def test_the_carrier_is_away(self):
        picking = self._create_delivery()
        self.server.fail("validate", *["html_error"] * 3)
        with self.assertRaisesRegex(UserError, "problem of its own"):
            picking.action_check_shipping_address()
