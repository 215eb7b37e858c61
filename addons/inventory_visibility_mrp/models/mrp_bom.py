from odoo import api, models, tools
from odoo.fields import Domain


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    @api.model
    @tools.ormcache()
    def _get_kit_template_ids(self):
        """Return the ids of all product templates with a bill of materials of a kit."""
        groups = self.sudo()._read_group([("type", "=", "phantom")], ["product_tmpl_id"])
        return frozenset(template.id for (template,) in groups)

    @api.model
    def _find_kits(self, products, company):
        """Return ``{product: bill of materials}`` of the products that are kits in a company."""
        ids = self._get_kit_template_ids()
        products = ids and products.filtered(lambda product: product.product_tmpl_id.id in ids)
        if not products:
            return {}
        boms = self.sudo().with_context(kits_of_no_company=not company)
        found = boms._bom_find(products, company_id=company.id, bom_type="phantom")
        return {product: bom for product, bom in found.items() if bom}

    @api.model
    def _bom_find_domain(self, products, picking_type=None, company_id=False, bom_type=False):
        """Leave out what is of some company, for a place that is of none."""
        domain = super()._bom_find_domain(products, picking_type, company_id, bom_type)
        if self.env.context.get("kits_of_no_company"):
            domain &= Domain("company_id", "=", False)
        return domain

    @api.model_create_multi
    def create(self, vals_list):
        boms = super().create(vals_list)
        self.env.registry.clear_cache()
        return boms

    def write(self, vals):
        result = super().write(vals)
        if {"type", "active", "product_tmpl_id"} & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
