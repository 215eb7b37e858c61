import re
import uuid

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..core import gs1, tracking

DRIVER_GROUP = "shipping_connectors.group_shipping_driver"
OPEN_LIMIT = 50


def _clean(text, size):
    """Typed text without control characters, which the database would refuse."""
    return "".join(char for char in text if char.isprintable())[:size]


class ShippingDriver(http.Controller):
    """The driver's page: scan a parcel, report what happened. Made for a phone and one hand."""

    @http.route("/shipping/driver", type="http", auth="user", methods=["GET"])
    def driver(self, code="", done="", **_params):
        """The page; with ``code`` (scanned or typed) the parcel's."""
        self._check_driver()
        values = {"code": code.strip(), "message": "", "error": "", "parcel": None}
        if re.fullmatch(r"[0-9a-f]{1,32}", done):
            event = request.env["shipping.tracking.event"].search([("key", "=", done)], limit=1)
            if event:
                values["message"] = request.env._(
                    "%(number)s: %(event)s",
                    number=event.parcel_id.tracking_number,
                    event=self._get_labels()[event.code],
                )
        if values["code"]:
            values["parcel"], values["error"] = self._find(values["code"])
        return self._render(values)

    @http.route("/shipping/driver/report", type="http", auth="user", methods=["POST"])
    def report(self, parcel_id="", event="", key="", recipient="", note="", **_params):
        """A pressed button. The answer leads back to the page, so that a reload sends nothing."""
        self._check_driver()
        key = re.sub(r"[^0-9a-f]", "", key)[:32]
        parcel = request.env["shipping.parcel"]
        if re.fullmatch(r"[0-9]{1,9}", parcel_id):
            parcel = parcel.search([("id", "=", int(parcel_id))])
        if not parcel:
            error = request.env._("This parcel is not on your round. Scan it again.")
            return self._render({"code": "", "message": "", "error": error, "parcel": None})
        try:
            parcel._driver_report(
                event, key, recipient=_clean(recipient, 120), note=_clean(note, 500)
            )
        except UserError as error:
            return self._render(
                {
                    "code": parcel.tracking_number,
                    "message": "",
                    "error": str(error),
                    "parcel": parcel,
                    "recipient": recipient,
                    "note": note,
                }
            )
        return request.redirect(f"/shipping/driver?done={key}", code=303)

    # -- helpers --------------------------------------------------------------------------------

    def _check_driver(self):
        if not request.env.user.has_group(DRIVER_GROUP):
            raise request.not_found()

    def _find(self, code):
        """The parcel of a scan, and why there is none."""
        parcel_model = request.env["shipping.parcel"]
        sscc = gs1.find_sscc(code)
        domain = [("sscc", "=", sscc)] if sscc else [("tracking_number", "=ilike", code)]
        if not sscc and not re.fullmatch(r"[0-9A-Za-z./-]{1,64}", code):
            return None, request.env._("“%(code)s” is no parcel number. Scan again.", code=code)
        parcel = parcel_model.search(domain, limit=1)
        if parcel:
            return parcel, ""
        companies = request.env.user.company_ids.ids
        hidden = parcel_model.sudo().search([*domain, ("company_id", "in", companies)], limit=1)
        if hidden:
            return None, request.env._(
                "Parcel %(code)s is on another driver's round. Ask the office.", code=code
            )
        return None, request.env._(
            "There is no parcel %(code)s. Check the number on the label.", code=code
        )

    def _get_labels(self):
        field = request.env["shipping.tracking.event"]._fields["code"]
        return dict(field._description_selection(request.env))

    def _render(self, values):
        parcel = values["parcel"]
        values = {
            "recipient": "",
            "note": "",
            **values,
            "labels": self._get_labels(),
            "on_van": request.env["shipping.parcel"].search(
                [
                    ("driver_id", "=", request.env.uid),
                    ("state", "in", list(tracking.ONGOING - {tracking.PENDING})),
                ],
                order="last_event_at desc, id desc",
                limit=OPEN_LIMIT,
            ),
            "choices": tracking.driver_choices(parcel.state) if parcel else (),
            # one key per form shown: the second press of a button carries the same one
            "key": uuid.uuid4().hex,
        }
        response = request.render("shipping_connectors.driver_page", values)
        response.headers["Cache-Control"] = "no-store"
        return response
