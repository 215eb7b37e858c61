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
``flow``        done moves of the demand window, summed up
``demand``      what left for customers, production and other places, net of returns
==============  ============================================================================

A *place* is a warehouse (its positive id) or, so that totals balance, whatever internal stock a
company keeps outside of any warehouse (a negative number made from the company's id).

What follows from moves is in `stock_availability_moves.py`; the rows made of it all, and the rule
of the states, are in `stock_availability_row.py`.
"""

from odoo import fields, models
from odoo.tools import SQL

# Ids of rows are `product_id * ID_BASE + place`, so that a row keeps its id between two queries
# and the id alone tells the product. Places outside of a warehouse use the upper half.
ID_BASE = 1 << 20
ID_OUTSIDE = 1 << 19

# Up to so many products are named to every table that is read.
MANY = 1000


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
            ("stock", self._cte_stock(scope)),
            ("open_move", self._cte_open_move(scope)),
            ("planned", self._cte_planned()),
            ("projection", self._cte_projection()),
            ("transit", self._cte_transit(scope)),
            ("flow", self._cte_flow(scope, as_of)),
            ("demand", self._cte_demand()),
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

    def _cte_stock(self, scope):
        """On hand, reserved, and the part of on hand that belongs to somebody else."""
        return SQL(
            """
            SELECT quant.product_id, location.place_id,
                   ROUND(SUM(quant.quantity), %(digits)s) AS on_hand,
                   ROUND(SUM(quant.reserved_quantity), %(digits)s) AS reserved,
                   ROUND(SUM(quant.quantity) FILTER (
                        WHERE quant.owner_id IS NOT NULL
                          AND quant.owner_id IS DISTINCT FROM place.company_partner_id
                   ), %(digits)s) AS consigned
              FROM stock_quant quant
              JOIN product ON product.id = quant.product_id
              JOIN location ON location.id = quant.location_id
              JOIN place ON place.id = location.place_id
             WHERE %(in_scope)s
             GROUP BY quant.product_id, location.place_id
            """,
            digits=self._get_digits(),
            in_scope=self._in_scope(SQL("quant.product_id"), scope),
        )

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _get_digits(self):
        return self.env["decimal.precision"].precision_get("Product Unit")

    def _local_date(self, moment, zone):
        """Return the date in a time zone of a moment that is stored in UTC."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)

    def _in_scope(self, column, scope):
        """Return a condition on a table's own product column.

        It repeats what the join with ``product`` says, where PostgreSQL can weigh it: a few
        products are then looked up by index in millions of rows. Many are quicker found by
        the join alone.
        """
        if "product_id" not in scope or len(scope["product_id"]) > MANY:
            return SQL("TRUE")
        return self._in(column, scope["product_id"])

    def _in(self, column, ids):
        """Return the condition that `column` is one of `ids`; False stands for NULL."""
        wanted = tuple(id_ for id_ in ids if id_)
        conditions = [SQL("%s IN %s", column, wanted)] if wanted else []
        if any(not id_ for id_ in ids):
            conditions.append(SQL("%s IS NULL", column))
        return SQL("(%s)", SQL(" OR ").join(conditions)) if conditions else SQL("FALSE")
