"""How a replay is played and summed up."""

import logging

import numpy as np
from psycopg2 import OperationalError

from odoo import api, models

from ..engine import process
from ..engine.history import counting_unit
from ..engine.replay import LEVELS, compare, fill_for_stock, weeks_of
from ..engine.tasks import check_replay, pack_history

_logger = logging.getLogger(__name__)

BATCH_SIZE = 500
YEAR = 365.0


class SmartReorderReplay(models.Model):
    _inherit = "smart.reorder.replay"

    @api.model
    def _cron_play(self):
        for replay in self.search([("state", "=", "running")], order="id"):
            if not replay._play(commit=True):
                return

    def _play(self, commit):
        """Play what is left, in committed batches; what is done is known from the lines.

        :return: whether it ended
        """
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            return False
        done = set(self.line_ids.orderpoint_id.ids)
        todo = self._get_orderpoints().filtered(lambda op: op.id not in done)
        for start in range(0, len(todo), BATCH_SIZE):
            batch = todo[start : start + BATCH_SIZE]
            try:
                with self.env.cr.savepoint():
                    self._play_batch(batch)
            except OperationalError:
                raise  # a conflict: Odoo repeats the transaction
            except Exception as error:
                _logger.info("A replay failed: %s", error, exc_info=True)
                self.write({"state": "failed", "error": str(error) or type(error).__name__})
                return True
            remaining = len(todo) - start - len(batch) + 1
            if commit and not self.env["ir.cron"]._commit_progress(len(batch), remaining=remaining):
                return False
        self._summarise()
        self.state = "done"
        if commit:
            self.env["ir.cron"]._commit_progress(1, remaining=0)
        return True

    def _play_batch(self, orderpoints):
        company = self.company_id
        planner = self.env["smart.reorder.planner"].with_company(company)
        orderpoints = orderpoints.with_company(company)
        sources = self.env["smart.reorder.source"]._get_sources(orderpoints)
        history = planner._get_history(orderpoints, planner._get_today(company))
        lead_times = (
            self.env["smart.reorder.lead.time"].sudo()._get_lead_times(orderpoints, sources)
        )
        services = planner._get_services(orderpoints, sources, history)
        weeks = weeks_of(history.n_days)
        begin = history.n_days - 7 * weeks
        rows, values = [], []
        for row, orderpoint in enumerate(orderpoints):
            lead = lead_times[orderpoint.id].mean + self.extra_lead_days
            # It must have been there, and sold, before what is played.
            known = history.first_day[row] < begin and history.quantity[row, :begin].any()
            if weeks and known and orderpoint.product_max_qty > 0 and 0 <= lead <= 180:
                rows.append(row)
                level = self.service_level / 100 or services[row].level
                values.append((round(lead), level, sources[orderpoint.id].multiple))
        skipped = orderpoints - orderpoints.browse(orderpoints[row].id for row in rows)
        self.skipped += len(skipped)
        lines = [{"replay_id": self.id, "orderpoint_id": op.id, "skipped": True} for op in skipped]
        if rows:
            played = orderpoints.browse(orderpoints[row].id for row in rows)
            taken = history.take(np.array(rows))
            answer = self._ask(company, played, taken, values)
            seconds = self._get_days(weeks, values)
            costs = [planner._get_unit_cost(op, sources[op.id]) for op in played]
            prices = [planner._get_sales_price(op) for op in played]
            lines += [
                self._prepare_line(op, answer, index, costs[index], prices[index], seconds)
                for index, op in enumerate(played)
            ]
            self.played += len(played)
        self.env["smart.reorder.replay.line"].create(lines)

    def _ask(self, company, orderpoints, history, values):
        lead, level, multiple = (
            np.array(column, dtype=float) for column in zip(*values, strict=True)
        )
        rounding = orderpoints.product_id.uom_id[:1].rounding or 0.01
        question = {
            **pack_history(history),
            "unit": counting_unit(history.recorded, rounding),
            "lead": lead.astype(np.int64),
            "level": level,
            "least": np.array(orderpoints.mapped("product_min_qty")),
            "most": np.array([max(op.product_max_qty, op.product_min_qty) for op in orderpoints]),
            "review": np.array(company.smart_reorder_review_days),
            "cycle": np.array(float(company.smart_reorder_cycle_days)),
            "multiple": multiple,
        }
        planner = self.env["smart.reorder.planner"]
        answer = planner._ask("replay", question, timeout=process.TIMEOUT)
        problem = check_replay(answer, len(orderpoints))
        if problem:
            raise process.EngineFailure(process.NONSENSE, problem)
        model_error = str(answer.pop("model_error", ""))
        if model_error:
            self.error = model_error
        return answer

    def _get_days(self, weeks, values):
        """Days that count: until the first orders have come, everybody lives on what was there."""
        return 7 * weeks - min(max(value[0] for value in values) + 7, 7 * weeks - 7)

    def _prepare_line(self, orderpoint, answer, index, unit_cost, price, days):
        """Figures of the present rule, of ours, and of the curve, as values and a year's cost."""
        company = orderpoint.company_id
        figures = {name: values[index] for name, values in answer.items()}
        stock = figures["stock"] * unit_cost
        margin = max(price - unit_cost, 0.0) * company.smart_reorder_shortage_factor
        cost = stock * company.smart_reorder_holding_rate / 100 + YEAR / days * (
            figures["orders"] * company.smart_reorder_order_cost + figures["lost"] * margin
        )
        asked = float(figures["sold"][0] + figures["lost"][0])

        def fill(setting):
            return 100 * float(figures["sold"][setting]) / asked if asked > 0 else 100.0

        return {
            "replay_id": self.id,
            "orderpoint_id": orderpoint.id,
            "stock_present": float(stock[0]),
            "stock_ours": float(stock[1]),
            "fill_present": fill(0),
            "fill_ours": fill(1),
            "orders_present": int(figures["orders"][0]),
            "orders_ours": int(figures["orders"][1]),
            "cost_present": float(cost[0]),
            "cost_ours": float(cost[1]),
            "asked": asked,
            "curve": {
                "stock": stock[2:].round(4).tolist(),
                "sold": figures["sold"].round(4).tolist(),
                "orders": figures["orders"].tolist(),
                "cost": cost[2:].round(4).tolist(),
            },
        }

    # ------------------------------------------------------------------
    # Summing up
    # ------------------------------------------------------------------

    def _summarise(self):
        lines = self.line_ids.filtered(lambda line: not line.skipped)
        if not lines:
            self.error = self.env._(
                "Nothing could be compared: the enrolled rules have no minimum and maximum of"
                " Odoo's own, or their products have less than %s days of history.",
                91 + 28,
            )
            return
        stock = np.array([[line.stock_present, line.stock_ours] for line in lines])
        cost = np.array([[line.cost_present, line.cost_ours] for line in lines])
        sold = np.array([line.curve["sold"] for line in lines])
        asked = np.array([line.asked for line in lines])
        result = compare(stock, sold[:, :2], np.stack([asked, asked], axis=1), cost)
        fill = 100 * sold.sum(0) / asked.sum() if asked.sum() > 0 else np.full(sold.shape[1], 100)
        curves = {
            name: np.array([line.curve[name] for line in lines]).sum(0)
            for name in ("stock", "orders", "cost")
        }
        budget = stock[:, 1].sum() * (1 + self.budget_change / 100)
        values = {
            "stock_present": stock[:, 0].sum(),
            "stock_ours": stock[:, 1].sum(),
            "fill_present": fill[0],
            "fill_ours": fill[1],
            "orders_present": curves["orders"][0],
            "orders_ours": curves["orders"][1],
            "cost_present": cost[:, 0].sum(),
            "cost_ours": cost[:, 1].sum(),
            "budget_fill": fill_for_stock(curves["stock"], fill[2:], budget),
        }
        for name in ("stock", "fill", "cost"):
            change, low, high = getattr(result, name)
            values |= {f"{name}_change": change, f"{name}_low": low, f"{name}_high": high}
        self.write({name: float(value) for name, value in values.items()})
        self.env["smart.reorder.replay.point"].create(
            [
                {
                    "replay_id": self.id,
                    "level": 100 * float(level),
                    "fill": float(fill[2 + index]),
                    "stock": float(curves["stock"][index]),
                    "orders": int(curves["orders"][2 + index]),
                    "cost": float(curves["cost"][index]),
                }
                for index, level in enumerate(LEVELS)
            ]
        )
