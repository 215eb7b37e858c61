import json

from werkzeug.exceptions import BadRequest, NotFound

from odoo import fields, http
from odoo.http import request

from odoo.addons.inventory_visibility.controllers.workbook import send_workbook


class WorkbookController(http.Controller):
    @http.route(
        "/inventory_valuation/workbook/<string:report>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def export(self, report, ids="", domain="", companies="", **_kwargs):
        """Send records of a report as a workbook.

        :param str report: a name that `stock.valuation.export` knows
        :param str ids: of its records, with commas between
        :param str domain: JSON list, instead of ids
        :param str companies: ids with commas between, for the domain
        """
        export = request.env["stock.valuation.export"]
        if report not in (reports := export._get_reports()):
            raise NotFound()
        records = request.env[reports[report]]
        try:
            numbers, company_ids = (
                [int(number) for number in text.split(",") if number] for text in (ids, companies)
            )
            domain = json.loads(domain) if domain else [("id", "in", numbers)]
        except ValueError as error:
            raise BadRequest("ids are numbers with commas between, domain is JSON") from error
        if numbers:
            company_ids = records.browse(numbers).exists().sudo().company_id.ids
        # what the user may not see, the first access refuses
        records = records.with_context(allowed_company_ids=company_ids or request.env.companies.ids)
        records = records.search(domain)
        if not records:
            raise NotFound()
        return send_workbook(
            f"stock-{report.replace('_', '-')}-{fields.Date.context_today(export)}",
            lambda file: export.with_env(records.env)._write(file, records),
        )
