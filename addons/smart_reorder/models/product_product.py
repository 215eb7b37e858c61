from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .procurement_memo import ProcurementMemo


class ProductProduct(models.Model):
    _inherit = "product.product"

    smart_reorder_replaces_id = fields.Many2one(
        "product.product",
        string="Replaces",
        index="btree_not_null",
        help="The demand that the predecessor had before this product came counts as its own.",
    )
    smart_reorder_phase_out = fields.Date(
        string="Phased out on",
        help="Smart Reorder orders no more than what will be needed until then.",
    )

    @api.constrains("smart_reorder_replaces_id")
    def _check_smart_reorder_replaces(self):
        if self._has_cycle("smart_reorder_replaces_id"):
            raise ValidationError(
                self.env._("A product cannot replace itself, directly or through others.")
            )

    def _get_shelf_days(self):
        """Days within which it has to be sold, 0 when it keeps: the product's own, else those of
        its expiration dates, where they are used.
        """
        self.ensure_one()
        if self.smart_reorder_shelf_days:
            return self.smart_reorder_shelf_days
        if "expiration_time" in self._fields and self.use_expiration_date:
            return self.expiration_time
        return 0

    def _compute_display_name(self):
        """For each order line Odoo reads all prices of the vendor, to name the product by the one
        that the line has. In a batch the others are not read.
        """
        context = self.env.context
        if not all(context.get(key) for key in (ProcurementMemo.KEY, "seller_id", "partner_id")):
            return super()._compute_display_name()
        named = self.with_context(partner_id=False)
        super(ProductProduct, named)._compute_display_name()
        for product, other in zip(self, named, strict=True):
            product.display_name = other.display_name
        return None

    def _get_dates_info(self, date, location, route_ids=False):
        """Proposals know their dates: Odoo need not look for rules and vendors once more."""
        if self.env.context.get("smart_reorder_dates"):
            return {"date_planned": date, "date_order": date}
        return super()._get_dates_info(date, location, route_ids=route_ids)
