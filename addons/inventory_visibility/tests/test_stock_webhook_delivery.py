import contextlib
import json
import socket
import threading
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..core import webhook as core
from ..core import webhook_http
from .test_stock_webhook import WebhookCommon


class Receiver(ThreadingHTTPServer):
    """Keeps what it gets, and answers what `status` says: a number, or a function of the event."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), ReceiverHandler)
        self.status = 200
        self.headers = {}
        self.received = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook"

    @property
    def events(self):
        return [json.loads(body) for _headers, body in self.received]


class ReceiverHandler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((dict(self.headers), body))
        status = self.server.status
        if callable(status):
            status = status(json.loads(body))
        if not status:  # drops the connection
            return
        self.send_response(status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):
        pass


@tagged("post_install", "-at_install")
class TestStockWebhookDelivery(WebhookCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # only what a test sends is pending
        cls.env["stock.webhook"].search([("id", "!=", cls.webhook.id)]).active = False
        cls.env["ir.config_parameter"].set_param(
            "inventory_visibility.webhook_allowed_networks", "127.0.0.0/8"
        )
        cls.receiver = Receiver()
        thread = threading.Thread(target=cls.receiver.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(thread.join)
        cls.addClassCleanup(cls.receiver.server_close)
        cls.addClassCleanup(cls.receiver.shutdown)
        cls.webhook.url = cls.receiver.url
        cls.cron = cls.env.ref("inventory_visibility.ir_cron_webhook_deliver")

    def setUp(self):
        super().setUp()
        self.receiver.status = 200
        self.receiver.headers = {}
        self.receiver.received = []

    def _deliver_all(self):
        with self.enter_registry_test_mode():
            self.assertIs(self.cron.method_direct_trigger(), True)

    @contextlib.contextmanager
    def _later(self, **delta):
        with freeze_time(fields.Datetime.now() + timedelta(**delta)):
            yield

    def assertState(self, event, **expected):  # noqa: N802
        self.assertRecordValues(event, [expected])

    def test_delivered_and_signed(self):
        event = self._emit(payload={"kind": "out_of_stock"})
        self._deliver_all()
        self.assertState(event, state="delivered", attempt_count=1, last_status=200)
        self.assertFalse(event.lease_until)
        ((headers, body),) = self.receiver.received
        self.assertEqual(headers["webhook-id"], event.uuid)
        timestamp = int(headers["webhook-timestamp"])
        self.assertLess(abs(timestamp - datetime.now().timestamp()), 60)
        self.assertEqual(
            headers["webhook-signature"],
            core.sign(self.webhook.secret, event.uuid, timestamp, body),
        )
        document = json.loads(body)
        self.assertEqual(document["type"], "exception.opened")
        self.assertEqual(document["sequence"], event.id)
        self.assertEqual(document["data"]["kind"], "out_of_stock")
        self.assertEqual(document["data"]["product"]["id"], self.product.id)
        self._deliver_all()
        self.assertEqual(len(self.receiver.received), 1)

    def test_both_secrets_sign_after_a_rotation(self):
        old = self.webhook.secret
        self.webhook.action_rotate_secret()
        self._emit()
        self._deliver_all()
        ((headers, body),) = self.receiver.received
        args = headers["webhook-id"], int(headers["webhook-timestamp"]), body
        self.assertEqual(
            headers["webhook-signature"].split(" "),
            [core.sign(secret, *args) for secret in (self.webhook.secret, old)],
        )

    def test_order_within_a_product(self):
        """While the first event of a product fails, its later ones wait; others do not."""
        other = self._create_product("Table")
        failing = {"number": 1}
        self.receiver.status = lambda event: (
            500 if event["data"]["number"] == failing["number"] else 200
        )
        numbered = [
            self._emit(product=product, payload={"number": number})
            for number, product in enumerate((self.product, self.product, other, other), 1)
        ]
        self._deliver_all()
        self.assertEqual([event.state for event in numbered], ["pending"] * 2 + ["delivered"] * 2)
        sent = [event["data"]["number"] for event in self.receiver.events]
        self.assertEqual(sorted(sent), [1, 3, 4])
        self.assertLess(sent.index(3), sent.index(4))
        self.assertIn("500", numbered[0].last_error)
        self.assertEqual(numbered[1].attempt_count, 0)
        failing["number"] = None
        self.receiver.received = []
        with self._later(hours=1):
            self._deliver_all()
        self.assertEqual([event["data"]["number"] for event in self.receiver.events], [1, 2])
        self.assertEqual({event.state for event in numbered}, {"delivered"})

    @freeze_time("2026-03-01 12:00:00", as_kwarg="frozen")
    def test_back_off_then_given_up(self, frozen):
        """30 s after the first failure at most, 60 after the second; the third is the last."""
        self.webhook.max_attempts = 3
        self.receiver.status = 503
        first = self._emit()
        second = self._emit()
        now = fields.Datetime.now()
        for attempt, most in ((1, 30), (2, 60)):
            self._deliver_all()
            self.assertState(first, state="pending", attempt_count=attempt, last_status=503)
            wait = (first.next_attempt - now).total_seconds()
            self.assertTrue(most / 2 - 1 <= wait <= most, wait)
            self.assertEqual(self.webhook.failure_count, attempt)
            # the next call is asked for at that moment
            trigger = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])
            due = max(first.next_attempt, self.webhook.paused_until)
            self.assertIn(due, trigger.mapped("call_at"))
            self._deliver_all()  # nothing is due
            self.assertEqual(first.attempt_count, attempt)
            now = due
            frozen.move_to(due)
        self._deliver_all()
        self.assertState(first, state="dead", attempt_count=3)
        self.assertEqual(len(self.receiver.received), 3)
        # what comes after it goes on
        self.receiver.status = 200
        with self._later(minutes=10):
            self._deliver_all()
        self.assertEqual(second.state, "delivered")
        self.assertState(self.webhook, failure_count=0, paused_until=False)
        # and it can be delivered again, under its name
        with self._later(minutes=20):
            first.with_user(self.manager).action_replay()
            self._deliver_all()
        self.assertState(first, state="delivered", attempt_count=1)
        self.assertEqual(self.receiver.received[-1][0]["webhook-id"], first.uuid)
        self.assertEqual(self.receiver.received[-1][1], self.receiver.received[0][1])

    def test_retry_after(self):
        self.receiver.status = 429
        self.receiver.headers = {"Retry-After": "3600"}
        event = self._emit()
        with freeze_time("2026-03-01 12:00:00"):
            event.next_attempt = fields.Datetime.now()
            self._deliver_all()
        self.assertEqual(event.next_attempt, datetime(2026, 3, 1, 13))
        self.assertEqual(self.webhook.paused_until, datetime(2026, 3, 1, 13))

    def test_failing_receiver_is_left_alone(self):
        """Its events do not each wait for a time-out, and another receiver's go on."""
        other = self._create_webhook("Other", url=self.receiver.url + "/other")
        self.webhook.url = "http://127.0.0.1:9/"
        products = [self._create_product(f"P{number}") for number in range(50)]
        self.env["stock.webhook"]._emit_many(
            [("exception.opened", product.id, {}, self.company) for product in products]
        )
        self._deliver_all()
        domain = [("webhook_id", "=", self.webhook.id), ("attempt_count", ">", 0)]
        self.assertEqual(self.events.search_count(domain), 20)  # one round's share
        self.assertEqual(
            self.events.search_count([("webhook_id", "=", other.id), ("state", "=", "delivered")]),
            50,
        )
        self.assertEqual(self.webhook.failure_count, 1)
        self.assertTrue(self.webhook.paused_until)
        self.webhook.url = self.receiver.url
        self.webhook.with_user(self.manager).action_resume()
        with self._later(minutes=2):
            self._deliver_all()
        domain = [("webhook_id", "=", self.webhook.id), ("state", "!=", "delivered")]
        self.assertFalse(self.events.search(domain))

    def test_gone(self):
        self.receiver.status = 410
        event = self._emit()
        self._deliver_all()
        self.assertFalse(self.webhook.active)
        self.assertTrue(any("410" in body for body in self.webhook.message_ids.mapped("body")))
        self.assertEqual(event.state, "pending")
        self.assertFalse(self._emit())
        self.receiver.status = 200
        self.webhook.active = True
        self.webhook.action_resume()
        with self._later(minutes=2):
            self._deliver_all()
        self.assertEqual(event.state, "delivered")

    def test_redirects_and_drops(self):
        self.receiver.headers = {"Location": self.receiver.url}
        for status, words in ((301, "final address"), (None, "connection")):
            self.receiver.status = status
            event = self._emit(product=self._create_product("New"))
            self._deliver_all()
            self.assertEqual(event.state, "pending")
            self.assertIn(words, event.last_error)
            self.webhook.action_resume()

    def test_private_networks_are_refused(self):
        self.env["ir.config_parameter"].set_param(
            "inventory_visibility.webhook_allowed_networks", False
        )
        event = self._emit()
        self._deliver_all()
        self.assertFalse(self.receiver.received)
        self.assertState(event, state="pending", last_status=0)
        self.assertIn("127.0.0.1", event.last_error)
        self.assertIn("inventory_visibility.webhook_allowed_networks", event.last_error)

    def test_lease(self):
        """What another worker is sending is left to it, until its time is over."""
        event = self._emit()
        self._emit()
        claimed = self.events._claim(10)
        self.assertEqual([delivery.key for delivery in claimed], [event.id])
        self._deliver_all()
        self.assertFalse(self.receiver.received)
        with self._later(minutes=4):
            self._deliver_all()
        self.assertFalse(self.receiver.received)
        with self._later(minutes=6):
            self._deliver_all()
        self.assertEqual(len(self.receiver.received), 2)
        self.assertState(event, state="delivered", attempt_count=2)
        # the outcome of the first worker comes late and changes nothing
        self.events._record([webhook_http.Outcome(event.id, error="timeout", detail="10")])
        self.assertEqual(event.state, "delivered")

    def test_same_bytes_in_each_attempt(self):
        self.receiver.status = 500
        self._emit(payload={"b": 1, "a": {"d": 1, "c": [1.5, None]}})
        self._deliver_all()
        self.receiver.status = 200
        self.product.default_code = "changed"
        with self._later(hours=1):
            self._deliver_all()
        (first, second) = (body for _headers, body in self.receiver.received)
        self.assertEqual(first, second)

    def test_replay_since(self):
        with freeze_time("2026-03-01 12:00:00"):
            old = self._emit()
        with freeze_time("2026-03-02 12:00:00"):
            new = self._emit()
            dead = self._emit()
            self._deliver_all()
        dead.state = "dead"
        wizard = Form(
            self.env["stock.webhook.replay"]
            .with_user(self.manager)
            .with_context(default_webhook_id=self.webhook.id)
        )
        wizard.date_from = datetime(2026, 3, 2)
        self.assertEqual(wizard.event_count, 1)
        wizard.scope = "all"
        self.assertEqual(wizard.event_count, 2)
        wizard.save().action_replay()
        self.assertEqual((old + new + dead).mapped("state"), ["delivered", "pending", "pending"])
        self.receiver.received = []
        self._deliver_all()
        ids = [headers["webhook-id"] for headers, _body in self.receiver.received]
        self.assertEqual(ids, [new.uuid, dead.uuid])

    def test_replay_is_for_administrators(self):
        event = self._emit()
        viewer = new_test_user(
            self.env, "viewer", "inventory_visibility.group_inventory_visibility_user"
        )
        with self.assertRaises(AccessError):
            event.with_user(viewer).action_replay()

    def test_purge(self):
        """Delivered ones go after 30 days, or as set; given up ones after 90; pending ones stay."""
        now = datetime(2026, 6, 1)
        cases = [("delivered", 29), ("delivered", 31), ("dead", 89), ("dead", 91), ("pending", 99)]
        events = self.events.concat(*(self._emit() for _case in cases))
        for event, (state, days) in zip(events, cases, strict=True):
            date = now - timedelta(days=days)
            event.write({"state": state, "date": date, "delivered_date": date})
        with freeze_time(now):
            self.events._gc_events()
            self.assertEqual(events.exists(), events[0] | events[2] | events[4])
            self.env["ir.config_parameter"].set_param("inventory_visibility.webhook_keep_days", "7")
            self.events._gc_events()
            self.assertEqual(events.exists(), events[2] | events[4])

    def test_claim_does_not_depend_on_how_many_are_due(self):
        products = self.env["product.product"].create(
            [{"name": f"P{number}"} for number in range(60)]
        )
        self.env["stock.webhook"]._emit_many(
            [("exception.opened", product.id, {}, self.company) for product in products]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(4):
            self.assertEqual(len(self.events._claim(40)), 20)

    def test_network_is_used_between_transactions(self):
        """When the deliveries are sent, the claim is committed and nothing was asked since."""
        self._emit()
        seen = []
        commit = type(self.cron)._commit_progress
        send = type(self.events)._send

        def committed(*args, **kwargs):
            seen.append("commit")
            return commit(*args, **kwargs)

        def sent(model, deliveries, allowed):
            before = model.env.cr.sql_log_count
            seen.append("send")
            outcomes = send(model, deliveries, allowed)
            self.assertEqual(model.env.cr.sql_log_count, before)
            return outcomes

        with (
            patch.object(type(self.cron), "_commit_progress", committed),
            patch.object(type(self.events), "_send", sent),
        ):
            self._deliver_all()
        self.assertEqual(seen[:2], ["commit", "send"])

    def test_nothing_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.webhook.url = f"http://127.0.0.1:{port}/"
        event = self._emit()
        self._deliver_all()
        self.assertState(event, state="pending", last_status=0, attempt_count=1)
        self.assertIn("refused", event.last_error)
