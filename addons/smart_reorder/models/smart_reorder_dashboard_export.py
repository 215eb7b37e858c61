"""The dashboard as a workbook: its figures, its tables, and every current proposal."""

import pytz
import xlsxwriter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every

#: Proposals read at a time.
BATCH = 1000
#: Rows of a sheet, by the file format, less the heading.
MAX_ROWS = 1048576 - 1
PROPOSAL_COLUMNS = (
    "product_id",
    "warehouse_id",
    "state",
    "qty_on_hand",
    "qty_position",
    "forecast_qty",
    "reorder_point",
    "order_up_to",
    "qty_to_order",
    "uom_id",
    "source_name",
    "price_unit",
    "cost",
    "currency_id",
    "order_by",
    "expected_fill",
    "stockout_chance",
    "risk_value",
    "excess_value",
    "service_level",
    "error_wape",
    "error_bias",
    "abc",
    "xyz",
    "mode",
    "computed_at",
    "reason",
)
WIDE = {"product_id": 40, "source_name": 24, "warehouse_id": 20, "reason": 100}


class SmartReorderDashboard(models.AbstractModel):
    _inherit = "smart.reorder.dashboard"

    @api.model
    def _write_workbook(self, file, warehouse_id=None):
        """Write the workbook to a binary file; proposals batch by batch, rows straight to disk.

        :raise UserError: there are more proposals than a sheet has rows
        :raise AccessError: the user is no planner
        """
        self._check_access()
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_urls": False})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "number": book.add_format({"num_format": "#,##0.##"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "bold": book.add_format({"bold": True}),
        }
        data = self.get_data(warehouse_id)
        self._write_figures(book, formats, data)
        self._write_table(
            book, formats, self.env._("Accuracy"), self._get_accuracy_columns(), data["accuracy"]
        )
        self._write_table(
            book, formats, self.env._("Vendors"), self._get_vendor_columns(), data["vendors"]
        )
        self._write_proposals(book, formats, warehouse_id)
        self._write_about(book, formats, data, warehouse_id)
        book.close()

    @api.model
    def _write_figures(self, book, formats, data):
        head = [
            (self.env._("Figure"), 28),
            (self.env._("Value"), 16),
            (self.env._("Unit"), 10),
            (self.env._("Detail"), 40),
            (self.env._("Meaning"), 100),
        ]
        sheet = self._add_sheet(book, formats, self.env._("Figures"), head)
        for row, figure in enumerate(data["figures"], start=1):
            unit = figure.get("uom") or ""
            if figure["kind"] == "monetary":
                unit = self.env.company.currency_id.name
            self._write_cell(sheet, row, 0, figure["label"], formats)
            self._write_cell(sheet, row, 1, figure["value"], formats)
            for column, text in enumerate((unit, figure["detail"], figure["help"]), start=2):
                self._write_cell(sheet, row, column, text, formats)

    @api.model
    def _get_accuracy_columns(self):
        """``[(key, heading), ...]``"""
        return [
            ("name", self.env._("Class")),
            ("count", self.env._("Forecasts")),
            ("wanted", self.env._("Wanted (%)")),
            ("covered", self.env._("Covered (%)")),
            ("fill_promised", self.env._("Fill Promised (%)")),
            ("fill_achieved", self.env._("Fill Achieved (%)")),
            ("wape", self.env._("Error (%)")),
            ("bias", self.env._("Bias (%)")),
            ("tracking", self.env._("Tracking Signal")),
        ]

    @api.model
    def _get_vendor_columns(self):
        """``[(key, heading), ...]``"""
        currency = self.env.company.currency_id.name
        return [
            ("name", self.env._("Vendor")),
            ("lines_done", self.env._("Order Lines")),
            ("lines_overdue", self.env._("Overdue")),
            ("on_time", self.env._("On Time (%)")),
            ("in_full", self.env._("In Full (%)")),
            ("lead_mean", self.env._("Lead Time (days)")),
            ("lead_spread", self.env._("Spread (days)")),
            ("lead_stated", self.env._("Stated (days)")),
            ("price_drift", self.env._("Price Drift (%)")),
            ("spend", self.env._("Ordered in 12 Months (%s)", currency)),
        ]

    @api.model
    def _write_table(self, book, formats, title, columns, rows):
        head = [(label, 30 if index == 0 else 14) for index, (_key, label) in enumerate(columns)]
        sheet = self._add_sheet(book, formats, title, head)
        for row, values in enumerate(rows, start=1):
            for column, (key, _label) in enumerate(columns):
                self._write_cell(sheet, row, column, values[key], formats)

    @api.model
    def _write_proposals(self, book, formats, warehouse_id):
        proposals = self.env["smart.reorder.proposal"]
        domain = Domain("is_current", "=", True) & self._get_place_domain(warehouse_id)
        ids = proposals.search(domain).ids
        if len(ids) > MAX_ROWS:
            raise UserError(
                self.env._(
                    "A sheet has room for %(room)s proposals, and there are %(found)s: choose a"
                    " place.",
                    room=MAX_ROWS,
                    found=len(ids),
                )
            )
        fields_get = proposals.fields_get(PROPOSAL_COLUMNS, ["string", "selection"])
        head = [(fields_get[name]["string"], WIDE.get(name, 13)) for name in PROPOSAL_COLUMNS]
        sheet = self._add_sheet(book, formats, self.env._("Proposals"), head)
        row = 1
        for batch in split_every(BATCH, ids):
            for proposal in proposals.browse(batch):
                for column, name in enumerate(PROPOSAL_COLUMNS):
                    value = self._get_text(proposal, name, fields_get[name])
                    self._write_cell(sheet, row, column, value, formats)
                row += 1
            self.env.invalidate_all(flush=False)

    @api.model
    def _get_text(self, proposal, name, description):
        value = proposal[name]
        if isinstance(value, models.BaseModel):
            return value.display_name
        if description.get("selection"):
            return dict(description["selection"]).get(value, "")
        if name == "computed_at" and value:
            return pytz.utc.localize(value).astimezone(self._get_zone()).replace(tzinfo=None)
        return value

    @api.model
    def _get_zone(self):
        return pytz.timezone(self.env.user.tz or "UTC")

    @api.model
    def _add_sheet(self, book, formats, title, head):
        sheet = book.add_worksheet(title[:31])
        for column, (text, width) in enumerate(head):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, text, formats["head"])
        sheet.freeze_panes(1, 1)
        return sheet

    @api.model
    def _write_cell(self, sheet, row, column, value, formats):
        if value is None or value is False:
            return
        if isinstance(value, str):
            # as text, whatever it looks like: a name that begins with "=" is no formula
            sheet.write_string(row, column, value)
        elif hasattr(value, "hour"):
            sheet.write_datetime(row, column, value, formats["moment"])
        elif hasattr(value, "isoformat"):
            sheet.write_datetime(row, column, value, formats["date"])
        else:
            sheet.write_number(row, column, value, formats["number"])

    @api.model
    def _write_about(self, book, formats, data, warehouse_id):
        sheet = self._add_sheet(
            book, formats, self.env._("About"), [(self.env._("About"), 22), ("", 80)]
        )
        zone = self._get_zone()

        def local(moment):
            if not moment:
                return self.env._("never")
            moment = pytz.utc.localize(fields.Datetime.to_datetime(moment)).astimezone(zone)
            return f"{moment:%Y-%m-%d %H:%M} ({zone.zone})"

        place = self.env["stock.warehouse"].browse(warehouse_id).display_name
        lines = [
            (self.env._("Exported"), local(data["as_of"])),
            (self.env._("Exported by"), self.env.user.display_name),
            (self.env._("Planned"), local(data["planned_at"])),
            (self.env._("Companies"), ", ".join(self.env.companies.mapped("display_name"))),
            (self.env._("Place"), place if warehouse_id else self.env._("all")),
            (self.env._("Quantities"), self.env._("In the unit of each product.")),
            (
                self.env._("Amounts"),
                self.env._(
                    "In the currency named beside; sums in that of your company, at today's rate."
                ),
            ),
        ]
        for row, (label, text) in enumerate(lines, start=1):
            sheet.write_string(row, 0, label, formats["bold"])
            sheet.write_string(row, 1, text)
