import logging
import re

from odoo import http
from odoo.http import request

from ..core import webhook

_logger = logging.getLogger(__name__)

TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


class ShippingWebhook(http.Controller):
    """What carriers report by themselves; each account has an address of its own."""

    @http.route(
        "/shipping/webhook/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        sitemap=False,
        max_content_length=webhook.BODY_LIMIT,
    )
    def report(self, token):
        """Check the signature over the raw bytes, then use the report; a repeated one is known.

        Answers 404 for an unknown address or an account without a secret, 413 for a body that is
        too big, 401 for a bad signature, else 200.
        """
        account = request.env["shipping.account"].sudo()
        if TOKEN.fullmatch(token):
            account = account.search([("webhook_token", "=", token)], limit=1)
        if not account or not account.webhook_secret:
            return self._answer(404, "unknown")
        # a longer body ends here with 413, whatever the sender says of its length
        body = request.httprequest.get_data()
        headers = {name.lower(): value for name, value in request.httprequest.headers.items()}
        if not account._get_webhook().verify(body, headers, account.webhook_secret):
            _logger.warning("A report to carrier account %s has a bad signature", account.id)
            return self._answer(401, "bad signature")
        receipt = request.env["shipping.webhook.receipt"].sudo()._receive(account, body)
        return self._answer(200, receipt.outcome or "known")

    def _answer(self, status, text):
        return request.make_response(text, [("Content-Type", "text/plain")], status=status)
