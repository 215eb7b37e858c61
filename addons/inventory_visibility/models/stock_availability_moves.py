"""The part of the availability statement that planned moves say."""

from odoo import models
from odoo.tools import SQL

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")


class StockAvailabilityQuery(models.AbstractModel):
    _inherit = "stock.availability.query"

    # ------------------------------------------------------------------
    # Planned
    # ------------------------------------------------------------------

    def _cte_open_move(self, scope):
        """Planned moves, from where they start to where they end.

        A planned move counts with its *final* location when it has one: the first leg of a
        pick-pack-ship chain already leaves the warehouse, the first leg of a receipt in several
        steps already arrives in stock, and the legs inside of one place count for nothing there.

        What is reserved is in the unit of the move. It is turned into that of the product as the
        quantity of the move was; a look at its lines is only needed where nothing is demanded.
        """
        return SQL(
            """
            SELECT move.id, move.product_id, move.date, move.location_id AS from_id,
                   COALESCE(move.location_final_id, move.location_dest_id) AS to_id,
                   move.product_qty::float8 AS quantity,
                   CASE WHEN COALESCE(move.quantity, 0) = 0 THEN 0
                        WHEN move.product_uom_qty = move.product_qty AND move.product_qty > 0
                        THEN move.quantity::float8
                        WHEN move.product_uom_qty > 0
                        THEN move.quantity::float8 * move.product_qty::float8
                             / move.product_uom_qty::float8
                        ELSE COALESCE(
                                (SELECT SUM(quantity_product_uom)::float8
                                   FROM stock_move_line
                                  WHERE move_id = move.id),
                                0)
                    END AS reserved
              FROM stock_move move
             WHERE move.state IN %s
               AND %s
            """,
            OPEN_STATES,
            self._in_scope(SQL("move.product_id"), scope),
        )

    def _cte_side(self, scope):
        """What each planned move changes at each place that it touches.

        ``arriving`` and ``leaving`` cross the border of the place; ``change`` is what the move
        adds to, or takes from, the stock that may be sold: also a move from an input or quality
        zone into stock, which stays inside. ``withheld`` is what a move has reserved in a blocked
        location: it is not counted as blocked, but cannot be sold before the move is done.

        Where the goods of a move inside are still to come, by a move that counts as arriving in
        stock itself, only what has come is added: the rest would be counted twice.
        """
        return SQL(
            """
            SELECT open_move.product_id, open_move.place_id, open_move.date,
                   0 AS arriving,
                   CASE WHEN other.place_id IS NULL THEN open_move.quantity ELSE 0 END AS leaving,
                   CASE WHEN open_move.sellable AND NOT COALESCE(other.sellable, FALSE)
                        THEN -open_move.quantity ELSE 0 END AS change,
                   CASE WHEN open_move.sellable THEN 0 ELSE open_move.reserved END AS withheld
              FROM (%(leaving)s) AS open_move
              LEFT JOIN member other
                ON other.location_id = open_move.to_id AND other.place_id = open_move.place_id
             WHERE other.place_id IS NULL
                OR NOT open_move.sellable
                OR NOT other.sellable
             UNION ALL
            SELECT open_move.product_id, open_move.place_id, open_move.date,
                   CASE WHEN other.place_id IS NULL THEN open_move.quantity ELSE 0 END,
                   0,
                   CASE WHEN NOT open_move.sellable THEN 0
                        WHEN other.place_id IS NULL THEN open_move.quantity
                        WHEN EXISTS (
                            SELECT 1
                              FROM stock_move_move_rel chain
                              JOIN open_move origin ON origin.id = chain.move_orig_id
                             WHERE chain.move_dest_id = open_move.id
                               AND origin.to_id <> open_move.from_id
                        ) THEN open_move.reserved
                        ELSE open_move.quantity
                    END,
                   0
              FROM (%(arriving)s) AS open_move
              LEFT JOIN member other
                ON other.location_id = open_move.from_id AND other.place_id = open_move.place_id
             WHERE other.place_id IS NULL
                OR (open_move.sellable AND NOT other.sellable)
            %(strays)s
            """,
            leaving=self._select_moves_at(SQL("open_move.from_id")),
            arriving=self._select_moves_at(SQL("open_move.to_id")),
            strays=self._select_strays(scope),
        )

    def _select_moves_at(self, location):
        """Return the planned moves at each place that one of their ends belongs to.

        They are few: found first (``OFFSET 0``), before the other end is looked up. All pairs of
        locations of a place are many.
        """
        return SQL(
            "SELECT open_move.*, member.place_id, member.sellable"
            " FROM open_move JOIN member ON member.location_id = %s OFFSET 0",
            location,
        )

    def _select_strays(self, scope):
        """Return what is reserved in a place for moves that are planned from around it.

        Deliveries are planned from a warehouse's stock location and reserved in its bins. They
        leave the bins then: what is reserved cannot be promised there, whenever it leaves.
        """
        if self._get_kind(scope) not in ("stock.location", "stock.place.group"):
            return SQL("")  # what a warehouse contains, it contains with all that is below
        return SQL(
            """
             UNION ALL
            SELECT open_move.product_id, member.place_id, open_move.date, 0, 0, 0,
                   line.quantity_product_uom::float8
              FROM open_move
              JOIN stock_move_line line
                ON line.move_id = open_move.id AND line.location_id <> open_move.from_id
              JOIN member ON member.location_id = line.location_id AND member.sellable
              LEFT JOIN member other
                ON other.location_id = open_move.from_id AND other.place_id = member.place_id
             WHERE other.place_id IS NULL
            """
        )

    def _cte_planned(self):
        """What is planned per product, place and day; what is overdue counts today.

        That is what moves change, and what is promised for a later day by a soft reservation: it
        leaves the balance on that day, as a delivery would.
        """
        return SQL(
            """
            SELECT product_id, place_id, today,
                   GREATEST(day, today) AS day,
                   %(arriving)s AS arriving, %(leaving)s AS leaving, %(change)s AS change,
                   MIN(day) FILTER (WHERE arriving > 0) AS first_arrival
              FROM (
                    SELECT side.product_id, side.place_id, side.arriving, side.leaving,
                           side.change, place.today, %(day)s AS day
                      FROM side
                      JOIN place ON place.id = side.place_id
                     UNION ALL
                    SELECT claim.product_id, claim.place_id, 0, 0, -claim.quantity,
                           place.today, claim.day
                      FROM claim
                      JOIN place ON place.id = claim.place_id
                     WHERE claim.day > place.today
                    OFFSET 0
                   ) AS line
             GROUP BY product_id, place_id, today, GREATEST(day, today)
            """,
            **self._get_planned_sums(),
            day=self._local_date(SQL("side.date"), SQL("place.tz")),
        )

    def _cte_sums(self):
        """What is planned per product and place, whenever: the projection without its days."""
        return SQL(
            """
            SELECT product_id, place_id,
                   %(arriving)s AS arriving, %(leaving)s AS leaving
              FROM side
             GROUP BY product_id, place_id
            """,
            **self._get_planned_sums(),
        )

    def _get_planned_sums(self):
        return {
            name: self._round(SQL("SUM(%s)", SQL.identifier(name)))
            for name in ("arriving", "leaving", "change")
        }

    def _cte_opening(self):
        """What could be promised if nothing were planned, before safety stock is kept back."""
        return SQL(
            """
            SELECT product_id, place_id, %s AS quantity
              FROM (
                    SELECT product_id, place_id, on_hand - blocked AS quantity FROM stock
                     UNION ALL
                    SELECT product_id, place_id, -withheld FROM side WHERE withheld <> 0
                     UNION ALL
                    SELECT claim.product_id, claim.place_id, -claim.quantity
                      FROM claim
                      JOIN place ON place.id = claim.place_id
                     WHERE claim.day = place.today
                     UNION ALL
                    SELECT product_id, place_id, quantity FROM external
                   ) AS part
             GROUP BY product_id, place_id
            """,
            self._round(SQL("SUM(quantity)")),
        )

    def _cte_projection(self):
        """Total arrivals and departures, the lowest balance and the day of the first shortage.

        The projected balance at the end of day *d* is the opening one plus the changes up to and
        including *d*. What can be promised is its minimum from today on, so what is promised to a
        later order is not promised again. Today's balance is the opening one when nothing is
        planned for today: that is the second argument of LEAST.
        """
        return SQL(
            """
            SELECT product_id, place_id,
                   %(arriving)s AS arriving, %(leaving)s AS leaving,
                   MIN(first_arrival) AS first_arrival,
                   LEAST(
                        MIN(balance),
                        CASE WHEN MIN(day) > MIN(today) THEN MIN(opening) END
                   ) AS lowest,
                   LEAST(
                        MIN(day) FILTER (WHERE balance < 0),
                        CASE WHEN MIN(day) > MIN(today) AND MIN(opening) < 0 THEN MIN(today) END
                   ) AS shortage_date
              FROM (
                    SELECT planned.*, COALESCE(opening.quantity, 0) AS opening,
                           %(balance)s AS balance
                      FROM planned
                      LEFT JOIN opening
                        ON opening.product_id = planned.product_id
                       AND opening.place_id = planned.place_id
                   ) AS line
             GROUP BY product_id, place_id
            """,
            **self._get_planned_sums(),
            balance=self._round(
                SQL(
                    "COALESCE(opening.quantity, 0) + SUM(planned.change) OVER ("
                    "PARTITION BY planned.product_id, planned.place_id ORDER BY planned.day)"
                )
            ),
        )
