"""The life of an exception: opened once, snoozed, resolved, worse, closed, back again."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common_exception import ExceptionCommon


@tagged("post_install", "-at_install")
class TestStockException(ExceptionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.storekeeper = new_test_user(cls.env, "storekeeper", "stock.group_stock_user")
        cls.viewer = new_test_user(
            cls.env, "viewer", "inventory_visibility.group_inventory_visibility_user"
        )
        cls.manager = new_test_user(cls.env, "stockmanager", "stock.group_stock_manager")
        cls._stock(-4)
        cls._look("negative_stock")
        cls.exception = cls._found("negative_stock")

    def _later(self, **delta):
        return freeze_time(fields.Datetime.now() + timedelta(**delta))

    # ------------------------------------------------------------------
    # Found again
    # ------------------------------------------------------------------

    def test_not_duplicated(self):
        for _run in range(2):
            counts = self._look("negative_stock")
            self.assertEqual(counts, {"opened": 0, "closed": 0})
        self.assertEqual(self._found("negative_stock"), self.exception)

    def test_brought_up_to_date(self):
        first = self.exception.first_seen
        self._stock(-1)
        with self._later(hours=1):
            self._look("negative_stock")
            self.assertEqual(self.exception.last_seen, fields.Datetime.now())
        self.assertEqual(self.exception.quantity, 5)
        self.assertEqual(self.exception.value, 50)
        self.assertEqual(self.exception.first_seen, first)

    def test_back_again(self):
        """What closed and comes back is the same exception, opened a second time."""
        self.exception.user_id = self.storekeeper
        self._stock(4)
        self.assertEqual(self._look("negative_stock"), {"opened": 0, "closed": 1})
        self.assertEqual(self.exception.state, "closed")
        self.assertTrue(self.exception.closed_date)
        self._stock(-2)
        self.assertEqual(self._look("negative_stock"), {"opened": 1, "closed": 0})
        self.assertEqual(self._found("negative_stock"), self.exception)
        self.assertRecordValues(
            self.exception,
            [
                {
                    "state": "open",
                    "quantity": 2,
                    "opened_count": 2,
                    "closed_date": False,
                    "user_id": self.storekeeper.id,
                }
            ],
        )

    def test_database_refuses_a_second_one(self):
        values = {
            "kind": "negative_stock",
            "company_id": self.company.id,
            "product_id": self.product.id,
            "warehouse_id": self.central.id,
            "location_id": self.central.lot_stock_id.id,
        }
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(Exception) as caught,
            self.cr.savepoint(),
        ):
            self.exceptions.sudo().create(values)
        self.assertEqual(caught.exception.diag.constraint_name, "stock_exception_cause_uniq")
        closed = self.exceptions.sudo().create({**values, "state": "closed"})
        self.assertEqual(closed.state, "closed")

    def test_duplicates_of_a_detector_are_one(self):
        """A statement that returns a cause twice opens one exception, with the larger value."""
        detector = self.env["stock.exception.detector"]
        row = detector._columns(
            product_id=SQL("%s", self.product.id), quantity=SQL("amount"), value=SQL("amount")
        )
        kind = self._kind("dead_stock")
        query = SQL("SELECT %s FROM (VALUES (1), (3), (2)) AS line(amount)", row)
        counts = self.exceptions._store(kind, query)
        self.assertEqual(counts["opened"], 1)
        self.assertEqual(self._found("dead_stock").value, 3)

    # ------------------------------------------------------------------
    # Snooze and resolve
    # ------------------------------------------------------------------

    def test_snoozed_until_its_time(self):
        until = fields.Datetime.now() + timedelta(days=2)
        self.exception.with_user(self.storekeeper).action_snooze(until)
        self.assertEqual(self.exception.state, "snoozed")
        self._stock(-40)
        with self._later(days=1):
            self._look("negative_stock")
            self.assertEqual(self.exception.state, "snoozed")
            self.assertEqual(self.exception.quantity, 44, "the figures are up to date")
        with self._later(days=2):
            self._look("negative_stock")
        self.assertEqual(self.exception.state, "open")
        self.assertFalse(self.exception.snooze_until)

    def test_snoozed_closes_when_its_cause_goes(self):
        self.exception.action_snooze(fields.Datetime.now() + timedelta(days=2))
        self._stock(4)
        self._look("negative_stock")
        self.assertEqual(self.exception.state, "closed")

    def test_snooze_needs_the_future(self):
        for until in (fields.Datetime.now() - timedelta(hours=1), False, "2020-01-01 00:00:00"):
            with self.subTest(until=until), self.assertRaises(UserError):
                self.exception.action_snooze(until)

    def test_resolved_stays_quiet_until_a_quarter_more(self):
        """Resolved at 4: 5 are exactly a quarter more, 5.5 are above it."""
        self.exception.with_user(self.storekeeper).action_resolve("Known, counted on Friday")
        self.assertEqual(self.exception.state, "resolved")
        self._look("negative_stock")
        self.assertEqual(self.exception.state, "resolved")
        self._stock(-1)
        self._look("negative_stock")
        self.assertEqual(self.exception.state, "resolved")
        self._stock(-0.5)
        self.assertEqual(self._look("negative_stock")["opened"], 1)
        self.assertRecordValues(
            self.exception, [{"state": "open", "worsened": True, "opened_count": 2}]
        )
        self.assertEqual(self.exception.resolve_reason, "Known, counted on Friday")

    def test_resolved_opens_when_more_severe(self):
        self._kind("negative_stock", severity="1")
        self._look("negative_stock")
        self.exception.action_resolve("Known")
        self._kind("negative_stock", critical_value=40)
        self._look("negative_stock")
        self.assertRecordValues(
            self.exception, [{"state": "open", "worsened": True, "severity": "3"}]
        )

    def test_resolved_closes_and_comes_back(self):
        self.exception.action_resolve("Known")
        self._stock(4)
        self._look("negative_stock")
        self.assertEqual(self.exception.state, "closed")
        self._stock(-1)
        self._look("negative_stock")
        self.assertRecordValues(
            self.exception, [{"state": "open", "worsened": False, "resolve_reason": False}]
        )

    def test_resolve_needs_a_reason(self):
        with self.assertRaises(UserError):
            self.exception.action_resolve("  ")

    def test_open_again_by_hand(self):
        self.exception.action_resolve("Known")
        self.exception.with_user(self.storekeeper).action_reopen()
        self.assertRecordValues(self.exception, [{"state": "open", "resolve_reason": False}])

    def test_wizards(self):
        context = {"active_model": "stock.exception", "active_ids": self.exception.ids}
        snooze = self.env["stock.exception.snooze"].with_user(self.storekeeper)
        wizard = snooze.with_context(**context).create({"period": "30"})
        self.assertEqual(wizard.count, 1)
        wizard.action_apply()
        self.assertEqual(self.exception.state, "snoozed")
        self.assertAlmostEqual(
            self.exception.snooze_until,
            fields.Datetime.now() + timedelta(days=30),
            delta=timedelta(minutes=1),
        )
        resolve = self.env["stock.exception.resolve"].with_user(self.storekeeper)
        resolve.with_context(**context).create({"reason": "Counted"}).action_apply()
        self.assertRecordValues(
            self.exception, [{"state": "resolved", "resolve_reason": "Counted"}]
        )

    # ------------------------------------------------------------------
    # Kinds
    # ------------------------------------------------------------------

    def test_ignored_below_a_value(self):
        self._kind("negative_stock", minimum_value=41)
        self._look("negative_stock")
        self.assertEqual(self.exception.state, "closed")
        self._kind("negative_stock", minimum_value=40)
        self._look("negative_stock")
        self.assertEqual(self.exception.state, "open")

    def test_archived_kind_closes_what_it_had(self):
        self._kind("negative_stock", active=False)
        kinds = self.env["stock.exception.kind"]._get_kinds_to_run(self.company)
        self.assertIn(self._kind("negative_stock"), kinds)
        self._look("negative_stock")
        self.assertEqual(self.exception.state, "closed")
        kinds = self.env["stock.exception.kind"]._get_kinds_to_run(self.company)
        self.assertNotIn(self._kind("negative_stock"), kinds)

    def test_owner_and_activity(self):
        responsible = self.manager
        todo = self.env.ref("mail.mail_activity_data_todo")
        chair, lamp = self._create_product("Red chair"), self._create_product("Lamp")
        lamp.responsible_id = responsible
        chair.responsible_id = False
        self._kind(
            "negative_stock",
            user_id=self.storekeeper.id,
            owner_by_product=True,
            activity_type_id=todo.id,
        )
        self._stock(-1, product=chair)
        self._stock(-1, product=lamp)
        self._look("negative_stock")
        self.assertEqual(self._found("negative_stock", chair).user_id, self.storekeeper)
        exception = self._found("negative_stock", lamp)
        self.assertEqual(exception.user_id, responsible)
        activity = exception.activity_ids
        self.assertEqual((activity.user_id, activity.activity_type_id), (responsible, todo))
        self.assertIn("1.00 Units", activity.summary)
        call = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("stock.exception"),
                "res_id": exception.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "user_id": self.env.uid,
            }
        )
        self._stock(1, product=lamp)
        self._look("negative_stock")
        self.assertEqual(exception.state, "closed")
        self.assertEqual(exception.activity_ids, call, "what people planned stays")

    def test_failing_kind_is_reported_and_stops_nobody(self):
        lamp = self._create_product("Lamp")
        self._stock(-1, product=lamp)
        detector = type(self.env["stock.exception.detector.dead_stock"])
        self.patch(detector, "_get_query", lambda *args: SQL("SELECT nonsense"))
        with (
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.addons.inventory_visibility", "ERROR"),
        ):
            self._look("dead_stock", "negative_stock")
        failed = self._kind("dead_stock")
        self.assertIn("nonsense", failed.last_error)
        self.assertFalse(failed.due)
        self.assertIn("nonsense", failed.message_ids[0].body)
        self.assertTrue(self._found("negative_stock", lamp))
        self.assertFalse(self._kind("negative_stock").last_error)

    def test_an_update_leaves_the_kinds_of_addons_that_are_loaded_later(self):
        """While an addon is updated, the detectors of those that depend on it are not there."""
        kinds = self.env["stock.exception.kind"]
        detectors = self.env["stock.exception.detector"]
        self._stock(-3)
        self._look("negative_stock")
        found = self._found("negative_stock")
        kind = self._kind("negative_stock", days=11)
        others = {
            name: detector
            for name, detector in detectors._get_detectors().items()
            if name != "negative_stock"
        }
        with patch.object(type(detectors), "_get_detectors", lambda self: others):
            with patch.object(self.registry, "ready", False):
                kinds._ensure_kinds()
            self.assertEqual(kind.exists().days, 11)
            self.assertTrue(found.exists())
            # loaded, and it is not there: its addon is gone
            kinds._ensure_kinds()
            self.assertFalse(kind.exists())
            self.assertFalse(found.exists())

    def test_new_company_has_every_kind(self):
        company = self.env["res.company"].create({"name": "Second"})
        kinds = self.env["stock.exception.kind"].search([("company_id", "=", company.id)])
        self.assertEqual(
            set(kinds.mapped("kind")),
            {code for code, _label in self.env["stock.exception.kind"]._get_kinds()},
        )

    def test_each_company_its_own(self):
        company = self.env["res.company"].create({"name": "Second"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        self.product.with_company(company).standard_price = 7
        self._stock(-2, warehouse=warehouse)
        kinds = self.env["stock.exception.kind"].search(
            [("kind", "=", "negative_stock"), ("company_id", "in", (company | self.company).ids)]
        )
        kinds.due = True
        kinds._run(commit=False)
        found = self._found("negative_stock", warehouse=warehouse)
        self.assertRecordValues(
            found, [{"company_id": company.id, "quantity": 2, "value": 14, "state": "open"}]
        )
        with self.assertRaises(AccessError):
            found.with_user(self.manager).read(["kind"])

    def test_webhooks_are_told(self):
        types = self.env["stock.webhook.event.type"]
        webhook = self.env["stock.webhook"].create(
            {
                "name": "Listener",
                "url": "https://example.com/hook",
                "event_type_ids": [
                    fields.Command.set(types.search([("code", "like", "exception.%")]).ids)
                ],
            }
        )
        events = self.env["stock.webhook.event"]
        self._look("negative_stock")
        self.assertFalse(events.search([("webhook_id", "=", webhook.id)]))
        lamp = self._create_product("Lamp", default_code="LAMP")
        self._stock(-3, product=lamp)
        self._look("negative_stock")
        event = events.search([("webhook_id", "=", webhook.id)])
        self.assertEqual((event.event_type, event.product_id), ("exception.opened", lamp))
        self.assertEqual(event.payload["kind"], "negative_stock")
        self.assertEqual((event.payload["quantity"], event.payload["warehouse"]), (3, "CEN"))
        self.assertNotIn("value", event.payload)
        self._stock(3, product=lamp)
        self._look("negative_stock")
        closed = events.search([("webhook_id", "=", webhook.id)]) - event
        self.assertEqual(closed.event_type, "exception.closed")
        self.assertEqual(closed.payload["id"], event.payload["id"])

    def test_webhooks_are_told_once_of_what_was_resolved(self):
        emitted = []
        webhooks = type(self.env["stock.webhook"])
        self.patch(webhooks, "_get_subscribed", lambda *args: [1])
        self.patch(
            webhooks,
            "_emit_many",
            lambda self, events: emitted.extend((event[0], event[2]["id"]) for event in events),
        )
        self.exception.action_resolve("Known")
        self._stock(4)
        self._look("negative_stock")
        self.assertEqual(emitted, [("exception.closed", self.exception.id)])

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_viewer_only_reads(self):
        exception = self.exception.with_user(self.viewer)
        self.assertTrue(exception.sentence)
        for attempt in (
            lambda: exception.write({"user_id": self.viewer.id}),
            lambda: exception.action_resolve("No"),
            lambda: exception.action_snooze(fields.Datetime.now() + timedelta(days=1)),
            exception.action_reopen,
            exception.unlink,
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_figures_are_nobodys_to_write(self):
        exception = self.exception.with_user(self.manager)
        for values in ({"quantity": 0}, {"state": "closed"}, {"severity": "0"}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                exception.write(values)
        with self.assertRaises(AccessError):
            self.exceptions.with_user(self.manager).create(
                {"kind": "dead_stock", "company_id": self.company.id}
            )
        exception.write({"user_id": self.storekeeper.id})
        self.assertEqual(self.exception.user_id, self.storekeeper)

    def test_money_is_for_those_who_see_costs(self):
        self.assertEqual(self.exception.with_user(self.manager).value, 40)
        for user in self.storekeeper | self.viewer:
            exception = self.exception.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    exception.read(["value"])
                self.assertNotIn("40", exception.sentence)
                fields_seen = exception.fields_get()
                self.assertNotIn("value", fields_seen)
                exception.web_search_read([], {"kind": {}, "sentence": {}}, limit=1)

    def test_document_out_of_sight_has_no_name(self):
        move = self._receive(self.central, 7, days=-4)
        self._look("overdue_receipt")
        exception = self._found("overdue_receipt")
        self.assertEqual(exception.with_user(self.storekeeper).document_name, move.picking_id.name)
        self.assertFalse(exception.with_user(self.viewer).document_name)

    # ------------------------------------------------------------------
    # API
    # ------------------------------------------------------------------

    def test_list_open(self):
        exceptions = self.exceptions.with_user(self.manager)
        found = exceptions.list_open(kinds=["negative_stock"], places=["CEN"], limit=5)
        [line] = [line for line in found if line["product_id"] == self.product.id]
        self.assertEqual(line["id"], self.exception.id)
        self.assertEqual((line["quantity"], line["unit"]), (4.0, "Units"))
        self.assertEqual((line["value"], line["severity"]), (40.0, "critical"))
        self.assertEqual(line["warehouse"], "CEN")
        line = self.exceptions.with_user(self.viewer).list_open(kinds=["negative_stock"])[0]
        self.assertNotIn("value", line)
        later = fields.Datetime.to_string(fields.Datetime.now() + timedelta(days=1))
        self.assertFalse(exceptions.list_open(since=later))
        self.exception.action_resolve("Known")
        ids = [line["id"] for line in exceptions.list_open()]
        self.assertNotIn(self.exception.id, ids)

    def test_list_open_in_a_transaction_that_cannot_write(self):
        self.env.flush_all()
        with self.env.cr.savepoint(flush=False) as savepoint:
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            self.assertTrue(self.exceptions.list_open())
            savepoint.rollback()

    def test_list_open_refuses_nonsense(self):
        for arguments in (
            {"kinds": ["no_such_kind"]},
            {"kinds": "negative_stock"},
            {"places": ["NOWHERE"]},
            {"places": 5},
            {"since": "yesterday"},
            {"limit": 0},
            {"limit": "10"},
            {"offset": -1},
        ):
            with self.subTest(arguments=arguments), self.assertRaises(UserError) as caught:
                self.exceptions.list_open(**arguments)
            self.assertTrue(str(caught.exception).startswith(next(iter(arguments))))
