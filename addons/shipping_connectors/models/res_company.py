from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import gs1


class ResCompany(models.Model):
    _inherit = "res.company"

    gs1_company_prefix = fields.Char(
        string="GS1 Company Prefix",
        size=12,
        default="9521234",
        help="The number that your GS1 member organisation licensed to you; parcels get their "
        "worldwide unique SSCC from it. Numbers that start with 952 are for demonstration only. "
        "Without a prefix, labels carry the tracking number as barcode instead of an SSCC.",
    )

    @api.constrains("gs1_company_prefix")
    def _check_gs1_company_prefix(self):
        for company in self.filtered("gs1_company_prefix"):
            try:
                gs1.validate_company_prefix(company.gs1_company_prefix)
            except gs1.GS1Error as error:
                raise ValidationError(str(error)) from error
