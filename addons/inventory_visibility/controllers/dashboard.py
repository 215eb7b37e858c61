import json

from werkzeug.exceptions import BadRequest

from odoo import fields, http
from odoo.http import request

from .workbook import send_workbook


class DashboardController(http.Controller):
    @http.route(
        "/inventory_visibility/dashboard/xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def export_matrix(
        self, domain="[]", figure="qty_available", order="{}", place_kind=None, **_kwargs
    ):
        """Send the matrix of a figure as a workbook.

        :param str domain: JSON list, as ``domain`` of the filters of the dashboard
        :param str order: JSON object, as for `stock.availability.dashboard`
        :param str place_kind: what the columns are, as in the filters of the dashboard
        """
        try:
            filters = {"domain": json.loads(domain), "place_kind": place_kind}
            order = json.loads(order)
        except ValueError as error:
            raise BadRequest("domain and order must be JSON") from error
        if not isinstance(order, dict):
            raise BadRequest("order must be a JSON object")
        dashboard = request.env["stock.availability.dashboard"]
        return send_workbook(
            f"inventory-{fields.Date.context_today(request.env.user)}",
            lambda file: dashboard._write_workbook(file, filters, figure=figure, order=order),
        )
