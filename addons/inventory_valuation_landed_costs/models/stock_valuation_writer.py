from odoo import api, models


class StockValuationWriter(models.AbstractModel):
    _inherit = "stock.valuation.writer"

    @api.model
    def _get_document_products(self, document):
        if document._name == "stock.landed.cost":
            return document.valuation_adjustment_lines.product_id
        return super()._get_document_products(document)
