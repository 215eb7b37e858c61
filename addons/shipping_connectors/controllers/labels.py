import re

from odoo import http
from odoo.http import content_disposition, request


class ShippingDownloads(http.Controller):
    """Files that a button asks for: labels as they were made, rate tables as CSV."""

    @http.route("/shipping/labels/<string:kind>", type="http", auth="user", methods=["GET"])
    def labels(self, kind, ids=""):
        """The stored labels of some parcels as one file.

        :param kind: ``pdf`` or ``zpl``
        :param ids: parcel ids, separated by commas, in printing order
        """
        if kind not in ("pdf", "zpl") or not re.fullmatch(r"\d+(,\d+)*", ids):
            raise request.not_found()
        parcels = request.env["shipping.parcel"].browse(int(one) for one in ids.split(","))
        parcels.check_access("read")
        parcels = parcels.exists()
        if not parcels:
            raise request.not_found()
        name = parcels.tracking_number if len(parcels) == 1 else "parcel-labels"
        disposition = content_disposition(f"{name}.{kind}")
        if kind == "pdf":
            # shown in the browser, where it is printed from
            disposition = disposition.replace("attachment", "inline", 1)
        return request.make_response(
            parcels._get_labels_content(kind),
            headers=[
                ("Content-Type", "application/pdf" if kind == "pdf" else "text/plain"),
                ("Content-Disposition", disposition),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "no-store"),
            ],
        )

    @http.route(
        "/shipping/rate_table/<int:carrier_id>.csv", type="http", auth="user", methods=["GET"]
    )
    def rate_table(self, carrier_id):
        """A rate table in the form that the import reads."""
        carrier = request.env["delivery.carrier"].browse(carrier_id).exists()
        if not carrier or carrier.delivery_type != "rate_table":
            raise request.not_found()
        carrier.rate_table_line_ids.check_access("read")
        return request.make_response(
            carrier._rate_table_export_csv().encode("utf-8-sig"),
            headers=[
                ("Content-Type", "text/csv; charset=utf-8"),
                ("Content-Disposition", content_disposition(f"{carrier.name}.csv")),
            ],
        )
