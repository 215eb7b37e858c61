import math
import time

import numpy as np
from pytz import timezone

from odoo import api, fields, models

from ..engine.checks import find_issues
from ..engine.history import counting_unit


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
        self._set_timing(orderpoints, sources)
        self._set_promises(orderpoints, sources)
        for orderpoint in orderpoints:
            if orderpoint.id in circular:
                sources[orderpoint.id].issue = "circular_supply"
        recorded, history, events = self._get_history_and_events(orderpoints, today, run)
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
        compared = self._choose_vendors(orderpoints, sources, history, services, lead_times)
        reviews = self._get_reviews(orderpoints, sources)
        levels = np.array([service.level for service in services])
        leads = np.array([lead_times[op.id].mean for op in orderpoints])
        units = counting_unit(history.recorded, orderpoints.product_id.uom_id[:1].rounding or 0.01)
        issues = find_issues(history.quantity, leads, reviews, levels, units)
        for index, orderpoint in enumerate(orderpoints):
            sources[orderpoint.id].issue = issues[index] or sources[orderpoint.id].issue
        good = [i for i, op in enumerate(orderpoints) if not sources[op.id].issue]
        spans = self._get_spans(orderpoints, sources, lead_times)
        forecasts, origins = self._get_forecasts(
            company, history, good, spans, levels, units, orderpoints, run
        )
        clock["decide"] = time.monotonic()
        values = {}
        for index, orderpoint in enumerate(orderpoints):
            values[orderpoint.id] = self._prepare_base(
                orderpoint, sources[orderpoint.id], stocks[orderpoint.id], recorded, index, today
            ) | {
                **self._prepare_lead_time(lead_times[orderpoint.id]),
                "review_days": reviews[index],
                "promise_days": sources[orderpoint.id].promise_days,
                **self._prepare_service(services[index]),
                "compared": compared.get(orderpoint.id, {}),
            }
        forecasts = self._borrow(
            orderpoints, good, sources, history, forecasts, spans, levels, units, values
        )
        self._note_inherited(orderpoints, history, today, values)
        plain, forecasts = (
            forecasts,
            self._add_events(orderpoints, good, forecasts, spans, events, today, values),
        )
        self._set_later(orderpoints, good, stocks, promised, forecasts, spans, values)
        self._decide(company, orderpoints, good, sources, stocks, forecasts, units, values)
        for row, origin in zip(good, origins, strict=True):
            values[orderpoints[row].id].update(origin)
        if run:
            self._keep_score(orderpoints, good, history, plain, spans, values, today, run)
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
            "is_excess_moved": False,
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
