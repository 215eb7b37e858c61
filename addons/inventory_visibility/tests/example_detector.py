from odoo import models
from odoo.tools import SQL


class MissingWeight(models.AbstractModel):
    _name = "stock.exception.detector.missing_weight"
    _inherit = "stock.exception.detector"
    _description = "Missing Weight"  # what users read; translated like any name of a model
    _kind = "missing_weight"
    _kind_sequence = 200
    _kind_defaults = {"severity": "0"}

    def _get_query(self, company, kind):
        return SQL(
            """
            SELECT %(columns)s
              FROM stock_exception_availability row
              JOIN product_product product ON product.id = row.product_id
             WHERE row.qty_on_hand > 0 AND COALESCE(product.weight, 0) = 0
            """,
            columns=self._columns(
                product_id=SQL("row.product_id"),
                warehouse_id=SQL("row.warehouse_id"),
                quantity=SQL("row.qty_on_hand"),
            ),
        )

    def _get_sentence(self, exception):
        return self.env._("%s on hand without a weight.", exception._text_quantity())

    def _get_action_name(self):
        return self.env._("Open the Product")

    def _action(self, exception):
        return exception.action_view_product()
