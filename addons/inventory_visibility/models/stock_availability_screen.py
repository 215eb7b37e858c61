"""What the screen shows beside the figures: the reason of a state, the moves, ways to go on."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_list
from odoo.tools.misc import format_date, formatLang

from .stock_availability_moves import OPEN_STATES


class StockAvailability(models.Model):
    _inherit = "stock.availability"

    explanation = fields.Char(
        compute="_compute_explanation", help="Why the row is in this state, in a sentence."
    )
    open_move_ids = fields.Many2many(
        "stock.move",
        string="Planned Moves",
        compute="_compute_open_move_ids",
        help="What the projected balance is made of, in order of date.",
    )

    @api.depends_context("lang", "uid")
    @api.depends("state", "product_id", "warehouse_id")
    def _compute_explanation(self):
        for row in self:
            row.explanation = row._get_explanation()

    def _get_explanation(self):
        """Return the reason of the state as a sentence with its numbers."""
        self.ensure_one()
        texts = {
            "short": self._explain_short,
            "out": self._explain_out,
            "low": self._explain_cover,
            "excess": self._explain_cover,
            "ok": self._explain_cover,
            "idle": self._explain_idle,
        }
        return " ".join(text for text in (texts[self.state](), self._explain_kept()) if text)

    def _explain_kept(self):
        """Return what of the stock is kept from being promised, or nothing."""
        parts = [
            text % self._format_quantity(quantity)
            for text, quantity in (
                (self.env._("%s blocked"), self.qty_blocked),
                (self.env._("%s held by soft reservations"), self.qty_soft_reserved),
                (self.env._("%s kept as safety stock"), self.qty_safety_stock),
            )
            if quantity
        ]
        if not parts:
            return ""
        return self.env._("Not promised: %(parts)s.", parts=format_list(self.env, parts))

    def _explain_short(self):
        return self.env._(
            "On %(day)s planned deliveries exceed what can be sold and is planned to arrive:"
            " at worst, %(quantity)s %(unit)s are missing.",
            day=format_date(self.env, self.shortage_date),
            quantity=self._format_quantity(-self.qty_atp - self.qty_safety_stock),
            unit=self.uom_id.name,
        )

    def _explain_out(self):
        if self.next_receipt_date and self.next_receipt_date < fields.Date.context_today(self):
            return self.env._(
                "Nothing is available now. A receipt planned for %(day)s is overdue.",
                day=format_date(self.env, self.next_receipt_date),
            )
        if self.next_receipt_date:
            return self.env._(
                "Nothing is available now. The next receipt is planned for %(day)s.",
                day=format_date(self.env, self.next_receipt_date),
            )
        return self.env._("Nothing is available now, and no receipt is planned.")

    def _explain_cover(self):
        values = {
            "available": self._format_quantity(self.qty_available + self.qty_safety_stock),
            "unit": self.uom_id.name,
            "days": self._format_quantity(self.days_of_cover, 1),
            "demand": self._format_quantity(self.daily_demand, 2),
        }
        if self.daily_demand:
            return self.env._(
                "%(available)s %(unit)s available last %(days)s days"
                " at a demand of %(demand)s a day.",
                **values,
            )
        return self.env._("%(available)s %(unit)s available and no recent demand.", **values)

    def _explain_idle(self):
        if self.qty_on_hand:
            return self.env._(
                "%(quantity)s %(unit)s on hand, but no demand in the demand window"
                " and nothing planned to leave.",
                quantity=self._format_quantity(self.qty_on_hand),
                unit=self.uom_id.name,
            )
        return self.env._("No stock, no demand in the demand window, nothing planned to leave.")

    def _format_quantity(self, value, digits=None):
        if digits is None:
            digits = self.env["decimal.precision"].precision_get("Product Unit")
        return formatLang(self.env, value, digits=digits)

    def _compute_open_move_ids(self):
        moves = self.env["stock.move"]
        for row in self:
            row.open_move_ids = moves.search(row._get_open_move_domain(), order="date, id")

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _get_open_move_domain(self):
        """Return the domain of the planned moves that change what the row's warehouse holds."""
        self.ensure_one()
        return self._get_open_moves_of(
            self.product_id, self._get_place_domain(self.warehouse_id.id)
        )

    @api.model
    def _get_open_moves_of(self, product, inside):
        """Return the domain of the planned moves of a product into and out of some locations.

        :param Domain inside: of the locations
        """
        source = Domain("location_id", "any!", inside)
        target = Domain("location_final_id", "any!", inside) | (
            Domain("location_final_id", "=", False) & Domain("location_dest_id", "any!", inside)
        )
        return (
            Domain("product_id", "=", product.id)
            & Domain("state", "in", OPEN_STATES)
            & ((source & ~target) | (~source & target))
        )

    def _get_place_domain(self, warehouse_id):
        return Domain("usage", "=", "internal") & Domain("warehouse_id", "=", warehouse_id)

    def action_view_forecast(self):
        """Open Odoo's forecast report of the product in the warehouse."""
        self.ensure_one()
        action = self.product_id.action_product_forecast_report()
        action["context"] = {
            "active_id": self.product_id.id,
            "active_model": "product.product",
            "warehouse_id": self.warehouse_id.id,
        }
        return action

    def action_view_moves(self):
        """Open the moves of the product that touch the warehouse, done ones included."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("stock.stock_move_action")
        warehouse = self.warehouse_id.id
        action["domain"] = list(
            Domain("product_id", "=", self.product_id.id)
            & (
                Domain("location_id.warehouse_id", "=", warehouse)
                | Domain("location_dest_id.warehouse_id", "=", warehouse)
                | Domain("location_final_id.warehouse_id", "=", warehouse)
            )
        )
        action["context"] = {"search_default_groupby_location_id": 0}
        return action

    def action_view_quants(self):
        """Open the quants of the product in the warehouse."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Stock of %s", self.product_id.display_name),
            "res_model": "stock.quant",
            "view_mode": "list,form",
            "views": [(self.env.ref("stock.view_stock_quant_tree_editable").id, "list")],
            "domain": [
                ("product_id", "=", self.product_id.id),
                ("location_id.usage", "in", ("internal", "transit")),
                ("warehouse_id", "=", self.warehouse_id.id),
            ],
            "context": {"create": False, "edit": False},
        }

    def action_view_product(self):
        """Open the product."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.product",
            "res_id": self.product_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
