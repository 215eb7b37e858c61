from odoo import api, fields, models


class StockWebhookReplay(models.TransientModel):
    """Delivers again what happened since a moment, say since the receiver lost its data."""

    _name = "stock.webhook.replay"
    _description = "Replay Webhook Events"

    webhook_id = fields.Many2one("stock.webhook", required=True)
    date_from = fields.Datetime(
        string="Since", required=True, default=lambda self: fields.Datetime.now()
    )
    scope = fields.Selection(
        [("dead", "What was given up"), ("all", "Everything")], required=True, default="dead"
    )
    event_count = fields.Integer(string="Events", compute="_compute_event_count")

    def _get_event_domain(self):
        self.ensure_one()
        states = ("dead",) if self.scope == "dead" else ("dead", "delivered")
        return [
            ("webhook_id", "=", self.webhook_id.id),
            ("date", ">=", self.date_from),
            ("state", "in", states),
        ]

    @api.depends("webhook_id", "date_from", "scope")
    def _compute_event_count(self):
        for wizard in self:
            wizard.event_count = self.env["stock.webhook.event"].search_count(
                wizard._get_event_domain()
            )

    def action_replay(self):
        """Deliver the events again, in their order."""
        self.ensure_one()
        self.env["stock.webhook.event"].search(self._get_event_domain()).action_replay()
        return {"type": "ir.actions.act_window_close"}
