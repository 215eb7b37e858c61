from uuid import uuid4

from odoo import api, fields, models

from ..core import webhook as core

STATES = [
    ("pending", "Pending"),
    ("delivered", "Delivered"),
    ("dead", "Given Up"),
]


class StockWebhookEvent(models.Model):
    """Outbox: an event for one webhook, from the moment it happens until it is delivered."""

    _name = "stock.webhook.event"
    _description = "Webhook Event"
    _order = "id desc"
    _rec_name = "uuid"

    webhook_id = fields.Many2one("stock.webhook", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="webhook_id.company_id", store=True, index=True)
    uuid = fields.Char(
        string="Message",
        required=True,
        readonly=True,
        default=lambda self: f"msg_{uuid4().hex}",
        help="What the receiver knows the event by; the same in every attempt.",
    )
    event_type = fields.Char(required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product",
        readonly=True,
        index="btree_not_null",
        help="Events of one product are delivered in their order.",
    )
    payload = fields.Json(readonly=True)
    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, help="When it happened."
    )
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="pending",
        help="Pending: to be delivered, or to be tried again.\n"
        "Delivered: the receiver confirmed it.\n"
        "Given Up: it failed as often as the webhook allows; later events of the product go on.",
    )
    attempt_count = fields.Integer(string="Attempts", readonly=True, default=0)
    next_attempt = fields.Datetime(
        readonly=True,
        default=fields.Datetime.now,
        help="It is not sent before this moment.",
    )
    lease_until = fields.Datetime(
        readonly=True,
        help="A worker is sending it. When this moment passes without an outcome, the worker was"
        " killed, and the event is sent again.",
    )
    last_attempt = fields.Datetime(readonly=True)
    last_status = fields.Integer(
        string="HTTP Status", readonly=True, aggregator=None, help="0 without an answer."
    )
    last_error = fields.Char(string="Error", readonly=True)
    body = fields.Text(compute="_compute_body", help="What the receiver gets, word by word.")
    delivered_date = fields.Datetime(string="Delivered", readonly=True)

    _uuid_uniq = models.UniqueIndex("(uuid)")
    # which event of a webhook and product is next
    _pending_idx = models.Index(
        "(webhook_id, (COALESCE(product_id, 0)), id) WHERE state = 'pending'"
    )
    _webhook_idx = models.Index("(webhook_id, id)")
    _delivered_idx = models.Index("(delivered_date) WHERE state = 'delivered'")

    @api.depends("uuid", "event_type", "date", "payload")
    def _compute_body(self):
        for event in self:
            event.body = event._build_body().decode()

    def _build_body(self):
        """Return the bytes that are sent: the same in every attempt."""
        self.ensure_one()
        return core.build_body(self.uuid, self.event_type, self.date, self.id, self.payload or {})

    @api.model
    def _trigger_delivery(self, at=None):
        """Let the scheduled action deliver soon, or at a moment."""
        cron = self.env.ref("inventory_visibility.ir_cron_webhook_deliver", False)
        if cron:
            cron.sudo()._trigger(at)
