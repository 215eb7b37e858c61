import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import csv_io, invoice_csv

CUSTOM = "custom"
SHOWN_PROBLEMS = 20


class ShippingInvoiceImport(models.TransientModel):
    _name = "shipping.invoice.import"
    _description = "Import a Carrier Invoice"

    file = fields.Binary(string="CSV File", required=True, attachment=False)
    filename = fields.Char()
    template = fields.Selection("_selection_template", required=True)
    mapping_id = fields.Many2one("shipping.invoice.mapping", string="Columns")
    account_id = fields.Many2one(
        "shipping.account", string="Carrier Account", help="Empty looks in all accounts."
    )
    partner_id = fields.Many2one("res.partner", string="Vendor")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )

    @api.model
    def _selection_template(self):
        return [
            *((code, one.name) for code, one in invoice_csv.TEMPLATES.items()),
            (CUSTOM, self.env._("Other: columns of your own")),
        ]

    def action_import(self):
        """Read the whole file, or say what is wrong with it and store nothing."""
        self.ensure_one()
        try:
            billed = invoice_csv.read(self._get_text(), self._get_template())
        except csv_io.CsvError as error:
            raise UserError(self._get_problems_message(error)) from error
        source = self.template if self.template != CUSTOM else self.mapping_id.name
        invoices = self.env["shipping.invoice"]._import(
            billed, source, self.company_id, self.account_id, self.partner_id, self.filename or ""
        )
        action = {
            "type": "ir.actions.act_window",
            "res_model": "shipping.invoice",
            "view_mode": "list,form",
            "name": self.env._("Imported"),
            "domain": [("id", "in", invoices.ids)],
        }
        if len(invoices) == 1:
            action.update(view_mode="form", res_id=invoices.id)
        return action

    def _get_template(self):
        if self.template != CUSTOM:
            return invoice_csv.TEMPLATES[self.template]
        if not self.mapping_id:
            raise UserError(self.env._("Choose which columns the file has."))
        return self.mapping_id._to_template()

    def _get_text(self):
        raw = base64.b64decode(self.file)
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            # what Windows spreadsheets write; every byte is a character there
            return raw.decode("cp1252", errors="replace")

    def _get_problems_message(self, error):
        lines = [
            self.env._("Row %(row)s: %(text)s", row=row, text=text) if row else text
            for row, text in error.problems[:SHOWN_PROBLEMS]
        ]
        more = len(error.problems) - SHOWN_PROBLEMS
        if more > 0:
            lines.append(self.env._("… and %s more.", more))
        return self.env._("Nothing was imported:") + "\n" + "\n".join(lines)
