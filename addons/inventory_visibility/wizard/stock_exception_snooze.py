from datetime import timedelta

from odoo import api, fields, models


class StockExceptionSnooze(models.TransientModel):
    """Put exceptions out of sight until a moment."""

    _name = "stock.exception.snooze"
    _description = "Snooze Stock Exceptions"

    exception_ids = fields.Many2many(
        "stock.exception",
        string="Exceptions",
        required=True,
        default=lambda self: self._default_exception_ids(),
    )
    count = fields.Integer(compute="_compute_count")
    period = fields.Selection(
        [
            ("1", "1 day"),
            ("7", "1 week"),
            ("30", "30 days"),
            ("custom", "Until a moment"),
        ],
        required=True,
        default="7",
    )
    until = fields.Datetime(
        compute="_compute_until", store=True, readonly=False, required=True, precompute=True
    )

    def _default_exception_ids(self):
        if self.env.context.get("active_model") != "stock.exception":
            return self.env["stock.exception"]
        return self.env["stock.exception"].browse(self.env.context.get("active_ids", []))

    @api.depends("exception_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.exception_ids)

    @api.depends("period")
    def _compute_until(self):
        for wizard in self:
            if wizard.period != "custom" or not wizard.until:
                days = 1 if wizard.period == "custom" else int(wizard.period)
                wizard.until = fields.Datetime.now() + timedelta(days=days)

    def action_apply(self):
        """Snooze the exceptions."""
        self.exception_ids.action_snooze(self.until)
        return {"type": "ir.actions.act_window_close"}
