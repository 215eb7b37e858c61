import re

from odoo import fields, http
from odoo.http import request
from odoo.tools import format_datetime

TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


class ShippingTracking(http.Controller):
    """The page that a customer opens from the tracking link; nobody is logged in."""

    @http.route(
        "/shipping/track/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False
    )
    def track(self, token):
        """Where a parcel is: states and moments, nothing about people or places."""
        parcel = request.env["shipping.parcel"].sudo()
        if TOKEN.fullmatch(token):
            parcel = parcel.search([("access_token", "=", token)], limit=1)
        response = request.render(
            "shipping_connectors.tracking_page",
            self._prepare_page(parcel) if parcel else {"parcel": None},
            status=200 if parcel else 404,
        )
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    def _prepare_page(self, parcel):
        timezone = parcel.company_id.partner_id.tz or "UTC"
        labels = dict(parcel._fields["state"]._description_selection(request.env))
        return {
            "parcel": parcel,
            "company": parcel.company_id,
            "carrier": parcel.carrier_id.name,
            "state_label": labels[parcel.state],
            "timezone": timezone,
            "events": [
                {
                    "code": event.code,
                    "label": labels[event.code],
                    "moment": format_datetime(
                        request.env, event.moment, tz=timezone, dt_format="d MMM y, HH:mm"
                    ),
                }
                for event in parcel.event_ids
            ],
            "now": fields.Datetime.now(),
        }
