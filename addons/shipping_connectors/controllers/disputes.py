import csv
import io
import re
from datetime import date

import xlsxwriter

from odoo import http
from odoo.http import content_disposition, request

from ..core.invoice_check import safe_cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ShippingDisputes(http.Controller):
    """The list of differences that a carrier is to take back."""

    @http.route("/shipping/disputes/<string:kind>", type="http", auth="user", methods=["GET"])
    def disputes(self, kind, ids=""):
        """The differences as a file.

        :param kind: ``xlsx`` or ``csv``
        :param ids: of the differences, separated by commas
        """
        if kind not in ("xlsx", "csv") or not re.fullmatch(r"\d{1,9}(,\d{1,9})*", ids):
            raise request.not_found()
        differences = request.env["shipping.invoice.difference"].browse(
            int(one) for one in ids.split(",")
        )
        differences = differences.exists()
        differences.check_access("read")
        rows = list(differences._get_export_rows())
        content = self._write_xlsx(rows) if kind == "xlsx" else self._write_csv(rows)
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX if kind == "xlsx" else "text/csv; charset=utf-8"),
                ("Content-Disposition", content_disposition(f"disputes.{kind}")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    def _write_csv(self, rows):
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        for row in rows:
            writer.writerow([safe_cell(cell) for cell in row])
        return out.getvalue().encode("utf-8-sig")

    def _write_xlsx(self, rows):
        out = io.BytesIO()
        book = xlsxwriter.Workbook(
            out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        head = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("Disputes")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, day)
                else:
                    sheet.write(at, column, cell, *([head] if at == 0 else []))
        sheet.set_column(0, 13, 16)
        sheet.freeze_panes(1, 0)
        book.close()
        return out.getvalue()
