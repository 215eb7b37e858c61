import tempfile

from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wsgi import wrap_file

from odoo import fields, http
from odoo.http import content_disposition, request

from .valuation import TYPE


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
        # on the disk, and sent from there; closed when sent
        file = tempfile.TemporaryFile()  # noqa: SIM115
        export.with_env(records.env)._write(file, records)
        size = file.tell()
        file.seek(0)
        name = f"stock-{report.replace('_', '-')}-{fields.Date.context_today(export)}.xlsx"
        return request.make_response(
            wrap_file(request.httprequest.environ, file),
            headers=[
                ("Content-Type", TYPE),
                ("Content-Length", str(size)),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
