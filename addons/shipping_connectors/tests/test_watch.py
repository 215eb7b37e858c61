from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..hooks import uninstall_hook
from .watch_case import WatchCase


@tagged("post_install", "-at_install")
class TestWatch(WatchCase):
    """What is out of the ordinary is told once, and until its cause has gone."""

    def setUp(self):
        super().setUp()
        self.watch = self.env["shipping.watch"]

    def _sync(self, kind):
        self.watch._sync_activities(kind, self.watch._find(kind))

    def _get_activities(self, record, kind=None):
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id)]
        if kind:
            kind = self.env.ref(f"shipping_connectors.mail_activity_type_{kind}")
            domain.append(("activity_type_id", "=", kind.id))
        return self.env["mail.activity"].search(domain)

    # -- late -----------------------------------------------------------------------------------

    def test_late_and_estimated_late(self):
        late = self._create_parcel(5, promised=4)
        estimated = self._create_parcel(
            2, promised=3, estimated_delivery=self.now + timedelta(days=2)
        )
        self._create_parcel(2, promised=2)  # today is in time
        self._create_parcel(9, days=8, promised=4)  # was late, and has arrived
        self._create_parcel(5, promised=4, state="cancelled")
        found = self._find("late")
        self.assertEqual(set(found), {late, estimated})
        self.assertEqual(found[late]["figures"]["why"], "late")
        # shipped on the 13th and promised for the 17th, at midnight it was late
        self.assertEqual(str(found[late]["since"]), "2025-06-18 00:00:00")
        self.assertFalse(found[estimated]["since"])
        self.assertEqual(found[estimated]["figures"]["why"], "estimate")
        self.assertIn(
            "expects to deliver on 06/20/2025",
            self.watch._get_sentence("late", found[estimated]["figures"]),
        )

    def test_risk_of_the_lane(self):
        """Of 12 deliveries after 3 days or more, 6 took more than the 3 promised: half of them."""
        self._create_history(*[1] * 8, *[2] * 8, *[3] * 6, *[4] * 4, 5, 6)
        young = self._create_parcel(1, promised=3)  # 6 of the 28 like it: 21 %
        old = self._create_parcel(3, promised=3)  # 6 of 12
        other_lane = self._create_parcel(3, promised=3, service_name="Express")
        found = self._find("late")
        self.assertEqual(set(found), {old})
        self.assertNotIn(other_lane, found)
        figures = found[old]["figures"]
        self.assertEqual((figures["why"], figures["deliveries"], figures["late"]), ("lane", 12, 6))
        self.assertIn(
            "of this lane's 12 parcels that were on the way for 3 days, 6 came later than that",
            self.watch._get_sentence("late", figures),
        )
        self.company.shipping_watch_late_share = 21
        self.assertEqual(set(self._find("late")), {old, young})
        self.company.shipping_watch_late_share = 51
        self.assertFalse(self._find("late"))

    def test_few_deliveries_say_nothing(self):
        self._create_history(*[6] * 9)
        parcel = self._create_parcel(3, promised=3)
        self.assertFalse(self._find("late"))
        self._create_history(6)
        self.assertEqual(set(self._find("late")), {parcel})

    # -- scans ----------------------------------------------------------------------------------

    def test_no_scan(self):
        ago = lambda hours: self.now - timedelta(hours=hours)  # noqa: E731
        silent = self._create_parcel(3, last_event_at=ago(49))
        never = self._create_parcel(3, last_event_at=False, state="pending")
        self._create_parcel(3, last_event_at=ago(47))
        self._create_parcel(3, last_event_at=ago(90), state="ready_for_pickup")
        self._create_parcel(3, last_event_at=ago(90), state="delivered")
        own_vans = self._create_parcel(
            3, last_event_at=False, state="pending", carrier_id=self.carrier.id
        )
        found = self._find("no_scan")
        self.assertEqual(set(found), {silent, never})
        self.assertNotIn(own_vans, found, "nobody reports parcels of vans without drivers' pages")
        self.assertEqual(found[silent]["since"], ago(49))
        self.assertEqual(found[never]["since"], self.now - timedelta(days=10), "when it left")
        self.assertIn(
            "last: In Transit", self.watch._get_sentence("no_scan", found[silent]["figures"])
        )
        self.assertIn("never scanned", self.watch._get_sentence("no_scan", found[never]["figures"]))
        self.company.shipping_watch_hours = 0
        self.assertFalse(self._find("no_scan"))

    def test_what_has_not_left_is_not_missed(self):
        parcel = self._create_parcel(5, last_event_at=False, state="pending", promised=2)
        self.env.cr.execute(
            "UPDATE stock_picking SET state = 'assigned' WHERE id = %s", [self.shipped.id]
        )
        self.env.invalidate_all()
        self.assertNotIn(parcel, self._find("no_scan"))
        self.assertNotIn(parcel, self._find("late"))

    # -- costs ----------------------------------------------------------------------------------

    def test_cost_by_hand(self):
        """Costs 8, 9 … 12, each twice, and 30: the median is 10.

        Deviations 0 0 1 1 1 1 2 2 2 2 20, so MAD = 1, and 30 lies 0.6745 × 20 / 1 = 13.5 above.
        """
        for cost in (8, 9, 10, 11, 12) * 2:
            self._create_parcel(20, cost=cost)
        # the same cost with eight times the weight, and with another service, is another lane's
        self._create_parcel(1, cost=30, weight=12)
        self._create_parcel(1, cost=30, service_name="Express")
        dear = self._create_parcel(1, cost=30)
        found = self._find("cost")
        self.assertEqual(set(found), {dear})
        figures = found[dear]["figures"]
        self.assertEqual((figures["usual"], figures["parcels"], figures["score"]), (10.0, 10, 13.5))
        self.assertEqual(
            self.watch._get_sentence("cost", figures).replace("\xa0", " "),
            "Costs $ 30.00; half of this lane's 10 other parcels of about this weight cost at most"
            " $ 10.00 (13.5 usual deviations above).",
        )
        # two dollars are a pound
        [[value]] = self.env.execute_query(
            self._wrap("value", self.watch._get_query("cost", self.company))
        )
        self.assertAlmostEqual(float(value), 10.0)
        self.company.shipping_watch_cost_score = 13.6
        self.assertFalse(self._find("cost"))

    def _wrap(self, column, query):
        return SQL("SELECT %s FROM (%s) found", SQL.identifier(column), query)

    def test_equal_costs(self):
        """Ten cost 10, one 13: MAD is 0, the mean deviation 3/11, and (3 / 1.2533) × 11/3 = 8.8."""
        for _number in range(10):
            self._create_parcel(20)
        dear = self._create_parcel(1, cost=13)
        figures = self._find("cost")[dear]["figures"]
        self.assertEqual(figures["score"], 8.8)

    def test_a_few_cents_are_nothing(self):
        """As many deviations as above, but 15 % above the median."""
        for _number in range(10):
            self._create_parcel(20)
        self._create_parcel(1, cost=11.5)
        self.assertFalse(self._find("cost"))
        self.company.shipping_watch_cost_share = 10
        self.assertTrue(self._find("cost"))

    def test_costs_that_are_old_or_given_back(self):
        for _number in range(10):
            self._create_parcel(20)
        self._create_parcel(15, cost=40)
        self._create_parcel(1, cost=40, state="cancelled")
        self.assertFalse(self._find("cost"))

    # -- carriers -------------------------------------------------------------------------------

    def test_a_carrier_that_fails(self):
        pickings = self._create_deliveries(4)
        self.server.fail("create", *["html_error"] * 3)
        for picking in pickings[:3]:
            with self.assertRaisesRegex(UserError, "problem of its own"):
                picking.action_buy_labels()
        pickings[3].action_buy_labels()
        purchases = self._get_purchases(pickings)
        self.assertEqual(purchases.mapped("is_carrier_fault"), [True, True, True, False])
        self.env["shipping.purchase"].flush_model()
        found = self._find("failing")
        self.assertEqual(set(found), {self.account})
        self.assertEqual(found[self.account]["figures"], {"failed": 3, "total": 4})
        # what is wrong with the address is not the carrier's fault
        with self.assertRaisesRegex(UserError, "No service to ZIP 00000"):
            self._create_unserved().action_buy_labels()
        self.env.flush_all()
        self.assertEqual(self._find("failing")[self.account]["figures"], {"failed": 3, "total": 5})
        self.company.shipping_watch_failure_share = 61
        self.assertFalse(self._find("failing"))

    def test_questions_that_fail(self):
        for _number in range(2):
            self._create_parcel(1, polled_at=self.now, poll_failures=1)
        self._create_parcel(1, polled_at=self.now)
        self.assertFalse(self._find("failing"), "two failures are no rate")
        self._create_parcel(1, polled_at=self.now, poll_failures=2)
        self._create_parcel(3, polled_at=self.now - timedelta(days=2), poll_failures=9)
        self.assertEqual(self._find("failing")[self.account]["figures"], {"failed": 3, "total": 4})

    # -- activities -----------------------------------------------------------------------------

    def test_told_once_until_the_cause_has_gone(self):
        parcel = self._create_parcel(3, last_event_at=self.now - timedelta(hours=60))
        self._sync("no_scan")
        self._sync("no_scan")
        activity = self._get_activities(parcel)
        self.assertRecordValues(
            activity,
            [{"user_id": self.watcher.id, "automated": True, "date_deadline": self.now.date()}],
        )
        self.assertIn("No scan since", activity.summary)
        parcel._add_event("in_transit")
        self.env.flush_all()
        self._sync("no_scan")
        self.assertFalse(self._get_activities(parcel))

    def test_done_stays_done_until_the_next_cause(self):
        parcel = self._create_parcel(3, last_event_at=self.now - timedelta(hours=60))
        self._sync("no_scan")
        activity = self._get_activities(parcel)
        activity.action_feedback(feedback="The carrier looks for it.")
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = %s WHERE id = %s",
            [self.now - timedelta(hours=10), activity.id],
        )
        self.env.invalidate_all()
        self._sync("no_scan")
        self.assertFalse(self._get_activities(parcel), "somebody knows")
        # found again, and lost again
        parcel.last_event_at = self.now - timedelta(hours=9)
        self.company.shipping_watch_hours = 8
        self.env.flush_all()
        self._sync("no_scan")
        self.assertTrue(self._get_activities(parcel))

    def test_what_people_plan_stays(self):
        parcel = self._create_parcel(1)
        activity = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(parcel._name),
                "res_id": parcel.id,
                "activity_type_id": self.env.ref(
                    "shipping_connectors.mail_activity_type_no_scan"
                ).id,
            }
        )
        self._sync("no_scan")
        self.assertTrue(activity.exists())

    def test_uninstalling_leaves_no_activity(self):
        parcels = self._create_parcel(5, promised=2) | self._create_parcel(5, promised=2)
        self._sync("late")
        self._get_activities(parcels[0]).action_feedback()
        uninstall_hook(self.env)
        self.assertFalse(
            self.env["mail.activity"]
            .with_context(active_test=False)
            .search([("res_model", "=", "shipping.parcel"), ("res_id", "in", parcels.ids)])
        )

    def test_nobody_chosen(self):
        self.company.shipping_watch_user_id = False
        self.shipped.user_id = self.watcher
        parcel = self._create_parcel(5, promised=2)
        self._sync("late")
        self.assertEqual(self._get_activities(parcel, "late").user_id, self.watcher)
        self.shipped.user_id = False
        other = self._create_parcel(5, promised=2)
        self._sync("late")
        self.assertEqual(
            self._get_activities(other, "late").user_id, self.env.ref("base.user_admin")
        )

    def test_no_more_statements_for_more_parcels(self):
        for _number in range(3):
            self._create_parcel(5, promised=2, last_event_at=self.now - timedelta(days=4))
        self.watch._find("late")

        def count():
            before = self.env.cr.sql_log_count
            for kind in ("late", "no_scan", "cost", "failing"):
                self.watch._find(kind)
            return self.env.cr.sql_log_count - before

        few = count()
        for _number in range(20):
            self._create_parcel(5, promised=2, last_event_at=self.now - timedelta(days=4))
        self.assertLessEqual(count(), few)

    @mute_logger("odoo.sql_db")
    def test_thresholds(self):
        for field, value in (
            ("shipping_watch_late_share", 101),
            ("shipping_watch_hours", -1),
            ("shipping_watch_cost_score", -1),
        ):
            with self.assertRaises(CheckViolation), self.cr.savepoint():
                self.company[field] = value
                self.env.flush_all()
            self.env.invalidate_all()
