from odoo import models
from odoo.tools import SQL


class StockAvailabilityQuery(models.AbstractModel):
    _inherit = "stock.availability.query"

    def _where_expected(self):
        """Leave kits out of the rows: their components are there. What is left of one is shown."""
        return SQL(
            """
            (%s
             AND (product.id, COALESCE(place.company_id, 0)) NOT IN (
                SELECT variant.id, company.id
                  FROM mrp_bom bom
                  JOIN product_product variant
                    ON variant.product_tmpl_id = bom.product_tmpl_id
                   AND (bom.product_id IS NULL OR bom.product_id = variant.id)
                  JOIN (SELECT id FROM res_company UNION SELECT 0) AS company
                    ON bom.company_id IS NULL OR bom.company_id = company.id
                 WHERE bom.type = 'phantom' AND bom.active
             ))
            """,
            super()._where_expected(),
        )
