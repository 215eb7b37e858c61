from odoo import models
from odoo.tools import SQL


class NegativeStock(models.AbstractModel):
    """Less than nothing lies in a location: something was moved that was never booked in."""

    _name = "stock.exception.detector.negative_stock"
    _inherit = "stock.exception.detector"
    _description = "Negative Stock"
    _kind = "negative_stock"
    _kind_sequence = 10
    _kind_defaults = {"severity": "3"}

    def _get_query(self, company, kind):
        return SQL(
            """
            SELECT %(columns)s
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
             WHERE location.usage IN ('internal', 'transit')
               AND quant.company_id = %(company)s
             GROUP BY quant.product_id, quant.location_id, quant.lot_id, location.warehouse_id
            HAVING ROUND(SUM(quant.quantity), %(digits)s) < 0
            """,
            columns=self._columns(
                product_id=SQL("quant.product_id"),
                warehouse_id=SQL("location.warehouse_id"),
                location_id=SQL("quant.location_id"),
                lot_id=SQL("quant.lot_id"),
                quantity=SQL("-SUM(quant.quantity)"),
                since=SQL("MIN(quant.in_date) FILTER (WHERE quant.quantity < 0)"),
            ),
            company=company.id,
            digits=self.env["decimal.precision"].precision_get("Product Unit"),
        )

    def _get_sentence(self, exception):
        return self.env._(
            "%(location)s holds %(quantity)s less than nothing.",
            location=exception.location_id.sudo().complete_name,
            quantity=exception._text_quantity(),
        )

    def _get_action_name(self):
        return self.env._("Count It")

    def _action(self, exception):
        return self._action_count(exception)
