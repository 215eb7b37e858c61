"""Answering a request with a workbook."""

import tempfile

from werkzeug.wsgi import wrap_file

from odoo.http import content_disposition, request

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_workbook(name, write):
    """Return a response that sends a workbook.

    It goes to the disk, and is sent from there: a large workbook never is in memory.

    :param str name: of the file, without its ending
    :param write: called with a binary file to write to
    """
    # closed when sent
    file = tempfile.TemporaryFile()  # noqa: SIM115
    write(file)
    size = file.tell()
    file.seek(0)
    return request.make_response(
        wrap_file(request.httprequest.environ, file),
        headers=[
            ("Content-Type", TYPE),
            ("Content-Length", str(size)),
            ("Content-Disposition", content_disposition(f"{name}.xlsx")),
        ],
    )
