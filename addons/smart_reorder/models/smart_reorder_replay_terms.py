"""The terms that a replay is played under: as they are set now."""

from datetime import datetime, timedelta

import numpy as np
from pytz import UTC, timezone

from odoo import api, fields, models

from ..engine.calendar import OrderCalendar, order_schedule
from ..engine.replay import MONTH
from ..engine.tasks import pack_limits

AHEAD = 110  # days after those played, in which the next order day of each vendor falls


class SmartReorderReplay(models.Model):
    _inherit = "smart.reorder.replay"

    terms_data = fields.Json(readonly=True)
    terms = fields.Text(
        string="Terms Played",
        compute="_compute_terms",
        help="What both, the present rules and Smart Reorder, had to keep to.",
    )

    # ------------------------------------------------------------------
    # Order days
    # ------------------------------------------------------------------

    def _get_moments(self):
        """When somebody looks at the stock: at the time of day of the nightly run."""
        zone = timezone(self.company_id.partner_id.tz or "UTC")
        cron = self.env.ref("smart_reorder.ir_cron_smart_reorder", raise_if_not_found=False)
        nightly = UTC.localize(cron.sudo().nextcall if cron else datetime.min.replace(year=2000))
        clock = nightly.astimezone(zone).time()
        days = (self.first_day + timedelta(days=n) for n in range(7 * self.weeks + AHEAD))
        return [zone.localize(datetime.combine(day, clock)) for day in days]

    def _get_schedules(self, terms):
        """Order days over the days played, by id of the terms; 0 for vendors without.

        :return: dict ``id -> (wait of the present rules, wait of ours, review of ours)``, an array
            with a figure a day each
        """
        moments, days = self._get_moments(), 7 * self.weeks
        review = max(self.company_id.smart_reorder_review_days, 1)
        known, schedules = {}, {}

        def get(calendar, zone):
            key = (calendar, zone)
            if key not in known:
                waits, reviews = order_schedule(calendar, moments, timezone(zone))
                known[key] = np.array(waits[:days]), np.array(reviews[:days])
            return known[key]

        for one in [False, *terms]:
            if one:
                zone = one._get_timezone()
                both = one._get_calendar(1), one._get_calendar(review)
            else:
                zone = self.company_id.partner_id.tz or "UTC"
                both = OrderCalendar(), OrderCalendar(review=review)
            (present, _review), ours = (get(calendar, zone) for calendar in both)
            schedules[one.id if one else 0] = present, *ours
        return schedules

    def _get_usual_reviews(self, terms_ids):
        """(n,) days from one of our orders to the next, on average, by the ids of terms."""
        found = self.env["smart.reorder.terms"].sudo().browse({*terms_ids.tolist()} - {0})
        usual = {
            one: round(float(review[wait >= 0].mean())) if (wait >= 0).any() else 1
            for one, (_present, wait, review) in self._get_schedules(found).items()
        }
        return np.array([usual[one] for one in terms_ids.tolist()])

    # ------------------------------------------------------------------
    # What the engine is told
    # ------------------------------------------------------------------

    def _prepare_terms(self, arrays):
        """Tables of order days, of limits of orders, and of budgets.

        :param arrays: columns with a figure for each product played
        """
        ids = arrays["terms"].tolist()
        terms = self.env["smart.reorder.terms"].sudo().browse({*ids} - {0}).exists()
        schedules = self._get_schedules(terms)
        place = {one: index for index, one in enumerate(schedules)}
        limits = {one.id: one._get_limits() for one in terms}
        orders, rows, order = {}, [], []
        for vendor, warehouse, one in zip(
            arrays["vendor"].tolist(), arrays["warehouse"].tolist(), ids, strict=True
        ):
            limit = limits.get(one)
            if limit and (vendor, warehouse) not in orders:
                orders[vendor, warehouse] = len(rows)
                rows.append(limit)
            order.append(orders[vendor, warehouse] if limit else -1)
        waits, waits_ours, reviews = zip(*schedules.values(), strict=True)
        return {
            "calendar": np.array([place.get(one, place[0]) for one in ids]),
            "wait": np.array(waits),
            "wait_ours": np.array(waits_ours),
            "review_ours": np.array(reviews),
            "order": np.array(order),
            "limits": pack_limits(rows),
            "budgets": np.array([row for _budget, row in self._get_budgets()], dtype=float).reshape(
                -1, 3
            ),
        }

    def _get_budgets(self):
        """Budgets of the days played; one that these days cut off, with its share of days.

        :return: list of ``(budget, (first day, last day, amount))``
        """
        end = self._get_today() - timedelta(days=1)
        budgets = self.env["smart.reorder.budget"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_from", "<=", end),
                ("date_to", ">=", self.first_day),
            ],
            order="date_from, id",
        )
        found = []
        for budget in budgets:
            first, last = max(budget.date_from, self.first_day), min(budget.date_to, end)
            share = ((last - first).days + 1) / ((budget.date_to - budget.date_from).days + 1)
            days = (first - self.first_day).days, (last - self.first_day).days
            found.append((budget, (*days, budget.amount * share)))
        return found

    # ------------------------------------------------------------------
    # What the user is told
    # ------------------------------------------------------------------

    def _prepare_terms_played(self, arrays, tables, budgets):
        """:param budgets: rows as they were played"""
        terms = self.env["smart.reorder.terms"].sudo().browse({*arrays["terms"].tolist()} - {0})
        calendars = [
            one.id
            for one in terms.exists()
            if one._get_weekdays() or one.cutoff < 24 or one.review_days
        ]
        timed = np.isin(arrays["terms"], calendars)
        limited = tables["order"] >= 0
        names = [budget.name for budget, _row in self._get_budgets()]
        return {
            "calendars": self._count(arrays, timed),
            "limits": self._count(arrays, limited),
            "packed": int(((arrays["multiple"] > 0) | (arrays["minimum"] > 0)).sum()),
            "budgets": [
                [name, float(amount)]
                for name, (_first, _last, amount) in zip(names, budgets, strict=False)
            ],
            "month": float(budgets[0, 2]) if len(budgets) and not names else 0.0,
        }

    @api.model
    def _count(self, arrays, rows):
        """:return: ``[vendors, products × places]``"""
        return [len(set(arrays["vendor"][rows].tolist())), int(rows.sum())]

    @api.depends("terms_data")
    def _compute_terms(self):
        for replay in self:
            replay.terms = "\n".join(replay._get_terms_sentences())

    def _get_terms_sentences(self):
        data = self.terms_data
        if not data:
            return []
        format_money = self.currency_id.format
        sentences = []
        if data["calendars"][1]:
            vendors, products = data["calendars"]
            sentences.append(
                self.env._(
                    "Order days and cut-offs of %(vendors)s vendor(s), for %(products)s"
                    " product(s).",
                    vendors=vendors,
                    products=products,
                )
            )
        if data["limits"][1]:
            vendors, products = data["limits"]
            sentences.append(
                self.env._(
                    "Order minimums and loads of %(vendors)s vendor(s), for %(products)s"
                    " product(s).",
                    vendors=vendors,
                    products=products,
                )
            )
        if data["packed"]:
            sentences.append(
                self.env._(
                    "Minimum quantities and packagings of %(products)s product(s).",
                    products=data["packed"],
                )
            )
        sentences += [
            self.env._("Budget %(name)s: %(amount)s.", name=name, amount=format_money(amount))
            for name, amount in data["budgets"]
        ]
        if data["month"]:
            sentences.append(
                self.env._(
                    "No budget was set, so that the present rules' own purchases were changed:"
                    " %(amount)s for every %(days)s days.",
                    amount=format_money(data["month"]),
                    days=MONTH,
                )
            )
        return sentences or [self.env._("No vendor's terms and no budgets.")]
