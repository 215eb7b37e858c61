from odoo import models
from odoo.tools import SQL

from ..core import robust


class Unusual(models.AbstractModel):
    """What the kinds share that compare the last seven days with the weeks before them.

    The measure is the modified z-score of `core/robust.py`, computed in SQL: the distance from the
    median of the product's own weeks in the warehouse, in units of 1.4826 × MAD (of 1.2533 × the
    mean absolute deviation where the MAD is zero).
    """

    _name = "stock.exception.detector.unusual"
    _inherit = "stock.exception.detector"
    _description = "Unusual Against Its Own History"

    #: full weeks that the last seven days are compared with
    _weeks = 26
    #: least weeks, out of these, with anything in them
    _minimum_weeks = 0

    def _get_meanings(self):
        return {
            "odds": self.env._(
                "One false alarm in so many looks, if weeks are distributed normally: 10,000 means"
                " a distance from the median of 3.9 robust standard deviations."
            ),
        }

    def _select_weeks(self, company):
        """Return a statement with (product_id, warehouse_id, week, quantity); week 0 is the last.

        Weeks without anything may be missing.
        """
        raise NotImplementedError

    def _where_unusual(self, kind):
        return SQL("TRUE")

    def _select_week(self):
        return SQL("FLOOR(EXTRACT(EPOCH FROM %s - move.date) / 604800)::integer", self._now())

    def _get_query(self, company, kind):
        return SQL(
            """
            WITH week AS MATERIALIZED (%(weeks_sql)s),
            candidate AS (
                SELECT product_id, warehouse_id,
                       COALESCE(SUM(quantity) FILTER (WHERE week = 0), 0) AS latest
                  FROM week
                 GROUP BY product_id, warehouse_id
                HAVING COUNT(*) FILTER (WHERE week > 0) >= %(minimum)s
                   AND %(candidate)s
            ),
            series AS MATERIALIZED (
                SELECT candidate.product_id, candidate.warehouse_id, candidate.latest,
                       COALESCE(week.quantity, 0) AS quantity
                  FROM candidate
                 CROSS JOIN generate_series(1, %(weeks)s) AS number
                  LEFT JOIN week
                    ON week.product_id = candidate.product_id
                   AND week.warehouse_id = candidate.warehouse_id
                   AND week.week = number
            ),
            middle AS MATERIALIZED (
                SELECT product_id, warehouse_id, latest,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY quantity::float8) AS median
                  FROM series
                 GROUP BY product_id, warehouse_id, latest
            ),
            spread AS (
                SELECT middle.product_id, middle.warehouse_id, middle.latest, middle.median,
                       %(mad)s * percentile_cont(0.5) WITHIN GROUP (
                            ORDER BY ABS(series.quantity::float8 - middle.median)) AS mad,
                       %(mean)s * AVG(ABS(series.quantity::float8 - middle.median)) AS mean
                  FROM middle
                  JOIN series
                    ON series.product_id = middle.product_id
                   AND series.warehouse_id = middle.warehouse_id
                 GROUP BY 1, 2, 3, 4
            )
            SELECT %(columns)s
              FROM spread
             CROSS JOIN LATERAL (
                    SELECT spread.latest::float8 - spread.median AS difference,
                           COALESCE(NULLIF(spread.mad, 0), spread.mean) AS scale
                   ) AS measure
              LEFT JOIN stock_exception_availability row
                ON row.product_id = spread.product_id
               AND row.warehouse_id = spread.warehouse_id
             WHERE ABS(measure.difference) > %(limit)s * measure.scale
               AND ABS(measure.difference) > 0
               AND %(condition)s
            """,
            weeks_sql=self._select_weeks(company),
            minimum=self._minimum_weeks,
            candidate=self._having_candidate(),
            weeks=self._weeks,
            mad=robust.MAD_TO_SIGMA,
            mean=robust.MEAN_DEVIATION_TO_SIGMA,
            limit=robust.z_limit(max(kind.odds, 2)),
            condition=self._where_unusual(kind),
            columns=self._columns(
                product_id=SQL("spread.product_id"),
                warehouse_id=SQL("spread.warehouse_id"),
                quantity=SQL("ABS(measure.difference)"),
                figures={
                    "latest": SQL("spread.latest"),
                    "median": SQL("spread.median"),
                    "scale": SQL("measure.scale"),
                    "z": SQL("measure.difference / NULLIF(measure.scale, 0)"),
                    "weeks": SQL("%s", self._weeks),
                },
            ),
        )

    def _having_candidate(self):
        """Return a condition on the weeks of a product in a warehouse, to look closer at fewer."""
        return SQL("TRUE")
