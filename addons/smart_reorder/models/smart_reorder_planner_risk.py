import numpy as np

from odoo import api, models

from ..engine.risk import chance_of_running_out, days_to_order, expected_short


class SmartReorderPlanner(models.AbstractModel):
    """What each proposal puts at stake: sales missed without the order and with it, and by when."""

    _inherit = "smart.reorder.planner"

    @api.model
    def _plan(self, orderpoints, *args, **kwargs):
        values, seconds = super()._plan(orderpoints, *args, **kwargs)
        self._add_risk(orderpoints, values)
        return values, seconds

    @api.model
    def _add_risk(self, orderpoints, values):
        terms = {op.id: values[op.id].pop("order_terms", None) for op in orderpoints}
        planned = orderpoints.filtered(lambda op: values[op.id].get("forecast_method"))
        if not planned:
            return

        def column(name):
            return np.array([float(values[op.id].get(name) or 0.0) for op in planned])

        demand = column("forecast_qty"), column("reorder_point"), column("service_level") / 100
        position = column("qty_position")
        filled = position + column("qty_proposed")
        columns = {
            "risk_qty": expected_short(position, *demand),
            "risk_left_qty": expected_short(filled, *demand),
            "risk_needed_qty": expected_short(
                np.maximum(filled, position + column("qty_needed")), *demand
            ),
            "stockout_chance": 100 * chance_of_running_out(position, *demand),
            "stockout_chance_left": 100 * chance_of_running_out(filled, *demand),
        }
        days = days_to_order(position, column("daily_demand"), column("lead_days"))
        for index, orderpoint in enumerate(planned):
            value = values[orderpoint.id]
            value.update({name: float(numbers[index]) for name, numbers in columns.items()})
            missed = self._get_missed_value(orderpoint, value["price_unit"])
            kept_short = (value["risk_left_qty"] - value.pop("risk_needed_qty")) * missed
            self._note_kept_short(value, kept_short)
            known = days[index] == days[index]
            value.update(
                risk_value=value["risk_qty"] * missed,
                risk_left_value=value.pop("risk_left_qty") * missed,
                order_by=self._get_latest_order_day(
                    terms[orderpoint.id], orderpoint.company_id, int(days[index])
                )
                if known
                else False,
            )

    @api.model
    def _note_kept_short(self, value, cost):
        """What it costs that less is ordered than is needed: shelf life, room, scarce stock."""
        codes = {code for code, _values in value.get("reason_data") or ()}
        # After the end of a product nothing is missed.
        if cost >= 0.005 and "cap_phase_out" not in codes:
            value["reason_data"] = [*value["reason_data"], ["kept_short", {"value": cost}]]

    @api.model
    def _get_missed_value(self, orderpoint, unit_cost):
        """Hook: what a unit that is not there costs, in the company's currency: its margin."""
        margin = self._get_sales_price(orderpoint) - unit_cost
        return max(margin, 0.0) * orderpoint.company_id.smart_reorder_shortage_factor
