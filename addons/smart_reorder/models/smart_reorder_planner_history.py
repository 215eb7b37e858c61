from collections import defaultdict
from datetime import timedelta

import numpy as np

from odoo import api, fields, models

from ..engine.history import estimate_hidden, find_unusual, sum_histories
from ..engine.places import days_without_stock, recorded_demand

CHART_WEEKS = 52
YEAR = 365


class SmartReorderPlanner(models.AbstractModel):
    """The demand history of a batch: recorded, days without stock estimated, unusual ones known."""

    _inherit = "smart.reorder.planner"

    @api.model
    def _get_history(self, orderpoints, today, run=None):
        """Demand matrix, one row per orderpoint; the last column is yesterday.

        A place that supplies others sees the demand *at those places* instead of its own transfers
        to them: transfers follow the places' ordering habits, demand is what moves the chain. What
        is estimated is estimated place by place, where there was stock or none.

        :param run: the run that reads; it keeps what the next one need not read again
        """
        days = orderpoints.company_id.smart_reorder_history_days
        start = today - timedelta(days=days)
        supplied = self._get_supplied_places(orderpoints)
        predecessors = self._get_predecessors(orderpoints.product_id)
        pairs, owners, below = [], [], []
        for index, orderpoint in enumerate(orderpoints):
            product, warehouse = orderpoint.product_id.id, orderpoint.warehouse_id.id
            places = supplied.get((product, warehouse), set())
            for each in (product, *predecessors.get(product, ())):
                for place in (warehouse, *sorted(places)):
                    pairs.append((each, place))
                    owners.append(index)
                    below.append(places)
        warehouses = self.env["stock.warehouse"].browse({place for _product, place in pairs})
        products = self.env["product.product"].browse({product for product, _place in pairs})
        reader = self.env["smart.reorder.demand"].sudo()
        records = reader._get_places(set(pairs), start, run)
        places = [records[pair] for pair in pairs]
        recorded = recorded_demand(places, below, start, days)
        stock = reader._get_on_hand(products, warehouses)
        on_hand = np.array([stock.get(pair, 0.0) for pair in pairs])
        hidden = days_without_stock(places, recorded, on_hand, start)
        own = self._get_own_rows(orderpoints, pairs, owners)
        unusual = self._get_unusual(products, warehouses, pairs, own, recorded, start)
        estimated = estimate_hidden(recorded, hidden, unusual)
        if predecessors:
            estimated = self._inherit_demand(orderpoints, pairs, owners, estimated)
        return sum_histories(estimated, np.array(owners, dtype=np.int64), len(orderpoints))

    @api.model
    def _get_own_rows(self, orderpoints, pairs, owners):
        """Rows of the orderpoints' own places; unusual demand is recognised there, once."""
        return [
            row
            for row, (pair, owner) in enumerate(zip(pairs, owners, strict=True))
            if pair == (orderpoints[owner].product_id.id, orderpoints[owner].warehouse_id.id)
        ]

    @api.model
    def _get_unusual(self, products, warehouses, pairs, own, recorded, start):
        """Recognise unusual days that are new, and say which are left out.

        :return: (n, T) bool, what is left out
        """
        unusual = self.env["smart.reorder.unusual"].sudo()
        known = unusual._get_known(products, warehouses, start)
        create = []
        rows = np.array(own, dtype=np.int64)
        for index, column, usual in find_unusual(recorded.quantity[rows]):
            row = own[index]
            day = start + timedelta(days=column)
            # Older ones hardly matter any more, and would drown a planner in the first night.
            if recorded.n_days - column > YEAR or day in known.get(pairs[row], {}):
                continue
            values = unusual._prepare_recognised(
                self.env.company, *pairs[row], day, float(recorded.quantity[row, column]), usual
            )
            create.append(values)
            known.setdefault(pairs[row], {})[day] = values["excluded"]
        unusual.create(create)
        out = np.zeros(recorded.quantity.shape, dtype=bool)
        for row, pair in enumerate(pairs):
            for day, excluded in known.get(pair, {}).items():
                column = (day - start).days
                if excluded and 0 <= column < recorded.n_days:
                    out[row, column] = True
        return out

    @api.model
    def _get_supplied_places(self, orderpoints):
        """Enrolled places that each orderpoint's warehouse supplies, at any depth.

        :return: dict ``(product id, warehouse id) -> set of warehouse ids``
        """
        enrolled = self.env["stock.warehouse.orderpoint"].search(
            [
                ("smart_reorder", "=", True),
                ("product_id", "in", orderpoints.product_id.ids),
                ("company_id", "=", orderpoints.company_id.id),
            ]
        )
        suppliers = self.env["smart.reorder.source"]._get_supplying_warehouses(enrolled)
        direct = defaultdict(set)
        for orderpoint in enrolled:
            if orderpoint.id in suppliers:
                key = (orderpoint.product_id.id, suppliers[orderpoint.id])
                direct[key].add(orderpoint.warehouse_id.id)
        result = {}
        for product, warehouse in list(direct):
            found, todo = set(), [warehouse]
            while todo:
                for place in direct.get((product, todo.pop()), ()):
                    if place not in found and place != warehouse:
                        found.add(place)
                        todo.append(place)
            result[product, warehouse] = found
        return result

    # ------------------------------------------------------------------
    # What the proposal shows of it
    # ------------------------------------------------------------------

    @api.model
    def _prepare_history(self, history, index, today):
        """Demand per week, oldest first, for the chart; weeks before the first movement left
        out. Beside what was recorded what was estimated on top, or left out as unusual.
        """
        weeks = min(CHART_WEEKS, history.n_days // 7)
        age = history.n_days - int(history.first_day[index])
        known = min(weeks, -(-age // 7))
        recorded, used = history.recorded[index], history.quantity[index]

        def by_week(values):
            totals = values[history.n_days - 7 * weeks :].reshape(weeks, 7).sum(1)
            return [round(float(v), 3) for v in totals[weeks - known :]]

        shown = {
            "until": fields.Date.to_string(today - timedelta(days=1)),
            "weeks": by_week(recorded),
        }
        estimated, excluded = np.maximum(used - recorded, 0), np.maximum(recorded - used, 0)
        if estimated.any():
            shown["estimated"] = by_week(estimated)
        if excluded.any():
            shown["excluded"] = by_week(excluded)
        return shown

    @api.model
    def _prepare_estimates(self, history, index):
        """Days without stock and unusual ones of the last year, and what they mean in units."""
        recent = slice(max(history.n_days - YEAR, 0), None)
        recorded, used = history.recorded[index, recent], history.quantity[index, recent]
        more, less = np.maximum(used - recorded, 0), np.maximum(recorded - used, 0)
        return {
            "days_estimated": int((more > 0).sum()),
            "qty_estimated": float(more.sum()),
            "days_excluded": int((less > 0).sum()),
            "qty_excluded": float(less.sum()),
        }
