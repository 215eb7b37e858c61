from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np

from odoo import api, models

from ..engine.events import effects, gather, pooled_effect, stretch, without_event

LEAST_CHANGE = 0.01  # days of demand, to be worth a sentence


@dataclass
class Effect:
    """An event and what it does.

    :ivar rows: (n,) bool, orderpoints that it concerns
    :ivar factor: (n,) of their demand
    :ivar days: dates of all its occurrences
    """

    event: Any
    rows: np.ndarray
    factor: np.ndarray
    days: set = field(default_factory=set)


class SmartReorderPlanner(models.AbstractModel):
    """The planner's calendar: taken out of the history, and put into the forecast."""

    _inherit = "smart.reorder.planner"

    @api.model
    def _get_history_and_events(self, orderpoints, today, run=None):
        """:return: ``(history as it was, history without events, list of Effect)``"""
        history = self._get_history(orderpoints, today, run)
        events = self.env["smart.reorder.event"]._get_active(orderpoints.company_id)
        if not events:
            return history, history, []
        start = today - timedelta(days=history.n_days)
        concerned, columns = {}, {}
        any_event = np.zeros(history.quantity.shape, dtype=bool)
        for event in events:
            concerned[event] = np.array(event._concerns(orderpoints), dtype=bool)
            past = sorted((day - start).days for day in event._get_days() if start <= day < today)
            columns[event] = np.array(past, dtype=np.int64)
            any_event[:, columns[event]] |= concerned[event][:, None]
        found = [
            self._get_effect(event, history, columns[event], concerned[event], any_event, run)
            for event in events
        ]
        cleaned = history
        for effect in found:
            past = columns[effect.event]
            if past.size:
                cleaned = without_event(cleaned, past, effect.rows, effect.factor, any_event)
        return history, cleaned, found

    @api.model
    def _get_history_without_events(self, orderpoints, today):
        """The history that forecasts learn from."""
        return self._get_history_and_events(orderpoints, today)[1]

    @api.model
    def _get_effect(self, event, history, columns, rows, any_event, run):
        evidence = gather(history, columns, rows, any_event)
        actual, expected = float(evidence.actual.sum()), float(evidence.expected.sum())
        if run:
            event._add_evidence(run, actual, expected, int(evidence.days.sum()))
            # What the batches before saw counts as well.
            actual, expected = event.qty_actual, event.qty_expected
        pooled = pooled_effect(actual, expected)
        if run:
            event.effect_learned = 100 * (pooled - 1)
        if event.effect_mode == "set":
            factor = np.full(len(rows), 1 + event.effect_set / 100)
        else:
            factor = effects(evidence, pooled)
        return Effect(event, rows, factor, event._get_days())

    @api.model
    def _add_events(self, orderpoints, good, forecasts, spans, found, today, values):
        """The forecasts with the events of the coming interval; the sentences that say so."""
        lengths = np.maximum(np.floor(spans.mean + 0.5), 1)
        more = np.zeros(len(good))
        for index, row in enumerate(good):
            value = values[orderpoints[row].id]
            for effect in found:
                ahead = [(day - today).days for day in effect.days]
                days = sum(0 <= day < lengths[row] for day in ahead) if effect.rows[row] else 0
                if not days:
                    continue
                change = days * (float(effect.factor[row]) - 1)
                more[index] += change
                if abs(change) < LEAST_CHANGE:
                    continue
                note = {
                    "event": effect.event.name,
                    "count": days,
                    "change": 100 * (float(effect.factor[row]) - 1),
                    "quantity": float(forecasts.mean[index]) * change / float(lengths[row]),
                }
                value.setdefault("background", []).append(["event", note])
            value["event_factor"] = max(1 + more[index] / lengths[row], 0.0)
        factor = np.array([values[orderpoints[row].id]["event_factor"] for row in good])
        return stretch(forecasts, factor) if found and len(good) else forecasts
