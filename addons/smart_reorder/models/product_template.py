from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    _inherit = "product.template"

    smart_reorder_shelf_days = fields.Integer(
        string="Shelf Life",
        help="Days within which it has to be sold after it arrived; Smart Reorder orders no more"
        " than that. 0: that of its expiration dates where they are used, else it keeps.",
    )

    smart_reorder_replaces_id = fields.Many2one(
        "product.product",
        compute="_compute_smart_reorder_replaces_id",
        inverse="_inverse_smart_reorder_replaces_id",
        search="_search_smart_reorder_replaces_id",
        string="Replaces",
        help="The demand that the predecessor had before this product came counts as its own.",
    )
    smart_reorder_phase_out = fields.Date(
        compute="_compute_smart_reorder_phase_out",
        inverse="_inverse_smart_reorder_phase_out",
        search="_search_smart_reorder_phase_out",
        string="Phased out on",
        help="Smart Reorder orders no more than what will be needed until then.",
    )

    @api.depends("product_variant_ids.smart_reorder_replaces_id")
    def _compute_smart_reorder_replaces_id(self):
        self._compute_template_field_from_variant_field("smart_reorder_replaces_id")

    def _inverse_smart_reorder_replaces_id(self):
        self._set_product_variant_field("smart_reorder_replaces_id")

    @api.model
    def _search_smart_reorder_replaces_id(self, operator, value):
        return [("product_variant_ids.smart_reorder_replaces_id", operator, value)]

    @api.depends("product_variant_ids.smart_reorder_phase_out")
    def _compute_smart_reorder_phase_out(self):
        self._compute_template_field_from_variant_field("smart_reorder_phase_out")

    def _inverse_smart_reorder_phase_out(self):
        self._set_product_variant_field("smart_reorder_phase_out")

    @api.model
    def _search_smart_reorder_phase_out(self, operator, value):
        return [("product_variant_ids.smart_reorder_phase_out", operator, value)]

    @api.constrains("smart_reorder_shelf_days")
    def _check_smart_reorder_shelf_days(self):
        for product in self:
            if product.smart_reorder_shelf_days < 0:
                raise ValidationError(
                    self.env._(
                        "%(product)s: the shelf life cannot be negative.",
                        product=product.display_name,
                    )
                )
