import hashlib
import hmac
import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..core import webhook
from .carrier_case import CarrierCase


@tagged("post_install", "-at_install")
class TestCarrierWebhook(HttpCase, CarrierCase):
    """What carriers report by themselves, over HTTP."""

    def setUp(self):
        super().setUp()
        self.account.action_create_webhook()
        self.secret = self.account.webhook_secret
        picking = self._create_delivery()
        picking.action_buy_labels()
        self.parcel = picking.parcel_ids
        self.number = self.parcel.tracking_number

    def _event(self, key="evt_1", status="in_transit", hours=2):
        moment = fields.Datetime.now() - timedelta(hours=hours)
        self.server.scan(self.number, status, moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
        return json.dumps(
            {
                "id": key,
                "object": "Event",
                "description": "tracker.updated",
                "result": self.server.tracker(self.number),
            }
        ).encode()

    def _send(self, body, secret=None, token=None, **headers):
        key = (self.secret if secret is None else secret).encode()
        signature = hmac.new(key, body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Hmac-Signature": f"hmac-sha256-hex={signature}",
            **headers,
        }
        token = token or self.account.webhook_token
        answer = self.url_open(f"/shipping/webhook/{token}", data=body, headers=headers)
        self.env.invalidate_all()
        return answer

    def _get_receipts(self):
        return self.env["shipping.webhook.receipt"].search([("account_id", "=", self.account.id)])

    def test_who_makes_and_ends_addresses(self):
        """An address and its secret are the administrators'; others read the account only."""
        packer = new_test_user(
            self.env,
            "packer",
            groups="shipping_connectors.group_shipping_manager",
            company_id=self.company.id,
            company_ids=[self.company.id],
        )
        account = self.account.with_user(packer)
        for action in (account.action_create_webhook, account.action_remove_webhook):
            with self.assertRaises(AccessError):
                action()
        self.env.invalidate_all()
        self.assertEqual(self.account.webhook_secret, self.secret)

    def test_a_report_is_used_once(self):
        body = self._event()
        answer = self._send(body)
        self.assertEqual((answer.status_code, answer.text), (200, "stored"))
        self.assertEqual(self.parcel.state, "in_transit")
        self.assertEqual(len(self.parcel.event_ids), 1)
        self.assertGreater(self.parcel.next_poll_at, fields.Datetime.now())
        answer = self._send(body)
        self.assertEqual((answer.status_code, answer.text), (200, "known"))
        # the same told under another number: the events are known by their own
        self._send(self._event("evt_2", "delivered", 1))
        self.assertEqual(self.parcel.state, "delivered")
        self.assertEqual(len(self.parcel.event_ids), 2)
        self._send(body.replace(b"evt_1", b"evt_3"))
        self.assertEqual((self.parcel.state, len(self.parcel.event_ids)), ("delivered", 2))
        self.assertEqual(len(self._get_receipts()), 3)

    def test_polling_tells_nothing_that_was_reported(self):
        self._send(self._event())
        self.parcel.action_poll()
        self.assertEqual(len(self.parcel.event_ids), 1)

    @mute_logger("odoo.addons.shipping_connectors.controllers.webhook", "odoo.http")
    def test_what_is_not_the_carriers(self):
        body = self._event()
        for answer, status in (
            (self._send(body, secret="wrong"), 401),
            (self._send(body, **{"X-Hmac-Signature": ""}), 401),
            (self._send(body, **{"Content-Type": "application/x-www-form-urlencoded"}), (200, 401)),
            (self._send(body, token="a" * 32), 404),
            (self._send(body, token="short"), 404),
        ):
            self.assertIn(answer.status_code, status if isinstance(status, tuple) else (status,))
        self.account.webhook_secret = False
        self.assertEqual(self._send(body, secret="").status_code, 404, "no secret lets nobody in")
        self.assertLessEqual(len(self._get_receipts()), 1)

    @mute_logger("odoo.addons.shipping_connectors.controllers.webhook", "odoo.http")
    def test_a_changed_body(self):
        body = self._event()
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        answer = self._send(
            body.replace(b"in_transit", b"delivered"),
            **{"X-Hmac-Signature": f"hmac-sha256-hex={signature}"},
        )
        self.assertEqual(answer.status_code, 401)
        self.assertEqual(self.parcel.state, "pending")

    @mute_logger("odoo.addons.shipping_connectors.controllers.webhook", "odoo.http")
    def test_a_body_that_is_too_big(self):
        answer = self._send(b" " * (webhook.BODY_LIMIT + 1))
        self.assertEqual(answer.status_code, 413)
        self.assertFalse(self._get_receipts())

    def test_what_cannot_be_read(self):
        """Signed, and yet nonsense: said on the receipt, and never repeated by the carrier."""
        for body in (b"nonsense", b"{}", b'{"id": "x", "result": 5}'):
            answer = self._send(body)
            self.assertEqual((answer.status_code, answer.text), (200, "unreadable"))
        self.assertEqual(self._get_receipts().mapped("outcome"), ["unreadable"] * 3)

    def test_a_parcel_of_somebody_else(self):
        body = self._event().replace(self.number.encode(), b"9400000000")
        self.assertEqual(self._send(body).text, "foreign")
        other = self.account.copy({"name": "Other"})
        other.action_create_webhook()
        body = self._event("evt_9")
        answer = self._send(body, secret=other.webhook_secret, token=other.webhook_token)
        self.assertEqual(answer.text, "foreign", "an account reports of its own parcels only")
        self.assertEqual(self.parcel.state, "pending")

    def test_a_carrier_that_only_names_the_parcel(self):
        """It is asked for at once: polling is the truth."""
        self.account.provider = "ups"
        body = json.dumps({"trackingNumber": self.number, "type": "01"}).encode()
        answer = self._send(body, credential=self.secret)
        self.assertEqual((answer.status_code, answer.text), (200, "stored"))
        self.assertLessEqual(self.parcel.next_poll_at, fields.Datetime.now())
        self.assertFalse(self.parcel.event_ids)

    def test_a_new_address_ends_the_former(self):
        token, secret = self.account.webhook_token, self.secret
        self.account.action_create_webhook()
        self.assertEqual(self._send(self._event(), token=token, secret=secret).status_code, 404)
        self.account.action_remove_webhook()
        self.assertFalse(self.account.webhook_url)
