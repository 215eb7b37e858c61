import math
from collections import defaultdict
from dataclasses import dataclass

from odoo import api, models

from ..engine.policy import promised_later
from .smart_reorder_source import TRANSFER


@dataclass
class Stock:
    """State of stock of one place in the product's unit, at one moment."""

    on_hand: float = 0.0
    available: float = 0.0
    incoming: float = 0.0
    outgoing: float = 0.0
    in_progress: float = 0.0
    dependents: float = 0.0
    later: float = 0.0  # of the outgoing, what is part of the forecast or due after the interval

    @property
    def balance(self):
        """Without what decides anew each time: what is needed elsewhere or later."""
        return self.on_hand + self.incoming + self.in_progress - self.outgoing

    @property
    def position(self):
        return self.balance + self.later - self.dependents


class SmartReorderPlanner(models.AbstractModel):
    """The state of stock of a batch, and what supplying warehouses have left for it."""

    _inherit = "smart.reorder.planner"

    @api.model
    def _get_stocks(self, orderpoints):
        """State of stock now, quotations to vendors included.

        :return: dict ``orderpoint id -> Stock``
        """
        products, warehouses = orderpoints.product_id, orderpoints.warehouse_id
        figures = self.env["stock.availability"].sudo()._get_availability(products, warehouses)
        _by_location, in_progress = products.sudo()._get_quantity_in_progress(
            warehouse_ids=warehouses.ids
        )
        needs = self._get_open_needs(products, warehouses)
        stocks = {}
        for orderpoint in orderpoints:
            key = (orderpoint.product_id.id, orderpoint.warehouse_id.id)
            figure = figures.get(key) or {}
            stocks[orderpoint.id] = Stock(
                on_hand=figure.get("qty_on_hand", 0.0),
                available=figure.get("qty_available", 0.0),
                incoming=figure.get("qty_incoming", 0.0),
                outgoing=figure.get("qty_outgoing", 0.0),
                in_progress=in_progress.get(key, 0.0),
                dependents=needs.get(key, 0.0),
            )
        return stocks

    @api.model
    def _get_open_needs(self, products, warehouses):
        """What supplied places are proposed to take, but did not take yet.

        :return: dict ``(product id, supplying warehouse id) -> quantity``
        """
        groups = (
            self.env["smart.reorder.proposal"]
            .sudo()
            ._read_group(
                [
                    ("is_current", "=", True),
                    ("source", "=", TRANSFER),
                    ("product_id", "in", products.ids),
                    ("source_warehouse_id", "in", warehouses.ids),
                    ("orderpoint_id.smart_reorder", "=", True),
                    # Excess that moves is decided anew each time: nobody counts on it.
                    ("is_excess_moved", "=", False),
                ],
                ["product_id", "source_warehouse_id"],
                ["qty_needed:sum"],
            )
        )
        return {(product.id, warehouse.id): total for product, warehouse, total in groups}

    @api.model
    def _set_later(self, orderpoints, good, stocks, promised, forecasts, spans, values):
        """Say how much of the open deliveries the position need not give up now."""
        lengths = spans.mean
        for index, row in enumerate(good):
            orderpoint = orderpoints[row]
            stock = stocks[orderpoint.id]
            days, quantities = promised.get(
                (orderpoint.product_id.id, orderpoint.warehouse_id.id), ((), ())
            )
            later = promised_later(
                days, quantities, float(lengths[row]), float(forecasts.mean[index])
            )
            stock.later = min(later, max(stock.outgoing, 0.0))
            values[orderpoint.id].update(qty_later=stock.later, qty_position=stock.position)

    @api.model
    def _share_scarce_stock(self, orderpoints, sources, values, run=None):
        """Never propose more transfers than the supplying warehouse has available.

        When the places want more than that, each gets the same share of what it needs. The need
        itself stays known to the supplying warehouse, which orders for it.
        """
        takers = defaultdict(list)
        for orderpoint in orderpoints:
            source, value = sources[orderpoint.id], values[orderpoint.id]
            if source.kind == TRANSFER and value.get("qty_proposed"):
                takers[orderpoint.product_id.id, source.warehouse.id].append(orderpoint)
        if not takers:
            return
        products = self.env["product.product"].browse({product for product, _wh in takers})
        warehouses = self.env["stock.warehouse"].browse({warehouse for _p, warehouse in takers})
        figures = self.env["stock.availability"].sudo()._get_availability(products, warehouses)
        taken = self._get_taken(products, warehouses, run) if run else {}
        for key, places in takers.items():
            available = (figures.get(key) or {}).get("qty_available", 0.0)
            available = max(available - taken.get(key, 0.0), 0.0)
            wanted = sum(values[op.id]["qty_proposed"] for op in places)
            for orderpoint in places:
                value = values[orderpoint.id]
                value["source_available"] = available
                if wanted <= available:
                    continue
                step = sources[orderpoint.id].multiple or value["counting_unit"]
                share = value["qty_proposed"] * available / wanted
                value["qty_proposed"] = round(math.floor(share / step + 1e-6) * step, 9)
                value["wanted_by_all"] = wanted

    @api.model
    def _get_taken(self, products, warehouses, run):
        """What earlier batches of the run propose to take from warehouses.

        :return: dict ``(product id, supplying warehouse id) -> quantity``
        """
        groups = (
            self.env["smart.reorder.proposal"]
            .sudo()
            ._read_group(
                [
                    ("run_id", "=", run.id),
                    ("state", "=", "draft"),
                    ("source", "=", TRANSFER),
                    ("product_id", "in", products.ids),
                    ("source_warehouse_id", "in", warehouses.ids),
                ],
                ["product_id", "source_warehouse_id"],
                ["qty_to_order:sum"],
            )
        )
        return {(product.id, warehouse.id): total for product, warehouse, total in groups}
