"""The matrix as a workbook: every product of the filters, not only a page."""

import pytz
import xlsxwriter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

#: Products computed at a time.
BATCH = 1000
#: Rows of a sheet, by the file format, less the heading.
MAX_ROWS = 1048576 - 1


class StockAvailabilityDashboard(models.AbstractModel):
    _inherit = "stock.availability.dashboard"

    @api.model
    def _write_workbook(self, file, filters=None, figure="qty_available", order=None):
        """Write the matrix of a figure to a file, product by product and place by place.

        Rows go to the disk as they are written and batches are forgotten after, so memory does
        not grow with the number of products.

        :param file: a binary file to write to
        :param dict filters, order: as for :meth:`get_matrix`
        :param str figure: the figure in the cells
        :raise UserError: there is no such figure, or more products than a sheet has rows
        :raise AccessError: the user may not see availability
        """
        self._check_access()
        filters = self._check_filters(filters)
        places = self._get_columns_places(filters)
        if figure not in self._get_columns(places):
            raise UserError(self.env._("There is no figure %s.", figure))
        domain = self._get_product_domain(filters, places)
        product_ids = self._get_page(domain, places, 0, None, order).ids
        if len(product_ids) > MAX_ROWS:
            raise UserError(
                self.env._(
                    "A sheet has room for %(room)s products, and the filters leave %(found)s:"
                    " narrow them down.",
                    room=MAX_ROWS,
                    found=len(product_ids),
                )
            )
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_urls": False})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "number": book.add_format({"num_format": "#,##0.##"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "bold": book.add_format({"bold": True}),
        }
        self._write_matrix(book, formats, product_ids, places, figure)
        self._write_about(book, formats, filters, figure, order, len(product_ids))
        book.close()

    def _write_matrix(self, book, formats, product_ids, places, figure):
        sheet = book.add_worksheet(self.env._("Matrix")[:31])
        head = [
            self.env._("Reference"),
            self.env._("Product"),
            self.env._("Category"),
            self.env._("Unit"),
            *[place.display_name for place in places],
            *([self.env._("All Places")] if self._adds_up(places) else []),
        ]
        widths = [14, 40, 30, 8] + [14] * (len(head) - 4)
        for column, (text, width) in enumerate(zip(head, widths, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, text, formats["head"])
        sheet.freeze_panes(1, 2)
        row = 1
        for batch in split_every(BATCH, product_ids):
            products = self.env["product.product"].browse(batch)
            cell = self._get_columns(places).index(figure)
            for line, product in zip(
                self._prepare_rows(products, places)["rows"], products, strict=True
            ):
                # as text, whatever it looks like: a name that begins with "=" is no formula
                texts = [product.default_code, product.name, line["category"], line["uom"]]
                for column, text in enumerate(texts):
                    sheet.write_string(row, column, text or "")
                values = [*line["cells"], *([line["total"]] if line["total"] else [])]
                for column, figures in enumerate(values, start=len(texts)):
                    self._write_value(sheet, row, column, figures[cell], formats)
                row += 1
            self.env.invalidate_all(flush=False)

    def _write_value(self, sheet, row, column, value, formats):
        if isinstance(value, str):
            sheet.write_string(row, column, self._get_value_label(value))
        elif value and hasattr(value, "isoformat"):
            sheet.write_datetime(row, column, value, formats["date"])
        elif value is not False and value is not None:
            sheet.write_number(row, column, value, formats["number"])

    def _get_value_label(self, value):
        """Return the name of a state in the language of the user."""
        labels = self.env["stock.availability"].fields_get(["state"], ["selection"])
        return dict(labels["state"]["selection"]).get(value, value)

    def _write_about(self, book, formats, filters, figure, order, count):
        """Write where the figures come from: moment, user, companies, filters and order."""
        sheet = book.add_worksheet(self.env._("About")[:31])
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 100)
        for row, (label, value) in enumerate(self._get_about(filters, figure, order, count)):
            sheet.write_string(row, 0, label, formats["bold"])
            sheet.write_string(row, 1, str(value))

    def _get_about(self, filters, figure, order, count):
        """Return the lines of the sheet *About*, ``[(label, value), ...]``."""
        labels = self.env["stock.availability"].fields_get(None, ["string", "help"])
        labels["qty_external"] = {"string": self.env._("Stated Elsewhere")}
        now = fields.Datetime.now()
        zone = pytz.timezone(self.env.user.tz or "UTC")
        local = pytz.utc.localize(now).astimezone(zone)
        order = order or {}
        name = order.get("field") or "product"
        return [
            (self.env._("Figure"), labels[figure]["string"]),
            (self.env._("Meaning"), labels[figure].get("help") or ""),
            (self.env._("Columns"), self._get_place_kind_labels()[filters["place_kind"]]),
            (self.env._("As of"), f"{local:%Y-%m-%d %H:%M:%S} ({zone.zone})"),
            (self.env._("Exported by"), self.env.user.display_name),
            (self.env._("Companies"), ", ".join(self.env.companies.mapped("display_name"))),
            (self.env._("Filter"), list(filters["domain"]) or self.env._("none")),
            (
                self.env._("Order"),
                labels.get(name, {}).get("string", name) + (" ↓" if order.get("desc") else " ↑"),
            ),
            (self.env._("Products"), count),
            (
                self.env._("Quantities"),
                self.env._("In the unit of each product. All Places is the sum over the places."),
            ),
        ]
