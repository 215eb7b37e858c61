from datetime import timedelta

import numpy as np
from pytz import UTC, timezone

from odoo import api, fields, models

from ..engine.calendar import latest_order_day, order_moments, quantile_after
from ..engine.lead_time import Intervals, intervals
from .smart_reorder_source import BUY, TRANSFER


class SmartReorderPlanner(models.AbstractModel):
    """When one can order: the calendar of the vendor, and the latest day that its goods need."""

    _inherit = "smart.reorder.planner"

    @api.model
    def _set_timing(self, orderpoints, sources):
        """Say of each source when the next order can be placed, and how long it has to last."""
        company = orderpoints.company_id
        review = company.smart_reorder_review_days
        options = [
            (orderpoint, source)
            for orderpoint in orderpoints
            for source in (sources[orderpoint.id], *sources[orderpoint.id].alternatives)
        ]
        partners = self.env["res.partner"].browse(
            {source.partner.id for _op, source in options if source.partner}
        )
        get_terms = self.env["smart.reorder.terms"]._get_terms(company, partners)
        moments = {}
        for orderpoint, source in options:
            source.review_days = float(review)
            if source.kind != BUY or not source.partner:
                continue
            source.terms = terms = get_terms(source.partner, orderpoint.warehouse_id)
            if not terms:
                continue
            if terms not in moments:
                moments[terms] = self._get_order_days(terms, company)
            source.incremental = terms.discount == "incremental"
            source.order_by, source.wait_days, source.review_days = moments[terms]

    @api.model
    def _set_promises(self, orderpoints, sources):
        """Days that places wait at their supplier, and let others wait, by risk pooling."""
        company = orderpoints.company_id
        if company.smart_reorder_pooling != "apply":
            return
        waiting = self.env["stock.warehouse.orderpoint"].search(
            [
                ("company_id", "=", company.id),
                ("smart_reorder", "=", True),
                ("smart_reorder_promise_days", ">", 0),
                ("product_id", "in", orderpoints.product_id.ids),
            ]
        )
        promises = {
            (op.product_id.id, op.warehouse_id.id): float(op.smart_reorder_promise_days)
            for op in waiting
        }
        for orderpoint in orderpoints:
            source, product = sources[orderpoint.id], orderpoint.product_id.id
            for each in (source, *source.alternatives):
                each.promise_days = promises.get((product, orderpoint.warehouse_id.id), 0.0)
            if source.kind == TRANSFER:
                source.supplier_days = promises.get((product, source.warehouse.id), 0.0)
                source.lead_days += source.supplier_days

    @api.model
    def _get_spans(self, orderpoints, sources, lead_times):
        """Protection intervals; who lets others wait covers so many days less."""
        reviews = self._get_reviews(orderpoints, sources)
        spans = intervals([lead_times[op.id] for op in orderpoints], reviews)
        promises = np.array([sources[op.id].promise_days for op in orderpoints], dtype=float)
        # Entries without weight are not days.
        days = np.where(spans.weight > 0, np.maximum(spans.days - promises[:, None], 1.0), 0.0)
        return spans if not promises.any() else Intervals(days, spans.weight)

    @api.model
    def _get_interval(self, value):
        """Days of the protection interval of a proposal's values."""
        return max(value["lead_days"] + value["review_days"] - value["promise_days"], 1.0)

    @api.model
    def _get_order_days(self, terms, company):
        """:return: ``(moment until which the next order counts, UTC; days until then; days until
        the order after it)``, days as the company counts them
        """
        now = UTC.localize(fields.Datetime.now())
        zone = timezone(terms._get_timezone())
        calendar = terms._get_calendar(company.smart_reorder_review_days)
        first, second = order_moments(calendar, now, zone)
        own = timezone(company.partner_id.tz or "UTC")
        today = now.astimezone(own).date()
        wait, review = ((m.astimezone(own).date() - today).days for m in (first, second))
        order_by = first.astimezone(UTC).replace(tzinfo=None)
        return order_by, float(wait), float(max(review, wait + 1))

    @api.model
    def _get_latest_order_day(self, terms, company, days):
        """The day after which an order that must count in so many days is too late.

        :param terms: of the vendor; none or empty ones: any day is an order day
        :param days: from today, negative when that day is over
        """
        own = timezone(company.partner_id.tz or "UTC")
        now = UTC.localize(fields.Datetime.now()).astimezone(own)
        day = now.date() + timedelta(days=days)
        if not terms:
            return day
        calendar = terms._get_calendar(company.smart_reorder_review_days)
        return latest_order_day(calendar, day, now, timezone(terms._get_timezone()))

    @api.model
    def _get_reviews(self, orderpoints, sources):
        """:return: (n,) days from now to the order after the next one"""
        return np.array([sources[op.id].review_days for op in orderpoints], dtype=float)

    @api.model
    def _prepare_timing(self, orderpoint, source, value, position):
        """When to order, and the sentence that says what the vendor's calendar costs."""
        interval = self._get_interval(value)
        curve = (interval, value["forecast_qty"], value["reorder_point"])
        daily = value["daily_demand"]
        covered = max(position, 0.0) / daily if daily > 0 else float("inf")
        lead = value["lead_days"]
        weekdays = source.terms._get_weekdays() if source.terms else ()
        is_late = value["qty_needed"] > 0 and covered < source.wait_days + lead
        notes = self._prepare_promise_notes(source)
        if source.terms and value["evidence"] != "none":
            notes.append(self._prepare_calendar_note(orderpoint, source, value, curve, weekdays))
        if is_late:
            notes.append(["late", {"days": covered, "lead_days": source.wait_days + lead}])
        timing = {
            "date_order_by": source.order_by or False,
            "order_terms": source.terms,
        }
        return timing, [note for note in notes if note]

    @api.model
    def _prepare_promise_notes(self, source):
        notes = []
        if source.promise_days:
            notes.append(["promise", {"days": source.promise_days}])
        if source.supplier_days:
            notes.append(["supplier_waits", {"days": source.supplier_days}])
        return notes

    @api.model
    def _prepare_calendar_note(self, orderpoint, source, value, curve, weekdays):
        company = orderpoint.company_id
        extra = source.review_days - company.smart_reorder_review_days
        if extra <= 0 and source.terms.cutoff >= 24:
            return None
        interval, mean, quantile = curve
        days = max(interval - max(extra, 0.0), 0.0)
        units = quantile - quantile_after(days, interval, mean, quantile)
        rate = company.smart_reorder_holding_rate / 100
        return [
            "calendar",
            {
                "weekdays": list(weekdays),
                "order_by": fields.Datetime.to_string(source.order_by),
                "days": source.review_days,
                "quantity": units,
                "cost": units * value["price_unit"] * rate,
            },
        ]
