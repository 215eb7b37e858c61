"""The part of the availability statement that says what a place is, and what is kept back there."""

from odoo import models
from odoo.tools import SQL


class StockAvailabilityQuery(models.AbstractModel):
    _inherit = "stock.availability.query"

    # ------------------------------------------------------------------
    # Places
    # ------------------------------------------------------------------

    def _cte_place(self, scope, as_of):
        """Places in scope with their company's settings and the date it is there now.

        The time zone is looked up by itself: planning two more joins takes longer than all the rest
        of a statement about one product.
        """
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
             CROSS JOIN LATERAL (
                    SELECT COALESCE(
                                (SELECT tz FROM res_partner WHERE id = spot.partner_id),
                                (SELECT tz FROM res_partner WHERE id = company.partner_id),
                                'UTC'
                           ) AS tz
                    OFFSET 0
                   ) AS zone
             WHERE %(conditions)s
            """,
            spots=self._get_place_kinds(scope)[self._get_kind(scope)][0],
            today=self._local_date(SQL("%s::timestamp", as_of), SQL("zone.tz")),
            conditions=SQL(" AND ").join(conditions),
        )

    def _cte_member(self, scope, usage):
        """Which location (archived ones too) belongs to which place in scope, maybe to several.

        Only *internal* locations hold stock that is on hand; the warehouse is the one stored on
        the location (the nearest one above it). What lies in a transit location is on its way;
        the place that the location belongs to is where it is shown when nobody waits for it.
        """
        return SQL(
            """
            SELECT DISTINCT location.id AS location_id, part.place_id,
                   NOT COALESCE(location.availability_blocked, FALSE) AS sellable
              FROM %s
             WHERE location.usage = %s
            """,
            self._get_place_kinds(scope)[self._get_kind(scope)][1],
            usage,
        )

    def _get_kind(self, scope):
        return scope.get("kind", "stock.warehouse")

    def _get_place_key(self, scope):
        """Return the key of the scope that names places of its kind."""
        return "warehouse_id" if self._get_kind(scope) == "stock.warehouse" else "place_id"

    def _get_place_kinds(self, scope):
        """Return ``{model: (its places, their locations)}``.

        The first statement gives ``id, warehouse_id, company_id, active, partner_id``; the second
        is made of tables with ``location`` and ``part.place_id``.
        """
        group = self.env["stock.place.group"]
        inside = SQL(
            "SELECT id, id AS warehouse_id, company_id, active, partner_id FROM stock_warehouse"
        )
        home = SQL("location.warehouse_id")
        warehouses = scope.get("warehouse_id", [False])
        if not isinstance(warehouses, SQL) and not all(warehouses):  # what lies outside, too
            home = SQL("COALESCE(location.warehouse_id, -1 - COALESCE(location.company_id, 0))")
            inside = SQL(
                """
                %s
                 UNION ALL
                SELECT DISTINCT -1 - COALESCE(company_id, 0), NULL::integer, company_id,
                       FALSE, NULL::integer
                  FROM stock_location
                 WHERE warehouse_id IS NULL AND usage IN ('internal', 'transit')
                """,
                inside,
            )
        return {
            "stock.warehouse": (
                inside,
                SQL(
                    """
                    (SELECT id AS place_id FROM place) AS part
                    JOIN stock_location location ON %s = part.place_id
                    """,
                    home,
                ),
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
                    """
                    (SELECT root.id AS place_id, root.parent_path
                       FROM place JOIN stock_location root ON root.id = place.id) AS part
                    JOIN stock_location location
                      ON starts_with(location.parent_path, part.parent_path)
                    """
                ),
            ),
            "stock.place.group": (
                SQL(
                    "SELECT id, NULL::integer AS warehouse_id, company_id, active,"
                    " NULL::integer AS partner_id FROM stock_place_group"
                ),
                SQL(
                    """
                    (SELECT place.id AS place_id, warehouse.member AS warehouse_id,
                            NULL::varchar AS parent_path
                       FROM place JOIN %(warehouses)s ON warehouse.place = place.id
                      UNION ALL
                     SELECT place.id, NULL, root.parent_path
                       FROM place
                       JOIN %(locations)s ON spot.place = place.id
                       JOIN stock_location root ON root.id = spot.member) AS part
                    JOIN stock_location location
                      ON location.warehouse_id = part.warehouse_id
                      OR starts_with(location.parent_path, part.parent_path)
                    """,
                    warehouses=self._get_members(group, "warehouse_ids", "warehouse"),
                    locations=self._get_members(group, "location_ids", "spot"),
                ),
            ),
            "stock.external.place": (
                SQL(
                    "SELECT id, NULL::integer AS warehouse_id, company_id, active, partner_id"
                    " FROM stock_external_place"
                ),
                SQL(
                    "(SELECT id AS place_id FROM place) AS part"
                    " JOIN stock_location location ON FALSE"
                ),
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

    def _cte_claim(self, scope, as_of):
        """What soft reservations hold now, by the day for which it is promised: today or later.

        A group has what it holds itself and what is held at its warehouses and external places. A
        location has no holds of its own.
        """
        holds = self.env["stock.soft.reservation"]
        rows = holds._select_rows()
        counted = holds._where_held(SQL.identifier("hold"), as_of)
        own = self._get_hold_columns()
        kind = self._get_kind(scope)
        sources = (
            [
                SQL(
                    "SELECT hold.*, hold.%s AS place_id FROM (%s) AS hold",
                    SQL.identifier(own[kind]),
                    rows,
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
                        "SELECT hold.*, link.place FROM (%s) AS hold"
                        " JOIN %s ON link.member = hold.%s",
                        rows,
                        self._get_members(self.env[kind], name, "link"),
                        SQL.identifier(column),
                    )
                )
        if not sources:
            return SQL(
                "SELECT NULL::integer AS product_id, NULL::integer AS place_id,"
                " NULL::date AS day, 0::float8 AS quantity WHERE FALSE"
            )
        return SQL(
            """
            SELECT hold.product_id, hold.place_id,
                   GREATEST(hold.date_promised, place.today) AS day,
                   %(quantity)s AS quantity
              FROM (%(sources)s) AS hold
              JOIN place ON place.id = hold.place_id
             WHERE %(counted)s AND %(in_scope)s
             GROUP BY hold.product_id, hold.place_id, GREATEST(hold.date_promised, place.today)
            """,
            quantity=self._round(SQL("SUM(hold.quantity - hold.consumed_quantity)")),
            sources=SQL(" UNION ALL ").join(sources),
            counted=counted,
            in_scope=self._in_scope(SQL("hold.product_id"), scope),
        )

    def _cte_hold(self):
        """What is held in all, and what of it is held for later days than today."""
        return SQL(
            """
            SELECT claim.product_id, claim.place_id, %(quantity)s AS quantity,
                   COALESCE(%(later)s, 0) AS later
              FROM claim
              JOIN place ON place.id = claim.place_id
             GROUP BY claim.product_id, claim.place_id
            """,
            quantity=self._round(SQL("SUM(claim.quantity)")),
            later=self._round(SQL("SUM(claim.quantity) FILTER (WHERE claim.day > place.today)")),
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
                   %(quantity)s AS quantity
              FROM (%(source)s) AS safety
              JOIN place ON place.id = safety.place_id
             WHERE %(in_scope)s
             GROUP BY safety.product_id, safety.place_id
            """,
            quantity=self._round(SQL("SUM(safety.quantity)")),
            source=source,
            in_scope=self._in_scope(SQL("safety.product_id"), scope),
        )

    def _has_external(self, scope):
        """Return whether places of the kind have what external places state."""
        return self._get_kind(scope) in ("stock.place.group", "stock.external.place")

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
        elif not self._has_external(scope):
            source = SQL("%s WHERE FALSE", source)
        return SQL(
            """
            SELECT stated.product_id, stated.place_id,
                   %(quantity)s AS quantity,
                   MIN(stated.feed_date) AS as_of
              FROM (%(source)s) AS stated
              JOIN place ON place.id = stated.place_id
             WHERE %(in_scope)s
             GROUP BY stated.product_id, stated.place_id
            """,
            quantity=self._round(SQL("SUM(stated.quantity)")),
            source=source,
            in_scope=self._in_scope(SQL("stated.product_id"), scope),
        )
