import logging

import numpy as np
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import process
from ..engine.history import counting_unit
from ..engine.replay import LEVELS, compare, fill_for_stock, weeks_of
from ..engine.tasks import check_replay, pack_history

_logger = logging.getLogger(__name__)

BATCH_SIZE = 500
YEAR = 365.0


class SmartReorderReplay(models.Model):
    """What would it have done? The company's own history, present rules against ours."""

    _name = "smart.reorder.replay"
    _description = "Replay of the Past"
    _order = "id desc"
    _rec_name = "create_date"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "New"), ("running", "Playing"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="draft",
    )
    # What if
    extra_lead_days = fields.Integer(
        string="Lead Time longer by", help="Days; negative: shorter. For all products."
    )
    service_level = fields.Float(help="In %, for all products. 0: each its own.")
    budget_change = fields.Float(
        help="In % of the stock that ours holds: -20 shows what a fifth less would serve."
    )
    # Result
    total = fields.Integer(string="Products × Places", readonly=True)
    played = fields.Integer(readonly=True)
    skipped = fields.Integer(
        readonly=True,
        help="Without a present minimum and maximum to compare with, or with too little history.",
    )
    progress = fields.Float(compute="_compute_progress", help="In %.")
    weeks = fields.Integer(readonly=True)
    error = fields.Text(readonly=True)
    stock_present = fields.Monetary(readonly=True, help="Mean value on hand.")
    stock_ours = fields.Monetary(readonly=True, help="Mean value on hand.")
    stock_change = fields.Monetary(readonly=True)
    stock_low = fields.Monetary(readonly=True)
    stock_high = fields.Monetary(readonly=True)
    fill_present = fields.Float(readonly=True, digits=(16, 1), help="Units served, in %.")
    fill_ours = fields.Float(readonly=True, digits=(16, 1), help="Units served, in %.")
    fill_change = fields.Float(readonly=True, digits=(16, 1), help="In points.")
    fill_low = fields.Float(readonly=True, digits=(16, 1))
    fill_high = fields.Float(readonly=True, digits=(16, 1))
    orders_present = fields.Integer(readonly=True)
    orders_ours = fields.Integer(readonly=True)
    cost_present = fields.Monetary(
        readonly=True, help="A year of holding, ordering and margins missed."
    )
    cost_ours = fields.Monetary(
        readonly=True, help="A year of holding, ordering and margins missed."
    )
    cost_change = fields.Monetary(readonly=True)
    cost_low = fields.Monetary(readonly=True)
    cost_high = fields.Monetary(readonly=True)
    budget_fill = fields.Float(
        readonly=True, digits=(16, 1), help="Units served with the changed budget, in %."
    )
    line_ids = fields.One2many("smart.reorder.replay.line", "replay_id", readonly=True)
    point_ids = fields.One2many("smart.reorder.replay.point", "replay_id", readonly=True)

    @api.depends("played", "skipped", "total")
    def _compute_progress(self):
        for replay in self:
            done = replay.played + replay.skipped
            replay.progress = 100 * done / replay.total if replay.total else 0

    @api.constrains("extra_lead_days", "service_level", "budget_change")
    def _check_what_if(self):
        for replay in self:
            if not -365 <= replay.extra_lead_days <= 365:
                raise ValidationError(
                    self.env._("Lead times can be changed by up to a year, not more.")
                )
            if replay.service_level and not 50 <= replay.service_level <= 99.9:
                raise ValidationError(
                    self.env._("The service level must be between 50 and 99.9 %%, or 0.")
                )
            if not -95 <= replay.budget_change <= 500:
                raise ValidationError(
                    self.env._("The budget can be changed by -95 to 500 %%, not more.")
                )

    # ------------------------------------------------------------------
    # Playing
    # ------------------------------------------------------------------

    def action_start(self):
        """Play in the background; the progress is shown here."""
        self.env["smart.reorder.proposal"]._check_planner()
        for replay in self:
            if replay.state == "running":
                raise UserError(self.env._("It is being played already."))
            total = len(replay._get_orderpoints())
            if not total:
                raise UserError(
                    self.env._("No reordering rule of %s is enrolled.", replay.company_id.name)
                )
            replay.line_ids.sudo().unlink()
            replay.point_ids.sudo().unlink()
            replay.sudo().write(
                {
                    "state": "running",
                    "total": total,
                    "played": 0,
                    "skipped": 0,
                    "error": False,
                    "weeks": weeks_of(replay.company_id.smart_reorder_history_days),
                }
            )
        self.env.ref("smart_reorder.ir_cron_smart_reorder_replay").sudo()._trigger()

    def _get_orderpoints(self):
        domain = self.env["smart.reorder.run"]._get_orderpoint_domain()
        return self.env["stock.warehouse.orderpoint"].search(
            [*domain, ("company_id", "=", self.company_id.id)], order="id"
        )

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
        answer = process.run("replay", question)
        problem = check_replay(answer, len(orderpoints))
        if problem:
            raise process.EngineFailure(process.NONSENSE, problem)
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

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    def action_view_lines(self):
        return self._open("smart_reorder.smart_reorder_replay_line_action", skipped=False)

    def action_view_curve(self):
        return self._open("smart_reorder.smart_reorder_replay_point_action")

    def _open(self, xmlid, **conditions):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        extra = [(name, "=", value) for name, value in conditions.items()]
        action["domain"] = [("replay_id", "=", self.id), *extra]
        return action


class SmartReorderReplayLine(models.Model):
    """One product in one place, played."""

    _name = "smart.reorder.replay.line"
    _description = "Replayed Product"
    _order = "cost_change, id"
    _rec_name = "product_id"

    replay_id = fields.Many2one(
        "smart.reorder.replay", required=True, readonly=True, index=True, ondelete="cascade"
    )
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint", required=True, readonly=True, ondelete="cascade", index=True
    )
    product_id = fields.Many2one(related="orderpoint_id.product_id", store=True, precompute=True)
    warehouse_id = fields.Many2one(
        related="orderpoint_id.warehouse_id", string="Place", store=True, precompute=True
    )
    company_id = fields.Many2one(related="replay_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    skipped = fields.Boolean(readonly=True)
    asked = fields.Float(string="Demand", digits="Product Unit", readonly=True)
    stock_present = fields.Monetary(readonly=True)
    stock_ours = fields.Monetary(readonly=True)
    fill_present = fields.Float(readonly=True, aggregator="avg", help="Units served, in %.")
    fill_ours = fields.Float(readonly=True, aggregator="avg", help="Units served, in %.")
    orders_present = fields.Integer(readonly=True)
    orders_ours = fields.Integer(readonly=True)
    cost_present = fields.Monetary(readonly=True)
    cost_ours = fields.Monetary(readonly=True)
    cost_change = fields.Monetary(compute="_compute_cost_change", store=True)
    curve = fields.Json(readonly=True)

    @api.depends("cost_present", "cost_ours")
    def _compute_cost_change(self):
        for line in self:
            line.cost_change = line.cost_ours - line.cost_present


class SmartReorderReplayPoint(models.Model):
    """A point of the curve of stock against service."""

    _name = "smart.reorder.replay.point"
    _description = "Stock against Service"
    _order = "replay_id, level"
    _rec_name = "level"

    replay_id = fields.Many2one(
        "smart.reorder.replay", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="replay_id.company_id", store=True, precompute=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    level = fields.Float(string="Service Level", readonly=True, aggregator=None, help="In %.")
    fill = fields.Float(
        string="Units Served", readonly=True, digits=(16, 1), aggregator="avg", help="In %."
    )
    stock = fields.Monetary(readonly=True, help="Mean value on hand.")
    orders = fields.Integer(readonly=True)
    cost = fields.Monetary(readonly=True, help="A year of holding, ordering and margins missed.")
