from odoo import models
from odoo.tools import SQL

from ..core import silence


class PhantomStock(models.AbstractModel):
    """It is on hand in the books and used to sell, but has not sold for an improbably long time.

    With *n* days with a departure between the first and the last of them, the rate is (n - 1) /
    days between; the probability of none since (the last departure, or the last arrival when that
    was later) is exp(-rate × days), see `core/silence.py`. Fewer than ten days with a departure
    are no evidence of a rate. What is planned to leave is left out: somebody is about to see.
    """

    _name = "stock.exception.detector.phantom_stock"
    _inherit = "stock.exception.detector"
    _description = "Suspected Phantom Stock"
    _kind = "phantom_stock"
    _kind_sequence = 120
    _kind_defaults = {"severity": "1", "odds": 1000}

    #: days with a departure that a rate is worth anything from
    _minimum_sales = 10

    def _get_meanings(self):
        return {
            "odds": self.env._(
                "So many times as probable is a sale in the meantime than none: 1,000 opens an"
                " exception when so long a silence would happen by chance once in 1,000 times."
            )
        }

    def _get_query(self, company, kind):
        return SQL(
            """
            SELECT %(columns)s
              FROM stock_exception_availability row
              JOIN stock_exception_history history
                ON history.product_id = row.product_id
               AND history.warehouse_id = row.warehouse_id
             CROSS JOIN LATERAL (
                    SELECT (history.out_days - 1) * 86400.0 / NULLIF(EXTRACT(
                                EPOCH FROM history.last_out - history.first_out), 0) AS rate,
                           GREATEST(history.last_out, history.last_in) AS quiet_from,
                           EXTRACT(EPOCH FROM %(now)s - GREATEST(
                                history.last_out, history.last_in)) / 86400.0 AS days
                   ) AS silence
             WHERE row.qty_available > 0
               AND row.qty_outgoing = 0
               AND row.warehouse_id IS NOT NULL
               AND history.out_days >= %(minimum)s
               AND silence.rate * silence.days > %(limit)s
            """,
            columns=self._columns(
                product_id=SQL("row.product_id"),
                warehouse_id=SQL("row.warehouse_id"),
                quantity=SQL("row.qty_on_hand"),
                since=SQL("silence.quiet_from"),
                figures={
                    "rate": SQL("silence.rate"),
                    "days": SQL("FLOOR(silence.days)"),
                    "last": SQL("history.last_out"),
                    # beyond a million it is all the same, and exp() would overflow
                    "odds": SQL("EXP(LEAST(silence.rate * silence.days, 13.8))"),
                },
            ),
            now=self._now(),
            minimum=self._minimum_sales,
            limit=silence.silence_limit(max(kind.odds, 2)),
        )

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        return self.env._(
            "%(quantity)s on hand, but nothing sold for %(days)s days; it used to sell on"
            " %(rate)s days a week, so this happens by chance once in %(odds)s times.",
            quantity=exception._text_quantity(),
            days=exception._text_number(figures.get("days"), 0),
            rate=exception._text_number((figures.get("rate") or 0) * 7, 1),
            odds=exception._text_number(figures.get("odds"), 0),
        )

    def _get_action_name(self):
        return self.env._("Count It")

    def _action(self, exception):
        return self._action_count(exception)
