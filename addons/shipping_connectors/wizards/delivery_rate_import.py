import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ..core import csv_io

SHOWN_PROBLEMS = 20


class DeliveryRateImport(models.TransientModel):
    _name = "delivery.rate.import"
    _description = "Import a Rate Table"

    carrier_id = fields.Many2one(
        "delivery.carrier", string="Delivery Method", required=True, readonly=True
    )
    file = fields.Binary(string="CSV File", required=True, attachment=False)
    filename = fields.Char()
    line_count = fields.Integer(compute="_compute_line_count")

    def _compute_line_count(self):
        for wizard in self:
            wizard.line_count = len(wizard.carrier_id.rate_table_line_ids)

    def action_import(self):
        """Replace the table by the file, or say what is wrong and change nothing."""
        self.ensure_one()
        self.carrier_id.check_access("write")
        try:
            counts = self.carrier_id._rate_table_import_csv(self._get_text())
        except csv_io.CsvError as error:
            raise UserError(self._get_problems_message(error)) from error
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Rate table imported"),
                "message": self.env._(
                    "%(lines)s prices, %(zones)s zones, %(services)s services.", **counts
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_text(self):
        try:
            return base64.b64decode(self.file).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UserError(
                self.env._(
                    "The file is not in UTF-8. Save it in the spreadsheet as “CSV UTF-8” and "
                    "import that one."
                )
            ) from error

    def _get_problems_message(self, error):
        lines = []
        for row, text in error.problems[:SHOWN_PROBLEMS]:
            lines.append(self.env._("Row %(row)s: %(text)s", row=row, text=text) if row else text)
        if len(error.problems) > SHOWN_PROBLEMS:
            lines.append(
                self.env._("… and %(count)s more.", count=len(error.problems) - SHOWN_PROBLEMS)
            )
        return self.env._(
            "Nothing was imported. Correct the file and import it again:\n\n%(problems)s",
            problems="\n".join(lines),
        )
