from odoo import models


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _apply_inventory(self, date=None):
        """Keep the result of each count for the accuracy of the records."""
        counted = self
        if self.env.context.get("from_inverse_qty"):
            # Odoo makes no move for these either: the quantity was entered again as it was
            counted = self.filtered(
                lambda quant: quant.product_uom_id.compare(quant.inventory_quantity, quant.quantity)
            )
        results = [quant._prepare_count_result() for quant in counted]
        result = super()._apply_inventory(date)
        self.env["stock.cycle.count"].sudo()._record_results(results)
        return result

    def _prepare_count_result(self):
        """Return what `stock.cycle.count._record_results` wants, as it is before the count."""
        self.ensure_one()
        quant = self.sudo()
        return {
            "quant_values": self.env["stock.cycle.count"]._prepare_quant_values(quant),
            "expected": quant.quantity,
            "counted": quant.inventory_quantity,
            "cost": quant.product_id.with_company(quant.company_id).standard_price,
            "rounding": quant.product_uom_id.rounding,
        }
