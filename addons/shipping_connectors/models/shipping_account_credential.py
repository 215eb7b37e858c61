from odoo import api, fields, models

from ..core.carriers import registry


class ShippingAccountCredential(models.Model):
    """One thing that an account is known by; for administrators only."""

    _name = "shipping.account.credential"
    _description = "Carrier Credential"
    _order = "sequence, id"
    _rec_name = "label"

    account_id = fields.Many2one(
        "shipping.account", required=True, index=True, ondelete="cascade", readonly=True
    )
    sequence = fields.Integer()
    name = fields.Char(string="Technical Name", required=True)
    label = fields.Char(string="Credential", compute="_compute_label")
    hint = fields.Char(compute="_compute_label")
    value = fields.Char(copy=False)

    _name_uniq = models.UniqueIndex("(account_id, name)", "A credential is entered once.")

    @api.depends("name", "account_id.provider")
    def _compute_label(self):
        for line in self:
            definition = registry.get(line.account_id.provider or "")
            found = {one.name: one for one in definition.credentials} if definition else {}
            one = found.get(line.name)
            line.label = one.label if one else line.name
            line.hint = one.help if one else False
