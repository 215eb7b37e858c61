"""What the columns of the matrix are: warehouses, location groups, locations or external places."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, Query

from .stock_availability_lookup import PLACE_KINDS

#: Columns of a matrix whose places are not warehouses: those of one screen, not a whole tree.
PLACES_LIMIT = 50


class StockAvailabilityDashboard(models.AbstractModel):
    _inherit = "stock.availability.dashboard"

    @api.model
    @api.readonly
    def get_place_kinds(self):
        """Return what the columns can be, ``[{"name", "label"}]``: kinds of which there is a place
        that the user may see, warehouses always.
        """
        self._check_access()
        everything = self._check_filters({})
        return [
            {"name": name, "label": label}
            for name, label in self._get_place_kind_labels().items()
            if name == "warehouse"
            or (
                self.env[PLACE_KINDS[name][0]].has_access("read")
                and self._search_columns(name, everything, limit=1)
            )
        ]

    @api.model
    def _get_place_kind_labels(self):
        return {
            "warehouse": self.env._("Warehouses"),
            "group": self.env._("Location Groups"),
            "location": self.env._("Locations"),
            "external_place": self.env._("External Places"),
        }

    @api.model
    def _check_place_kind(self, kind):
        """Return the kind of place that is meant; none is warehouses.

        :raise UserError: there is no such kind
        """
        kind = kind or "warehouse"
        if not isinstance(kind, str) or kind not in PLACE_KINDS:
            raise UserError(
                self.env._(
                    "There are no places of the kind %(kind)s. Kinds are: %(kinds)s.",
                    kind=kind,
                    kinds=", ".join(PLACE_KINDS),
                )
            )
        return kind

    @api.model
    def _get_columns_places(self, filters):
        """Return the places that the columns of the matrix are, in the order of their screens."""
        kind = filters["place_kind"]
        if kind == "warehouse":
            return self._get_places(filters)
        return self._search_columns(kind, filters, limit=PLACES_LIMIT)

    @api.model
    def _search_columns(self, kind, filters, limit):
        """Return places of a kind other than warehouses that the filters leave.

        A condition on warehouses leaves the groups that have one of them and the locations inside
        of them; external places lie in no warehouse.
        """
        parts = self._split_domain(filters["domain"])
        domain = parts.get(kind, Domain.TRUE)
        warehouse = parts["warehouse"]
        if kind == "group" and not warehouse.is_true():
            domain &= Domain("warehouse_ids", "any", warehouse) | Domain(
                "location_ids.warehouse_id", "any", warehouse
            )
        elif kind == "location":
            model = PLACE_KINDS[kind][0]
            domain &= Domain("usage", "=", "internal")
            domain &= self.env["stock.availability.lookup"]._get_limit(model)
            if not (warehouse.is_true() and parts["group"].is_true()):
                domain &= Domain("warehouse_id", "in", self._get_places(filters).ids)
        return self.env[PLACE_KINDS[kind][0]].search(domain, limit=limit)

    @api.model
    def _is_limited(self, places):
        """Whether there may be more places than those that are shown."""
        return places._name != "stock.warehouse" and len(places) >= PLACES_LIMIT

    @api.model
    def _adds_up(self, places):
        """Whether no unit is in two of the places: groups may share some, and a location has what
        the locations below it have.
        """
        return places._name in ("stock.warehouse", "stock.external.place")

    @api.model
    def _prepare_feed(self, place):
        """Return how old what an external place states is, and whether that is too old."""
        if place._name != "stock.external.place":
            return {}
        return {"stale": place.is_stale, "stated": place.last_feed_date}

    @api.model
    def _search_rows(self, product_domain, places, condition=Domain.TRUE):
        """Return the query of the rows of products in places of one kind.

        :param condition: domain on `stock.availability`
        """
        rows = self.env["stock.availability"]
        if places._name == "stock.warehouse":
            return rows._search(self._get_row_domain(product_domain, places) & condition)
        scope = {"kind": places._name, "place_id": places.ids}
        if not self._is_everything(product_domain):
            products = self.env["product.product"]._search(product_domain)
            scope["product_id"] = products.get_result_ids()
        rows._flush_figures()
        statement = self.env["stock.availability.query"]._get_query(scope)
        query = Query(self.env, rows._table, SQL("(%s)", statement))
        query.add_where(self._to_sql(condition, query))
        return query

    @api.model
    def _get_location_domain(self, place):
        """Return the domain of the internal locations that a place has."""
        inside = Domain.FALSE
        if place._name == "stock.warehouse":
            inside = Domain("warehouse_id", "=", place.id)
        elif place._name == "stock.location":
            inside = Domain("id", "child_of", place.ids)
        elif place._name == "stock.place.group":
            inside = Domain("warehouse_id", "in", place.warehouse_ids.ids) | Domain(
                "id", "child_of", place.location_ids.ids
            )
        return Domain("usage", "=", "internal") & inside
