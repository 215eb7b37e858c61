from odoo import api, models

from odoo.addons.inventory_visibility.core.projection import Step
from odoo.addons.inventory_visibility.models.stock_availability import STATES

from ..core import kits


class StockAvailability(models.Model):
    """Kits have the availability that their components give them, at places that hold stock.

    An external place states what it has of a kit as of any other product.
    """

    _inherit = "stock.availability"
    _depends = {
        "mrp.bom": ["active", "company_id", "product_id", "product_tmpl_id", "type"],
        "stock.soft.reservation.part": ["product_id", "quantity", "reservation_id"],
    }

    @api.model
    def _get_parts(self, products, company):
        return super()._get_parts(products, company) | products._get_kit_parts(company)

    @api.model
    def _get_parts_by_place(self, products, places):
        """Return ``{place id: {kit id: {component id: quantity}}}`` of places with kits."""
        if places._name == "stock.external.place" or not products._may_be_kits():
            return {}
        by_company = {
            company: self._get_parts(products, company)
            for company in {place.company_id for place in places.sudo()}
        }
        return {
            place.id: by_company[place.company_id]
            for place in places.sudo()
            if by_company[place.company_id]
        }

    @api.model
    def _add_components(self, products, parts_by_place):
        ids = {id_ for kits_ in parts_by_place.values() for own in kits_.values() for id_ in own}
        return products | products.browse(ids)

    @api.model
    def _get_availability(self, products, places, dates=None, names=None):
        parts_by_place = self._get_parts_by_place(products, places)
        if not parts_by_place:
            return super()._get_availability(products, places, dates, names)
        self._check_figures_access(products, places)
        # of a kit that the user may see he may know how often it can be put together
        every = self._add_components(products, parts_by_place)
        figures = super(StockAvailability, self.sudo())._get_availability(every, places, dates)
        states = [state for state, _label in STATES]
        names = self._check_figure_names(places, names)
        wanted = (*names, "atp_by_date") if dates else names
        result = {
            (product_id, place_id): {name: figures[product_id, place_id][name] for name in wanted}
            for product_id in products.ids
            for place_id in places.ids
        }
        for place_id, parts_by_kit in parts_by_place.items():
            for kit_id, parts in parts_by_kit.items():
                values = self._get_empty_availability(names)
                if parts:
                    there = {part: figures[part, place_id] for part in parts}
                    values = {
                        name: value
                        for name, value in kits.compose_figures(parts, there, states).items()
                        if name in names
                    }
                if dates:
                    values["atp_by_date"] = figures[kit_id, place_id]["atp_by_date"]
                result[kit_id, place_id] = values
        return result

    @api.model
    def _get_steps(self, products, places):
        parts_by_place = self._get_parts_by_place(products, places)
        if not parts_by_place:
            return super()._get_steps(products, places)
        every = self._add_components(products, parts_by_place)
        steps = super()._get_steps(every, places)
        result = {
            (product_id, place_id): steps[product_id, place_id]
            for product_id in products.ids
            for place_id in places.ids
        }
        for place_id, parts_by_kit in parts_by_place.items():
            for kit_id, parts in parts_by_kit.items():
                if parts:
                    there = {part: steps[part, place_id] for part in parts}
                    result[kit_id, place_id] = self._compose_steps(parts, there)
        return result

    @api.model
    def _compose_steps(self, parts, steps):
        """Return the steps of a kit: what comes and goes is by how much the balance changes."""
        result, before = [], None
        for day, balance, atp in kits.compose_steps(parts, steps):
            change = 0.0 if before is None else balance - before
            result.append(Step(day, max(change, 0.0), max(-change, 0.0), balance, atp))
            before = balance
        return result

    @api.model
    def _get_channel_promisable(self, products, places, days, channel):
        parts_by_kit = self._get_parts(products, channel.company_id)
        if not parts_by_kit:
            return super()._get_channel_promisable(products, places, days, channel)
        every = products.browse({part for own in parts_by_kit.values() for part in own})
        result = super()._get_channel_promisable(products | every, places, days, channel)
        for kit_id, parts in parts_by_kit.items():
            for place in places:
                if (
                    place._name == "stock.external.place"
                    or (kit_id, place._name, place.id) not in result
                ):
                    continue
                rooms = {part: result[part, place._name, place.id] for part in parts}
                result[kit_id, place._name, place.id] = [
                    self._count_kits(parts, rooms, number) for number in range(len(days) + 1)
                ]
        return result

    @api.model
    def _count_kits(self, parts, rooms, number):
        """Return how many kits the quantities of one date make."""
        return kits.count({part: rooms[part][number] for part in parts}, parts)
