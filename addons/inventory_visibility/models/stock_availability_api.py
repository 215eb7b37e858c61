"""What shop systems ask: how much is where, and how much of it can be promised."""

from collections import defaultdict
from datetime import date, datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .stock_availability_lookup import PLACE_KINDS


class StockAvailability(models.Model):
    _inherit = "stock.availability"

    @api.model
    @api.readonly
    def get_availability(self, products, places, dates=None, channel=None):
        """Return the availability of products at places, for every pair.

        :param products: list of ids, internal references or barcodes
        :param places: list of places, each named by its kind and its code or id:
            ``{"warehouse": "WH"}``, ``{"location": "WH/Stock"}``, ``{"group": "EU"}``,
            ``{"external_place": "3PL"}``
        :param dates: list of dates (``2030-01-31``), from today on, for which to say what can be
            promised
        :param channel: id or code of a channel, to say what can be promised to it
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
        figures = self._get_figures_by_place(every_product, found_places, days)
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
    def _get_figures_by_place(self, products, places, days):
        """Return ``{(product id, model, place id): {figure: JSON value}}``."""
        by_model = defaultdict(set)
        for place in places:
            by_model[place._name].add(place.id)
        result = {}
        for model, ids in by_model.items():
            figures = self._get_availability(products, self.env[model].browse(ids), days or None)
            for (product_id, place_id), values in figures.items():
                result[product_id, model, place_id] = {
                    name: self._to_json(value) for name, value in values.items()
                }
        return result

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
