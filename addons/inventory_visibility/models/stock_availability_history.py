"""The part of the availability statement about what is under way, and what has left."""

from datetime import timedelta

from odoo import models
from odoo.tools import SQL


class StockAvailabilityQuery(models.AbstractModel):
    _inherit = "stock.availability.query"

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
                SELECT quant.product_id, quant.location_id,
                       SUM(COALESCE(quant.quantity::float8, 0)) AS quantity
                  FROM %s
                  JOIN stock_location location ON location.id = quant.location_id
                 WHERE location.usage = 'transit'
                 GROUP BY quant.product_id, quant.location_id
            ),
            claim AS (
                SELECT open_move.product_id, open_move.from_id, open_move.to_id, part.quantity,
                       SUM(part.quantity) OVER (
                            PARTITION BY open_move.product_id, open_move.from_id
                            ORDER BY part.rank, open_move.date, open_move.id
                       ) AS up_to
                  FROM open_move
                  JOIN stock_location source ON source.id = open_move.from_id
                  JOIN stock_location target ON target.id = open_move.to_id
                 CROSS JOIN LATERAL (
                        VALUES (0, LEAST(open_move.reserved, open_move.quantity)),
                               (1, GREATEST(open_move.quantity - open_move.reserved, 0))
                       ) AS part(rank, quantity)
                 WHERE source.usage = 'transit'
                   AND target.usage = 'internal'
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
                   AND claim.from_id = pool.location_id
            ),
            taken AS (
                SELECT product_id, location_id, SUM(quantity) AS quantity
                  FROM given GROUP BY product_id, location_id
            ),
            share AS (
                SELECT given.product_id, member.place_id, given.quantity
                  FROM given JOIN member ON member.location_id = given.to_id
                 UNION ALL
                SELECT pool.product_id, halt.place_id,
                       pool.quantity - COALESCE(taken.quantity, 0)
                  FROM pool
                  JOIN halt ON halt.location_id = pool.location_id
                  LEFT JOIN taken
                    ON taken.product_id = pool.product_id
                   AND taken.location_id = pool.location_id
            )
            SELECT product_id, place_id, %s AS in_transit
              FROM share
             GROUP BY product_id, place_id
            """,
            self._from_quants(scope),
            self._round(SQL("SUM(quantity)")),
        )

    # ------------------------------------------------------------------
    # Past
    # ------------------------------------------------------------------

    def _cte_flow(self, scope, as_of):
        """Done moves of the demand window, summed up by where they came from and went to.

        What goes into transit goes where the transfer ends, when the move says so. The window is
        that of the moves' company; the literal date before it, the earliest of any company, is
        what lets PostgreSQL choose the right index.
        """
        return SQL(
            """
            SELECT move.product_id, move.location_id AS from_id,
                   CASE WHEN target.usage = 'transit'
                        THEN COALESCE(move.location_final_id, move.location_dest_id)
                        ELSE move.location_dest_id
                    END AS to_id,
                   move.origin_returned_move_id IS NOT NULL AS is_return,
                   move.product_uom,
                   SUM(move.quantity::float8) AS quantity
              FROM stock_move move
              JOIN res_company company ON company.id = move.company_id
              JOIN stock_location target ON target.id = move.location_dest_id
             WHERE move.state = 'done'
               AND move.date > %(earliest)s::timestamp
               AND move.date > %(as_of)s::timestamp
                   - company.availability_demand_days * interval '1 day'
               AND move.date <= %(as_of)s::timestamp
               AND %(in_scope)s
             GROUP BY 1, 2, 3, 4, 5
            """,
            as_of=as_of,
            earliest=as_of - timedelta(days=self.env["res.company"]._get_longest_demand_days()),
            in_scope=self._in_scope(SQL("move.product_id"), scope),
        )

    def _cte_demand(self):
        """Quantity demanded from a place over the window, in the reference unit of its unit.

        Counted: done moves from the place to customers, production, transit or another place;
        not counted: inventory losses, scrap, returns to vendors and moves inside of the place.
        Deducted: what customers sent back, and returned transfers.
        """

        def side(here, there, sign, counts):
            return SQL(
                """
                SELECT flow.product_id, member.place_id, flow.product_uom,
                       %(sign)s * flow.quantity AS quantity
                  FROM flow
                  JOIN member ON member.location_id = %(here)s
                  JOIN stock_location other ON other.id = %(there)s
                  LEFT JOIN member inside
                    ON inside.location_id = %(there)s AND inside.place_id = member.place_id
                 WHERE inside.place_id IS NULL
                   AND (other.usage = 'customer' OR other.usage IN %(inner)s AND %(counts)s)
                """,
                here=SQL.identifier("flow", here),
                there=SQL.identifier("flow", there),
                sign=sign,
                inner=("production", "transit", "internal"),
                counts=counts,
            )

        return SQL(
            """
            SELECT side.product_id, side.place_id,
                   GREATEST(%s, 0) AS quantity
              FROM (%s UNION ALL %s) AS side
              JOIN uom_uom uom ON uom.id = side.product_uom
             GROUP BY side.product_id, side.place_id
            """,
            # what was sold and came back leaves nothing, in whichever units
            self._round(SQL("SUM(side.quantity * uom.factor::float8)"), digits=9),
            side("from_id", "to_id", 1, SQL("NOT flow.is_return")),
            side("to_id", "from_id", -1, SQL("flow.is_return")),
        )
