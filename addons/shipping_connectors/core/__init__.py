"""What decides in shipping, without Odoo: port, rate table, GS1, labels, CSV, tracking.

Everything here is plain typed Python (the standard library, and reportlab for the PDF label). The
models of the addon translate records into these dataclasses and store what comes back.
"""

from . import (
    csv_io,
    gs1,
    iso3166,
    label,
    label_pdf,
    label_zpl,
    port,
    rate_table,
    rate_table_carrier,
    tracking,
)
