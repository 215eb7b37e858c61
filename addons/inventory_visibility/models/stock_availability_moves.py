"""The part of the availability statement that moves say: planned, under way, past."""

from datetime import timedelta

from odoo import models
from odoo.tools import SQL

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class StockAvailabilityQuery(models.AbstractModel):
    _inherit = "stock.availability.query"

    # ------------------------------------------------------------------
    # Planned
    # ------------------------------------------------------------------

    def _cte_open_move(self, scope):
        """Planned moves from one place to another, or between a place and the world outside.

        A planned move counts with its *final* location when it has one: the first leg of a
        pick-pack-ship chain already leaves the warehouse, the first leg of a receipt in several
        steps already arrives in stock, and the legs inside of one warehouse count for nothing.
        """
        return SQL(
            """
            SELECT move.id, move.product_id, move.date, move.location_id,
                   move.product_qty AS quantity,
                   COALESCE(move.quantity, 0) * uom.factor / product.factor AS reserved,
                   source.usage AS source_usage,
                   source.place_id AS from_id,
                   target.place_id AS to_id
              FROM stock_move move
              JOIN product ON product.id = move.product_id
              JOIN uom_uom uom ON uom.id = move.product_uom
              JOIN location source ON source.id = move.location_id
              JOIN location target
                ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
             WHERE move.state IN %s
               AND source.place_id IS DISTINCT FROM target.place_id
               AND %s
            """,
            OPEN_STATES,
            self._in_scope(SQL("move.product_id"), scope),
        )

    def _cte_planned(self):
        """Arrivals and departures per product, place and day; what is overdue counts today."""
        return SQL(
            """
            SELECT product_id, place_id, today,
                   GREATEST(day, today) AS day,
                   ROUND(SUM(arriving), %(digits)s) AS arriving,
                   ROUND(SUM(leaving), %(digits)s) AS leaving,
                   MIN(day) FILTER (WHERE arriving > 0) AS first_arrival
              FROM (
                    SELECT open_move.product_id, side.place_id, side.arriving, side.leaving,
                           place.today, %(day)s AS day
                      FROM open_move
                     CROSS JOIN LATERAL (
                            VALUES (open_move.from_id, 0, open_move.quantity),
                                   (open_move.to_id, open_move.quantity, 0)
                           ) AS side(place_id, arriving, leaving)
                      JOIN place ON place.id = side.place_id
                    OFFSET 0
                   ) AS line
             GROUP BY product_id, place_id, today, GREATEST(day, today)
            """,
            digits=self._get_digits(),
            day=self._local_date(SQL("open_move.date"), SQL("place.tz")),
        )

    def _cte_projection(self):
        """Total arrivals and departures, ATP and the day of the first shortage.

        The projected balance at the end of day *d* is what is on hand now plus the arrivals
        minus the departures up to and including *d*. ATP is its minimum from today on, so what
        is promised to a later order is not promised again. Today's balance is what is on hand
        when nothing is planned for today: that is the second argument of LEAST.
        """
        return SQL(
            """
            SELECT product_id, place_id,
                   SUM(arriving) AS arriving,
                   SUM(leaving) AS leaving,
                   MIN(on_hand) + SUM(arriving - leaving) AS forecast,
                   MIN(first_arrival) AS first_arrival,
                   LEAST(
                        MIN(balance),
                        CASE WHEN MIN(day) > MIN(today) THEN MIN(on_hand) END
                   ) AS atp,
                   LEAST(
                        MIN(day) FILTER (WHERE balance < 0),
                        CASE WHEN MIN(day) > MIN(today) AND MIN(on_hand) < 0 THEN MIN(today) END
                   ) AS shortage_date
              FROM (
                    SELECT planned.*,
                           COALESCE(stock.on_hand, 0) AS on_hand,
                           COALESCE(stock.on_hand, 0) + SUM(planned.arriving - planned.leaving)
                                OVER (PARTITION BY planned.product_id, planned.place_id
                                          ORDER BY planned.day) AS balance
                      FROM planned
                      LEFT JOIN stock
                        ON stock.product_id = planned.product_id
                       AND stock.place_id = planned.place_id
                   ) AS line
             GROUP BY product_id, place_id
            """
        )

    # ------------------------------------------------------------------
    # Under way
    # ------------------------------------------------------------------

    def _cte_transit(self, scope):
        """Stock in transit locations, given to the places that planned moves bring it to.

        Whoever has it reserved comes first, then whoever has waited longest; what nobody waits
        for stays with the transit location's own warehouse or company. Every unit is given
        once, so on hand and in transit add up to the company's stock.
        """
        return SQL(
            """
            WITH pool AS (
                SELECT quant.product_id, quant.location_id, location.home_id,
                       SUM(quant.quantity) AS quantity
                  FROM stock_quant quant
                  JOIN product ON product.id = quant.product_id
                  JOIN location ON location.id = quant.location_id
                 WHERE location.usage = 'transit'
                   AND %s
                 GROUP BY quant.product_id, quant.location_id, location.home_id
            ),
            claim AS (
                SELECT open_move.product_id, open_move.location_id, open_move.to_id, part.quantity,
                       SUM(part.quantity) OVER (
                            PARTITION BY open_move.product_id, open_move.location_id
                            ORDER BY part.rank, open_move.date, open_move.id
                       ) AS up_to
                  FROM open_move
                 CROSS JOIN LATERAL (
                        VALUES (0, LEAST(open_move.reserved, open_move.quantity)),
                               (1, GREATEST(open_move.quantity - open_move.reserved, 0))
                       ) AS part(rank, quantity)
                 WHERE open_move.source_usage = 'transit'
                   AND open_move.to_id IS NOT NULL
                   AND part.quantity > 0
            ),
            given AS (
                SELECT pool.product_id, pool.location_id, claim.to_id,
                       LEAST(
                            claim.quantity,
                            GREATEST(pool.quantity - (claim.up_to - claim.quantity), 0)
                       ) AS quantity
                  FROM pool
                  JOIN claim
                    ON claim.product_id = pool.product_id
                   AND claim.location_id = pool.location_id
            ),
            taken AS (
                SELECT product_id, location_id, SUM(quantity) AS quantity
                  FROM given GROUP BY product_id, location_id
            )
            SELECT share.product_id, share.place_id,
                   ROUND(SUM(share.quantity), %s) AS in_transit
              FROM (
                    SELECT product_id, to_id AS place_id, quantity FROM given
                     UNION ALL
                    SELECT pool.product_id, pool.home_id,
                           pool.quantity - COALESCE(taken.quantity, 0)
                      FROM pool
                      LEFT JOIN taken
                        ON taken.product_id = pool.product_id
                       AND taken.location_id = pool.location_id
                   ) AS share
              JOIN place ON place.id = share.place_id
             GROUP BY share.product_id, share.place_id
            """,
            self._in_scope(SQL("quant.product_id"), scope),
            self._get_digits(),
        )

    # ------------------------------------------------------------------
    # Past
    # ------------------------------------------------------------------

    def _cte_flow(self, scope, as_of):
        """Done moves of the demand window, summed up by where demand or a return of it counts.

        The window is that of the moves' company. The literal date before it, the earliest of any
        company, is what lets PostgreSQL choose the right index.
        """
        return SQL(
            """
            SELECT move.product_id,
                   CASE WHEN target.usage = 'customer'
                          OR target.usage IN %(inner)s AND move.origin_returned_move_id IS NULL
                        THEN source.place_id END AS from_id,
                   CASE WHEN source.usage = 'customer'
                          OR source.usage IN %(inner)s AND move.origin_returned_move_id IS NOT NULL
                        THEN target.place_id END AS back_id,
                   move.product_uom,
                   SUM(move.quantity) AS quantity
              FROM stock_move move
              JOIN res_company company ON company.id = move.company_id
              JOIN location source ON source.id = move.location_id
              JOIN location target ON target.id = move.location_dest_id
             WHERE move.state = 'done'
               AND move.date > %(earliest)s::timestamp
               AND move.date > %(as_of)s::timestamp
                   - company.availability_demand_days * interval '1 day'
               AND move.date <= %(as_of)s::timestamp
               AND source.place_id IS DISTINCT FROM target.place_id
               AND %(in_scope)s
             GROUP BY 1, 2, 3, 4
            """,
            as_of=as_of,
            earliest=as_of - timedelta(days=self.env["res.company"]._get_longest_demand_days()),
            inner=("production", "transit", "internal"),
            in_scope=self._in_scope(SQL("move.product_id"), scope),
        )

    def _cte_demand(self):
        """Quantity demanded from a place over the window, in the reference unit of its unit.

        Counted: done moves from the place to customers, production, transit or another place;
        not counted: inventory losses, scrap, returns to vendors and moves inside of the place.
        Deducted: what customers sent back, and returned transfers.
        """
        return SQL(
            """
            SELECT side.product_id, side.place_id,
                   GREATEST(SUM(side.quantity * uom.factor), 0) AS quantity
              FROM (
                    SELECT product_id, from_id AS place_id, product_uom, quantity FROM flow
                     UNION ALL
                    SELECT product_id, back_id, product_uom, -quantity FROM flow
                   ) AS side
              JOIN place ON place.id = side.place_id
              JOIN uom_uom uom ON uom.id = side.product_uom
             GROUP BY side.product_id, side.place_id
            """
        )
