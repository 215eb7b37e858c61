from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    smart_reorder_terms_ids = fields.One2many("smart.reorder.terms", "partner_id")
