import math

from pytz import UTC, timezone

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.outlook import band, by_day, days_shown, project

OPEN_STATES = ("waiting", "confirmed", "assigned", "partially_available")


class SmartReorderProposal(models.Model):
    """The stock in the days ahead, with and without the order; read when a proposal is opened."""

    _inherit = "smart.reorder.proposal"

    outlook = fields.Json(compute="_compute_outlook")

    @api.depends(
        *("qty_on_hand", "daily_demand", "lead_days", "review_days", "qty_to_order", "state"),
        *("reorder_point", "order_up_to"),
    )
    def _compute_outlook(self):
        for proposal in self:
            proposal.outlook = proposal._prepare_outlook()

    def _prepare_outlook(self):
        """Stock by day from today on; arrivals are read now, the other figures are the run's."""
        self.ensure_one()
        days = days_shown(self.lead_days, self.review_days)
        inside, outside = self._get_planned_moves()
        arriving, leaving = by_day(inside, days), by_day(outside, days)
        stock = project(self.qty_on_hand, self.daily_demand, arriving, leaving)
        low, high = band(stock, self.forecast_qty, self.reorder_point, self.protection_days)
        outlook = {
            "low": low,
            "high": high,
            "level": self.service_level,
            "today": fields.Date.to_string(self._get_local_today()),
            "unit": self.uom_id.name,
            "stock": stock,
            "arrivals": [
                {"day": day, "quantity": quantity}
                for day, quantity in enumerate(arriving)
                if quantity
            ],
            "reorder_point": self.reorder_point,
            "order_up_to": self.order_up_to,
        }
        if self.state == "draft" and self.qty_to_order > 0:
            day = math.ceil(self.lead_days)
            outlook["order"] = {"day": day, "quantity": self.qty_to_order}
            outlook["with_order"] = [
                value + (self.qty_to_order if index >= day else 0.0)
                for index, value in enumerate(stock)
            ]
        return outlook

    def _get_zone(self):
        return timezone(self.company_id.partner_id.tz or "UTC")

    def _get_local_today(self):
        return fields.Datetime.now().astimezone(self._get_zone()).date()

    def _get_planned_moves(self):
        """Open moves into the place and out of it, by Odoo's own definition of both.

        :return: two lists of ``(days from today, quantity)``
        """
        product = self.product_id.with_context(warehouse_id=self.warehouse_id.id)
        _stock, into, out_of = product._get_domain_locations()
        planned = Domain("product_id", "=", product.id) & Domain("state", "in", OPEN_STATES)
        today, zone = self._get_local_today(), self._get_zone()
        found = []
        for domain in (into, out_of):
            moves = self.env["stock.move"].search_fetch(planned & domain, ["date", "product_qty"])
            found.append(
                [
                    (
                        (UTC.localize(move.date).astimezone(zone).date() - today).days,
                        move.product_qty,
                    )
                    for move in moves
                ]
            )
        return found
