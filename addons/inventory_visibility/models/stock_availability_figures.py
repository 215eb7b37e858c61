"""The Python API: figures of any products in places of any kind."""

import itertools
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import projection
from .stock_availability import FIGURES

#: Figures of places that are no warehouse.
EXTERNAL_FIGURES = ("qty_external", "external_as_of")

#: Up to so many pairs the statement is cheap enough that PostgreSQL does not think of compiling it.
COMPILED = 1_000

#: What stock on hand can be told apart by.
DETAIL_COLUMNS = ("lot_id", "package_id", "owner_id", "location_id")


class StockAvailability(models.Model):
    _inherit = "stock.availability"

    @api.model
    def _get_availability(self, products, places, dates=None, names=None):
        """Return the availability of products in places, in one statement (two with dates).

        :param products: `product.product` records; what is not tracked in stock is all zero
        :param places: records of `stock.warehouse`, `stock.location` (each with all below it),
            `stock.place.group` or `stock.external.place`; they may overlap
        :param dates: days of the places, for which to tell what can be promised
        :param names: the figures that are wanted, all by default; a few cost less
        :return: ``{(product id, place id): {figure: value}}`` for every pair. Quantities are
            floats in the unit of the product, ``daily_demand`` is per day, ``days_of_cover`` is
            a float or False without demand, ``shortage_date`` and ``next_receipt_date`` are dates
            or False, ``as_of`` is a datetime in UTC; see the fields for the meaning of each.
            Places that are no warehouses have ``qty_external``, what their external places say
            they have, as of ``external_as_of`` (the oldest statement counted). With dates,
            ``atp_by_date`` is ``{date: quantity}``.
        :raise AccessError: the user may not read the availability, a product or a place
        """
        self._check_figures_access(products, places)
        if not products or not places:
            return {}
        names = self._check_figure_names(places, names)
        self._flush_figures()
        if len(products) * len(places) > COMPILED:
            self._do_not_compile()
        result = {
            (product_id, place_id): dict(zip(names, values, strict=True))
            for product_id, place_id, *values in self.env.execute_query(
                self._get_figures_query(products, places, names)
            )
        }
        for name in self._get_optional_figures().intersection(names):
            for figures in result.values():
                if figures[name] is None:
                    figures[name] = False
        empty = self._get_empty_availability(names)
        pairs = set(itertools.product(products.ids, places.ids))
        for pair in pairs.difference(result):
            result[pair] = dict(empty)
        if dates:
            for pair, steps in self._get_steps(products, places).items():
                result[pair]["atp_by_date"] = {day: projection.atp_on(steps, day) for day in dates}
        return result

    @api.model
    def _get_projection(self, products, places):
        """Return the projected balance of products in places, by day, in one statement.

        :param places: as for :meth:`_get_availability`
        :return: ``{(product id, place id): [{"date", "incoming", "outgoing", "balance", "atp"}]}``
            for every pair: one entry for today and for every later day on which something is
            planned. ``balance`` is what may be sold at the end of the day, less what is held by
            soft reservations; ``atp`` what can be promised for that day.
        """
        self._check_figures_access(products, places)
        return {
            pair: [
                {
                    "date": step.day,
                    "incoming": step.incoming,
                    "outgoing": step.outgoing,
                    "balance": step.balance,
                    "atp": step.atp,
                }
                for step in steps
            ]
            for pair, steps in self._get_steps(products, places).items()
        }

    @api.model
    def _get_promisable(self, products, place, date=None):
        """Return what can be promised, without the other figures: it is quicker.

        :param date: day of the place for which to promise; none is today
        :return: ``{product id: quantity}``, the ATP of the day in the unit of the product
        """
        return {
            product_id: projection.atp_on(steps, date) if date else steps[0].atp
            for (product_id, _place_id), steps in self._get_steps(products, place).items()
        }

    @api.model
    def _get_stock_detail(self, products, places, by=DETAIL_COLUMNS):
        """Return the stock on hand by the columns of quants, in one statement.

        :param by: some of ``lot_id``, ``package_id``, ``owner_id`` and ``location_id``
        :return: list of dicts with ``product_id``, ``place_id``, the columns (id or False),
            ``on_hand``, ``reserved`` and ``blocked`` (not reserved, and may not be sold)
        :raise ValueError: `by` names something else
        """
        unknown = set(by) - set(DETAIL_COLUMNS)
        if unknown or not by:
            raise ValueError(f"Stock cannot be told apart by {sorted(unknown)}")
        self._check_figures_access(products, places)
        if not products or not places:
            return []
        scope = self._get_figures_scope(products, places)
        names = ("product_id", "place_id", *by, "on_hand", "reserved", "blocked")
        self._flush_figures()
        query = self.env["stock.availability.query"]._get_detail_query(scope, by)
        return [
            {
                name: False if value is None else value
                for name, value in zip(names, row, strict=True)
            }
            for row in self.env.execute_query(query)
        ]

    @api.model
    def _get_parts(self, products, company):
        """Return what products consist of that are never in stock themselves.

        :param company: `res.company`, may be empty
        :return: ``{product id: {product id: quantity}}``: what one unit of the product takes, of
            parts that are in stock themselves, each in its own unit; nothing of other products
        """
        return {}

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    @api.model
    def _check_figures_access(self, products, places):
        self.browse().check_access("read")
        products.check_access("read")
        places.check_access("read")

    @api.model
    def _get_figures_scope(self, products, places):
        """Return the scope of the statement for these records, see `stock.availability.query`."""
        scope = {"product_id": products.ids, "kind": places._name}
        key = self.env["stock.availability.query"]._get_place_key(scope)
        return {**scope, key: places.ids}

    @api.model
    def _get_figures_query(self, products, places, names):
        scope = self._get_figures_scope(products, places)
        query = self.env["stock.availability.query"]
        if query._can_select(names):
            return query._get_some_query(scope, names)
        return SQL(
            "SELECT %s FROM (%s) AS row",
            SQL(", ").join(
                SQL.identifier("row", name) for name in ("product_id", "place_id", *names)
            ),
            query._get_query(scope, sparse=True),
        )

    @api.model
    def _do_not_compile(self):
        """Let PostgreSQL interpret what follows, until the end of the transaction.

        Compiling the many expressions of the statement takes longer than it saves.
        """
        self.env.cr.execute(SQL("SET LOCAL jit TO off"))

    @api.model
    def _flush_figures(self):
        """Write what the statement reads, and is still waiting to be written."""
        for model, names in self._depends.items():
            self.env[model].flush_model(names)

    @api.model
    def _get_figure_names(self, places):
        return FIGURES if places._name == "stock.warehouse" else (*FIGURES, *EXTERNAL_FIGURES)

    @api.model
    def _check_figure_names(self, places, names):
        """Return the figures that are wanted of places, all where none is named."""
        possible = self._get_figure_names(places)
        if names is None:
            return possible
        if unknown := set(names) - set(possible):
            raise ValueError(f"There are no figures {sorted(unknown)}")
        return tuple(names)

    @api.model
    def _get_optional_figures(self):
        return {"shortage_date", "next_receipt_date", "days_of_cover", "external_as_of"}

    @api.model
    def _get_empty_availability(self, names=FIGURES):
        """Return the figures of a product that a place has nothing to do with."""
        empty = {"state": "idle", "as_of": fields.Datetime.now(), "daily_demand": 0.0}
        return {
            name: empty[name] if name in empty else 0.0 if name.startswith("qty_") else False
            for name in names
        }

    @api.model
    def _get_steps(self, products, places):
        """Return ``{(product id, place id): steps}`` of the projection for every pair."""
        if not products or not places:
            return {}
        self._flush_figures()
        # what is not tracked in stock may have moves, but no balance
        storable = products.sudo().filtered("is_storable")
        scope = self._get_figures_scope(storable, places)
        query = self.env["stock.availability.query"]._get_lines_query(scope)
        today, lines = {}, defaultdict(list)
        for product_id, place_id, day, *quantities in self.env.execute_query(query):
            if product_id:
                lines[product_id, place_id].append(projection.Line(day, *quantities))
            else:
                today[place_id] = day
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return {
            (product_id, place_id): projection.project(
                today[place_id], lines[product_id, place_id], digits
            )
            for product_id, place_id in itertools.product(products.ids, places.ids)
        }
