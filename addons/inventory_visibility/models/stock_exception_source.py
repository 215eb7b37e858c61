"""Temporary tables that the detectors of one run share, so that each is computed once.

========================================  =====================================================
``stock_exception_availability``          the rows of `stock.availability` of the company where
                                          anything is on hand, planned or in demand
``stock_exception_history``               when a product last left and last reached a warehouse,
                                          and on how many days it left, in two years
========================================  =====================================================

They belong to the connection, outlive the commits between two kinds, and are gone when it ends,
killed or not. The availability statement runs once per batch of products, straight into the
table: no row of it passes through Python.
"""

from odoo import fields, models
from odoo.tools import SQL, split_every

BATCH_SIZE = 20_000
HISTORY_DAYS = 730

AVAILABILITY_COLUMNS = (
    "product_id",
    "categ_id",
    "warehouse_id",
    "active",
    "qty_on_hand",
    "qty_reserved",
    "qty_safety_stock",
    "qty_available",
    "qty_incoming",
    "qty_outgoing",
    "qty_in_transit",
    "qty_atp",
    "shortage_date",
    "next_receipt_date",
    "daily_demand",
    "days_of_cover",
    "left_today",
)


class StockExceptionSource(models.AbstractModel):
    _name = "stock.exception.source"
    _description = "Shared Tables of the Exception Detectors"

    _tables = ("stock_exception_availability", "stock_exception_history")

    def _prepare(self, company):
        """Compute the shared tables of a company, in place of those of another."""
        self._drop()
        self.env.flush_all()
        # compiling a statement of so many expressions takes seconds, once a batch
        self.env.cr.execute(SQL("SET LOCAL jit TO off"))
        self._prepare_availability(company)
        self._prepare_history(company)
        for table in self._tables:
            # nobody else analyzes a temporary table, and the plans of all detectors depend on it
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    def _drop(self):
        for table in self._tables:
            self.env.cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.%s", SQL.identifier(table)))

    def _prepare_availability(self, company):
        table = SQL.identifier(self._tables[0])
        columns = SQL(", ").join(SQL.identifier(name) for name in AVAILABILITY_COLUMNS)

        def select(scope, condition):
            query = self.env["stock.availability.query"]._get_query(scope)
            return SQL("SELECT %s FROM (%s) AS row WHERE %s", columns, query, condition)

        scope = {"company_id": {company.id}}
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE %s AS %s",
                table,
                select({**scope, "product_id": set()}, SQL("FALSE")),
            )
        )
        for ids in split_every(BATCH_SIZE, self._get_product_ids()):
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s %s",
                    table,
                    select({**scope, "product_id": set(ids)}, self._where_anything()),
                )
            )
        self.env.cr.execute(SQL("CREATE INDEX ON %s (product_id, warehouse_id)", table))

    def _get_product_ids(self):
        return [
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    """
                    SELECT product.id
                      FROM product_product product
                      JOIN product_template template ON template.id = product.product_tmpl_id
                     WHERE template.is_storable
                     ORDER BY product.id
                    """
                )
            )
        ]

    def _where_anything(self):
        return SQL(
            """
            qty_on_hand <> 0 OR qty_reserved <> 0 OR qty_incoming <> 0 OR qty_outgoing <> 0
            OR qty_in_transit <> 0 OR daily_demand > 0
            """
        )

    def _prepare_history(self, company):
        """Sum the done moves between a warehouse and what is outside of it up.

        A departure is what counts as demand in the availability (to customers, production,
        transit, another warehouse); an arrival is anything that came in. ``out_days`` are the
        days with a departure: several lines of one order are one sale.
        """
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE %(table)s AS
                SELECT product_id, warehouse_id,
                       MIN(first) FILTER (WHERE leaving) AS first_out,
                       MAX(last) FILTER (WHERE leaving) AS last_out,
                       COUNT(*) FILTER (WHERE leaving) AS out_days,
                       MIN(first) FILTER (WHERE NOT leaving) AS first_in,
                       MAX(last) FILTER (WHERE NOT leaving) AS last_in
                  FROM (
                        SELECT move.product_id, side.warehouse_id, side.leaving,
                               move.date::date AS day, MIN(move.date) AS first,
                               MAX(move.date) AS last
                          FROM stock_move move
                          JOIN stock_location source ON source.id = move.location_id
                          JOIN stock_location target ON target.id = move.location_dest_id
                         CROSS JOIN LATERAL (
                                VALUES (CASE WHEN source.usage = 'internal'
                                              AND target.usage IN %(demand)s
                                             THEN source.warehouse_id END, TRUE),
                                       (CASE WHEN target.usage = 'internal'
                                             THEN target.warehouse_id END, FALSE)
                               ) AS side(warehouse_id, leaving)
                         WHERE move.state = 'done'
                           AND move.company_id = %(company)s
                           AND move.date > %(now)s::timestamp - %(days)s * interval '1 day'
                           AND side.warehouse_id IS NOT NULL
                           AND (source.usage <> 'internal' OR target.usage <> 'internal'
                                OR source.warehouse_id IS DISTINCT FROM target.warehouse_id)
                         GROUP BY 1, 2, 3, 4
                       ) AS daily
                 GROUP BY product_id, warehouse_id
                """,
                table=SQL.identifier(self._tables[1]),
                demand=("customer", "production", "transit", "internal"),
                company=company.id,
                now=fields.Datetime.now(),
                days=HISTORY_DAYS,
            )
        )
        self.env.cr.execute(
            SQL("CREATE INDEX ON %s (product_id, warehouse_id)", SQL.identifier(self._tables[1]))
        )
