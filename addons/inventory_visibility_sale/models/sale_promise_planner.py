"""Reads in a few statements what any number of order lines can be promised from."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

import pytz

from odoo import api, fields, models

from ..core import promise


@dataclass(frozen=True)
class Need:
    """A quantity that an order line needs from one warehouse.

    :param key: identifies it in the result
    :param product: `product.product`
    :param warehouse: `stock.warehouse`
    :param quantity: in the unit of the product
    :param wanted: moment (UTC) at which it is wanted
    :param route: `stock.route` that brings it from another warehouse, when one was chosen
    """

    key: object
    product: models.Model
    warehouse: models.Model
    quantity: float
    wanted: object
    route: models.Model = None


@dataclass
class Plan:
    """What can be promised from where; claims of one order reduce it for its later lines.

    :param supplies: ``{(product id, warehouse id): core.promise.Supply}``
    :param routes: ``{warehouse id: [(route, supplying warehouse, lead days), ...]}``
    """

    supplies: dict
    routes: dict
    today: dict = field(default_factory=dict)

    def fork(self):
        return replace(self, supplies=dict(self.supplies))

    def get_supply(self, product, warehouse):
        return self.supplies[product.id, warehouse.id]

    def get_resupplies(self, product, warehouse, route=None):
        """Return the ways to bring the product to a warehouse, all or by one route."""
        return [
            promise.Resupply(way.id, source.id, self.supplies[product.id, source.id], days)
            for way, source, days in self.routes.get(warehouse.id, ())
            if (route is None or way == route) and (product.id, source.id) in self.supplies
        ]

    def claim(self, product, option, warehouse, day):
        """Take what an option uses away from what is left for others."""
        key = (product.id, warehouse.id)
        self.supplies[key] = self.supplies[key].claim(day, option.quantity - option.transfer)
        if option.transfer:
            key = (product.id, option.resupply.place)
            self.supplies[key] = self.supplies[key].claim(option.leave, option.transfer)


class SalePromisePlanner(models.AbstractModel):
    _name = "sale.promise.planner"
    _description = "Planner of promises on sales order lines"

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _get_plan(self, products, warehouses, lines=None):
        """Read what the products can be promised from.

        :param products: `product.product`
        :param warehouses: `stock.warehouse` that the user may see; those that resupply them
            are added as far as the user may see them
        :param lines: `sale.order.line` whose own deliveries and holds count as available
        :rtype: Plan
        """
        routes = self._get_routes(warehouses)
        for ways in routes.values():
            for _route, source, _days in ways:
                warehouses |= source
        supplies = self._get_supplies(products, warehouses)
        plan = Plan(supplies, routes)
        if lines:
            self._give_back(plan, lines)
        return plan

    @api.model
    def _get_warehouses(self, companies):
        """Return the warehouses of companies that the user may see, in their order."""
        return self.env["stock.warehouse"].search([("company_id", "in", companies.ids)])

    @api.model
    def _get_routes(self, warehouses):
        """Return ``{warehouse id: [(route, supplying warehouse, days), ...]}``.

        The lead time is the sum of the delays of the route's pull rules: each rule has the goods
        leave so many days before the next one wants them.
        """
        routes = (
            self.env["stock.route"]
            .sudo()
            .search(
                [
                    ("supplied_wh_id", "in", warehouses.ids),
                    ("supplier_wh_id", "!=", False),
                ]
            )
        )
        delays = dict(
            self.env["stock.rule"]
            .sudo()
            ._read_group(
                [("route_id", "in", routes.ids), ("action", "in", ("pull", "pull_push"))],
                ["route_id"],
                ["delay:sum"],
            )
        )
        visible = routes.supplier_wh_id.sudo(False)._filtered_access("read")
        result = defaultdict(list)
        for route in routes:
            source = route.supplier_wh_id.sudo(False)
            if source in visible and source.company_id == route.supplied_wh_id.company_id:
                way = (route.sudo(False), source, int(delays.get(route, 0)))
                result[route.supplied_wh_id.id].append(way)
        return dict(result)

    @api.model
    def _get_supplies(self, products, warehouses):
        """Return ``{(product id, warehouse id): core.promise.Supply}`` in one or two statements.

        Figures only, of warehouses that the caller has found visible: a salesperson needs no
        right on stock to see what can be promised.
        """
        availability = self.env["stock.availability"].sudo()
        names = ["qty_on_hand", "qty_blocked", "qty_soft_reserved", "qty_safety_stock"]
        figures = availability._get_availability(products, warehouses, names=names)
        projection = availability._get_projection(products, warehouses)
        today = {warehouse.id: self._get_day(warehouse) for warehouse in warehouses}
        return {
            (product_id, warehouse_id): self._prepare_supply(
                today[warehouse_id], row, projection.get((product_id, warehouse_id), [])
            )
            for (product_id, warehouse_id), row in figures.items()
        }

    @api.model
    def _prepare_supply(self, today, figures, steps):
        """Make a `core.promise.Supply` of the figures and the projection of one row.

        The balance of a projection is what may be sold, less what is held; safety stock is
        still in it.
        """
        safety = figures["qty_safety_stock"]
        return promise.Supply(
            today,
            self._get_sellable(figures),
            tuple((max(step["date"], today), step["balance"] - safety) for step in steps),
        )

    @api.model
    def _get_sellable(self, figures):
        """Return the part of what is on hand that may be promised, reserved or not."""
        return (
            figures["qty_on_hand"]
            - figures["qty_blocked"]
            - figures["qty_soft_reserved"]
            - figures["qty_safety_stock"]
        )

    @api.model
    def _get_day(self, warehouse, moment=None) -> date:
        """Return the date that it is at a warehouse at a moment in UTC, by default now."""
        zone = pytz.timezone(self._get_time_zone(warehouse))
        moment = moment or fields.Datetime.now()
        return pytz.utc.localize(moment).astimezone(zone).date()

    @api.model
    def _get_noon(self, warehouse, day):
        """Return the moment (UTC) of noon at a warehouse, which is that day for most others too."""
        noon = datetime.combine(day, time(12))
        zone = pytz.timezone(self._get_time_zone(warehouse))
        return zone.localize(noon).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _get_time_zone(self, warehouse):
        warehouse = warehouse.sudo()
        return warehouse.partner_id.tz or warehouse.company_id.partner_id.tz or "UTC"

    # ------------------------------------------------------------------
    # What the lines have already
    # ------------------------------------------------------------------

    @api.model
    def _give_back(self, plan, lines):
        """Count the lines' own planned deliveries and holds as available: they are theirs."""
        for hold in lines.sudo().soft_reservation_ids:
            key = (hold.product_id.id, hold.warehouse_id.id)
            if key in plan.supplies and hold.held_quantity:
                supply = plan.supplies[key]
                day = hold.date_promised or supply.today
                plan.supplies[key] = supply.claim(day, -hold.held_quantity)
        for move in self._get_own_moves(lines):
            warehouse = move.location_id.warehouse_id
            key = (move.product_id.id, warehouse.id)
            if key in plan.supplies:
                day = self._get_day(warehouse, move.date)
                plan.supplies[key] = plan.supplies[key].claim(day, -move.product_qty)

    @api.model
    def _get_own_moves(self, lines):
        """Return the lines' deliveries that are still to leave the warehouses."""
        return lines.sudo().move_ids.filtered(
            lambda move: (
                move.state in ("waiting", "confirmed", "partially_available", "assigned")
                and move.location_id.usage == "internal"
                and (move.location_final_id or move.location_dest_id).usage != "internal"
            )
        )

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    @api.model
    def _find(self, plan, needs):
        """Answer needs one after the other; each takes what it uses from those that follow.

        :param plan: a `Plan`, which is changed
        :param needs: list of `Need`
        :return: ``{key: (core.promise.Option, promise date or None)}``
        """
        result = {}
        for need in needs:
            resupplies = (
                plan.get_resupplies(need.product, need.warehouse, need.route) if need.route else ()
            )
            option = promise.find(
                plan.get_supply(need.product, need.warehouse), need.quantity, resupplies
            )
            day = self._get_promise_day(option, need)
            result[need.key] = (option, day)
            wanted = self._get_day(need.warehouse, need.wanted)
            plan.claim(need.product, option, need.warehouse, day or wanted)
        return result

    @api.model
    def _get_promise_day(self, option, need):
        wanted = self._get_day(need.warehouse, need.wanted)
        margin = int(need.warehouse.sudo().company_id.security_lead)
        return promise.promise_day(option, wanted, margin)
