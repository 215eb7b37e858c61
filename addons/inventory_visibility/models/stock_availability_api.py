"""What shop systems ask: how much is where, and how much of it can be promised."""

from collections import defaultdict
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .stock_availability import FIGURES
from .stock_availability_figures import DETAIL_COLUMNS, EXTERNAL_FIGURES
from .stock_availability_lookup import PLACE_KINDS


class StockAvailability(models.Model):
    _inherit = "stock.availability"

    @api.model
    @api.readonly
    def get_availability(self, products, places, dates=None, channel=None, figures=None):
        """Return the availability of products at places, for every pair.

        :param products: list of ids, internal references or barcodes
        :param places: list of places, each named by its kind and its code or id:
            ``{"warehouse": "WH"}``, ``{"location": "WH/Stock"}``, ``{"group": "EU"}``,
            ``{"external_place": "3PL"}``
        :param dates: list of dates (``2030-01-31``), from today on, for which to say what can be
            promised
        :param channel: id or code of a channel, to say what can be promised to it
        :param figures: list of the figures that are wanted, all by default; a few cost less
        :return: list of dicts, product by product and within it place by place, in the order of
            the call. Each has ``product`` and ``place`` as the caller named them, ``product_id``,
            ``place_id``, ``uom`` (the unit of all quantities), ``as_of`` (the moment of the
            figures, UTC), and the figures of `stock.availability`. With dates, ``atp_by_date``:
            ``{date: quantity}``. With a channel, ``promisable``: what can be reserved for it now
            (null for a location, where nothing is reserved), and with dates
            ``promisable_by_date``.
        :raise ValidationError: a wrong argument; the message names it, and the element in it
        :raise AccessError: the user may not read the availability
        """
        self.browse().check_access("read")
        lookup = self.env["stock.availability.lookup"]
        found_products = lookup._find_products(products, "products")
        found_places = lookup._find_places(places, "places")
        days = self._parse_api_dates(dates, found_places)
        channel = self.env["stock.soft.reservation"]._find_channel(channel)
        every_product = self.env["product.product"].union(*found_products)
        names = self._parse_figure_names(figures)
        figures = self._get_figures_by_place(every_product, found_places, days, names)
        promisable = (
            self._get_channel_promisable(every_product, found_places, days, channel)
            if channel
            else {}
        )
        units = {product.id: product.uom_id.name for product in every_product}
        rows = []
        for product_name, product in zip(products, found_products, strict=True):
            for place_name, place in zip(places, found_places, strict=True):
                key = product.id, place._name, place.id
                row = {
                    "product": product_name,
                    "place": place_name,
                    "product_id": product.id,
                    "place_id": place.id,
                    "uom": units[product.id],
                    **figures[key],
                }
                if channel:
                    row |= self._get_promisable_values(promisable.get(key), days)
                rows.append(row)
        return rows

    @api.model
    @api.readonly
    def get_stock_detail(self, products, places, by):
        """Return the stock on hand of products at places, told apart by lot, package and so on.

        :param products: as of :meth:`get_availability`
        :param places: as of :meth:`get_availability`, without external places: Odoo does not know
            the lots there
        :param by: list of one or several of ``lot``, ``package``, ``owner`` and ``location``
        :return: list of dicts in the order of the call, only for what is on hand or reserved:
            ``product`` and ``place`` as the caller named them, ``product_id``, ``place_id``,
            ``uom``, ``as_of``, for each of `by` ``{"id", "name"}`` or false, ``on_hand``,
            ``reserved``, and ``blocked``, what may not be sold and is not reserved
        :raise ValidationError: a wrong argument; the message names it, and the element in it
        :raise AccessError: the user may not read the availability
        """
        self.browse().check_access("read")
        lookup = self.env["stock.availability.lookup"]
        found_products = lookup._find_products(products, "products")
        found_places = lookup._find_places(
            places, "places", kinds=("warehouse", "location", "group")
        )
        columns = self._parse_detail_columns(by)
        every_product = self.env["product.product"].union(*found_products)
        as_of = self._to_json(fields.Datetime.now())
        details = self._get_detail_by_place(every_product, found_places, columns)
        return [
            {
                "product": product_name,
                "place": place_name,
                "product_id": product.id,
                "place_id": place.id,
                "uom": product.uom_id.name,
                "as_of": as_of,
                **row,
            }
            for product_name, product in zip(products, found_products, strict=True)
            for place_name, place in zip(places, found_places, strict=True)
            for row in details.get((product.id, place._name, place.id), ())
        ]

    @api.model
    def _parse_detail_columns(self, by):
        """Return ``{name in the API: column of the quants}``."""
        possible = {column.removesuffix("_id"): column for column in DETAIL_COLUMNS}
        self.env["stock.availability.lookup"]._check_list(by, "by")
        for index, name in enumerate(by):
            if not isinstance(name, str) or name not in possible:
                raise ValidationError(
                    self.env._(
                        "%(argument)s: choose from %(names)s.",
                        argument=f"by[{index}]",
                        names=", ".join(possible),
                    )
                )
        if not by:
            raise ValidationError(self.env._("by: choose from %s.", ", ".join(possible)))
        return {name: possible[name] for name in by}

    @api.model
    def _get_detail_by_place(self, products, places, columns):
        """Return ``{(product id, model, place id): [JSON values]}``."""
        by_model = defaultdict(set)
        for place in places:
            by_model[place._name].add(place.id)
        result = defaultdict(list)
        for model, ids in by_model.items():
            rows = self._get_stock_detail(
                products, self.env[model].browse(ids), by=tuple(columns.values())
            )
            names = {
                column: self._get_detail_names(column, {row[column] for row in rows})
                for column in columns.values()
            }
            for row in rows:
                key = row.pop("product_id"), model, row.pop("place_id")
                told = {name: names[column][row.pop(column)] for name, column in columns.items()}
                result[key].append(
                    told | {name: self._to_json(value) for name, value in row.items()}
                )
        return result

    @api.model
    def _get_detail_names(self, column, ids):
        """Return ``{id or False: {"id", "name"} or False}``.

        Whoever may see the stock of a place may see what it is called there.
        """
        records = self.env[self.env["stock.quant"]._fields[column].comodel_name].sudo()
        return {False: False} | {
            record.id: {"id": record.id, "name": record.display_name}
            for record in records.browse(id_ for id_ in ids if id_)
        }

    @api.model
    def _parse_api_dates(self, values, places):
        """Return the dates of a call, each once, in ascending order."""
        if not values:
            return []
        self.env["stock.availability.lookup"]._check_list(values, "dates")
        holds = self.env["stock.soft.reservation"]
        first = min((holds._get_today(place) for place in places), default=None)
        days = set()
        for index, value in enumerate(values):
            day = holds._parse_date(value, f"dates[{index}]")
            if not day or (first and day < first):
                raise ValidationError(
                    self.env._(
                        "%(argument)s: %(date)s is past.", argument=f"dates[{index}]", date=value
                    )
                )
            days.add(day)
        return sorted(days)

    @api.model
    def _parse_figure_names(self, values):
        """Return the names of the figures that a call wants, None for all."""
        if values is None:
            return None
        self.env["stock.availability.lookup"]._check_list(values, "figures")
        possible = (*FIGURES, *EXTERNAL_FIGURES)
        for index, name in enumerate(values):
            if name not in possible:
                raise ValidationError(
                    self.env._(
                        "%(argument)s: choose from %(names)s.",
                        argument=f"figures[{index}]",
                        names=", ".join(possible),
                    )
                )
        if not values:
            raise ValidationError(self.env._("figures: choose from %s.", ", ".join(possible)))
        return values

    @api.model
    def _get_figures_by_place(self, products, places, days, names=None):
        """Return ``{(product id, model, place id): {figure: JSON value}}``."""
        by_model = defaultdict(set)
        for place in places:
            by_model[place._name].add(place.id)
        result = {}
        for model, ids in by_model.items():
            some = self.env[model].browse(ids)
            # ``as_of`` is part of every answer; warehouses know no external figures
            own = names and [
                name for name in self._get_figure_names(some) if name in names or name == "as_of"
            ]
            figures = self._get_availability(products, some, days or None, own)
            dated = self._get_dated_figures()
            for (product_id, place_id), values in figures.items():
                for name in dated & values.keys():
                    values[name] = self._to_json(values[name])
                result[product_id, model, place_id] = values
        return result

    @api.model
    def _get_dated_figures(self):
        """Return the figures that are no JSON values themselves."""
        return {"as_of", "external_as_of", "shortage_date", "next_receipt_date", "atp_by_date"}

    @api.model
    def _to_json(self, value):
        if isinstance(value, datetime):
            return fields.Datetime.to_string(value)
        if isinstance(value, date):
            return fields.Date.to_string(value)
        if isinstance(value, dict):
            return {self._to_json(key): item for key, item in value.items()}
        return value

    @api.model
    def _get_channel_promisable(self, products, places, days, channel):
        """Return what can be promised to a channel now and for each day.

        :return: ``{(product id, model, place id): [quantity, ...]}``, without what cannot be
            reserved: at locations, and in other companies than the channel's
        """
        promise = self.env["stock.promise"].sudo()
        leaves = {
            place: promise._get_leaves(place)
            for place in places
            if place._name != PLACE_KINDS["location"][0] and place.company_id == channel.company_id
        }
        if not leaves or not products:
            return {}
        now = fields.Datetime.now()
        claims = promise._get_group_claims(products, now)
        pairs = promise._get_linked_pairs(
            products,
            {(p.id, leaf) for p in products for some in leaves.values() for leaf in some},
            claims,
        )
        ledgers = promise._open_ledgers(products, pairs, [None, *days], claims)
        scopes = promise._open_scopes(channel.company_id, products, ledgers, now)
        scale = promise._get_scale()
        result = {}
        for product in products:
            set_aside = [
                claim
                for scope in scopes.get(product.id, ())
                for claim in scope.set_aside(channel.id)
            ]
            for place, some in leaves.items():
                result[product.id, place._name, place.id] = [
                    ledgers[product.id].room(some, number, set_aside) / scale
                    for number in range(len(days) + 1)
                ]
        return result

    @api.model
    def _get_promisable_values(self, quantities, days):
        if quantities is None:
            return {"promisable": None} | ({"promisable_by_date": None} if days else {})
        values = {"promisable": quantities[0]}
        if days:
            by_date = zip(days, quantities[1:], strict=True)
            values["promisable_by_date"] = {self._to_json(day): room for day, room in by_date}
        return values
