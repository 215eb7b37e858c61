"""Closed reservations are kept for some time, and then deleted."""

from odoo import api, fields, models
from odoo.tools import SQL

GC_BATCH = 5000


class StockSoftReservation(models.Model):
    _inherit = "stock.soft.reservation"

    @api.autovacuum
    def _gc_closed(self):
        """Delete what was closed longer ago than the company wants to keep it.

        What was consumed stays as long as an allocation of the company counts it, i.e. since the
        earliest start of one.

        :return: how many were deleted, and whether there are more
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT hold.id
                  FROM stock_soft_reservation hold
                  JOIN res_company company ON company.id = hold.company_id
                  LEFT JOIN (
                        SELECT company_id, MIN(date_start) AS start
                          FROM stock_channel_allocation
                         GROUP BY company_id
                       ) AS counted ON counted.company_id = hold.company_id
                 WHERE hold.state <> 'held'
                   AND company.soft_reservation_keep_days > 0
                   AND hold.date_closed
                       < %s - company.soft_reservation_keep_days * INTERVAL '1 day'
                   AND (hold.consumed_quantity = 0
                        OR counted.start IS NULL
                        OR hold.create_date < counted.start)
                 ORDER BY hold.id
                 LIMIT %s
                """,
                fields.Datetime.now(),
                GC_BATCH,
            )
        )
        self.browse(id_ for (id_,) in rows).unlink()
        return len(rows), len(rows) == GC_BATCH
