"""What decides in shipping, without Odoo: port, carriers, rate table, GS1, labels, CSV, tracking.

Everything here is plain typed Python: the standard library, requests for carriers, and reportlab
for the PDF label; both come with Odoo. The models of the addon translate records into these
dataclasses and store what comes back.
"""

from . import (
    box_fit,
    carrier_adapter,
    carrier_errors,
    carrier_session,
    carriers,
    choice,
    country_area,
    csv_io,
    emissions,
    gs1,
    invoice_check,
    invoice_csv,
    iso3166,
    label,
    label_pdf,
    label_zpl,
    oauth,
    pack_check,
    polling,
    port,
    rate_table,
    rate_table_carrier,
    redact,
    spec_check,
    token_cache,
    tracking,
    watched_http,
    webhook,
    working_days,
)
