from odoo import models
from odoo.tools import SQL

from ..models.stock_availability_moves import OPEN_STATES


class OverdueReceipt(models.AbstractModel):
    """What was to arrive from outside has not arrived.

    One exception per document and product. It covers the planned moves from vendors, production
    and customers into a warehouse; several steps of one receipt count once, by the first.
    """

    _name = "stock.exception.detector.overdue_receipt"
    _inherit = "stock.exception.detector"
    _description = "Overdue Receipt"
    _kind = "overdue_receipt"
    _kind_sequence = 50
    _kind_defaults = {"severity": "2", "days": 1}

    def _get_meanings(self):
        return {"days": self.env._("Days after the planned moment from which it is overdue.")}

    def _where_moves(self):
        """Return the condition of the planned moves meant."""
        return SQL(
            "source.usage NOT IN ('internal', 'transit') AND target.usage = 'internal'"
            " AND COALESCE(final.usage, 'internal') IN ('internal', 'transit')"
        )

    def _select_warehouse(self):
        return SQL("COALESCE(final.warehouse_id, target.warehouse_id)")

    def _get_query(self, company, kind):
        return SQL(
            """
            SELECT %(columns)s
              FROM (
                    SELECT move.product_id, %(warehouse)s AS warehouse_id,
                           CASE WHEN move.picking_id IS NULL
                                THEN 'stock.move' ELSE 'stock.picking' END AS res_model,
                           COALESCE(move.picking_id, move.id) AS res_id,
                           SUM(move.product_qty) AS quantity, MIN(move.date) AS date
                      FROM stock_move move
                      JOIN stock_location source ON source.id = move.location_id
                      JOIN stock_location target ON target.id = move.location_dest_id
                      LEFT JOIN stock_location final ON final.id = move.location_final_id
                      JOIN product_product product ON product.id = move.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                     WHERE move.state IN %(states)s
                       AND move.company_id = %(company)s
                       AND move.date < %(now)s - %(days)s * interval '1 day'
                       AND move.product_qty > 0
                       AND template.is_storable
                       AND %(condition)s
                     GROUP BY 1, 2, 3, 4
                   ) AS late
            """,
            columns=self._columns(
                product_id=SQL("late.product_id"),
                warehouse_id=SQL("late.warehouse_id"),
                res_model=SQL("late.res_model"),
                res_id=SQL("late.res_id"),
                quantity=SQL("late.quantity"),
                since=SQL("late.date"),
                figures={
                    "date": SQL("late.date"),
                    "days": SQL("FLOOR(EXTRACT(EPOCH FROM %s - late.date) / 86400)", self._now()),
                },
            ),
            warehouse=self._select_warehouse(),
            states=OPEN_STATES,
            company=company.id,
            now=self._now(),
            days=kind.days,
            condition=self._where_moves(),
        )

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        return self.env._(
            "%(quantity)s were planned to arrive on %(day)s and are %(days)s days late.",
            quantity=exception._text_quantity(),
            day=exception._text_date(figures.get("date")),
            days=exception._text_number(figures.get("days"), 0),
        )

    def _get_action_name(self):
        return self.env._("Open the Receipt")

    def _action(self, exception):
        return self._action_document(exception)
