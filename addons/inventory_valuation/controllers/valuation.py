import json

from werkzeug.exceptions import BadRequest

from odoo import fields, http
from odoo.http import request

from odoo.addons.inventory_visibility.controllers.workbook import send_workbook


class ValuationController(http.Controller):
    @http.route(
        "/inventory_valuation/xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def export(self, at, since="", domain="[]", companies="", **_kwargs):
        """Send the valuation at a moment as a workbook.

        :param str at, since: moments in UTC; without `since` there is no roll-forward
        :param str domain: JSON list, of `stock.valuation.line`
        :param str companies: ids with commas between
        """
        try:
            domain = json.loads(domain)
            company_ids = [int(number) for number in companies.split(",") if number]
            moments = [fields.Datetime.to_datetime(text or False) for text in (at, since)]
        except ValueError as error:
            raise BadRequest("at and since are moments, domain is JSON") from error
        context = {"valuation_at": moments[0], "valuation_since": moments[1]}
        if company_ids:
            # what the user may not see, the first access refuses
            context["allowed_company_ids"] = company_ids
        lines = request.env["stock.valuation.line"].with_context(**context)
        lines.check_access("read")
        return send_workbook(
            f"stock-valuation-{moments[0] or fields.Datetime.now():%Y-%m-%d}",
            lambda file: lines._write_workbook(file, domain),
        )
