from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.stock_availability_moves import OPEN_STATES


class StrandedTransit(models.AbstractModel):
    """Stock lies in a transit location, and no planned transfer waits for it.

    In a transit location that companies share, it belongs to the company of the move that brought
    the product there last.
    """

    _name = "stock.exception.detector.stranded_transit"
    _inherit = "stock.exception.detector"
    _description = "Stranded in Transit"
    _kind = "stranded_transit"
    _kind_sequence = 70
    _kind_defaults = {"severity": "2"}

    def _get_query(self, company, kind):
        return SQL(
            """
            SELECT %(columns)s
              FROM (
                    SELECT quant.product_id, quant.location_id, location.warehouse_id,
                           location.company_id, SUM(quant.quantity) AS quantity,
                           MIN(quant.in_date) AS in_date
                      FROM stock_quant quant
                      JOIN stock_location location ON location.id = quant.location_id
                     WHERE location.usage = 'transit'
                       AND (location.company_id = %(company)s OR location.company_id IS NULL)
                     GROUP BY 1, 2, 3, 4
                   ) AS pool
             CROSS JOIN LATERAL (
                    SELECT COALESCE(SUM(move.product_qty), 0) AS quantity
                      FROM stock_move move
                     WHERE move.product_id = pool.product_id
                       AND move.location_id = pool.location_id
                       AND move.state IN %(states)s
                   ) AS waiting
             WHERE ROUND(pool.quantity - waiting.quantity, %(digits)s) > 0
               AND (pool.company_id IS NOT NULL
                    OR (SELECT move.company_id
                          FROM stock_move move
                         WHERE move.product_id = pool.product_id
                           AND move.location_dest_id = pool.location_id
                           AND move.state = 'done'
                         ORDER BY move.date DESC, move.id DESC
                         LIMIT 1) = %(company)s)
            """,
            columns=self._columns(
                product_id=SQL("pool.product_id"),
                warehouse_id=SQL("pool.warehouse_id"),
                location_id=SQL("pool.location_id"),
                quantity=SQL("pool.quantity - waiting.quantity"),
                since=SQL("pool.in_date"),
                figures={"pool": SQL("pool.quantity"), "waiting": SQL("waiting.quantity")},
            ),
            company=company.id,
            states=OPEN_STATES,
            digits=self.env["decimal.precision"].precision_get("Product Unit"),
        )

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        return self.env._(
            "%(pool)s lie in %(location)s, and planned transfers wait for %(waiting)s only.",
            pool=exception._text_quantity(figures.get("pool")),
            location=exception.location_id.sudo().complete_name,
            waiting=exception._text_number(figures.get("waiting"), 2),
        )

    def _get_action_name(self):
        return self.env._("Draft the Transfer")

    def _action(self, exception):
        """Draft the transfer that is missing, to where the product went from there before."""
        earlier = self._get_drafted_transfer(exception)
        if earlier:
            return self._open_transfer(earlier)
        last = self.env["stock.move"].search(
            [
                ("location_dest_id", "=", exception.location_id.id),
                ("product_id", "=", exception.product_id.id),
                ("company_id", "=", exception.company_id.id),
                ("state", "=", "done"),
            ],
            order="date desc, id desc",
            limit=1,
        )
        warehouse = last.location_final_id.warehouse_id or self.env["stock.warehouse"].search(
            [("company_id", "=", exception.company_id.id)], limit=1
        )
        if not warehouse:
            raise UserError(self.env._("The company has no warehouse to bring the stock to."))
        return self._open_transfer(
            self._draft_transfer(
                exception,
                warehouse.int_type_id,
                exception.location_id,
                warehouse.lot_stock_id,
                exception.quantity,
            )
        )
