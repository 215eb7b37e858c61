from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..core import polling
from ..models import shipping_account_tracking
from .carrier_case import CarrierCase


@tagged("post_install", "-at_install")
class TestTrackingPoll(CarrierCase):
    """Carriers are asked where parcels are: in time, in batches, within what they allow."""

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.now()

    def _ship(self, count=1):
        pickings = self._create_deliveries(count)
        pickings.action_buy_labels()
        return pickings.parcel_ids.sorted("id")

    def _make_due(self, parcels):
        parcels.next_poll_at = self.now - timedelta(minutes=1)
        self.env.flush_all()

    def _run(self):
        self.env.flush_all()
        self.env.ref("shipping_connectors.ir_cron_track").method_direct_trigger()
        self.env.invalidate_all()

    def _moment(self, hours):
        return (self.now - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")

    # -- what is heard --------------------------------------------------------------------------

    def test_what_the_carrier_tells(self):
        parcel = self._ship()
        self.assertEqual(parcel.account_id, self.account)
        self.assertAlmostEqual(
            parcel.next_poll_at, self.now + timedelta(hours=6), delta=timedelta(minutes=1)
        )
        self.assertEqual(parcel.transit_days, 3, "of the cheapest service of the loopback carrier")
        self.assertTrue(parcel.promised_date)
        number = parcel.tracking_number
        self.server.scan(number, "pre_transit", self._moment(30))
        self.server.scan(number, "in_transit", self._moment(20), "Departed")
        self.server.scan(
            number, "out_for_delivery", self._moment(2), est_delivery_date="2030-01-02T18:00:00Z"
        )
        self._make_due(parcel)
        self._run()
        self.assertEqual(parcel.state, "out_for_delivery")
        self.assertEqual(parcel.picking_id.shipping_state, "out_for_delivery")
        self.assertEqual(
            parcel.event_ids.mapped("code"), ["out_for_delivery", "in_transit", "pending"]
        )
        self.assertEqual(parcel.event_ids[1].note, "Departed")
        self.assertEqual(parcel.event_ids[1].raw_status, "in_transit")
        self.assertEqual(parcel.event_ids[1].location, "Oakland, CA, US")
        self.assertEqual(str(parcel.estimated_delivery), "2030-01-02 18:00:00")
        # out for delivery: again in half an hour
        self.assertAlmostEqual(
            parcel.next_poll_at, self.now + timedelta(minutes=30), delta=timedelta(minutes=1)
        )
        # told once more, with an older estimate and the end
        self.server.scan(
            number,
            "delivered",
            self._moment(1),
            est_delivery_date="2030-01-01T18:00:00Z",
            signed_by="E. Swan",
        )
        self._make_due(parcel)
        self._run()
        self.assertEqual(parcel.state, "delivered")
        self.assertEqual(len(parcel.event_ids), 4, "what was heard before is not kept twice")
        self.assertEqual(parcel.delivered_to, "E. Swan")
        self.assertEqual(
            fields.Datetime.to_string(parcel.delivered_at), self._moment(1)[:-1].replace("T", " ")
        )
        self.assertEqual(str(parcel.estimated_delivery), "2030-01-01 18:00:00")
        self.assertFalse(parcel.next_poll_at, "nobody asks for what has arrived")

    def test_what_is_heard_late_does_not_go_back(self):
        parcel = self._ship()
        number = parcel.tracking_number
        self.server.scan(number, "out_for_delivery", self._moment(2))
        self._make_due(parcel)
        self._run()
        self.server.scan(number, "in_transit", self._moment(20))
        self.server.scan(number, "pre_transit", self._moment(0))
        self._make_due(parcel)
        self._run()
        self.assertEqual(parcel.state, "out_for_delivery")
        self.assertEqual(len(parcel.event_ids), 3, "and yet it is kept")

    def test_a_carrier_does_not_cancel_our_parcel(self):
        """Its label is paid, and only we give it back."""
        parcel = self._ship()
        self.server.scan(parcel.tracking_number, "cancelled", self._moment(1))
        self._make_due(parcel)
        self._run()
        self.assertEqual(parcel.state, "exception")
        self.assertEqual(self._get_purchases(parcel.picking_id).state, "bought")

    def test_a_moment_in_the_future(self):
        """A carrier's wrong clock does not keep the next events out."""
        parcel = self._ship()
        self.server.scan(parcel.tracking_number, "in_transit", "2099-01-01T00:00:00Z")
        self._make_due(parcel)
        self._run()
        self.assertLessEqual(parcel.last_event_at, fields.Datetime.now())

    def test_by_hand(self):
        parcel = self._ship()
        self.server.scan(parcel.tracking_number, "in_transit", self._moment(1))
        self.assertIs(parcel.action_poll(), True)
        self.assertEqual(parcel.state, "in_transit")
        self.server.fail("track", "unauthorized")
        action = parcel.action_poll()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("refuses the credentials", action["params"]["message"])

    # -- what goes wrong ------------------------------------------------------------------------

    def test_one_that_fails_keeps_no_other_waiting(self):
        parcels = self._ship(3)
        for parcel in parcels:
            self.server.scan(parcel.tracking_number, "in_transit", self._moment(1))
        self.server.fail("track", *["conflict"])
        self._make_due(parcels)
        self._run()
        failed = parcels.filtered("poll_error")
        self.assertEqual(len(failed), 1)
        self.assertEqual((parcels - failed).mapped("state"), ["in_transit"] * 2)
        # pending is asked every 6 hours; after a failure after twice that
        self.assertAlmostEqual(
            failed.next_poll_at, self.now + timedelta(hours=12), delta=timedelta(minutes=1)
        )
        self._make_due(failed)
        self._run()
        self.assertRecordValues(
            failed, [{"state": "in_transit", "poll_error": False, "poll_failures": 0}]
        )

    def test_a_carrier_that_wants_a_pause(self):
        parcels = self._ship(8)
        self._make_due(parcels)
        limited = ["rate_limited"] * 100
        self.server.fail("track", *limited)
        self._run()
        self.assertTrue(self.account.poll_paused_until)
        self.assertIn("asked too often", self.account.poll_error)
        # what each thread had begun was tried as often as reads are; the rest was not asked
        asked = self.server.count("track")
        self.assertLessEqual(asked, shipping_account_tracking.THREADS * 3)
        self._run()
        self.assertEqual(self.server.count("track"), asked, "nobody is asked in the pause")
        self.server.faults.clear()
        self.account.poll_paused_until = self.now - timedelta(minutes=1)
        self._make_due(parcels)
        self._run()
        self.assertEqual(set(self.server.trackers), set(parcels.mapped("tracking_number")))
        self.assertRecordValues(self.account, [{"poll_paused_until": False, "poll_error": False}])

    def test_an_account_without_credentials(self):
        """As in a neutralized copy."""
        parcels = self._ship(2)
        self._make_due(parcels)
        self.account.credential_ids.value = False
        self._run()
        self.assertIn("lacks: API Key", self.account.poll_error)
        self.assertGreater(self.account.poll_paused_until, self.now + timedelta(minutes=50))
        self.assertEqual(self.server.trackers, [])

    @mute_logger("odoo.addons.shipping_connectors.models.shipping_account_tracking")
    def test_a_fault_of_ours(self):
        parcel = self._ship()
        self._make_due(parcel)
        adapter = type(self.account._connect())
        with patch.object(adapter, "track", side_effect=ZeroDivisionError):
            self._run()
        self.assertEqual(parcel.poll_failures, 1)

    # -- how often ------------------------------------------------------------------------------

    def test_within_the_budget(self):
        parcels = self._ship(7)
        self.account.poll_per_minute = 5
        self._make_due(parcels)
        with freeze_time(self.now):
            self._run()
            self.assertEqual(len(self.server.trackers), 5)
            self._run()
            self.assertEqual(len(self.server.trackers), 5, "the minute's budget is spent")
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("shipping_connectors.ir_cron_track").id)]
        )
        self.assertTrue(
            triggers.filtered(
                lambda one: timedelta() <= one.call_at - self.now <= timedelta(minutes=2)
            ),
            "the rest is not left until the next regular run",
        )
        with freeze_time(self.now + timedelta(minutes=1)):
            self._run()
        self.assertEqual(sorted(self.server.trackers), sorted(parcels.mapped("tracking_number")))

    def test_never(self):
        parcel = self._ship()
        self.account.poll_per_minute = 0
        self._make_due(parcel)
        self._run()
        self.assertEqual(self.server.trackers, [])

    def test_two_accounts_have_budgets_of_their_own(self):
        parcels = self._ship(2)
        other = self.account.copy({"name": "Second", "poll_per_minute": 1})
        parcels[0].account_id = other
        self.assertEqual(other._get_budget().take(self.now, 50)[0], 1)
        self.assertEqual(self.account._get_budget().take(self.now, 50)[0], 50)

    # -- how many -------------------------------------------------------------------------------

    def _create_many(self, count):
        """Parcels on the road by SQL, all of one account; a tenth of them is due."""
        model = self._ship()
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO shipping_parcel (
                   tracking_number, access_token, picking_id, carrier_id, company_id, partner_id,
                   account_id, state, purchase_key, next_poll_at, ship_date, is_return,
                   poll_failures, create_date)
            SELECT 'MANY' || n, 'many' || n, picking_id, carrier_id, company_id, partner_id,
                   account_id, 'in_transit', 'MANY' || n,
                   %(now)s + (n %% 100 - 10) * interval '1 minute', ship_date, FALSE, 0, %(now)s
              FROM shipping_parcel, generate_series(1, %(count)s) n
             WHERE id = %(model)s
            """,
            {"now": self.now, "count": count, "model": model.id},
        )

    def test_fifty_thousand_parcels(self):
        """The due ones are taken in one statement, from an index."""
        self.env.cr.execute("DROP INDEX shipping_parcel_package_uniq")
        self._create_many(50_000)
        self.env.cr.execute("ANALYZE shipping_parcel")
        self.assertEqual(polling.Budget(self.account.poll_per_minute).take(self.now, 50)[0], 50)
        with self.assertQueryCount(1):
            pairs = self.env["shipping.parcel"]._claim_due(self.account, 50)
        self.assertEqual(len(pairs), 50)
        # the longest due first: those of ten minutes ago
        self.env.cr.execute(
            "SELECT count(*) FROM shipping_parcel WHERE tracking_number IN %s"
            "   AND (substr(tracking_number, 5)::int %% 100) = 0",
            [tuple(number for _id, number in pairs)],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 50)
        again = self.env["shipping.parcel"]._claim_due(self.account, 50)
        self.assertFalse({one[0] for one in pairs} & {one[0] for one in again}, "claimed once")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM shipping_parcel WHERE account_id = %s AND next_poll_at <= %s"
            " ORDER BY next_poll_at LIMIT 50 FOR UPDATE SKIP LOCKED",
            [self.account.id, self.now],
        )
        plan = " ".join(line for (line,) in self.env.cr.fetchall())
        self.assertIn("shipping_parcel_poll_idx", plan)
        self.assertNotIn("Sort", plan)

    def test_a_batch_is_stored_in_few_statements(self):
        """Twenty parcels take hardly more statements than two."""
        parcels = self._ship(20)
        for parcel in parcels:
            self.server.scan(parcel.tracking_number, "in_transit", self._moment(1))

        def count(some):
            pairs = [(one.id, one.tracking_number) for one in some]
            answers = self.account._ask_tracks(pairs)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["shipping.parcel"].with_context(mail_notrack=True)._store_answers(answers)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few, many = count(parcels[:2]), count(parcels[2:])
        self.assertLessEqual(many - few, 3 * 16, "at most three statements for each parcel more")
        self.assertEqual(set(parcels.mapped("state")), {"in_transit"})
