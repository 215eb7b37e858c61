from odoo import api, fields, models


class StockExceptionResolve(models.TransientModel):
    """Resolve exceptions with a reason."""

    _name = "stock.exception.resolve"
    _description = "Resolve Stock Exceptions"

    exception_ids = fields.Many2many(
        "stock.exception",
        string="Exceptions",
        required=True,
        default=lambda self: self._default_exception_ids(),
    )
    count = fields.Integer(compute="_compute_count")
    reason = fields.Text(required=True)

    def _default_exception_ids(self):
        if self.env.context.get("active_model") != "stock.exception":
            return self.env["stock.exception"]
        return self.env["stock.exception"].browse(self.env.context.get("active_ids", []))

    @api.depends("exception_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.exception_ids)

    def action_apply(self):
        """Resolve the exceptions."""
        self.exception_ids.action_resolve(self.reason)
        return {"type": "ir.actions.act_window_close"}
