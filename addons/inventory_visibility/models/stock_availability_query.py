"""The one SQL statement behind every availability figure of this addon.

The statement is a chain of common table expressions (CTE), each built by one method so that
another addon can replace or extend a single step:

==============  ============================================================================
``product``     storable products in scope, with the unit every quantity is expressed in
``location``    every location with the *place* it belongs to
``place``       the warehouses in scope (and stock outside of any warehouse), with settings
``stock``       on hand, reserved and consigned quantities now, from ``stock_quant``
``open_move``   planned moves that cross the border of a place
``planned``     the same, as arrivals and departures per place and day
``projection``  the projected balance, its minimum (ATP) and the day it falls below zero
``transit``     what lies in transit locations, given to the place that waits for it
``demand``      what left for customers, production and other places, net of returns
==============  ============================================================================

A *place* is a warehouse (its positive id) or, so that totals balance, whatever internal stock a
company keeps outside of any warehouse (a negative number made from the company's id).

The rows made of these, and the rule of the states, are in `stock_availability_row.py`.
"""

from odoo import fields, models
from odoo.tools import SQL

OPEN_STATES = ("waiting", "confirmed", "partially_available", "assigned")

# Ids of rows are `product_id * ID_BASE + place`, so that a row keeps its id between two queries
# and the id alone tells the product. Places outside of a warehouse use the upper half.
ID_BASE = 1 << 20
ID_OUTSIDE = 1 << 19


class StockAvailabilityQuery(models.AbstractModel):
    _name = "stock.availability.query"
    _description = "Builder of the availability statement"

    # ------------------------------------------------------------------
    # Entry point
    # ------------------------------------------------------------------

    def _get_query(self, scope=None):
        """Return the whole statement.

        :param dict scope: restricts the rows *and* what is read to compute them. Keys (all
            optional) are ``product_id``, ``product_tmpl_id``, ``categ_id``, ``warehouse_id`` and
            ``company_id``, each a collection of ids (False stands for an empty value).
        :rtype: odoo.tools.SQL
        """
        scope = scope or {}
        as_of = fields.Datetime.now()
        ctes = SQL(", ").join(
            SQL("%s AS MATERIALIZED (%s)", SQL.identifier(name), query)
            for name, query in self._get_ctes(scope, as_of)
        )
        return SQL("WITH %s %s", ctes, self._select_rows(scope, as_of))

    def _get_ctes(self, scope, as_of):
        """Return ``[(name, SQL), ...]``; each may refer to those before it."""
        return [
            ("product", self._cte_product(scope)),
            ("location", self._cte_location()),
            ("place", self._cte_place(scope, as_of)),
            ("stock", self._cte_stock()),
            ("open_move", self._cte_open_move()),
            ("planned", self._cte_planned()),
            ("projection", self._cte_projection()),
            ("transit", self._cte_transit()),
            ("demand", self._cte_demand(as_of)),
        ]

    # ------------------------------------------------------------------
    # What is looked at
    # ------------------------------------------------------------------

    def _cte_product(self, scope):
        """Storable products, archived ones included (they may still hold stock)."""
        conditions = [SQL("template.is_storable")]
        columns = {
            "product_id": SQL("product.id"),
            "product_tmpl_id": SQL("product.product_tmpl_id"),
            "categ_id": SQL("template.categ_id"),
        }
        for key, column in columns.items():
            if key in scope:
                conditions.append(self._in(column, scope[key]))
        return SQL(
            """
            SELECT product.id, product.product_tmpl_id, product.active,
                   template.categ_id, template.company_id, template.uom_id, uom.factor
              FROM product_product product
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom uom ON uom.id = template.uom_id
             WHERE %s
            """,
            SQL(" AND ").join(conditions),
        )

    def _cte_location(self):
        """Every location (archived ones too) with its place, or its transit home.

        Only *internal* locations hold stock that is on hand; the warehouse is the one stored on
        the location (the nearest one above it). A transit location has no place: what lies there
        is on its way. ``home_id`` is where it is shown when nobody waits for it.
        """
        return SQL(
            """
            SELECT id, usage, company_id,
                   CASE WHEN usage = 'internal'
                        THEN COALESCE(warehouse_id, -1 - COALESCE(company_id, 0))
                    END AS place_id,
                   CASE WHEN usage = 'transit'
                        THEN COALESCE(warehouse_id, -1 - COALESCE(company_id, 0))
                    END AS home_id
              FROM stock_location
            """
        )

    def _cte_place(self, scope, as_of):
        """Places in scope with their company's settings and the date it is there now."""
        conditions = [SQL("TRUE")]
        for key in ("warehouse_id", "company_id"):
            if key in scope:
                conditions.append(self._in(SQL.identifier("spot", key), scope[key]))
        return SQL(
            """
            SELECT spot.id, spot.warehouse_id, spot.company_id, spot.active,
                   company.partner_id AS company_partner_id,
                   COALESCE(company.availability_demand_days, 90) AS demand_days,
                   COALESCE(company.availability_low_days, 7) AS low_days,
                   COALESCE(company.availability_excess_days, 180) AS excess_days,
                   zone.tz,
                   %(today)s AS today
              FROM (
                    SELECT id, id AS warehouse_id, company_id, active, partner_id
                      FROM stock_warehouse
                     UNION ALL
                    SELECT DISTINCT COALESCE(place_id, home_id), NULL::integer, company_id,
                           FALSE, NULL::integer
                      FROM location
                     WHERE COALESCE(place_id, home_id) < 0
                   ) AS spot
              LEFT JOIN res_company company ON company.id = spot.company_id
              LEFT JOIN res_partner address ON address.id = spot.partner_id
              LEFT JOIN res_partner company_address ON company_address.id = company.partner_id
             CROSS JOIN LATERAL (
                    SELECT COALESCE(address.tz, company_address.tz, 'UTC') AS tz
                   ) AS zone
             WHERE %(conditions)s
            """,
            today=self._local_date(SQL("%s::timestamp", as_of), SQL("zone.tz")),
            conditions=SQL(" AND ").join(conditions),
        )

    # ------------------------------------------------------------------
    # Now
    # ------------------------------------------------------------------

    def _cte_stock(self):
        """On hand, reserved, and the part of on hand that belongs to somebody else."""
        return SQL(
            """
            SELECT quant.product_id, location.place_id,
                   SUM(quant.quantity) AS on_hand,
                   SUM(quant.reserved_quantity) AS reserved,
                   SUM(quant.quantity) FILTER (
                        WHERE quant.owner_id IS NOT NULL
                          AND quant.owner_id IS DISTINCT FROM place.company_partner_id
                   ) AS consigned
              FROM stock_quant quant
              JOIN product ON product.id = quant.product_id
              JOIN location ON location.id = quant.location_id
              JOIN place ON place.id = location.place_id
             GROUP BY quant.product_id, location.place_id
            """
        )

    # ------------------------------------------------------------------
    # Planned
    # ------------------------------------------------------------------

    def _cte_open_move(self):
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
            """,
            OPEN_STATES,
        )

    def _cte_planned(self):
        """Arrivals and departures per product, place and day; what is overdue counts today."""
        return SQL(
            """
            SELECT open_move.product_id, place.id AS place_id, place.today,
                   GREATEST(%(day)s, place.today) AS day,
                   SUM(side.arriving) AS arriving,
                   SUM(side.leaving) AS leaving,
                   MIN(%(day)s) FILTER (WHERE side.arriving > 0) AS first_arrival
              FROM open_move
             CROSS JOIN LATERAL (
                    VALUES (open_move.from_id, 0, open_move.quantity),
                           (open_move.to_id, open_move.quantity, 0)
                   ) AS side(place_id, arriving, leaving)
              JOIN place ON place.id = side.place_id
             GROUP BY open_move.product_id, place.id, place.today, GREATEST(%(day)s, place.today)
            """,
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
                   MIN(first_arrival) AS first_arrival,
                   LEAST(
                        MIN(balance),
                        MIN(on_hand) FILTER (WHERE first_day > today)
                   ) AS atp,
                   LEAST(
                        MIN(day) FILTER (WHERE ROUND(balance, %(digits)s) < 0),
                        MIN(today) FILTER (
                            WHERE first_day > today AND ROUND(on_hand, %(digits)s) < 0
                        )
                   ) AS shortage_date
              FROM (
                    SELECT planned.*,
                           COALESCE(stock.on_hand, 0) AS on_hand,
                           MIN(planned.day) OVER pile AS first_day,
                           COALESCE(stock.on_hand, 0) + SUM(planned.arriving - planned.leaving)
                                OVER (pile ORDER BY planned.day) AS balance
                      FROM planned
                      LEFT JOIN stock
                        ON stock.product_id = planned.product_id
                       AND stock.place_id = planned.place_id
                    WINDOW pile AS (PARTITION BY planned.product_id, planned.place_id)
                   ) AS line
             GROUP BY product_id, place_id
            """,
            digits=self._get_digits(),
        )

    # ------------------------------------------------------------------
    # Under way
    # ------------------------------------------------------------------

    def _cte_transit(self):
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
            SELECT share.product_id, share.place_id, SUM(share.quantity) AS in_transit
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
            """
        )

    # ------------------------------------------------------------------
    # Past
    # ------------------------------------------------------------------

    def _cte_demand(self, as_of):
        """Quantity demanded from a place over the window of its company.

        Counted: done moves from the place to customers, production, transit or another place;
        not counted: inventory losses, scrap, returns to vendors and moves inside of the place.
        Deducted: what customers sent back, and returned transfers.
        """
        return SQL(
            """
            SELECT side.product_id, side.place_id, GREATEST(SUM(side.quantity), 0) AS quantity
              FROM (
                    SELECT move.product_id, move.date, part.place_id,
                           part.sign * move.quantity * uom.factor / product.factor AS quantity
                      FROM stock_move move
                      JOIN product ON product.id = move.product_id
                      JOIN uom_uom uom ON uom.id = move.product_uom
                      JOIN location source ON source.id = move.location_id
                      JOIN location target ON target.id = move.location_dest_id
                     CROSS JOIN LATERAL (
                            VALUES (CASE WHEN target.usage = 'customer'
                                           OR target.usage IN %(inner)s
                                          AND move.origin_returned_move_id IS NULL
                                         THEN source.place_id END, 1),
                                   (CASE WHEN source.usage = 'customer'
                                           OR source.usage IN %(inner)s
                                          AND move.origin_returned_move_id IS NOT NULL
                                         THEN target.place_id END, -1)
                           ) AS part(place_id, sign)
                     WHERE move.state = 'done'
                       AND move.date > %(as_of)s::timestamp - (
                                SELECT MAX(demand_days) * interval '1 day' FROM place
                           )
                       AND move.date <= %(as_of)s::timestamp
                       AND source.place_id IS DISTINCT FROM target.place_id
                       AND part.place_id IS NOT NULL
                   ) AS side
              JOIN place ON place.id = side.place_id
             WHERE side.date > %(as_of)s::timestamp - place.demand_days * interval '1 day'
             GROUP BY side.product_id, side.place_id
            """,
            as_of=as_of,
            inner=("production", "transit", "internal"),
        )

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _get_digits(self):
        return self.env["decimal.precision"].precision_get("Product Unit")

    def _local_date(self, moment, zone):
        """Return the date in a time zone of a moment that is stored in UTC."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)

    def _in(self, column, ids):
        """Return the condition that `column` is one of `ids`; False stands for NULL."""
        wanted = tuple(id_ for id_ in ids if id_)
        conditions = [SQL("%s IN %s", column, wanted)] if wanted else []
        if any(not id_ for id_ in ids):
            conditions.append(SQL("%s IS NULL", column))
        return SQL("(%s)", SQL(" OR ").join(conditions)) if conditions else SQL("FALSE")
