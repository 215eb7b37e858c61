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

    shipping_mail_shipped = fields.Boolean(string="Mail: Shipped")
    shipping_mail_shipped_template_id = fields.Many2one(
        "mail.template",
        string="Template: Shipped",
        domain=[("model", "=", "shipping.parcel")],
        ondelete="set null",
        help="Empty takes the template that the addon brings.",
    )
    shipping_mail_out_for_delivery = fields.Boolean(string="Mail: Out for Delivery")
    shipping_mail_out_for_delivery_template_id = fields.Many2one(
        "mail.template",
        string="Template: Out for Delivery",
        domain=[("model", "=", "shipping.parcel")],
        ondelete="set null",
        help="Empty takes the template that the addon brings.",
    )
    shipping_mail_delivered = fields.Boolean(string="Mail: Delivered")
    shipping_mail_delivered_template_id = fields.Many2one(
        "mail.template",
        string="Template: Delivered",
        domain=[("model", "=", "shipping.parcel")],
        ondelete="set null",
        help="Empty takes the template that the addon brings.",
    )
    shipping_mail_exception = fields.Boolean(string="Mail: Exception")
    shipping_mail_exception_template_id = fields.Many2one(
        "mail.template",
        string="Template: Exception",
        domain=[("model", "=", "shipping.parcel")],
        ondelete="set null",
        help="Empty takes the template that the addon brings.",
    )

    shipping_weight_check = fields.Boolean(
        string="Pack Check",
        help="A box that weighs something else than expected gets no label until somebody decides.",
    )
    shipping_weight_tolerance = fields.Float(
        string="Weight Tolerance (%)", default=5.0, help="Of the expected weight."
    )
    shipping_weight_tolerance_fixed = fields.Float(
        string="Weight Always Tolerated",
        default=0.05,
        digits="Stock Weight",
        help="In the unit of weights: what the scale and light boxes may differ by.",
    )
    _shipping_weight_tolerance_check = models.Constraint(
        "CHECK(shipping_weight_tolerance >= 0 AND shipping_weight_tolerance_fixed >= 0)",
        "A weight tolerance cannot be negative.",
    )
    shipping_return_portal = fields.Selection(
        [
            ("no", "Not offered"),
            ("approve", "Asked for, and approved by us"),
            ("auto", "Approved at once, with the label"),
        ],
        string="Returns Online",
        required=True,
        default="no",
        help="Whether customers ask for returns on the page of their order.",
    )
    shipping_return_days = fields.Integer(
        string="Return Period",
        default=30,
        help="So many days after the delivery returns can be asked for online; 0: for ever.",
    )
    _shipping_return_days_check = models.Constraint(
        "CHECK(shipping_return_days >= 0)", "The return period cannot be negative."
    )

    def _get_shipping_template(self, kind):
        """The mail of this kind: the company's, else the one that comes with the addon."""
        self.ensure_one()
        return self[f"shipping_mail_{kind}_template_id"] or self.env.ref(
            f"shipping_connectors.mail_template_{kind}", raise_if_not_found=False
        )

    @api.constrains("gs1_company_prefix")
    def _check_gs1_company_prefix(self):
        for company in self.filtered("gs1_company_prefix"):
            try:
                gs1.validate_company_prefix(company.gs1_company_prefix)
            except gs1.GS1Error as error:
                raise ValidationError(str(error)) from error
