from collections import defaultdict

from odoo import models

from ..core import kits


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _may_be_kits(self):
        """Return whether there are kits at all: where there are none, nothing else is read."""
        return bool(self.env["mrp.bom"]._get_kit_template_ids())

    def _get_kit_parts(self, company):
        """Return what the kits among the products consist of, nested kits taken apart.

        One round of reading for each level of nesting, for any number of kits. It is the same
        bill of materials that Odoo takes a kit apart by when it is moved: lines of other variants
        are left out, and so are components whose quantity is not tracked.

        :param company: `res.company`; without one, bills of materials of no company
        :return: ``{product id: {component id: quantity}}``, see `stock.availability._get_parts`
        """
        boms, level = {}, self.sudo()
        while level:
            found = self.env["mrp.bom"]._find_kits(level, company)
            boms.update((product.id, product._get_kit_lines(bom)) for product, bom in found.items())
            inner = {component for product in found for component, _quantity in boms[product.id]}
            level = level.browse(inner - boms.keys()) - level
        if not boms:
            return {}
        exploded = kits.explode(boms)
        every = self.sudo().browse({part for parts in exploded.values() for part in parts})
        tracked = set(every.filtered("is_storable").ids)
        return {
            product.id: {
                part: quantity
                for part, quantity in exploded[product.id].items()
                if part in tracked and quantity > 0
            }
            for product in self
            if product.id in exploded
        }

    def _get_kit_lines(self, bom):
        """Return ``[(component id, quantity in its unit), ...]`` of one unit of the product."""
        self.ensure_one()
        made = bom.product_uom_id._compute_quantity(
            bom.product_qty, self.uom_id, round=False, raise_if_failure=False
        )
        lines = defaultdict(float)
        for line in bom.bom_line_ids:
            if line._skip_bom_line(self):
                continue
            component = line.product_id
            lines[component.id] += (
                line.product_uom_id._compute_quantity(
                    line.product_qty, component.uom_id, round=False, raise_if_failure=False
                )
                / made
            )
        return list(lines.items())
