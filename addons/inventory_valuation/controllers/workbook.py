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
    def export(self, report, ids="", **_kwargs):
        """Send records of a report as a workbook.

        :param str report: a name that `stock.valuation.export` knows
        :param str ids: of its records, with commas between
        """
        export = request.env["stock.valuation.export"]
        if report not in (reports := export._get_reports()):
            raise NotFound()
        try:
            numbers = [int(number) for number in ids.split(",")]
        except ValueError as error:
            raise BadRequest("ids are numbers with commas between") from error
        records = request.env[reports[report]].browse(numbers).exists()
        if not records:
            raise NotFound()
        records = records.with_context(
            # what the user may not see, the first access refuses
            allowed_company_ids=records.sudo().company_id.ids
        )
        records.check_access("read")
        return send_workbook(
            f"stock-{report.replace('_', '-')}-{fields.Date.context_today(export)}",
            lambda file: export.with_env(records.env)._write(file, records),
        )
