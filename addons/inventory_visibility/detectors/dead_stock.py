from odoo import models
from odoo.tools import SQL


class DeadStock(models.AbstractModel):
    """Nothing has left for many days, and nothing has come in either: the money is asleep.

    What is reserved or planned to leave is not dead. Only what arrived before these days counts,
    so that a new product has its chance.
    """

    _name = "stock.exception.detector.dead_stock"
    _inherit = "stock.exception.detector"
    _description = "Dead Stock"
    _kind = "dead_stock"
    _kind_sequence = 100
    _kind_defaults = {"severity": "0", "days": 180}

    def _get_meanings(self):
        return {
            "days": self.env._(
                "Days without any departure or arrival from which stock is dead (730 at most)."
            )
        }

    def _get_query(self, company, kind):
        return SQL(
            """
            WITH lying AS MATERIALIZED (
                SELECT quant.product_id, location.warehouse_id, MAX(quant.in_date) AS in_date
                  FROM stock_quant quant
                  JOIN stock_location location ON location.id = quant.location_id
                  JOIN stock_warehouse warehouse ON warehouse.id = location.warehouse_id
                 WHERE location.usage = 'internal'
                   AND warehouse.company_id = %(company)s
                   AND quant.quantity > 0
                 GROUP BY quant.product_id, location.warehouse_id
            )
            SELECT %(columns)s
              FROM stock_exception_availability row
              LEFT JOIN stock_exception_history history
                ON history.product_id = row.product_id
               AND history.warehouse_id = row.warehouse_id
              LEFT JOIN lying
                ON lying.product_id = row.product_id
               AND lying.warehouse_id = row.warehouse_id
             CROSS JOIN LATERAL (
                    SELECT COALESCE(GREATEST(history.last_out, history.last_in), lying.in_date)
                           AS moment
                   ) AS last
             WHERE row.qty_on_hand > 0
               AND row.qty_available > 0
               AND row.qty_outgoing = 0
               AND row.daily_demand = 0
               AND row.warehouse_id IS NOT NULL
               AND last.moment < %(now)s - LEAST(%(days)s, 730) * interval '1 day'
            """,
            columns=self._columns(
                product_id=SQL("row.product_id"),
                warehouse_id=SQL("row.warehouse_id"),
                quantity=SQL("row.qty_on_hand"),
                since=SQL("last.moment"),
                figures={
                    "last": SQL("last.moment"),
                    "days": SQL("FLOOR(EXTRACT(EPOCH FROM %s - last.moment) / 86400)", self._now()),
                },
            ),
            company=company.id,
            now=self._now(),
            days=kind.days,
        )

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        return self.env._(
            "%(quantity)s on hand, and nothing has left or arrived since %(day)s (%(days)s days).",
            quantity=exception._text_quantity(),
            day=exception._text_date(figures.get("last")),
            days=exception._text_number(figures.get("days"), 0),
        )
