from odoo import api, fields, models
from odoo.exceptions import UserError


class ShippingPackDecision(models.Model):
    """Somebody decided that a box is right although it weighs something else than expected.

    It holds for these two weights only: when the box is packed or weighed anew, it is asked again.
    """

    _name = "shipping.pack.decision"
    _description = "Pack Check Decision"
    _order = "id desc"
    _rec_name = "box"

    picking_id = fields.Many2one(
        "stock.picking", string="Transfer", required=True, index=True, ondelete="cascade"
    )
    package_id = fields.Many2one("stock.package", index="btree_not_null", ondelete="set null")
    company_id = fields.Many2one(related="picking_id.company_id", store=True, index=True)
    box = fields.Char(required=True)
    expected = fields.Float(string="Expected Weight", digits="Stock Weight")
    weighed = fields.Float(digits="Stock Weight")
    weight_uom_name = fields.Char(string="Unit")
    user_id = fields.Many2one("res.users", string="Decided By", required=True)
    moment = fields.Datetime(string="Decided On", required=True)
    reason = fields.Char(required=True)

    def write(self, vals):
        if vals:
            raise UserError(self.env._("Decisions are not changed. Make a new one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Decisions are kept."))
