"""Workbooks of this addon's reports: which there are, and what all of them say about themselves."""

import json
from urllib.parse import urlencode

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.workbook import TooManyRows, write_workbook


class StockValuationExport(models.AbstractModel):
    _name = "stock.valuation.export"
    _description = "Workbooks of Stock Valuation"

    @api.model
    def _get_reports(self):
        """Return {name in the address: model}; the model has `_get_tables` and `_get_about`."""
        return {
            "ageing": "stock.valuation.ageing",
            "figures": "stock.valuation.figure",
            "reconciliation": "stock.valuation.reconciliation",
            "write_down": "stock.valuation.write.down",
        }

    @api.model
    def _get_action(self, report, ids=(), domain=None):
        """Return the action that downloads a workbook of records: of ids, or of a domain among
        the companies that the user has chosen."""
        query = {"ids": ",".join(map(str, ids))}
        if domain is not None:
            query = {
                "domain": json.dumps(domain),
                "companies": ",".join(map(str, self.env.companies.ids)),
            }
        return {
            "type": "ir.actions.act_url",
            "url": f"/inventory_valuation/workbook/{report}?{urlencode(query)}",
            "target": "download",
        }

    @api.model
    def _write(self, file, records):
        """Write the workbook of records to a binary file.

        :raise UserError: a sheet has no room for it
        """
        tables = records._get_tables()
        about = [*records._get_about(), *self._get_signature()]
        try:
            write_workbook(file, tables, (self.env._("About"), about))
        except TooManyRows as error:
            raise UserError(
                self.env._("A sheet has no room for so many lines: narrow them down.")
            ) from error

    @api.model
    def _get_signature(self):
        """Return who writes this, and when."""
        return [
            (self.env._("Written on"), self._tell(fields.Datetime.now())),
            (self.env._("Written by"), self.env.user.name),
        ]

    @api.model
    def _tell(self, moment):
        """Return a moment in the user's time zone, which it names."""
        zone = pytz.timezone(self.env.user.tz or "UTC")
        return f"{fields.Datetime.context_timestamp(self, moment):%Y-%m-%d %H:%M:%S} {zone}"
