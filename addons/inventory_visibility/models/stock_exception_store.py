"""How what a detector finds becomes exceptions: set-based, and never twice for one cause."""

from odoo import fields, models
from odoo.tools import SQL

CAUSE = ("product_id", "warehouse_id", "location_id", "lot_id", "res_model", "res_id")


class StockException(models.Model):
    _inherit = "stock.exception"

    def _store(self, kind, query):
        """Bring the exceptions of a kind in line with what its query finds.

        A cause that is new is inserted; one that was closed and is back opens its last exception
        again; one that is there is brought up to date; a cause that is gone is closed, whatever
        its state. What was snoozed opens when its time has come. What was resolved stays
        resolved, unless the quantity grew by more than the kind's share, or the severity rose.

        :param kind: `stock.exception.kind`
        :param SQL query: a detector's statement, or None to close everything
        :return: ``{"opened": n, "closed": n}``; the ids of both are in the temporary table
            ``stock_exception_change (id, change)`` until the transaction ends
        """
        self.env.flush_all()
        for table in ("stock_exception_found", "stock_exception_change"):
            self.env.cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.%s", SQL.identifier(table)))
        self._find(kind, query)
        self.env.cr.execute(
            "CREATE TEMPORARY TABLE stock_exception_change (id integer, change varchar)"
            " ON COMMIT DROP"
        )
        closed = self._store_gone(kind)
        opened = self._store_worse(kind) + self._store_back() + self._store_new(kind)
        self._store_known()
        self.env["stock.exception"].invalidate_model(flush=False)
        return {"opened": opened, "closed": closed}

    def _find(self, kind, query):
        """Put what the query finds into a table, with the exception of each cause if it has one."""
        company = kind.company_id
        if query is None:
            query = SQL(
                "SELECT %s WHERE FALSE",
                self.env["stock.exception.detector"]._columns(),
            )
        kept = (*CAUSE, "since", "figures")
        values = {
            "columns": SQL(", ").join(SQL.identifier("found", name) for name in kept),
            "digits": self.env["decimal.precision"].precision_get("Product Unit"),
            "places": company.currency_id.decimal_places,
            "cost": SQL("COALESCE((product.standard_price->>%s)::numeric, 0)", str(company.id)),
            "severity": kind.severity,
            "critical": kind.sudo().critical_value,
            "minimum": kind.sudo().minimum_value,
            "owner": self._select_owner(kind),
        }
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE stock_exception_found ON COMMIT DROP AS
                WITH found AS MATERIALIZED (%(query)s),
                priced AS (
                    SELECT DISTINCT ON (%(cause)s)
                           %(columns)s, template.uom_id, %(owner)s AS user_id,
                           ROUND(COALESCE(found.quantity, 0), %(digits)s) AS quantity,
                           ROUND(COALESCE(found.value, ABS(found.quantity) * %(cost)s, 0),
                                 %(places)s) AS worth
                      FROM found
                      LEFT JOIN product_product product ON product.id = found.product_id
                      LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                     ORDER BY %(cause)s, worth DESC
                ),
                known AS (
                    SELECT DISTINCT ON (%(known_cause)s) known.*
                      FROM stock_exception known
                     WHERE known.company_id = %(company)s AND known.kind = %(kind)s
                     ORDER BY %(known_cause)s, known.state = 'closed', known.id DESC
                )
                SELECT priced.*,
                       CASE WHEN %(critical)s > 0 AND priced.worth >= %(critical)s THEN '3'
                            ELSE %(severity)s END AS severity,
                       known.id AS exception_id, known.state AS known_state
                  FROM priced
                  LEFT JOIN known ON %(same)s
                 WHERE priced.worth >= %(minimum)s
                """,
                query=query,
                cause=self._cause("found"),
                known_cause=self._cause("known"),
                same=SQL(" AND ").join(
                    SQL("%s = %s", self._cause_column("priced", name), column)
                    for name, column in zip(CAUSE, self._cause_columns("known"), strict=True)
                ),
                company=company.id,
                kind=kind.kind,
                **values,
            )
        )
        self.env.cr.execute("ANALYZE stock_exception_found")

    def _cause_column(self, table, name):
        empty = SQL("''") if name == "res_model" else SQL("0")
        return SQL("COALESCE(%s, %s)", SQL.identifier(table, name), empty)

    def _cause_columns(self, table):
        return [self._cause_column(table, name) for name in CAUSE]

    def _cause(self, table):
        return SQL(", ").join(self._cause_columns(table))

    def _select_owner(self, kind):
        owner = SQL("%s::integer", kind.user_id.id or None)
        if kind.owner_by_product:
            key = str(kind.company_id.id)
            return SQL("COALESCE((template.responsible_id->>%s)::integer, %s)", key, owner)
        return owner

    def _get_moment(self):
        return SQL("%s::timestamp", fields.Datetime.now())

    def _set_figures(self):
        """What every run brings up to date; the alias of the exception is ``exception``."""
        return SQL(
            """
            quantity = found.quantity, value = found.worth, uom_id = found.uom_id,
            severity = found.severity, figures = found.figures,
            last_seen = %(now)s, write_date = %(now)s, write_uid = %(uid)s
            """,
            now=self._get_moment(),
            uid=self.env.uid,
        )

    def _count_changes(self, statement, change):
        """Run a statement that returns ids and former states, and note these as changed.

        What was resolved is not noted: those who want to know were told then.
        """
        self.env.cr.execute(
            SQL(
                "WITH changed AS (%s)"
                " INSERT INTO stock_exception_change"
                " SELECT id, %s FROM changed WHERE former IS DISTINCT FROM 'resolved'",
                statement,
                change,
            )
        )
        return self.env.cr.rowcount

    # ------------------------------------------------------------------
    # One statement for each thing that can happen to a cause
    # ------------------------------------------------------------------

    def _store_worse(self, kind):
        """Open what was resolved and became worse."""
        return self._count_changes(
            SQL(
                """
                UPDATE stock_exception exception
                   SET state = 'open', worsened = TRUE, opened_date = %(now)s,
                       opened_count = exception.opened_count + 1
                  FROM stock_exception_found found
                 WHERE exception.id = found.exception_id
                   AND exception.state = 'resolved'
                   AND (ABS(found.quantity)
                            > exception.resolved_quantity * (1 + %(worsening)s / 100.0)
                        OR found.severity > exception.resolved_severity)
                RETURNING exception.id, NULL AS former
                """,
                now=self._get_moment(),
                worsening=kind.worsening,
            ),
            "opened",
        )

    def _store_back(self):
        """Open again what was closed and has its cause back."""
        return self._count_changes(
            SQL(
                """
                UPDATE stock_exception exception
                   SET state = 'open', worsened = FALSE, closed_date = NULL, snooze_until = NULL,
                       resolve_reason = NULL, resolved_quantity = NULL, resolved_severity = NULL,
                       since = COALESCE(found.since, %(now)s), opened_date = %(now)s,
                       opened_count = exception.opened_count + 1,
                       user_id = COALESCE(exception.user_id, found.user_id),
                       %(figures)s
                  FROM stock_exception_found found
                 WHERE exception.id = found.exception_id AND found.known_state = 'closed'
                RETURNING exception.id, NULL AS former
                """,
                now=self._get_moment(),
                figures=self._set_figures(),
            ),
            "opened",
        )

    def _store_new(self, kind):
        return self._count_changes(
            SQL(
                """
                INSERT INTO stock_exception (
                       company_id, kind, product_id, warehouse_id, location_id, lot_id, res_model,
                       res_id, quantity, value, uom_id, severity, figures, user_id, state,
                       since, first_seen, last_seen, opened_date, opened_count, worsened,
                       create_date, create_uid, write_date, write_uid
                )
                SELECT %(company)s, %(kind)s, product_id, warehouse_id, location_id, lot_id,
                       res_model, res_id, quantity, worth, uom_id, severity, figures,
                       user_id, 'open', COALESCE(since, %(now)s), %(now)s, %(now)s, %(now)s, 1,
                       FALSE, %(now)s, %(uid)s, %(now)s, %(uid)s
                  FROM stock_exception_found
                 WHERE exception_id IS NULL
                RETURNING id, NULL AS former
                """,
                company=kind.company_id.id,
                kind=kind.kind,
                now=self._get_moment(),
                uid=self.env.uid,
            ),
            "opened",
        )

    def _store_known(self):
        """Bring what is still there up to date, and wake what was snoozed."""
        now = self._get_moment()
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_exception exception
                   SET state = CASE WHEN exception.state = 'snoozed'
                                     AND exception.snooze_until <= %(now)s
                                    THEN 'open' ELSE exception.state END,
                       snooze_until = CASE WHEN exception.snooze_until > %(now)s
                                           THEN exception.snooze_until END,
                       since = COALESCE(found.since, exception.since),
                       %(figures)s
                  FROM stock_exception_found found
                 WHERE exception.id = found.exception_id AND found.known_state <> 'closed'
                """,
                now=now,
                figures=self._set_figures(),
            )
        )

    def _store_gone(self, kind):
        """Close what was not found any more."""
        return self._count_changes(
            SQL(
                """
                UPDATE stock_exception exception
                   SET state = 'closed', closed_date = %(now)s, snooze_until = NULL,
                       worsened = FALSE, write_date = %(now)s, write_uid = %(uid)s
                  FROM stock_exception old
                 WHERE exception.id = old.id
                   AND old.company_id = %(company)s
                   AND old.kind = %(kind)s
                   AND old.state <> 'closed'
                   AND NOT EXISTS (
                        SELECT FROM stock_exception_found found
                         WHERE found.exception_id = old.id
                   )
                RETURNING exception.id, old.state AS former
                """,
                now=self._get_moment(),
                uid=self.env.uid,
                company=kind.company_id.id,
                kind=kind.kind,
            ),
            "closed",
        )
