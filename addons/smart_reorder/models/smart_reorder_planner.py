import math
import time
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from pytz import timezone

from odoo import api, fields, models

from ..engine.checks import find_issues
from ..engine.explain import Facts, explain
from ..engine.history import counting_unit
from ..engine.lead_time import intervals
from ..engine.policy import cycle_quantity, order_quantity, promised_later, round_up
from .smart_reorder_source import BUY, TRANSFER


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
    """Computes the proposals of a batch of orderpoints: reads, forecasts, decides, explains.

    Everything is read for the whole batch at once; what decides is in ``engine``.
    """

    _name = "smart.reorder.planner"
    _description = "Replenishment Planner"

    # ------------------------------------------------------------------
    # Entry
    # ------------------------------------------------------------------

    @api.model
    def _plan(self, orderpoints, circular=frozenset(), run=None):
        """Plan orderpoints of one company.

        :param circular: ids of orderpoints that (indirectly) supply themselves
        :param run: the run that earlier batches belong to: what they take is no longer there
        :return: ``(dict orderpoint id -> values of smart.reorder.proposal, dict of seconds spent)``
        """
        company = orderpoints.company_id
        company.ensure_one()
        clock = {"read": time.monotonic()}
        self = self.with_company(company)
        today = self._get_today(company)
        sources = self.env["smart.reorder.source"]._get_sources(orderpoints)
        for orderpoint in orderpoints:
            if orderpoint.id in circular:
                sources[orderpoint.id].issue = "circular_supply"
        history = self._get_history(orderpoints, today)
        stocks = self._get_stocks(orderpoints)
        promised = (
            self.env["smart.reorder.demand"]
            .sudo()
            ._get_promised(orderpoints.product_id, orderpoints.warehouse_id, today)
        )
        lead_times = (
            self.env["smart.reorder.lead.time"].sudo()._get_lead_times(orderpoints, sources)
        )
        clock["forecast"] = time.monotonic()
        services = self._get_services(orderpoints, sources, history)
        reviews = np.full(len(orderpoints), float(company.smart_reorder_review_days))
        compared = self._choose_vendors(
            orderpoints, sources, history, services, reviews, lead_times
        )
        levels = np.array([service.level for service in services])
        leads = np.array([lead_times[op.id].mean for op in orderpoints])
        units = counting_unit(history.recorded, orderpoints.product_id.uom_id[:1].rounding or 0.01)
        issues = find_issues(history.quantity, leads, reviews, levels, units)
        for index, orderpoint in enumerate(orderpoints):
            sources[orderpoint.id].issue = issues[index] or sources[orderpoint.id].issue
        good = [i for i, op in enumerate(orderpoints) if not sources[op.id].issue]
        spans = intervals([lead_times[op.id] for op in orderpoints], reviews)
        forecasts, origins = self._get_forecasts(
            company, history, good, spans, levels, units, orderpoints, run
        )
        clock["decide"] = time.monotonic()
        values = {}
        for index, orderpoint in enumerate(orderpoints):
            values[orderpoint.id] = self._prepare_base(
                orderpoint, sources[orderpoint.id], stocks[orderpoint.id], history, index, today
            ) | {
                **self._prepare_lead_time(lead_times[orderpoint.id]),
                "review_days": reviews[index],
                **self._prepare_service(services[index]),
                "compared": compared.get(orderpoint.id, {}),
            }
        self._set_later(orderpoints, good, stocks, promised, forecasts, spans, values)
        self._decide(company, orderpoints, good, sources, stocks, forecasts, units, values)
        for row, origin in zip(good, origins, strict=True):
            values[orderpoints[row].id].update(origin)
        if run:
            self._keep_score(orderpoints, good, history, forecasts, spans, values, today, run)
        self._share_scarce_stock(orderpoints, sources, values, run)
        self._finish(orderpoints, sources, stocks, values)
        clock["end"] = time.monotonic()
        return values, {
            "read": clock["forecast"] - clock["read"],
            "forecast": clock["decide"] - clock["forecast"],
            "decide": clock["end"] - clock["decide"],
        }

    @api.model
    def _get_today(self, company):
        zone = timezone(company.partner_id.tz or "UTC")
        return fields.Datetime.now().astimezone(zone).date()

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

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
                ],
                ["product_id", "source_warehouse_id"],
                ["qty_needed:sum"],
            )
        )
        return {(product.id, warehouse.id): total for product, warehouse, total in groups}

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

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
    def _decide(self, company, orderpoints, good, sources, stocks, forecasts, units, values):
        """Turn forecasts into reorder points, levels and quantities."""
        rate = company.smart_reorder_holding_rate / 100
        cost = company.smart_reorder_order_cost
        rows = orderpoints.browse(orderpoints[i].id for i in good)
        prices = np.array([self._get_unit_cost(op, sources[op.id]) for op in rows])
        horizon = np.array(
            [values[op.id]["lead_days"] + values[op.id]["review_days"] for op in rows]
        )
        daily = np.divide(forecasts.mean, horizon, out=np.zeros(len(good)), where=horizon > 0)
        cycles = cycle_quantity(daily, company.smart_reorder_cycle_days, prices, cost, rate)
        for index, orderpoint in enumerate(rows):
            source, unit = sources[orderpoint.id], units[good[index]]
            reorder_point = round_up(float(forecasts.quantile[index]), unit)
            order_up_to = round_up(reorder_point + float(cycles[index]), unit)
            order = order_quantity(
                stocks[orderpoint.id].position,
                reorder_point,
                order_up_to,
                rounding=unit,
                multiple=source.multiple,
                breaks=source.breaks,
                daily_demand=float(daily[index]),
                order_cost=cost,
                holding_rate=rate,
            )
            price = order.price_break.price if order.price_break else prices[index]
            values[orderpoint.id].update(
                self._prepare_forecast(forecasts, index)
                | {
                    "daily_demand": float(daily[index]),
                    "reorder_point": reorder_point,
                    "order_up_to": order_up_to,
                    "qty_needed": order.needed,
                    "qty_proposed": order.quantity,
                    "price_unit": float(price),
                    "effects": order.effects,
                    "saving": order.saving,
                    "counting_unit": float(unit),
                }
            )

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

    # ------------------------------------------------------------------
    # Values of the proposal
    # ------------------------------------------------------------------

    @api.model
    def _prepare_base(self, orderpoint, source, stock, history, index, today):
        return {
            "orderpoint_id": orderpoint.id,
            "source": source.kind or False,
            "route_id": source.route.id if source.route else False,
            "partner_id": source.partner.id if source.partner else False,
            "source_warehouse_id": source.warehouse.id if source.warehouse else False,
            "computed_at": fields.Datetime.now(),
            "qty_on_hand": stock.on_hand,
            "qty_incoming": stock.incoming,
            "qty_outgoing": stock.outgoing,
            "qty_in_progress": stock.in_progress,
            "qty_dependents": stock.dependents,
            "qty_position": stock.position,
            "issue": source.issue or False,
            "history": self._prepare_history(history, index, today),
            **self._prepare_estimates(history, index),
        }

    @api.model
    def _prepare_service(self, service):
        return {
            "service_level": service.level * 100 if math.isfinite(service.level) else 0,
            "level_origin": service.origin,
            "abc": service.abc,
            "xyz": service.xyz,
            "level_missed": service.missed,
            "level_days": service.holding_days,
        }

    @api.model
    def _prepare_lead_time(self, lead_time):
        known = math.isfinite(lead_time.mean)
        return {
            "lead_days": lead_time.mean if known else 0.0,
            "lead_spread": lead_time.spread if known else 0.0,
            "lead_stated": lead_time.stated if known else 0.0,
            "lead_own": lead_time.own,
            "lead_own_days": lead_time.own_days if lead_time.own else 0.0,
            "lead_vendor": lead_time.vendor,
        }

    @api.model
    def _finish(self, orderpoints, sources, stocks, values):
        """State, chart and reason, once the quantities are known."""
        for orderpoint in orderpoints:
            source, value = sources[orderpoint.id], values[orderpoint.id]
            scratch = {
                name: value.pop(name, default)
                for name, default in (
                    ("effects", ()),
                    ("level_missed", 0.0),
                    ("level_days", 0.0),
                    ("compared", {}),
                    ("saving", 0.0),
                    ("counting_unit", 0.0),
                    ("source_available", None),
                    ("wanted_by_all", 0.0),
                    ("share", 0.0),
                    ("failure", ""),
                )
            }
            if source.issue:
                value.update(state="exception", reason_data=[[f"issue_{source.issue}", {}]])
                value.update(qty_needed=0.0, qty_proposed=0.0)
                continue
            facts = self._prepare_facts(orderpoint, source, stocks[orderpoint.id], value, scratch)
            sentences = [sentence.as_pair() for sentence in explain(facts)]
            sentences += self._get_engine_sentences(value, scratch)
            state = "draft" if value["qty_proposed"] > 0 else "ok"
            if state == "ok" and value["qty_needed"] > 0:
                state = "exception"
                value["issue"] = "source_empty"
            value.update(state=state, reason_data=sentences)

    @api.model
    def _prepare_facts(self, orderpoint, source, stock, value, scratch):
        measured = value["evidence"] == "measured"
        return Facts(
            on_hand=stock.on_hand,
            incoming=stock.incoming,
            outgoing=stock.outgoing,
            in_progress=stock.in_progress,
            dependents=stock.dependents,
            position=stock.position,
            mean=value["forecast_qty"],
            lead_days=value["lead_days"],
            review_days=value["review_days"],
            level=value["service_level"] / 100,
            reorder_point=value["reorder_point"],
            order_up_to=value["order_up_to"],
            needed=value["qty_needed"],
            quantity=value["qty_proposed"],
            effects=scratch["effects"],
            evidence=value["evidence"],
            method=value["forecast_method"],
            origins=value["origins"],
            wape=value["error_wape"] / 100 if measured else None,
            coverage=value["coverage"] / 100 if measured else None,
            source=source.kind,
            minimum=min((line.minimum for line in source.breaks), default=0.0),
            multiple=source.multiple,
            saving=scratch["saving"],
            source_available=scratch["source_available"],
            wanted_by_all=scratch["wanted_by_all"],
            later=stock.later,
            lead_stated=value["lead_stated"],
            lead_spread=value["lead_spread"],
            lead_own=value["lead_own"],
            lead_own_days=value["lead_own_days"],
            lead_vendor=value["lead_vendor"],
            level_origin=value["level_origin"],
            level_class=f"{value['abc'] or ''}{value['xyz']}".upper(),
            level_missed=scratch["level_missed"],
            level_days=scratch["level_days"],
            compared=scratch["compared"],
            days_estimated=value["days_estimated"],
            qty_estimated=value["qty_estimated"],
            days_excluded=value["days_excluded"],
            qty_excluded=value["qty_excluded"],
        )
