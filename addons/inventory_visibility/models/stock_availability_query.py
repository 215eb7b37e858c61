"""The one SQL statement behind every availability figure of this addon.

The statement is a chain of common table expressions (CTE), each built by one method so that
another addon can replace or extend a single step:

==============  ============================================================================
``product``     storable products in scope, with the unit every quantity is expressed in
``place``       the places in scope, with their company's settings and the date it is there
``member``      which location belongs to which place, and whether its stock may be sold
``stock``       on hand, reserved, blocked and consigned quantities now, from ``stock_quant``
``claim``       soft reservations that hold something back now, by the day they are promised for
``hold``        the same in all
``safety``      safety stock
``external``    what external places say they have
``open_move``   planned moves
``side``        what they change at each place: arrivals, departures, what becomes sellable
``planned``     the same per place and day
``opening``     what could be promised if nothing were planned
``projection``  the projected balance, its minimum (ATP) and the day it falls below zero
``halt``        which transit location belongs to which place
``transit``     what lies in transit locations, given to the place that waits for it
``flow``        done moves of the demand window, summed up
``demand``      what left for customers, production and other places, net of returns
==============  ============================================================================

A *place* is of one of four kinds: a warehouse; a location with all below it; a location group
(network); an external place. Places of one kind are computed in one statement and may overlap.
Rows of `stock.availability` are warehouses and, so that totals balance, whatever internal stock a
company keeps outside of any warehouse (a negative number made from the company's id).

Places are built in `stock_availability_place.py`, what follows from moves in
`stock_availability_moves.py` and `stock_availability_history.py`; the rows made of it all, and the
rule of the states, are in `stock_availability_row.py`.
"""

from odoo import fields, models, tools
from odoo.tools import SQL

from .stock_availability_source import SOURCES, SUMS

# Ids of rows are `product_id * ID_BASE + place`, so that a row keeps its id between two queries
# and the id alone tells the product. Places outside of a warehouse use the upper half.
ID_BASE = 1 << 20
ID_OUTSIDE = 1 << 19

# Up to so many products are named to every table that is read.
MANY = 10_000


class StockAvailabilityQuery(models.AbstractModel):
    _name = "stock.availability.query"
    _description = "Builder of the availability statement"

    # ------------------------------------------------------------------
    # Entry point
    # ------------------------------------------------------------------

    def _get_query(self, scope=None, sparse=False):
        """Return the whole statement.

        :param dict scope: restricts the rows *and* what is read to compute them. Keys (all
            optional) are ``product_id``, ``product_tmpl_id``, ``categ_id``, ``warehouse_id`` and
            ``company_id``, each a collection of ids (False stands for an empty value). Places
            that are no warehouses are named by ``kind``, their model, and ``place_id``.
        :param sparse: leave out the rows in which nothing is
        :rtype: odoo.tools.SQL
        """
        scope = scope or {}
        as_of = fields.Datetime.now()
        return self._with(self._get_ctes(scope, as_of), self._select_rows(scope, as_of, sparse))

    def _get_some_query(self, scope, names):
        """Return the statement of some figures, which computes nothing that they do not need.

        Its rows are ``product_id, place_id`` and the figures, and there is none where nothing is.

        :param names: names of figures, see :meth:`_can_select`
        :rtype: odoo.tools.SQL
        """
        as_of = fields.Datetime.now()
        ctes = dict(self._get_ctes(scope, as_of))
        inline = {"projection"}
        if SUMS.issuperset(name for name in names if "projection" in SOURCES[name]):
            ctes["projection"] = self._cte_sums()
            inline.add("stock")
        return self._with(ctes.items(), self._select_figures(names, as_of), inline)

    def _can_select(self, names):
        """Return whether figures can be had without all that states and days of cover need."""
        return SOURCES.keys() >= set(names) and any(SOURCES[name] for name in names)

    def _get_ctes(self, scope, as_of):
        """Return ``[(name, SQL), ...]``; each may refer to those before it."""
        return [
            *self._get_promise_ctes(scope, as_of),
            ("projection", self._cte_projection()),
            ("halt", self._cte_member(scope, "transit")),
            ("transit", self._cte_transit(scope)),
            ("flow", self._cte_flow(scope, as_of)),
            ("demand", self._cte_demand()),
        ]

    def _get_promise_ctes(self, scope, as_of):
        """Return the steps that say what can be promised, and when."""
        return [
            ("product", self._cte_product(scope)),
            ("place", self._cte_place(scope, as_of)),
            ("member", self._cte_member(scope, "internal")),
            ("stock", self._cte_stock(scope, as_of)),
            ("claim", self._cte_claim(scope, as_of)),
            ("hold", self._cte_hold()),
            ("safety", self._cte_safety(scope)),
            ("external", self._cte_external(scope)),
            ("open_move", self._cte_open_move(scope)),
            ("side", self._cte_side(scope)),
            ("planned", self._cte_planned()),
            ("opening", self._cte_opening()),
        ]

    def _get_lines_query(self, scope):
        """Return the statement of what can be promised, in lines that are still to be added up.

        Its rows are ``product_id, place_id, day, opening, safety, arriving, leaving, change``:
        parts of the balance now, of the safety stock, and of what changes on a day. A row without
        product says which day it is at the place. Adding up, joining and finding the lowest
        balance is left to `core/projection.py`: for one product that takes longer to plan than to
        run. Its text is made once for each kind of place; making it takes as long as planning it.

        :param dict scope: ``kind``, ``product_id`` and the places
        """
        as_of = fields.Datetime.now()
        if self._is_many(scope):
            return self._build_lines_query(scope, as_of)
        key = self._get_place_key(scope)
        return SQL(
            self._get_lines_text(scope["kind"], key),
            products=self._get_array(scope["product_id"]),
            places=self._get_array(scope[key]),
            as_of=as_of,
        )

    @tools.ormcache("kind", "key")
    def _get_lines_text(self, kind, key):
        """Return the statement, with ``products``, ``places`` and ``as_of`` to be filled in."""
        scope = {"kind": kind, "product_id": SQL("$products"), key: SQL("$places")}
        query = self._build_lines_query(scope, SQL("$as_of"))
        return (
            self.env.cr.mogrify(query)
            .decode()
            .replace("%", "%%")
            .replace("$products", "%(products)s::integer[]")
            .replace("$places", "%(places)s::integer[]")
            .replace("$as_of", "%(as_of)s")
        )

    def _build_lines_query(self, scope, as_of):
        names = {"place", "member", "stock", "claim", "safety", "open_move", "side"}
        if self._has_external(scope):
            names.add("external")
        if self._is_many(scope):
            names.add("product")
        ctes = dict(self._get_promise_ctes(scope, as_of))
        ctes["stock"] = self._cte_stock(scope, as_of, ("on_hand", "blocked"))
        return self._with(
            [(name, query) for name, query in ctes.items() if name in names],
            SQL(
                """
                SELECT NULL::integer, id, today,
                       0::float8, 0::float8, 0::float8, 0::float8, 0::float8
                  FROM place
                 UNION ALL
                SELECT product_id, place_id, NULL, on_hand - blocked, 0, 0, 0, 0 FROM stock
                 UNION ALL
                SELECT product_id, place_id, NULL, 0, quantity, 0, 0, 0 FROM safety
                 UNION ALL
                SELECT product_id, place_id, day, 0, 0, 0, 0, -quantity FROM claim
                 UNION ALL
                SELECT side.product_id, side.place_id, %(day)s,
                       -withheld, 0, arriving, leaving, change
                  FROM side JOIN place ON place.id = side.place_id
                %(external)s
                """,
                day=self._local_date(SQL("side.date"), SQL("place.tz")),
                external=SQL(
                    "UNION ALL SELECT product_id, place_id, NULL, quantity, 0, 0, 0, 0"
                    " FROM external"
                    if "external" in names
                    else ""
                ),
            ),
        )

    def _get_detail_query(self, scope, columns):
        """Return the statement of stock on hand by place, product and columns of the quants.

        :param columns: names of columns of ``stock_quant``
        """
        as_of = fields.Datetime.now()
        ctes = self._get_promise_ctes(scope, as_of)[:3]
        names = SQL(", ").join(SQL.identifier("quant", name) for name in columns)
        return self._with(
            ctes,
            SQL(
                """
                SELECT quant.product_id, member.place_id, %(names)s,
                       %(on_hand)s, %(reserved)s, COALESCE(%(blocked)s, 0)
                  FROM %(quants)s
                  JOIN product ON product.id = quant.product_id
                  JOIN member ON member.location_id = quant.location_id
                  JOIN place ON place.id = member.place_id
                  %(tables)s
                 GROUP BY quant.product_id, member.place_id, %(names)s
                 ORDER BY quant.product_id, member.place_id, %(names)s
                """,
                names=names,
                quants=self._from_quants(scope),
                tables=self._join_blocked_tables(),
                **self._get_stock_sums(as_of),
            ),
        )

    def _with(self, ctes, statement, inline=()):
        """Return a statement with its steps, each computed once.

        :param inline: steps that are read once, of which nothing is computed that is not read
        """
        return SQL(
            "WITH %s %s",
            SQL(", ").join(
                SQL(
                    "%s AS %s (%s)",
                    SQL.identifier(name),
                    SQL("NOT MATERIALIZED" if name in inline else "MATERIALIZED"),
                    query,
                )
                for name, query in ctes
            ),
            statement,
        )

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

    # ------------------------------------------------------------------
    # Now
    # ------------------------------------------------------------------

    def _cte_stock(self, scope, as_of, names=("on_hand", "reserved", "blocked", "consigned")):
        """On hand, reserved, blocked, and what belongs to somebody else than the company.

        Blocked counts only what is not reserved, so that no unit is counted twice.
        """
        sums = self._get_stock_sums(as_of)
        return SQL(
            """
            SELECT quant.product_id, member.place_id, %(sums)s
              FROM %(quants)s
              JOIN member ON member.location_id = quant.location_id
              JOIN place ON place.id = member.place_id
              %(tables)s
             GROUP BY quant.product_id, member.place_id
            """,
            sums=SQL(", ").join(
                SQL("COALESCE(%s, 0) AS %s", sums[name], SQL.identifier(name))
                if name == "blocked"
                else SQL("%s AS %s", sums[name], SQL.identifier(name))
                for name in names
            ),
            quants=self._from_quants(scope),
            tables=self._join_blocked_tables(),
        )

    def _get_stock_sums(self, as_of):
        """Return the sums of ``quant``: on hand, reserved, blocked and of other owners."""
        # a place that is only being counted has a quant without a quantity
        quantity = SQL("COALESCE(quant.quantity::float8, 0)")
        free = SQL("%s - quant.reserved_quantity::float8", quantity)
        return {
            "on_hand": self._round(SQL("SUM(%s)", quantity)),
            "reserved": self._round(SQL("SUM(quant.reserved_quantity::float8)")),
            "blocked": self._round(
                SQL("SUM(%s) FILTER (WHERE %s)", free, self._get_blocked_condition(as_of))
            ),
            "consigned": self._round(
                SQL(
                    "SUM(%s) FILTER (WHERE quant.owner_id IS NOT NULL"
                    " AND quant.owner_id IS DISTINCT FROM place.company_partner_id)",
                    quantity,
                )
            ),
        }

    def _from_quants(self, scope):
        """Return the quants of the products in scope, as ``quant``.

        Where products are named they are looked up first (``OFFSET 0``): looked up by location as
        well, a few quants cost a pass over all those of each location.
        """
        return SQL(
            "(SELECT * FROM stock_quant WHERE %s %s) AS quant",
            self._in_scope(SQL("product_id"), scope),
            SQL("OFFSET 0" if "product_id" in scope else ""),
        )

    def _get_blocked_condition(self, as_of):
        """Return the condition of stock that may not be sold.

        It may use ``quant``, ``member``, ``place`` and what :meth:`_join_blocked_tables` adds.
        """
        return SQL("NOT member.sellable")

    def _join_blocked_tables(self):
        """Return joins, one row to a quant each, that the blocked condition needs."""
        return SQL("")

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _round(self, expression, digits=None):
        """Return a floating point expression rounded to the digits of quantities, halves up.

        Floats are added up several times faster than decimals, which would have to be turned into
        floats in the end. What is added are decimals of few digits, so that the nearest decimal
        is the exact sum. The scale is a trifle larger, for halves that have no exact float; adding
        zero makes -0 a plain one.

        :param int digits: others than those of quantities
        """
        if digits is None:
            digits = self.env["decimal.precision"].precision_get("Product Unit")
        scale = 10.0**digits
        return SQL(
            "(ROUND((%s) * %s::float8) / %s::float8 + 0)", expression, scale * (1 + 1e-12), scale
        )

    def _local_date(self, moment, zone):
        """Return the date in a time zone of a moment that is stored in UTC."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)

    def _in_scope(self, column, scope):
        """Return the condition on a table's own product column that it is in scope.

        Products are named by their ids, where PostgreSQL can weigh them against its statistics:
        joined with ``product`` as well, it would take the same condition for two, expect next to
        no row and choose a plan for that.
        """
        if self._is_many(scope):
            return SQL("%s IN (SELECT id FROM product)", column)
        return self._in(column, scope["product_id"])

    def _is_many(self, scope):
        wanted = scope.get("product_id")
        return wanted is None or (not isinstance(wanted, SQL) and len(wanted) > MANY)

    def _in(self, column, ids):
        """Return the condition that `column` is one of `ids`; False stands for NULL.

        :param ids: a collection, or the `SQL` of an array
        """
        if isinstance(ids, SQL):
            return SQL("%s = ANY (%s)", column, ids)
        wanted = [id_ for id_ in ids if id_]
        conditions = []
        if wanted:
            conditions.append(SQL("%s = ANY (%s::integer[])", column, self._get_array(wanted)))
        if any(not id_ for id_ in ids):
            conditions.append(SQL("%s IS NULL", column))
        return SQL("(%s)", SQL(" OR ").join(conditions)) if conditions else SQL("FALSE")

    def _get_array(self, ids):
        """Return ids as one literal: thousands of them take long to parse."""
        return f"{{{','.join(str(int(id_)) for id_ in ids)}}}"
