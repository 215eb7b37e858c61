import time

from odoo import api, fields, models

from ..engine.policy import price_for
from .smart_reorder_source import BUY

#: What a forecast would have said, and nobody did.
NO_FORECAST = {
    **dict.fromkeys(
        (
            *("lead_spread", "lead_own", "lead_own_days", "lead_vendor", "forecast_qty"),
            *("daily_demand", "expected_fill", "service_level", "origins", "intervals"),
            *("error_wape", "error_bias", "error_pinball", "error_skill", "coverage"),
            *("days_estimated", "qty_estimated", "days_excluded", "qty_excluded"),
            *("risk_qty", "risk_value", "risk_left_value"),
            *("stockout_chance", "stockout_chance_left", "qty_dependents", "promise_days"),
        ),
        0.0,
    ),
    **dict.fromkeys(
        (
            *("forecast_method", "forecast_origin", "forecast_at", "evidence", "level_origin"),
            *("abc", "xyz", "order_by", "history", "date_order_by", "is_excess_moved", "bounds"),
        ),
        False,
    ),
}


class SmartReorderPlanner(models.AbstractModel):
    """Proposals with the quantities that Odoo's own rules would order."""

    _inherit = "smart.reorder.planner"

    @api.model
    def _plan(self, orderpoints, circular=frozenset(), *args, **kwargs):
        if orderpoints.company_id.smart_reorder_levels == "minmax":
            return self.with_company(orderpoints.company_id)._plan_by_minmax(orderpoints)
        return super()._plan(orderpoints, circular, *args, **kwargs)

    @api.model
    def _plan_by_minmax(self, orderpoints):
        """As :meth:`_plan`: orders up to the maximum once the forecast is below the minimum."""
        started = time.monotonic()
        sources = self.env["smart.reorder.source"]._get_sources(orderpoints)
        figures = self.env["smart.reorder.minmax"]._get_figures(orderpoints)
        stocks = self._get_stocks(orderpoints)
        read = time.monotonic()
        now = fields.Datetime.now()
        values = {
            orderpoint.id: self._prepare_minmax(
                orderpoint,
                sources[orderpoint.id],
                stocks[orderpoint.id],
                figures[orderpoint.id],
            )
            | {"computed_at": now}
            for orderpoint in orderpoints
        }
        decided = time.monotonic()
        return values, {"read": read - started, "forecast": 0.0, "decide": decided - read}

    @api.model
    def _prepare_minmax(self, orderpoint, source, stock, figure):
        values = {
            **NO_FORECAST,
            "orderpoint_id": orderpoint.id,
            "source": source.kind or False,
            "route_id": source.route.id if source.route else False,
            "partner_id": source.partner.id if source.partner else False,
            "source_warehouse_id": source.warehouse.id if source.warehouse else False,
            "issue": source.issue or False,
            "qty_on_hand": figure.on_hand,
            "qty_incoming": stock.incoming,
            "qty_outgoing": stock.outgoing,
            "qty_in_progress": stock.in_progress,
            # Odoo counts moves up to its horizon only.
            "qty_later": figure.forecast - stock.balance,
            "qty_position": figure.forecast,
            "lead_days": figure.lead_days,
            "lead_stated": source.lead_days,
            "review_days": 0.0,
            "reorder_point": orderpoint.product_min_qty,
            "order_up_to": max(orderpoint.product_min_qty, orderpoint.product_max_qty),
            "qty_needed": 0.0,
            "qty_proposed": 0.0,
            "price_unit": self._get_unit_cost(orderpoint, source),
        }
        if source.issue:
            return values | {
                "state": "exception",
                "reason_data": [[f"issue_{source.issue}", {}]],
            }
        if figure.quantity > 0:
            line = price_for(figure.quantity, source.breaks) if source.kind == BUY else None
            values.update(
                qty_needed=max(values["order_up_to"] - figure.forecast, 0.0),
                qty_proposed=figure.quantity,
                price_unit=line.price if line else values["price_unit"],
            )
        least, most = orderpoint.product_min_qty, values["order_up_to"]
        sentence = {"forecast": figure.forecast, "minimum": least, "maximum": most}
        code = "minmax_order" if figure.quantity > 0 else "minmax_enough"
        return values | {
            "state": "draft" if figure.quantity > 0 else "ok",
            "reason_data": [[code, sentence]],
        }
