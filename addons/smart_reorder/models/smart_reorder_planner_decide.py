from collections import defaultdict

import numpy as np

from odoo import api, models

from ..engine.calendar import quantile_after
from ..engine.caps import PHASE_OUT, Cap, apply_caps, phase_out_cap, shelf_life_cap, storage_cap
from ..engine.policy import cycle_quantity, order_quantity, price_for, round_up
from .smart_reorder_source import BUY


class SmartReorderPlanner(models.AbstractModel):
    """From forecasts to reorder points, levels and quantities."""

    _inherit = "smart.reorder.planner"

    @api.model
    def _decide(self, company, orderpoints, good, sources, stocks, forecasts, units, values):
        """Turn forecasts into reorder points, levels and quantities."""
        rate = company.smart_reorder_holding_rate / 100
        cost = company.smart_reorder_order_cost
        rows = orderpoints.browse(orderpoints[i].id for i in good)
        prices = np.array([self._get_unit_cost(op, sources[op.id]) for op in rows])
        horizon = np.array([self._get_interval(values[op.id]) for op in rows])
        daily = np.divide(forecasts.mean, horizon, out=np.zeros(len(good)), where=horizon > 0)
        cycles = cycle_quantity(daily, company.smart_reorder_cycle_days, prices, cost, rate)
        rooms = self._get_rooms(rows)
        for index, orderpoint in enumerate(rows):
            source, unit = sources[orderpoint.id], float(units[good[index]])
            value = values[orderpoint.id]
            reorder_point = round_up(float(forecasts.quantile[index]), unit)
            value.update(
                self._prepare_forecast(forecasts, index)
                | {
                    "daily_demand": float(daily[index]),
                    "reorder_point": reorder_point,
                    "order_up_to": round_up(reorder_point + float(cycles[index]), unit),
                    "price_unit": float(prices[index]),
                    "counting_unit": unit,
                }
            )
            position = stocks[orderpoint.id].position
            caps = self._get_caps(orderpoint, source, position, value, rooms)
            self._decide_quantity(company, source, position, value, caps)

    @api.model
    def _decide_quantity(self, company, source, position, value, caps):
        rate = company.smart_reorder_holding_rate / 100
        unit = value["counting_unit"]
        bounds = self._prepare_bounds(source, unit, caps)
        order = order_quantity(
            position,
            value["reorder_point"],
            value["order_up_to"],
            rounding=unit,
            multiple=source.multiple,
            breaks=source.breaks,
            daily_demand=value["daily_demand"],
            order_cost=company.smart_reorder_order_cost,
            holding_rate=rate,
            incremental=source.incremental,
            nearest=company.smart_reorder_rounding == "nearest",
            most=bounds.get("most", float("inf")),
        )
        price = order.unit_price if order.price_break else value["price_unit"]
        capped = apply_caps(order.quantity, caps, bounds["step"], bounds["least"])
        effects, notes = order.effects, list(value.get("notes", ()))
        if capped.cap:
            effects = tuple(effect for effect in effects if effect == "multiple_down")
            code = f"contradiction_{capped.cap.kind}" if capped.contradiction else capped.cap.kind
            notes.append([f"cap_{code}", self._prepare_cap(order, capped, value, bounds)])
            if capped.contradiction:
                value["issue"] = f"contradiction_{capped.cap.kind}"
            if order.price_break and not source.incremental:
                price = price_for(capped.quantity, source.breaks).price
        extra = max(capped.quantity - order.needed, 0.0)
        value.update(
            qty_needed=order.needed,
            qty_proposed=capped.quantity,
            price_unit=float(price),
            effects=effects,
            saving=order.saving,
            bounds=bounds,
            held=capped.quantity <= 0 < order.quantity,
            notes=notes,
            # Half of what is ordered more than needed lies there on average.
            extra_cost=rate * float(price) * extra / 2,
        )

    @api.model
    def _prepare_cap(self, order, capped, value, bounds):
        daily = value["daily_demand"]
        return {
            "limit": capped.cap.limit,
            "most": capped.cap.quantity,
            "least": max(bounds["least"], bounds["step"]),
            "least_days": max(bounds["least"], bounds["step"]) / daily if daily > 0 else 9999.0,
            "before": order.quantity,
            "quantity": capped.quantity,
        }

    @api.model
    def _prepare_bounds(self, source, unit, caps):
        """What later changes of the quantity have to keep to."""
        least = min((line.minimum for line in source.breaks), default=0.0)
        step = source.multiple or unit
        bounds = {"step": step, "least": round_up(least, step)}
        if caps:
            bounds["most"] = min(cap.quantity for cap in caps)
        return bounds

    # ------------------------------------------------------------------
    # What limits the quantity
    # ------------------------------------------------------------------

    @api.model
    def _get_caps(self, orderpoint, source, position, value, rooms):
        """Hook: list of :class:`Cap`"""
        arrival = source.wait_days + value["lead_days"]
        daily, caps = value["daily_demand"], []
        shelf_days = orderpoint.product_id._get_shelf_days()
        if shelf_days > 0:
            caps.append(shelf_life_cap(position, daily, arrival, shelf_days))
        if orderpoint.product_id.smart_reorder_phase_out:
            caps.append(self._get_phase_out_cap(orderpoint, arrival, position, value))
        room = rooms.get(orderpoint.id)
        if room is not None:
            caps.append(storage_cap(position, daily, arrival, room))
        return caps

    @api.model
    def _get_phase_out_cap(self, orderpoint, arrival, position, value):
        """Demand until the product ends; nothing when an order would come too late for it."""
        end = orderpoint.product_id.smart_reorder_phase_out
        days = (end - self._get_today(orderpoint.company_id)).days
        interval = self._get_interval(value)
        if days <= arrival:
            return Cap(PHASE_OUT, 0.0, 0.0)
        until = quantile_after(days, interval, value["forecast_qty"], value["reorder_point"])
        return phase_out_cap(position, round_up(until, value["counting_unit"]))

    @api.model
    def _get_rooms(self, orderpoints):
        """Units that a place has room for: the rule's own limit, and that of the storage
        categories where each location of the place has one that names the product, or one with
        a greatest weight.

        :return: dict ``orderpoint id -> units``, without those that have no limit
        """
        stocks = orderpoints.warehouse_id.lot_stock_id
        locations = self.env["stock.location"].search(
            [("location_id", "child_of", stocks.ids), ("usage", "=", "internal")]
        )
        leaves = locations.filtered(
            lambda place: not place.child_ids.filtered(lambda child: child.usage == "internal")
        )
        by_place = leaves.grouped("warehouse_id")
        capacities = self.env["stock.storage.category.capacity"].search(
            [
                ("storage_category_id", "in", leaves.storage_category_id.ids),
                ("product_id", "in", orderpoints.product_id.ids),
            ]
        )
        holds = {(c.storage_category_id, c.product_id): c.quantity for c in capacities}
        weights = self._get_weights_left(orderpoints.product_id, by_place)
        rooms = {}
        for orderpoint in orderpoints:
            found = [orderpoint.smart_reorder_max_stock] * (orderpoint.smart_reorder_max_stock > 0)
            places = by_place.get(orderpoint.warehouse_id, ()) if holds else ()
            parts = [
                holds.get((place.storage_category_id, orderpoint.product_id)) for place in places
            ]
            if parts and None not in parts:
                found.append(sum(parts))
            key = (orderpoint.product_id.id, orderpoint.warehouse_id.id)
            if key in weights:
                found.append(weights[key] / orderpoint.product_id.weight)
            if found:
                rooms[orderpoint.id] = min(found)
        return rooms

    @api.model
    def _get_weights_left(self, products, by_place):
        """Weight that is left for each product where all locations of a place have a greatest
        weight: what the other products there weigh is taken off.

        :param by_place: dict ``warehouse -> locations``
        :return: dict ``(product id, warehouse id) -> kg``
        """
        limits = {}
        for warehouse, places in by_place.items():
            limit = [place.storage_category_id.max_weight for place in places]
            if all(kg > 0 for kg in limit):
                limits[warehouse] = sum(limit)
        if not limits:
            return {}
        places = self.env["stock.location"].union(*(by_place[place] for place in limits))
        loads = defaultdict(dict)
        for location, product, quantity in self.env["stock.quant"]._read_group(
            [("location_id", "in", places.ids)], ["location_id", "product_id"], ["quantity:sum"]
        ):
            load = loads[location.warehouse_id]
            kg = max(quantity, 0.0) * product.weight
            load[product.id] = load.get(product.id, 0.0) + kg
        left = {}
        for warehouse, limit in limits.items():
            load = loads[warehouse]
            total = sum(load.values())
            for product in products.filtered(lambda p: p.weight > 0):
                others = total - load.get(product.id, 0.0)
                left[product.id, warehouse.id] = max(limit - others, 0.0)
        return left

    # ------------------------------------------------------------------
    # Values
    # ------------------------------------------------------------------

    @api.model
    def _prepare_forecast(self, forecasts, index):
        def percent(value):
            # Unknown without demand in the past intervals; ``evidence`` says so.
            return 100 * float(np.nan_to_num(value))

        mean, short = float(forecasts.mean[index]), float(forecasts.expected_short[index])
        return {
            "forecast_qty": mean,
            "forecast_method": str(forecasts.method[index]),
            "evidence": str(forecasts.evidence[index]),
            "origins": int(forecasts.origins[index]),
            "intervals": float(forecasts.intervals[index]),
            "error_wape": percent(forecasts.wape[index]),
            "error_bias": percent(forecasts.bias[index]),
            "error_pinball": float(np.nan_to_num(forecasts.pinball[index])),
            "error_skill": float(np.nan_to_num(forecasts.skill[index])),
            "coverage": percent(forecasts.coverage[index]),
            "expected_fill": 100 * (1 - min(short / mean, 1.0)) if mean > 0 else 100.0,
        }

    @api.model
    def _get_unit_cost(self, orderpoint, source):
        """Value of a unit in the company's currency: the vendor's lowest price, or the cost."""
        if source.kind == BUY and source.breaks:
            return min(line.price for line in source.breaks)
        return orderpoint.product_id.with_company(orderpoint.company_id).standard_price
