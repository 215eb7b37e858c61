"""How a replay is played and summed up."""

import io
import logging

import numpy as np
from psycopg2 import OperationalError

from odoo import api, models

from ..engine import process
from ..engine.history import counting_unit
from ..engine.policy import DAYS_PER_YEAR, implied_shortage_cost
from ..engine.replay import FIGURES, LEAST_WEEKS, LEVELS, TRAINING, compare
from ..engine.tasks import check_replay, check_replay_forecast, pack_history
from .smart_reorder_source import BUY

_logger = logging.getLogger(__name__)

BATCH_SIZE = 500
PART_NAME = "smart_reorder_replay_part.npz"


class SmartReorderReplay(models.Model):
    """Forecasts of the past weeks are made in committed batches, and kept as attachments; then all
    products are played at once, since minimums and budgets make them depend on each other."""

    _inherit = "smart.reorder.replay"

    @api.model
    def _cron_play(self):
        for replay in self.search([("state", "=", "running")], order="id"):
            if not replay._play(commit=True):
                return

    def _play(self, commit):
        """Play what is left; what is forecast already is known from the lines.

        :return: whether it ended
        """
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            return False
        done = set(self.line_ids.orderpoint_id.ids)
        todo = self._get_orderpoints().filtered(lambda op: op.id not in done)
        try:
            for start in range(0, len(todo), BATCH_SIZE):
                batch = todo[start : start + BATCH_SIZE]
                with self.env.cr.savepoint():
                    self._forecast_batch(batch)
                remaining = len(todo) - start - len(batch) + 1
                if commit and not self.env["ir.cron"]._commit_progress(
                    len(batch), remaining=remaining
                ):
                    return False
            with self.env.cr.savepoint():
                self._play_together()
                self.state = "done"
        except OperationalError:
            raise  # a conflict: Odoo repeats the transaction
        except Exception as error:
            _logger.info("A replay failed: %s", error, exc_info=True)
            self.write({"state": "failed", "error": str(error) or type(error).__name__})
            return True
        if commit:
            self.env["ir.cron"]._commit_progress(1, remaining=0)
        return True

    # ------------------------------------------------------------------
    # Forecasts
    # ------------------------------------------------------------------

    def _forecast_batch(self, orderpoints):
        company = self.company_id
        planner = self.env["smart.reorder.planner"].with_company(company)
        orderpoints = orderpoints.with_company(company)
        sources = self.env["smart.reorder.source"]._get_sources(orderpoints)
        planner._set_timing(orderpoints, sources)
        history = planner._get_history(orderpoints, self._get_today())
        lead_times = (
            self.env["smart.reorder.lead.time"].sudo()._get_lead_times(orderpoints, sources)
        )
        services = planner._get_services(orderpoints, sources, history)
        begin = history.n_days - 7 * self.weeks
        rows, columns = [], []
        for row, orderpoint in enumerate(orderpoints):
            lead = lead_times[orderpoint.id].mean + self.extra_lead_days
            # It must have been there, and sold, before what is played.
            known = history.first_day[row] < begin and history.quantity[row, :begin].any()
            if self.weeks and known and orderpoint.product_max_qty > 0 and 0 <= lead <= 180:
                rows.append(row)
                level = self.service_level / 100 or services[row].level
                source = sources[orderpoint.id]
                columns.append(self._prepare_columns(orderpoint, source, round(lead), level))
        if rows:
            self._keep_part(history.take(np.array(rows)), columns)
        played = {orderpoints[row].id for row in rows}
        self.env["smart.reorder.replay.line"].create(
            [
                {
                    "replay_id": self.id,
                    "orderpoint_id": orderpoint.id,
                    "skipped": orderpoint.id not in played,
                }
                for orderpoint in orderpoints
            ]
        )
        self.played += len(played)
        self.skipped += len(orderpoints) - len(played)

    def _prepare_columns(self, orderpoint, source, lead, level):
        """Hook: what a product is played with, one number each; quantities in its unit."""
        company, product = orderpoint.company_id, orderpoint.product_id
        planner = self.env["smart.reorder.planner"].with_company(company)
        cost = planner._get_unit_cost(orderpoint, source)
        margin = planner._get_missed_value(orderpoint, cost)
        days = max(company.smart_reorder_cycle_days, company.smart_reorder_review_days)
        holding = cost * company.smart_reorder_holding_rate / 100 * days / DAYS_PER_YEAR
        return {
            "orderpoint": orderpoint.id,
            "warehouse": orderpoint.warehouse_id.id,
            "vendor": source.partner.id if source.partner else 0,
            "terms": source.terms.id if source.terms else 0,
            "is_bought": source.kind == BUY,
            "lead": lead,
            "level": level,
            "least": orderpoint.product_min_qty,
            "most": max(orderpoint.product_max_qty, orderpoint.product_min_qty),
            "multiple": source.multiple,
            "minimum": min((line.minimum for line in source.breaks), default=0.0),
            "price": cost,
            "margin": margin,
            "missed": margin or implied_shortage_cost(level, holding),
            "weight": product.weight,
            "volume": product.volume,
        }

    def _keep_part(self, history, columns):
        """Forecast products, and keep what they are played with until all are forecast."""
        arrays = {name: np.array([one[name] for one in columns]) for name in columns[0]}
        products = self.env["stock.warehouse.orderpoint"].browse(arrays["orderpoint"].tolist())
        rounding = products.product_id.uom_id[:1].rounding or 0.01
        unit = counting_unit(history.recorded, rounding)
        interval = np.maximum(arrays["lead"] + self._get_usual_reviews(arrays["terms"]), 1)
        weeks = {"interval": interval, "unit": unit, "weeks": np.array(self.weeks)}
        answer = self._ask("replay_forecast", pack_history(history) | weeks)
        problem = check_replay_forecast(answer, len(columns), self.weeks)
        if problem:
            raise process.EngineFailure(process.NONSENSE, problem)
        self.error = str(answer.pop("model_error")) or self.error
        demand = history.quantity[:, history.n_days - 7 * self.weeks :]
        content = io.BytesIO()
        np.savez_compressed(
            content, **arrays, **answer, unit=unit, interval=interval, demand=demand
        )
        self.env["ir.attachment"].sudo().create(
            {
                "name": PART_NAME,
                "res_model": self._name,
                "res_id": self.id,
                "raw": content.getvalue(),
            }
        )

    def _get_parts(self):
        """:return: attachments with what is forecast so far"""
        mine = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        return (
            self.env["ir.attachment"].sudo().search([*mine, ("name", "=", PART_NAME)], order="id")
        )

    def _ask(self, task, question):
        planner = self.env["smart.reorder.planner"]
        return planner._ask(task, question, timeout=process.TIMEOUT)

    # ------------------------------------------------------------------
    # Playing
    # ------------------------------------------------------------------

    def _play_together(self):
        parts = []
        for attachment in self._get_parts():
            with np.load(io.BytesIO(attachment.raw), allow_pickle=False) as arrays:
                parts.append(dict(arrays))
        if parts:
            arrays = {name: np.concatenate([one[name] for one in parts]) for name in parts[0]}
            terms = self._prepare_terms(arrays)
            company = self.company_id
            policy = {
                "cycle": np.array(float(company.smart_reorder_cycle_days)),
                "holding_rate": np.array(company.smart_reorder_holding_rate / 100),
                "budget_change": np.array(self.budget_change / 100),
            }
            answer = self._ask("replay_play", arrays | terms | policy)
            problem = check_replay(answer, len(arrays["orderpoint"]))
            if problem:
                raise process.EngineFailure(process.NONSENSE, problem)
            self.terms_data = self._prepare_terms_played(arrays, terms, answer["budgets"])
            self._write_lines(arrays, answer)
        self._summarise()
        self._get_parts().unlink()

    def _write_lines(self, arrays, answer):
        index_of = {op_id: index for index, op_id in enumerate(arrays["orderpoint"].tolist())}
        columns = {name: answer[name] for name in (*FIGURES, "days")}
        columns |= {name: arrays[name] for name in ("price", "margin", "is_bought")}
        for line in self.line_ids:
            index = index_of.get(line.orderpoint_id.id)
            if index is not None:
                figures = {name: values[index] for name, values in columns.items()}
                line.write(self._prepare_line(figures))

    def _prepare_line(self, figures):
        """Figures of the present rule, of ours, and of the curve, as values and a year's cost."""
        company = self.company_id
        stock = figures["stock"] * figures["price"]
        bought = figures["ordered"] * figures["price"] * figures["is_bought"]
        placed = figures["orders"] * company.smart_reorder_order_cost
        missed = figures["lost"] * figures["margin"]
        cost = stock * company.smart_reorder_holding_rate / 100
        cost += (placed + missed) * DAYS_PER_YEAR / figures["days"]
        asked = float(figures["sold"][0] + figures["lost"][0])

        def fill(setting):
            return 100 * float(figures["sold"][setting]) / asked if asked > 0 else 100.0

        return {
            "stock_present": float(stock[0]),
            "stock_ours": float(stock[1]),
            "fill_present": fill(0),
            "fill_ours": fill(1),
            "orders_present": int(figures["orders"][0]),
            "orders_ours": int(figures["orders"][1]),
            "bought_present": float(bought[0]),
            "bought_ours": float(bought[1]),
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
                TRAINING + 7 * LEAST_WEEKS,
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
        values = {
            "stock_present": stock[:, 0].sum(),
            "stock_ours": stock[:, 1].sum(),
            "fill_present": fill[0],
            "fill_ours": fill[1],
            "orders_present": curves["orders"][0],
            "orders_ours": curves["orders"][1],
            "cost_present": cost[:, 0].sum(),
            "cost_ours": cost[:, 1].sum(),
            "bought_present": sum(lines.mapped("bought_present")),
            "bought_ours": sum(lines.mapped("bought_ours")),
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
