from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    shipping_length = fields.Float(
        help="Of one piece as it is packed; with width and height, boxes can be suggested."
    )
    shipping_width = fields.Float()
    shipping_height = fields.Float()
    shipping_length_uom_name = fields.Char(compute="_compute_shipping_length_uom_name")

    _shipping_size_check = models.Constraint(
        "CHECK(shipping_length >= 0 AND shipping_width >= 0 AND shipping_height >= 0)",
        "The size of a product cannot be negative.",
    )

    def _compute_shipping_length_uom_name(self):
        self.shipping_length_uom_name = self._get_length_uom_name_from_ir_config_parameter()
