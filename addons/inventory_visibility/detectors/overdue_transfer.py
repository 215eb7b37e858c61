from odoo import models
from odoo.tools import SQL


class OverdueTransfer(models.AbstractModel):
    """A transfer inside of a warehouse or between two is late, or stuck in one of its steps."""

    _name = "stock.exception.detector.overdue_transfer"
    _inherit = "stock.exception.detector.overdue_receipt"
    _description = "Overdue Transfer"
    _kind = "overdue_transfer"
    _kind_sequence = 60
    _kind_defaults = {"severity": "1", "days": 2}

    def _where_moves(self):
        return SQL(
            "source.usage IN ('internal', 'transit') AND target.usage IN ('internal', 'transit')"
        )

    def _select_warehouse(self):
        """Where it is waited for; for what leaves into transit, where it comes from."""
        return SQL("COALESCE(target.warehouse_id, source.warehouse_id, final.warehouse_id)")

    def _get_sentence(self, exception):
        figures = exception.figures or {}
        return self.env._(
            "%(quantity)s were to be transferred on %(day)s and are %(days)s days late.",
            quantity=exception._text_quantity(),
            day=exception._text_date(figures.get("date")),
            days=exception._text_number(figures.get("days"), 0),
        )

    def _get_action_name(self):
        return self.env._("Open the Transfer")
