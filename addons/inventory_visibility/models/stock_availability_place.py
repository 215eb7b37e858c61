"""The part of the availability statement that says what a place is, and what is kept back there."""

from odoo import models
from odoo.tools import SQL


class StockAvailabilityQuery(models.AbstractModel):
    _inherit = "stock.availability.query"

    # ------------------------------------------------------------------
    # Places
    # ------------------------------------------------------------------

    def _cte_location(self):
        """Every location (archived ones too) with the warehouse that it is at home in.

        Only *internal* locations hold stock that is on hand; the warehouse is the one stored on
        the location (the nearest one above it). A transit location belongs to no place: what lies
        there is on its way. Its home is where it is shown when nobody waits for it.
        """
        return SQL(
            """
            SELECT id, usage, company_id, parent_path,
                   COALESCE(warehouse_id, -1 - COALESCE(company_id, 0)) AS home_id,
                   NOT COALESCE(availability_blocked, FALSE) AS sellable
              FROM stock_location
            """
        )

    def _cte_place(self, scope, as_of):
        """Places in scope with their company's settings and the date it is there now."""
        conditions = [SQL("TRUE")]
        for key in ("warehouse_id", "company_id"):
            if key in scope:
                conditions.append(self._in(SQL.identifier("spot", key), scope[key]))
        if "place_id" in scope:
            conditions.append(self._in(SQL("spot.id"), scope["place_id"]))
        return SQL(
            """
            SELECT spot.id, spot.warehouse_id, spot.company_id, spot.active,
                   company.partner_id AS company_partner_id,
                   COALESCE(company.availability_demand_days, 90) AS demand_days,
                   COALESCE(company.availability_low_days, 7) AS low_days,
                   COALESCE(company.availability_excess_days, 180) AS excess_days,
                   zone.tz,
                   %(today)s AS today
              FROM (%(spots)s) AS spot
              LEFT JOIN res_company company ON company.id = spot.company_id
              LEFT JOIN res_partner address ON address.id = spot.partner_id
              LEFT JOIN res_partner company_address ON company_address.id = company.partner_id
             CROSS JOIN LATERAL (
                    SELECT COALESCE(address.tz, company_address.tz, 'UTC') AS tz
                   ) AS zone
             WHERE %(conditions)s
            """,
            spots=self._get_place_kinds()[self._get_kind(scope)][0],
            today=self._local_date(SQL("%s::timestamp", as_of), SQL("zone.tz")),
            conditions=SQL(" AND ").join(conditions),
        )

    def _cte_member(self, scope):
        """Which location belongs to which place in scope; a location may belong to several."""
        return SQL(
            """
            SELECT location.id AS location_id, location.usage, location.sellable,
                   place.id AS place_id
              FROM place
              JOIN location
                ON location.usage IN ('internal', 'transit')
               AND (%s)
            """,
            self._get_place_kinds()[self._get_kind(scope)][1],
        )

    def _get_kind(self, scope):
        return scope.get("kind", "stock.warehouse")

    def _get_place_kinds(self):
        """Return ``{model: (its places, whether a location belongs to one)}``.

        The first statement gives ``id, warehouse_id, company_id, active, partner_id``, the second
        is a condition on ``place`` and ``location``.
        """
        group = self.env["stock.place.group"]
        return {
            "stock.warehouse": (
                SQL(
                    """
                    SELECT id, id AS warehouse_id, company_id, active, partner_id
                      FROM stock_warehouse
                     UNION ALL
                    SELECT DISTINCT home_id, NULL::integer, company_id, FALSE, NULL::integer
                      FROM location
                     WHERE home_id < 0 AND usage IN ('internal', 'transit')
                    """
                ),
                SQL("location.home_id = place.id"),
            ),
            "stock.location": (
                SQL(
                    """
                    SELECT location.id, NULL::integer AS warehouse_id, location.company_id,
                           location.active, warehouse.partner_id
                      FROM stock_location location
                      LEFT JOIN stock_warehouse warehouse ON warehouse.id = location.warehouse_id
                    """
                ),
                SQL(
                    "EXISTS (SELECT 1 FROM location root WHERE root.id = place.id"
                    " AND starts_with(location.parent_path, root.parent_path))"
                ),
            ),
            "stock.place.group": (
                SQL(
                    "SELECT id, NULL::integer AS warehouse_id, company_id, active,"
                    " NULL::integer AS partner_id FROM stock_place_group"
                ),
                SQL(
                    "EXISTS (SELECT 1 FROM %(warehouses)s WHERE warehouse.place = place.id"
                    " AND warehouse.member = location.home_id)"
                    " OR EXISTS (SELECT 1 FROM %(locations)s JOIN location root"
                    " ON root.id = spot.member WHERE spot.place = place.id"
                    " AND starts_with(location.parent_path, root.parent_path))",
                    warehouses=self._get_members(group, "warehouse_ids", "warehouse"),
                    locations=self._get_members(group, "location_ids", "spot"),
                ),
            ),
            "stock.external.place": (
                SQL(
                    "SELECT id, NULL::integer AS warehouse_id, company_id, active, partner_id"
                    " FROM stock_external_place"
                ),
                SQL("FALSE"),
            ),
        }

    def _get_members(self, model, name, alias):
        """Return the table of a many2many field with the columns ``place`` and ``member``."""
        field = model._fields[name]
        return SQL(
            "(SELECT %s AS place, %s AS member FROM %s) AS %s",
            SQL.identifier(field.column1),
            SQL.identifier(field.column2),
            SQL.identifier(field.relation),
            SQL.identifier(alias),
        )

    # ------------------------------------------------------------------
    # Kept back there
    # ------------------------------------------------------------------

    def _cte_hold(self, scope, as_of):
        """What soft reservations hold now.

        A group has what it holds itself and what is held at its warehouses and external places. A
        location has no holds of its own.
        """
        holds = self.env["stock.soft.reservation"]
        counted = holds._where_held(SQL.identifier("hold"), as_of)
        own = self._get_hold_columns()
        kind = self._get_kind(scope)
        sources = (
            [
                SQL(
                    "SELECT hold.*, hold.%s AS place_id FROM stock_soft_reservation hold",
                    SQL.identifier(own[kind]),
                )
            ]
            if kind in own
            else []
        )
        if kind == "stock.place.group":
            for name, column in (
                ("warehouse_ids", "warehouse_id"),
                ("external_place_ids", "external_place_id"),
            ):
                sources.append(
                    SQL(
                        "SELECT hold.*, link.place FROM stock_soft_reservation hold"
                        " JOIN %s ON link.member = hold.%s",
                        self._get_members(self.env[kind], name, "link"),
                        SQL.identifier(column),
                    )
                )
        if not sources:
            return SQL(
                "SELECT NULL::integer AS product_id, NULL::integer AS place_id,"
                " 0::numeric AS quantity WHERE FALSE"
            )
        return SQL(
            """
            SELECT hold.product_id, hold.place_id,
                   ROUND(SUM(hold.quantity - hold.consumed_quantity), %(digits)s) AS quantity
              FROM (%(sources)s) AS hold
              JOIN product ON product.id = hold.product_id
              JOIN place ON place.id = hold.place_id
             WHERE %(counted)s AND %(in_scope)s
             GROUP BY hold.product_id, hold.place_id
            """,
            digits=self._get_digits(),
            sources=SQL(" UNION ALL ").join(sources),
            counted=counted,
            in_scope=self._in_scope(SQL("hold.product_id"), scope),
        )

    def _get_hold_columns(self):
        """Return the column of a soft reservation that names a place of each kind."""
        return {
            "stock.warehouse": "warehouse_id",
            "stock.place.group": "group_id",
            "stock.external.place": "external_place_id",
        }

    def _cte_safety(self, scope):
        """Safety stock of warehouses; a group has that of its warehouses."""
        kind = self._get_kind(scope)
        source = SQL(
            "SELECT product_id, warehouse_id AS place_id, quantity FROM stock_safety_stock"
        )
        if kind == "stock.place.group":
            source = SQL(
                "SELECT safety.product_id, link.place AS place_id, safety.quantity"
                " FROM stock_safety_stock safety JOIN %s ON link.member = safety.warehouse_id",
                self._get_members(self.env[kind], "warehouse_ids", "link"),
            )
        elif kind != "stock.warehouse":
            source = SQL("%s WHERE FALSE", source)
        return SQL(
            """
            SELECT safety.product_id, safety.place_id,
                   ROUND(SUM(safety.quantity), %(digits)s) AS quantity
              FROM (%(source)s) AS safety
              JOIN product ON product.id = safety.product_id
              JOIN place ON place.id = safety.place_id
             WHERE %(in_scope)s
             GROUP BY safety.product_id, safety.place_id
            """,
            digits=self._get_digits(),
            source=source,
            in_scope=self._in_scope(SQL("safety.product_id"), scope),
        )

    def _cte_external(self, scope):
        """What external places say they have, and the moment of the oldest statement counted."""
        kind = self._get_kind(scope)
        source = SQL("SELECT product_id, place_id, quantity, feed_date FROM stock_external_quant")
        if kind == "stock.place.group":
            source = SQL(
                "SELECT quant.product_id, link.place AS place_id, quant.quantity, quant.feed_date"
                " FROM stock_external_quant quant"
                " JOIN stock_external_place place ON place.id = quant.place_id AND place.active"
                " JOIN %s ON link.member = quant.place_id",
                self._get_members(self.env[kind], "external_place_ids", "link"),
            )
        elif kind != "stock.external.place":
            source = SQL("%s WHERE FALSE", source)
        return SQL(
            """
            SELECT stated.product_id, stated.place_id,
                   ROUND(SUM(stated.quantity), %(digits)s) AS quantity,
                   MIN(stated.feed_date) AS as_of
              FROM (%(source)s) AS stated
              JOIN product ON product.id = stated.product_id
              JOIN place ON place.id = stated.place_id
             WHERE %(in_scope)s
             GROUP BY stated.product_id, stated.place_id
            """,
            digits=self._get_digits(),
            source=source,
            in_scope=self._in_scope(SQL("stated.product_id"), scope),
        )
