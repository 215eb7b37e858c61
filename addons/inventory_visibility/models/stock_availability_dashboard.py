"""The matrix of the dashboard: a page of products, in every place.

Whatever the number of products, only the page is computed. What a page is made of is found by
searching products; only a condition on a figure, or an order by one, makes the statement look at
more than a page, and then at the products and places that are left by the other conditions.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..core import totals
from .stock_availability_lookup import PLACE_KINDS

#: Records counted at most; beyond, the screen says "10000+" as Odoo's lists do.
COUNT_LIMIT = 10000
PAGE_LIMIT = 500

#: Figures of a cell that the matrix does not carry (the moment is the same for all).
OMITTED = ("as_of", "external_as_of")


class StockAvailabilityDashboard(models.AbstractModel):
    _name = "stock.availability.dashboard"
    _description = "Inventory Dashboard"

    # ------------------------------------------------------------------
    # Public API
    # ------------------------------------------------------------------

    @api.model
    @api.readonly
    def get_matrix(self, filters=None, offset=0, limit=80, order=None):
        """Return a page of products with their figures in every place.

        :param dict filters: ``domain`` is a domain on `stock.availability`, as a search view
            makes it; ``place_kind`` says what the columns are, ``"warehouse"`` (as usual),
            ``"group"``, ``"location"`` or ``"external_place"``
        :param int offset: of the first product
        :param int limit: products of a page, at most 500
        :param dict order: ``field`` is ``"product"``, ``"category"`` or a figure, ``place_id``
            the place of the figure (none: all places together), ``desc`` a boolean
        :return: ``columns`` names the figures in the order in which each cell lists their
            values; ``places`` are the columns of the matrix, ``places_limited`` whether there
            are more; ``rows`` the products with one cell per place and a ``total`` over the
            places, None where these have stock in common; ``totals`` adds the page up where all
            products share a unit; ``count`` is the number of products that match, not exact when
            ``count_limited``; quantities are in the unit of the product, ``as_of`` in UTC
        :raise AccessError: the user may not see availability
        """
        self._check_access()
        filters = self._check_filters(filters)
        limit = min(max(int(limit or 0), 1), PAGE_LIMIT)
        offset = max(int(offset or 0), 0)
        places = self._get_columns_places(filters)
        domain = self._get_product_domain(filters, places)
        products = self._get_page(domain, places, offset, limit, order)
        count = self._count_products(domain, len(products), offset, limit)
        return {
            "as_of": fields.Datetime.now(),
            "offset": offset,
            "limit": limit,
            "count": min(count, COUNT_LIMIT),
            "count_limited": count > COUNT_LIMIT,
            "columns": self._get_columns(places),
            "place_kind": filters["place_kind"],
            "places": [self._prepare_place(place) for place in places],
            "places_limited": self._is_limited(places),
            **self._prepare_rows(products, places),
        }

    # ------------------------------------------------------------------
    # What the filters say
    # ------------------------------------------------------------------

    def _check_access(self):
        self.env["stock.availability"].browse().check_access("read")

    @api.model
    def _check_filters(self, filters):
        """Return valid filters.

        :raise UserError: they are none, or name a field or a kind of place that does not exist
        """
        filters = dict(filters or {})
        filters["place_kind"] = self._check_place_kind(filters.get("place_kind"))
        try:
            domain = Domain(filters.get("domain") or [])
            domain.validate(self.env["stock.availability"])
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("This filter cannot be understood: %s", filters.get("domain"))
            ) from error
        filters["domain"] = domain
        return filters

    @api.model
    def _get_places(self, filters):
        """Return the warehouses in scope, whatever the columns of the matrix are."""
        parts = self._split_domain(filters["domain"])
        domain = parts["warehouse"] & self._get_visible_domain()
        for kind in ("group", "location"):
            if not parts[kind].is_true():
                model = self.env[PLACE_KINDS[kind][0]]
                domain &= Domain("id", "in", self._get_warehouses(model.search(parts[kind])).ids)
        return self.env["stock.warehouse"].search(domain)

    @api.model
    def _get_warehouses(self, places):
        """Return the warehouses that groups or locations have a part in."""
        if places._name == "stock.place.group":
            return places.warehouse_ids | places.location_ids.warehouse_id
        return places.warehouse_id

    @api.model
    def _get_visible_domain(self):
        """Return the domain of the warehouses that the user may see the stock of."""
        limited = self.env.user.availability_warehouse_ids
        return Domain("id", "in", limited.ids) if limited else Domain.TRUE

    @api.model
    def _split_domain(self, domain):
        """Return what a domain on rows says of products, of places of each kind, and of both.

        :return: ``{part: domain}``: ``product`` is on `product.product`; ``warehouse``,
            ``group``, ``location`` and ``external_place`` are on the models of these; ``row`` is
            on `stock.availability`; together they mean the same as the domain
        """
        conjuncts = domain.children if getattr(domain, "OPERATOR", None) == "&" else [domain]
        parts = {name: [] for name in ("product", *PLACE_KINDS, "row")}
        for part in conjuncts:
            kinds = {self._get_condition_kind(condition) for condition in part.iter_conditions()}
            parts[kinds.pop() if len(kinds) == 1 else "row"].append(part)
        return {
            name: Domain.AND(
                part
                if name == "row"
                else part.map_conditions(self._to_product if name == "product" else self._to_place)
                for part in found
            )
            for name, found in parts.items()
        }

    @api.model
    def _get_condition_kind(self, condition):
        name = condition.field_expr.partition(".")[0]
        if name in self._get_product_fields():
            return "product"
        return self._get_place_fields().get(name, "row")

    @api.model
    def _get_place_fields(self):
        """Return ``{field of a row: kind of place}`` of what says which places are meant."""
        return {
            "warehouse_id": "warehouse",
            "company_id": "warehouse",
            "place_group_id": "group",
            "location_id": "location",
            "external_place_id": "external_place",
        }

    @api.model
    def _get_product_fields(self):
        """Return the fields of a row that say something of its product alone."""
        return {
            "product_id",
            "product_tmpl_id",
            "categ_id",
            "uom_id",
            "active",
            "supplier_id",
            "abc_class",
        }

    @api.model
    def _to_product(self, condition):
        """Translate a condition on a row's product into one on the product."""
        name, _dot, rest = condition.field_expr.partition(".")
        operator, value = condition.operator, condition.value
        rows = self.env["stock.availability"]
        if name == "product_id":
            return self._to_record(rest, operator, value)
        if name == "supplier_id":
            path = f"seller_ids.partner_id.{rest}" if rest else "seller_ids.partner_id"
            return Domain(path, operator, value)
        if name == "abc_class":
            wanted = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
            found = rows._get_abc_domain("id", set(wanted))
            return ~found if operator in ("!=", "not in") else found
        return Domain(condition.field_expr, operator, value)

    @api.model
    def _to_place(self, condition):
        """Translate a condition on a row's place into one on the place."""
        name, _dot, rest = condition.field_expr.partition(".")
        if name != "company_id":
            return self._to_record(rest, condition.operator, condition.value)
        return Domain(condition.field_expr, condition.operator, condition.value)

    @api.model
    def _to_record(self, path, operator, value):
        """Translate a condition on a many2one into one on the record that it points to."""
        if path:
            return Domain(path, operator, value)
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        by_name = operator.rstrip("!").endswith("like") or any(
            isinstance(item, str) for item in values
        )
        return Domain("display_name" if by_name else "id", operator, value)

    # ------------------------------------------------------------------
    # Which products
    # ------------------------------------------------------------------

    @api.model
    def _get_product_domain(self, filters, places):
        """Return the domain of the products that the matrix shows.

        Only a condition on figures runs the availability statement, on the products and places
        that the other conditions leave.
        """
        parts = self._split_domain(filters["domain"])
        domain = Domain("is_storable", "=", True) & parts["product"]
        if parts["row"].is_true():
            return domain
        query = self._search_rows(domain, places, parts["row"])
        found = self.env.execute_query(
            SQL("SELECT DISTINCT product_id FROM (%s) AS found", query.select(SQL("product_id")))
        )
        return domain & Domain("id", "in", [product_id for (product_id,) in found])

    @api.model
    def _get_row_domain(self, product_domain, places):
        """Return the domain of the rows of products in places, by ids: those narrow the
        statement itself, while a sub-query would only filter its result.
        """
        domain = Domain("warehouse_id", "in", places.ids)
        if product_domain.is_true():
            return domain
        products = self.env["product.product"]._search(product_domain)
        return domain & Domain("product_id", "in", products.get_result_ids())

    @api.model
    def _get_page(self, domain, places, offset, limit, order):
        """Return the products of a page in order."""
        order = order or {}
        name = order.get("field") or "product"
        desc = bool(order.get("desc"))
        products = self.env["product.product"]
        if name in self._get_product_orders():
            return products.search(
                domain,
                offset=offset,
                limit=limit,
                order=", ".join(
                    f"{field} DESC" if desc else field for field in self._get_product_orders()[name]
                ),
            )
        if name not in self.env["stock.availability"]._get_figure_names(places):
            raise UserError(self.env._("There is no column %s to sort by.", name))
        if order.get("place_id"):
            places = places.filtered(lambda place: place.id == order["place_id"])
        if not places:
            return products.search(domain, offset=offset, limit=limit)
        return self._get_page_by_figure(domain, places, name, desc, offset, limit)

    @api.model
    def _get_product_orders(self):
        """Return ``{column: fields of product.product}`` of what needs no figure."""
        return {
            "product": ["default_code", "name", "id"],
            "category": ["categ_id", "default_code", "name", "id"],
        }

    @api.model
    def _count_products(self, domain, found, offset, limit):
        """Return the number of products, at most one more than is counted."""
        if 0 < found < limit or (not found and not offset):
            return offset + found  # the last page says it by itself
        return self.env["product.product"].search_count(domain, limit=COUNT_LIMIT + 1)

    # ------------------------------------------------------------------
    # What is shown of them
    # ------------------------------------------------------------------

    @api.model
    def _get_columns(self, places):
        """Return the names of the figures of a cell, in order."""
        names = self.env["stock.availability"]._get_figure_names(places)
        return [name for name in names if name not in OMITTED]

    @api.model
    def _get_additive_columns(self, places):
        """Return the figures that can be added up over places, and over products of one unit."""
        return [
            name
            for name in self._get_columns(places)
            if name.startswith("qty_") or name == "daily_demand"
        ]

    @api.model
    def _prepare_place(self, place):
        return {"id": place.id, "name": place.display_name, **self._prepare_feed(place)}

    @api.model
    def _prepare_rows(self, products, places):
        """Return the rows and the totals of a page: one statement for all its cells."""
        figures = self.env["stock.availability"]._get_availability(products, places)
        additive = self._get_additive_columns(places)
        columns = self._get_columns(places)
        adds_up = self._adds_up(places)
        rows = []
        for product in products:
            cells = [figures[product.id, place.id] for place in places]
            total = totals.total(cells, additive) if adds_up else None
            rows.append(
                {
                    **self._prepare_product(product),
                    "cells": [self._prepare_cell(cell, columns) for cell in cells],
                    "total": total and self._prepare_cell(total, columns),
                }
            )
        return {"rows": rows, "totals": self._prepare_totals(products, places, figures)}

    @api.model
    def _prepare_product(self, product):
        return {
            "id": product.id,
            "name": product.display_name,
            "category": product.categ_id.display_name,
            "uom": product.uom_id.name,
        }

    @api.model
    def _prepare_cell(self, figures, columns):
        return [figures.get(name, False) for name in columns]

    @api.model
    def _prepare_totals(self, products, places, figures):
        """Return the totals of the page by place, or None where units differ: metres and
        pieces have no sum.
        """
        if len(products.uom_id) != 1:
            return None
        additive = self._get_additive_columns(places)
        columns = self._get_columns(places)

        def total(wanted):
            return self._prepare_cell(
                totals.total(
                    [figures[product.id, place.id] for product in products for place in wanted],
                    additive,
                ),
                columns,
            )

        return {
            "uom": products.uom_id.name,
            "cells": [total(place) for place in places],
            "total": total(places) if self._adds_up(places) else None,
        }
