import re

from odoo import fields, http
from odoo.http import request
from odoo.tools import format_date, format_datetime

from ..core import tracking

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
        if lang := parcel.notified_partner_id.lang:
            # whoever opens the link reads the language of the mail that it stands in
            request.update_context(lang=lang)
            parcel = parcel.with_context(lang=lang)
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
        step = tracking.page_step(parcel.state)
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
            "shipped": format_date(request.env, parcel.ship_date, date_format="d MMMM y"),
            "expected": self._get_expected(parcel, timezone),
            "is_overdue": self._is_overdue(parcel, timezone),
            "steps": [
                {
                    "label": labels[code],
                    "is_done": step is not None and index <= step,
                    "is_now": index == step,
                }
                for index, code in enumerate(tracking.PAGE_STEPS)
            ],
            "is_trouble": parcel.state in tracking.TROUBLE,
            "siblings": self._get_siblings(parcel),
            "siblings_state": labels,
        }

    def _get_expected(self, parcel, timezone):
        """The day on which the parcel is, or was, expected; of one that has arrived none."""
        if parcel.state in tracking.FINAL:
            return ""
        if parcel.estimated_delivery:
            return format_datetime(
                request.env, parcel.estimated_delivery, tz=timezone, dt_format="EEEE d MMMM"
            )
        if parcel.promised_date:
            return format_date(request.env, parcel.promised_date, date_format="EEEE d MMMM")
        return ""

    def _is_overdue(self, parcel, timezone):
        """Whether the day on which the parcel was expected is over where the sender is."""
        local = parcel.with_context(tz=timezone)
        day = parcel.promised_date
        if parcel.estimated_delivery:
            day = fields.Datetime.context_timestamp(local, parcel.estimated_delivery).date()
        return bool(day) and day < fields.Date.context_today(local)

    def _get_siblings(self, parcel):
        """The other parcels of the same shipment, each with a link of its own."""
        return parcel.picking_id.parcel_ids.filtered(
            lambda one: (
                one != parcel
                and one.is_return == parcel.is_return
                and one.state != tracking.CANCELLED
                and one.partner_id == parcel.partner_id
            )
        ).sorted("number_in_shipment")
