"""How reservations end, and how long they are kept."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_reservation import ReservationCommon


@tagged("post_install", "-at_install")
class TestLifecycle(ReservationCommon):
    def test_consume_in_parts(self):
        """The quantity is what has been consumed in all, so a repeated call does no harm."""
        self._reserve("A", 6)
        for _time in range(2):
            [answer] = self.holds.consume("A", 2)
            self.assertEqual((answer["state"], answer["consumed_quantity"]), ("held", 2.0))
        self.assertEqual(self._held(), 4)
        for _time in range(2):
            [answer] = self.holds.consume("A")
            self.assertEqual((answer["state"], answer["consumed_quantity"]), ("consumed", 6.0))
        self.assertEqual(self._held(), 0)
        with self.assertRaisesRegex(UserError, "cannot become 5 in all"):
            self.holds.consume("A", 5)
        with self.assertRaisesRegex(UserError, "cannot become 7 in all"):
            self.holds.consume("A", 7)

    def test_consumed_by_an_order(self):
        """The order takes the place of the hold: what others can be promised stays the same."""
        answer = self._reserve("A", 6)
        self.assertEqual(self._reserve("B", 5)["promisable"], 4.0)
        record = self.holds.browse(answer["id"])
        self._deliver(self.central, 6)
        self.assertEqual(record._consume(2), 2.0)
        self.assertEqual(record._consume(9), 4.0)
        self.assertEqual(record._consume(1), 0.0)
        self.assertEqual(record.state, "consumed")
        self.assertEqual(self._reserve("B", 5)["promisable"], 4.0)

    def test_release(self):
        self._reserve("A", 6)
        self.holds.consume("A", 2)
        for _time in range(2):
            [answer] = self.holds.release("A", "Cart emptied")
            self.assertEqual(
                (answer["state"], answer["consumed_quantity"], answer["reason"]),
                ("released", 2.0, "Cart emptied"),
            )
        self.assertEqual(self._held(), 0)
        with self.assertRaisesRegex(UserError, "has been released"):
            self.holds.consume("A")
        # the first answer, as it stands now
        self.assertEqual(self._reserve("A", 6)["state"], "released")

    def test_consumed_is_not_released(self):
        self._reserve("A", 6)
        self.holds.consume("A")
        with self.assertRaisesRegex(UserError, "Cancel the order"):
            self.holds.release("A")

    def test_release_by_hand(self):
        answer = self._reserve("A", 6)
        record = self.holds.browse(answer["id"])
        record.action_release()
        self.assertRecordValues(record, [{"state": "released", "reason": "By hand"}])
        self.assertTrue(record.date_closed)

    def test_lines_of_a_reference(self):
        self.holds.reserve([self._line("A", 1), self._line("A", 2)])
        with self.assertRaisesRegex(ValidationError, "line: the reference has several lines"):
            self.holds.consume("A", 1)
        answers = self.holds.consume("A", 1, line=2)
        self.assertEqual([(a["line"], a["consumed_quantity"]) for a in answers], [(2, 1.0)])
        self.assertEqual({a["state"] for a in self.holds.release("A")}, {"released"})

    def test_past_its_time_is_free_at_once(self):
        with freeze_time("2030-03-01 10:00:00"):
            self._reserve("A", 10)
            self.assertEqual(self._reserve("B", 1)["state"], "refused")
        with freeze_time("2030-03-01 10:29:59"):
            self.assertEqual(self._reserve("B", 1)["state"], "refused")
        with freeze_time("2030-03-01 10:30:00"):
            self.assertEqual(self._reserve("B", 10)["state"], "held")
            self.assertEqual(self._reserve("A", 10)["state"], "expired")
            with self.assertRaisesRegex(UserError, "expired on 2030-03-01 10:30:00 UTC"):
                self.holds.consume("A")
            self.assertEqual(self.holds.search([("reference", "=", "A")])._consume(1), 0.0)
            self.assertEqual(self.holds.release("A")[0]["state"], "expired")

    def test_scheduled_expiry(self):
        """More than a batch; what is held for longer stays; listeners are told once each."""
        with freeze_time("2030-03-01 10:00:00"):
            self.holds.reserve([self._line(f"A{n}", 0.01) for n in range(5)])
            self._reserve("LONG", 1, date_until="2030-03-01T11:00:00Z")
        cron = self.env.ref("inventory_visibility.ir_cron_soft_reservation_expire")
        emitted = []

        def emit(_self, *event):
            emitted.append(event)

        with (
            freeze_time("2030-03-01 10:30:00"),
            patch(
                "odoo.addons.inventory_visibility.models.stock_soft_reservation_close.EXPIRE_BATCH",
                2,
            ),
            patch.object(type(self.env["stock.webhook"]), "_emit", emit),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.assertEqual(
            {hold.reference: hold.state for hold in self._get_holds()},
            {**{f"A{n}": "expired" for n in range(5)}, "LONG": "held"},
        )
        self.assertEqual([event[0] for event in emitted], ["reservation.expired"] * 5)
        self.assertEqual(emitted[0][1], self.product.id)
        self.assertEqual(emitted[0][2]["state"], "expired")
        self.assertEqual(emitted[0][2]["default_code"], "CHAIR")


@tagged("post_install", "-at_install")
class TestRetention(ReservationCommon):
    """What is closed is kept as long as the company wants, and its reference is taken so long."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.soft_reservation_keep_days = 30
        cls.web.company_id.soft_reservation_keep_days = 30

    def _close_all(self):
        self._reserve("USED", 1)
        self._reserve("GIVEN BACK", 1)
        self._reserve("HELD", 1)
        self.holds.consume("USED")
        self.holds.release("GIVEN BACK")

    def _collect(self, days):
        with freeze_time(fields.Datetime.now() + timedelta(days=days)):
            result = self.env["stock.soft.reservation"]._gc_closed()
        return result, set(self._get_holds().mapped("reference"))

    def test_closed_are_deleted_after_their_time(self):
        self._close_all()
        everything = {"USED", "GIVEN BACK", "HELD"}
        self.assertEqual(self._collect(29), ((0, False), everything))
        self.assertEqual(self._collect(31), ((2, False), {"HELD"}))
        # the reference is free again
        self.assertEqual(self._reserve("USED", 2)["state"], "held")

    def test_for_good(self):
        self.company.soft_reservation_keep_days = 0
        self._close_all()
        self.assertEqual(self._collect(4000)[0], (0, False))

    def test_in_batches(self):
        self._close_all()
        path = "odoo.addons.inventory_visibility.models.stock_soft_reservation_gc.GC_BATCH"
        with patch(path, 1):
            self.assertEqual(self._collect(31)[0], (1, True))
            self.assertEqual(self._collect(31)[0], (1, True))
            self.assertEqual(self._collect(31)[0], (0, False))

    def test_what_an_allocation_counts_stays(self):
        self.env["stock.channel.allocation"].create(
            {
                "channel_id": self.web.id,
                "product_id": self.product.id,
                "warehouse_id": self.central.id,
                "kind": "allocation",
                "method": "fixed",
                "amount": 5,
                "date_start": fields.Datetime.now() - timedelta(days=1),
            }
        )
        self._close_all()
        self.assertEqual(self._collect(31), ((1, False), {"USED", "HELD"}))

    def test_not_below_zero(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.company.soft_reservation_keep_days = -1
            self.company.flush_recordset()
