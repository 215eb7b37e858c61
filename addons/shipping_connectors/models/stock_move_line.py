from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _get_package_carrier_type_for_pack(self):
        """Own vans take any box: the ones without a carrier are offered, as for fixed prices."""
        carrier_type = super()._get_package_carrier_type_for_pack()
        return "none" if carrier_type == "rate_table" else carrier_type

    def _get_outermost_package(self):
        """The box that the line travels in.

        Before validation the packing is a plan on the packages themselves; afterwards only the
        history tells it, as packages may be repacked at the destination.
        """
        self.ensure_one()
        return (
            self.package_history_id.outermost_dest_id
            or self.result_package_id.outermost_package_id
            or self.result_package_id
        )

    def _get_gross_weight(self, package):
        """Weight of the lines with all boxes around them, ``package`` being the outermost one.

        An inner box that was weighed counts with that weight, any other with its own weight and
        its products.
        """
        weight = package.package_type_id.base_weight or 0.0
        for inner in self.result_package_id - package:
            inner_lines = self.filtered(lambda line, inner=inner: line.result_package_id == inner)
            weight += inner.shipping_weight or (
                (inner.package_type_id.base_weight or 0.0) + inner_lines._get_net_weight()
            )
        direct = self.filtered(lambda line: line.result_package_id == package)
        return weight + direct._get_net_weight()

    def _get_net_weight(self):
        return sum(line._get_base_quantity() * line.product_id.weight for line in self)

    def _get_volume(self):
        return sum(line._get_base_quantity() * line.product_id.volume for line in self)

    def _get_base_quantity(self):
        """Quantity in the product's unit of measure."""
        return self.product_uom_id._compute_quantity(self.quantity, self.product_id.uom_id)
