"""The rows that the availability statement ends in: columns, days of cover, states."""

from odoo import models
from odoo.tools import SQL

from .stock_availability_query import ID_BASE, ID_OUTSIDE
from .stock_availability_source import SOURCES


class StockAvailabilityQuery(models.AbstractModel):
    _inherit = "stock.availability.query"

    def _select_rows(self, scope, as_of, sparse=False):
        """One row per product and place: all active ones, others only where something is.

        :param sparse: only where one of the steps has something to say

        ``OFFSET 0`` lets PostgreSQL compute each level once, instead of pasting the expressions
        of the inner levels into every place where the outer ones mention them.
        """
        return SQL(
            """
            SELECT rated.*, %(severity)s AS severity
              FROM (
                    SELECT figure.*, %(state)s AS state
                      FROM (
                            SELECT number.*, %(derived)s
                              FROM (
                                    SELECT %(columns)s FROM %(tables)s OFFSET 0
                                   ) AS number
                            OFFSET 0
                           ) AS figure
                    OFFSET 0
                   ) AS rated
            """,
            severity=self._case_severity(),
            state=self._case_state(),
            derived=self._select_derived(),
            columns=SQL(", ").join(
                SQL("%s AS %s", expression, SQL.identifier(name))
                for name, expression in self._get_columns(as_of).items()
            ),
            tables=self._from_sources(self._row_sources) if sparse else self._from_rows(),
        )

    def _select_figures(self, names, as_of):
        """Return the rows of some figures, where one of the steps they are read from has a row.

        :param names: keys of ``SOURCES``
        """
        columns = self._get_columns(as_of)
        return SQL(
            "SELECT product.id, place.id, %s FROM %s",
            SQL(", ").join(columns[name] for name in names),
            self._from_sources(self._get_sources(names)),
        )

    def _get_sources(self, names):
        wanted = {source for name in names for source in SOURCES[name]}
        return [source for source in self._row_sources if source in wanted]

    def _get_columns(self, as_of):
        """Return ``{column: SQL}`` of what is read; see also :meth:`_select_derived`.

        Each step has rounded what it added up; what is added up of several steps is rounded here.
        """

        def quantity(expression):
            return SQL("COALESCE(%s, 0)", expression)

        return {
            "id": SQL(
                "product.id::bigint * %s"
                " + CASE WHEN place.id > 0 THEN place.id ELSE %s - place.id END",
                ID_BASE,
                ID_OUTSIDE - 1,
            ),
            "product_id": SQL("product.id"),
            "product_tmpl_id": SQL("product.product_tmpl_id"),
            "categ_id": SQL("product.categ_id"),
            "uom_id": SQL("product.uom_id"),
            "active": SQL("product.active"),
            "place_id": SQL("place.id"),
            "warehouse_id": SQL("place.warehouse_id"),
            "company_id": SQL("place.company_id"),
            "as_of": SQL("%s::timestamp", as_of),
            "qty_on_hand": quantity(SQL("stock.on_hand")),
            "qty_reserved": quantity(SQL("stock.reserved")),
            "qty_free": quantity(self._round(SQL("stock.on_hand - stock.reserved"))),
            "qty_blocked": quantity(SQL("stock.blocked")),
            "qty_soft_reserved": quantity(SQL("hold.quantity")),
            "held_later": quantity(SQL("hold.later")),
            "qty_safety_stock": quantity(SQL("safety.quantity")),
            "qty_external": quantity(SQL("external.quantity")),
            "external_as_of": SQL("external.as_of"),
            "qty_available": self._round(
                SQL(
                    "COALESCE(stock.on_hand - stock.reserved - stock.blocked, 0)"
                    " + COALESCE(external.quantity, 0) - COALESCE(hold.quantity, 0)"
                    " - COALESCE(safety.quantity, 0)"
                )
            ),
            "qty_consigned": quantity(SQL("stock.consigned")),
            "qty_incoming": quantity(SQL("projection.arriving")),
            "qty_outgoing": quantity(SQL("projection.leaving")),
            "qty_in_transit": quantity(SQL("transit.in_transit")),
            "qty_forecast": self._round(
                SQL(
                    "COALESCE(stock.on_hand, 0) + COALESCE(projection.arriving, 0)"
                    " - COALESCE(projection.leaving, 0)"
                )
            ),
            "qty_atp": self._round(
                SQL(
                    "COALESCE(projection.lowest, opening.quantity, 0)"
                    " - COALESCE(safety.quantity, 0)"
                )
            ),
            "shortage_date": SQL(
                "CASE WHEN projection.product_id IS NOT NULL THEN projection.shortage_date"
                " WHEN opening.quantity < 0 THEN place.today END"
            ),
            "next_receipt_date": SQL("projection.first_arrival"),
            "daily_demand": SQL(
                "COALESCE(demand.quantity / product.factor, 0) / place.demand_days"
            ),
            "low_days": SQL("place.low_days"),
            "excess_days": SQL("place.excess_days"),
        }

    def _select_derived(self):
        """Columns computed from those of :meth:`_get_columns`.

        Days of cover = (available + safety stock) / daily demand: how long the stock that is not
        yet promised lasts if demand goes on as in the window, the safety stock being there to be
        used. Unknown (NULL) without demand.

        Left today is what is available, and of what is here but held for later days as much as can
        be promised for today, because a receipt comes in time for those days.
        """
        return SQL(
            """
            GREATEST(
                number.qty_available,
                LEAST(number.qty_available + number.held_later, number.qty_atp)
            ) AS left_today,
            CASE WHEN number.daily_demand > 0
                 THEN GREATEST(number.qty_available + number.qty_safety_stock, 0)
                      / number.daily_demand
             END AS days_of_cover
            """
        )

    def _get_state_rules(self):
        """Return ``[(state, condition), ...]``; the first that holds decides, else ``ok``.

        short   more is promised than there will be: the projected balance falls below zero
        out     nothing is left today, not even safety stock, and there is demand or something
                planned to leave
        idle    no demand in the window and nothing planned to leave
        low     what is available lasts for fewer days than the company's lower limit
        excess  what is available lasts for more days than the company's upper limit
        ok      none of these
        """
        return [
            ("short", SQL("figure.qty_atp + figure.qty_safety_stock < 0")),
            (
                "out",
                SQL(
                    "figure.left_today + figure.qty_safety_stock <= 0"
                    " AND (figure.daily_demand > 0 OR figure.qty_outgoing > 0)"
                ),
            ),
            ("idle", SQL("figure.daily_demand = 0 AND figure.qty_outgoing = 0")),
            ("low", SQL("figure.days_of_cover < figure.low_days")),
            ("excess", SQL("figure.days_of_cover > figure.excess_days")),
        ]

    # Order in which a person should look at the states.
    _severity = {"short": 0, "out": 1, "low": 2, "excess": 3, "ok": 4, "idle": 5}

    def _case_state(self):
        return SQL(
            "CASE %s ELSE 'ok' END",
            SQL(" ").join(
                SQL("WHEN %s THEN %s", condition, state)
                for state, condition in self._get_state_rules()
            ),
        )

    def _case_severity(self):
        return SQL(
            "CASE rated.state %s END",
            SQL(" ").join(
                SQL("WHEN %s THEN %s", state, rank) for state, rank in self._severity.items()
            ),
        )

    #: the steps with at most one row to a product and place
    _row_sources = (
        "stock",
        "projection",
        "transit",
        "demand",
        "opening",
        "hold",
        "safety",
        "external",
    )

    def _from_rows(self):
        return SQL(
            "product CROSS JOIN place LEFT JOIN (%s)"
            " ON product_id = product.id AND place_id = place.id WHERE %s",
            self._join_sources(self._row_sources),
            self._where_rows(),
        )

    def _from_sources(self, sources):
        return SQL(
            "%s JOIN product ON product.id = product_id JOIN place ON place.id = place_id",
            self._join_sources(sources),
        )

    def _join_sources(self, sources):
        """Return the join of steps in which each product and place that has something is once."""
        first, *others = (SQL.identifier(source) for source in sources)
        return SQL(
            "%s %s",
            first,
            SQL(" ").join(
                SQL("FULL JOIN %s USING (product_id, place_id)", other) for other in others
            ),
        )

    def _where_rows(self):
        return SQL(
            """
            %s
            OR COALESCE(stock.on_hand, 0) <> 0
            OR COALESCE(stock.reserved, 0) <> 0
            OR COALESCE(opening.quantity, 0) <> 0
            OR COALESCE(transit.in_transit, 0) <> 0
            OR projection.product_id IS NOT NULL
            """,
            self._where_expected(),
        )

    def _where_expected(self):
        """Return the condition of rows that are there although nothing is."""
        return SQL(
            "(product.active AND place.active"
            " AND (product.company_id IS NULL OR product.company_id = place.company_id))"
        )
